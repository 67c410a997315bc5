/* The neighbour engine against a naive double loop (bit for bit) and against golden distances made in rational arithmetic. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "numeric/neighbours_layout.h"
#include "tests/unit/neighbour_world.h"

static const enum neighbour_metric metrics[] = {NEIGHBOUR_GOWER, NEIGHBOUR_RANK_GOWER, NEIGHBOUR_EUCLIDEAN};
static const char *const metric_names[] = {"gower", "rank_gower", "euclidean"};

/* Two coded tables and their naive twins. */
struct world {
    struct arena *arena;
    const struct neighbour_table *coded[2];
    struct naive *naive[2];
};

static struct world world_new(enum neighbour_metric metric, struct arena *arena, const struct owned *train,
                              const struct owned *other)
{
    const struct owned *tables[] = {train, other};
    const struct neighbour_scale *scale;
    struct world world = {.arena = arena};
    struct error error = {0};

    cr_assert_eq(neighbour_scale_fit(metric, &train->columns, arena, &scale, &error), 0, "%s", error.message);
    for (size_t t = 0; t < 2; t++) {
        cr_assert_eq(neighbour_encode(scale, &tables[t]->columns, arena, &world.coded[t], &error), 0, "%s", error.message);
        world.naive[t] = ARENA_NEW(arena, struct naive);
        naive_new(world.naive[t], metric, &train->columns, &tables[t]->columns);
    }
    return world;
}

static void world_free(struct world *world)
{
    naive_free(world->naive[0]);
    naive_free(world->naive[1]);
    arena_free(world->arena);
}

/* Searches there and back, among themselves, and balls whose radius is the distance to the k-th nearest of the same table. */
static void check_world(const struct world *world, const struct neighbour_kernel *kernel, size_t k, size_t step,
                        struct pool *pool, const char *what)
{
    const struct neighbour_table *a = world->coded[0], *b = world->coded[1];
    struct neighbour_list forward, backward, self;
    struct neighbour_balls balls;
    double *radius = ARENA_ARRAY(world->arena, double, world->naive[0]->rows + 1);

    cr_assert_eq(neighbour_search_with(kernel, a, b, (struct neighbour_options){k, false, true}, pool, world->arena, &forward,
                                       &backward, NULL),
                 0);
    expect_nearest(world->naive[0], world->naive[1], step, false, &forward, what);
    expect_nearest(world->naive[1], world->naive[0], step, false, &backward, what);
    expect_within(world->naive[0], world->naive[1], a, b, step, &forward, what);
    cr_assert_eq(
        neighbour_search_with(kernel, a, a, (struct neighbour_options){k, true, false}, pool, world->arena, &self, NULL, NULL),
        0);
    expect_nearest(world->naive[0], world->naive[0], step, true, &self, what);
    for (size_t i = 0; i < self.rows; i++) /* some balls of another size, none at all, or nothing but the point */
        radius[i] = i % 17 == 3 ? NAN : i % 17 == 5 ? 0 : i % 17 == 7 ? 2 * self.distance[i * k] : self.distance[i * k + k - 1];
    cr_assert_eq(neighbour_count_balls_with(kernel, b, a, radius, pool, world->arena, &balls, NULL), 0);
    expect_balls(world->naive[1], world->naive[0], radius, step, &balls, what);
    cr_assert_eq(neighbour_count_balls_with(kernel, a, a, radius, pool, world->arena, &balls, NULL), 0);
    expect_balls(world->naive[0], world->naive[0], radius, step, &balls, what);
}

static void search_case(enum neighbour_metric metric, size_t rows_a, size_t rows_b, size_t n_columns, size_t k)
{
    struct arena *arena = arena_new();
    struct owned *train = ARENA_NEW(arena, struct owned), *other = ARENA_NEW(arena, struct owned);
    const struct neighbour_kernel *kernels[] = {&neighbour_kernel_plain, neighbour_kernel_best()};
    struct world world;
    char what[100];

    owned_random(train, arena, rows_a, n_columns, 1, 1);
    owned_random(other, arena, rows_b, n_columns, 2, 1.3);
    owned_copy_some(other, train);
    world = world_new(metric, arena, train, other);
    for (size_t s = 0; s < 2; s++) {
        snprintf(what, sizeof what, "%s %zux%zu, %zu columns, k = %zu, kernel %zu", metric_names[metric], rows_a, rows_b,
                 n_columns, k, s);
        check_world(&world, kernels[s], k, 1, NULL, what);
    }
    world_free(&world);
}

Test(neighbours, equal_a_naive_double_loop)
{
    static const size_t shape[][4] = {/* rows a, rows b, columns, k */
                                      {300, 200, 8, 1}, {200, 300, 15, 1}, {200, 300, 15, 7}, {70, 150, 3, 50},
                                      {300, 40, 1, 50}, {1, 1, 5, 1},      {1, 90, 5, 3},     {0, 5, 4, 1},
                                      {5, 0, 4, 2},     {150, 130, 70, 1}, {90, 130, 200, 4}, {700, 600, 2, 1}};

    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        for (size_t m = 0; m < sizeof metrics / sizeof *metrics; m++)
            search_case(metrics[m], shape[i][0], shape[i][1], shape[i][2], shape[i][3]);
}

/* Trees of several groups of tiles on one side and few rows on the other, the fitted table being the large or the small one;
 * some rows are looked at, with pools of several sizes. */
Test(neighbours, equal_a_naive_double_loop_on_deep_trees)
{
    static const size_t shape[][4] = {/* rows a, rows b, columns, k */
                                      {150, 21000, 8, 1},
                                      {170, 9000, 5, 20},
                                      {6000, 150, 4, 3}};

    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        for (size_t m = 0; m < sizeof metrics / sizeof *metrics; m++) {
            static const size_t threads[] = {1, 2, 7};
            struct arena *arena = arena_new();
            struct owned *train = ARENA_NEW(arena, struct owned), *other = ARENA_NEW(arena, struct owned);
            struct world world;
            struct pool *pool;

            owned_random(train, arena, shape[i][0], shape[i][2], 1, 1);
            owned_random(other, arena, shape[i][1], shape[i][2], 2, 1.3);
            owned_copy_some(other, train);
            world = world_new(metrics[m], arena, train, other);
            cr_assert_eq(pool_new(&pool, threads[(i + m) % 3], NULL), 0);
            check_world(&world, neighbour_kernel_best(), shape[i][3], 41, pool, metric_names[metrics[m]]);
            pool_free(pool);
            world_free(&world);
        }
}

/* More than 64 groups of tiles, so that the groups' boxes fill more than one block. */
Test(neighbours, equal_a_naive_double_loop_on_very_many_rows)
{
    struct arena *arena = arena_new();
    struct owned *train = ARENA_NEW(arena, struct owned), *other = ARENA_NEW(arena, struct owned);
    struct neighbour_list list;
    struct world world;

    owned_random(train, arena, 300, 3, 1, 1);
    owned_random(other, arena, 420000, 3, 2, 1.1);
    world = world_new(NEIGHBOUR_GOWER, arena, train, other);
    cr_assert_gt(neighbour_unique_rows(world.coded[1]), 64 * 64 * 64);
    cr_assert_eq(
        neighbour_search(world.coded[0], world.coded[1], (struct neighbour_options){.k = 4}, NULL, arena, &list, NULL, NULL),
        0);
    expect_nearest(world.naive[0], world.naive[1], 23, false, &list, "420000 rows");
    world_free(&world);
}

/* What breaks codes: few levels, halves of the 16-bit codes, tails of 26 orders of magnitude, −0, a constant that the other
 * table leaves, a column without a value in the fitted table, steps of 1/1024 above a billion, numbers near the least. */
static double odd_number(struct random *random, size_t kind, bool fitted)
{
    double u = random_uniform(random), normal = random_normal(random);

    switch (kind) {
    case 0:
        return floor(u * 3);
    case 1:
        return (u < .5 ? -1 : 1) * exp(20 * normal);
    case 2:
        return u < .02 ? 1e60 : normal / 1000;
    case 3:
        return fitted ? 5 : 5 + u;
    case 4:
        return fitted ? NAN : 3;
    case 5:
        return u < .5 ? -0.0 : u < .9 ? 0.0 : 1;
    case 6:
        return 1e9 + floor(u * 1000) / 1024;
    case 7:
        return 1e-90 * normal;
    default:
        return (float)normal * (fitted ? 1 : 3);
    }
}

/* Codes on either side of the limits of 4, 8, 16 and 32 bits. */
static uint32_t odd_category(struct random *random, size_t kind, bool fitted)
{
    double u = random_uniform(random);

    switch (kind) {
    case 0:
        return (uint32_t)(u * 2);
    case 1:
        return (uint32_t)(u * 17) + (fitted ? 0 : 3);
    case 2:
        return 250 + (uint32_t)(u * 8);
    case 3:
        return 65530 + (uint32_t)(u * 10);
    case 4:
        return UINT32_MAX - 1 - (uint32_t)(u * 3);
    default:
        return fitted ? 1 : 100 + (uint32_t)(u * 160);
    }
}

/* Of columns and with missing cells drawn from the seed; rows repeat earlier ones in three tables of four. */
static void owned_odd(struct owned *table, struct arena *arena, size_t rows, size_t n_columns, uint64_t seed, bool fitted)
{
    bool categorical[OWNED_COLUMNS];
    size_t kind[OWNED_COLUMNS], twin;
    double missing;
    struct random random;

    random_init(&random, seed, "odd columns", 0, 0); /* the same for both tables */
    twin = random_below(&random, 4);
    missing = random_below(&random, 2) ? 0 : random_uniform(&random);
    for (size_t j = 0; j < n_columns; j++) {
        categorical[j] = random_below(&random, 2);
        kind[j] = random_below(&random, categorical[j] ? 6 : 9);
    }
    owned_new(table, arena, rows, n_columns, categorical);
    random_init(&random, seed, "odd rows", fitted, 0);
    for (size_t i = 0; i < rows; i++) {
        size_t from = twin && i && random_below(&random, twin) ? random_below(&random, i) : i;

        for (size_t j = 0; j < n_columns; j++) {
            bool lost = random_uniform(&random) < missing;

            if (categorical[j]) {
                uint32_t code = odd_category(&random, kind[j], fitted);

                owned_codes(table, j)[i] = from < i ? owned_codes(table, j)[from] : lost ? NEIGHBOUR_MISSING : code;
            } else {
                double value = odd_number(&random, kind[j], fitted);

                owned_numbers(table, j)[i] = from < i ? owned_numbers(table, j)[from] : lost ? NAN : value;
            }
        }
    }
}

/* Thousands of seeds were run once; these few see every kind of column, both kernels and three pools. */
Test(neighbours, equal_a_naive_double_loop_on_odd_tables)
{
    static const size_t sizes[] = {0, 1, 2, 20, 63, 64, 65, 129}, threads[] = {1, 2, 7};

    for (uint64_t seed = 0; seed < 30; seed++) {
        struct arena *arena = arena_new();
        struct owned *train = ARENA_NEW(arena, struct owned), *other = ARENA_NEW(arena, struct owned);
        size_t n = 1 + seed % 9, rows_a = sizes[seed * 5 % 8], rows_b = sizes[seed * 3 / 2 % 8];
        struct pool *pool;
        char what[100];

        cr_assert_eq(pool_new(&pool, threads[seed % 3], NULL), 0);
        owned_odd(train, arena, rows_a, n, seed, true);
        owned_odd(other, arena, rows_b, n, seed, false);
        if (seed % 2)
            owned_copy_some(other, train);
        for (size_t m = 0; m < sizeof metrics / sizeof *metrics; m++) {
            struct world world = world_new(metrics[m], arena_new(), train, other);

            snprintf(what, sizeof what, "odd table %d, %s", (int)seed, metric_names[m]);
            check_world(&world, seed % 4 ? neighbour_kernel_best() : &neighbour_kernel_plain, 1 + seed % 5 * 7, 1, pool, what);
            world_free(&world);
        }
        pool_free(pool);
        arena_free(arena);
    }
}

/* ---- threads, ties, picks ---- */

Test(neighbours, same_bytes_for_any_number_of_threads)
{
    static const size_t threads[] = {1, 2, 7};
    struct arena *arena = arena_new();
    struct owned *train = ARENA_NEW(arena, struct owned), *other = ARENA_NEW(arena, struct owned);
    const struct neighbour_scale *scale;
    const struct neighbour_table *a, *b;
    struct neighbour_list first[2];
    struct error error = {0};

    owned_random(train, arena, 6000, 9, 3, 1);
    owned_random(other, arena, 2500, 9, 4, 1);
    neighbour_scale_fit(NEIGHBOUR_RANK_GOWER, &train->columns, arena, &scale, &error);
    neighbour_encode(scale, &train->columns, arena, &a, &error);
    neighbour_encode(scale, &other->columns, arena, &b, &error);
    for (size_t t = 0; t < 3; t++) {
        struct neighbour_list now[2];
        struct pool *pool;

        cr_assert_eq(pool_new(&pool, threads[t], &error), 0);
        cr_assert_eq(neighbour_search(a, b, (struct neighbour_options){1, false, true}, pool, arena, &now[0], &now[1], &error),
                     0);
        pool_free(pool);
        for (size_t l = 0; l < 2; l++) {
            if (t == 0)
                first[l] = now[l];
            cr_assert(memcmp(first[l].row, now[l].row, now[l].rows * sizeof *now[l].row) == 0);
            cr_assert(memcmp(first[l].distance, now[l].distance, now[l].rows * sizeof *now[l].distance) == 0);
            cr_assert(memcmp(first[l].ties, now[l].ties, now[l].rows * sizeof *now[l].ties) == 0);
        }
    }
    /* both directions with many chunks against the one-way searches */
    neighbour_search(b, a, (struct neighbour_options){1, false, false}, NULL, arena, &first[0], NULL, &error);
    cr_assert(memcmp(first[0].row, first[1].row, first[0].rows * sizeof *first[0].row) == 0);
    cr_assert(memcmp(first[0].ties, first[1].ties, first[0].rows * sizeof *first[0].ties) == 0);
    arena_free(arena);
}

/* 20,000 rows of 3 binary columns are 8 rows and their counts; with an id column beside them every row has thousands of ties.
 */
Test(neighbours, do_not_explode_where_everything_ties)
{
    static const bool categorical[4] = {true, true, true, true};
    struct arena *arena = arena_new();
    struct owned *table = ARENA_NEW(arena, struct owned);
    struct error error = {0};
    uint32_t count[8] = {0}, least[8];

    owned_new(table, arena, 20000, 4, categorical);
    for (size_t i = 20000; i-- > 0;) {
        uint32_t cell = (uint32_t)((i * i + i / 3) % 8);

        for (size_t j = 0; j < 3; j++)
            owned_codes(table, j)[i] = cell >> j & 1;
        owned_codes(table, 3)[i] = (uint32_t)i;
        count[cell]++;
        least[cell] = (uint32_t)i;
    }
    for (size_t n = 3; n <= 4; n++) {
        const struct neighbour_scale *scale;
        const struct neighbour_table *coded;
        struct neighbour_list list;

        table->columns.n_columns = n;
        neighbour_scale_fit(NEIGHBOUR_RANK_GOWER, &table->columns, arena, &scale, &error);
        neighbour_encode(scale, &table->columns, arena, &coded, &error);
        cr_assert_eq(neighbour_unique_rows(coded), n == 3 ? 8 : 20000);
        neighbour_search(coded, coded, (struct neighbour_options){1, true, false}, NULL, arena, &list, NULL, &error);
        for (size_t i = 0; i < 20000; i++) {
            uint32_t cell = (uint32_t)((i * i + i / 3) % 8);

            cr_assert_eq(list.ties[i], count[cell] - 1);
            cr_assert_eq(list.distance[i], n == 3 ? 0 : .25);
            if (i != least[cell])
                cr_assert_eq(list.row[i], least[cell]);
        }
    }
    arena_free(arena);
}

Test(neighbours, search_picked_rows_and_refuse_nonsense)
{
    static const uint32_t pick[] = {4, 2, 2, 0};
    const double value[] = {0, 1, 2, 3, 10};
    struct neighbour_column column = {value, NULL};
    struct neighbour_columns all = {5, 1, &column, NULL}, some = {4, 1, &column, pick};
    struct arena *arena = arena_new();
    const struct neighbour_scale *scale, *other_scale;
    const struct neighbour_table *a, *b, *c;
    struct neighbour_list list;
    struct error error = {0};

    cr_assert_eq(neighbour_scale_fit(NEIGHBOUR_GOWER, &all, arena, &scale, &error), 0);
    cr_assert_eq(neighbour_encode(scale, &all, arena, &a, &error), 0);
    cr_assert_eq(neighbour_encode(scale, &some, arena, &b, &error), 0);
    cr_assert_eq(neighbour_search(a, b, (struct neighbour_options){1, false, false}, NULL, arena, &list, NULL, &error), 0);
    /* nearest of 0, 1, 2, 3, 10 in (10, 2, 2, 0): 0; 2 and 0 tie at .1 (least index 1); 2 twice; 2 twice; 10 */
    static const uint32_t nearest[] = {3, 1, 1, 1, 0}, ties[] = {1, 3, 2, 2, 1};
    static const double distance[] = {0, .1, 0, .1, 0};
    for (size_t i = 0; i < 5; i++) {
        cr_assert_eq(list.row[i], nearest[i], "row %zu: %u", i, list.row[i]);
        cr_assert_eq(list.ties[i], ties[i]);
        cr_assert_eq(list.distance[i], distance[i]);
    }
    cr_assert_eq(neighbour_distance(a, 1, b, 0), .9);
    cr_assert_eq(neighbour_scale_fit(NEIGHBOUR_GOWER, &all, arena, &other_scale, &error), 0);
    cr_assert_eq(neighbour_encode(other_scale, &all, arena, &c, &error), 0);
    cr_assert_neq(neighbour_search(a, c, (struct neighbour_options){1, false, false}, NULL, arena, &list, NULL, &error), 0);
    cr_assert_neq(neighbour_search(a, b, (struct neighbour_options){1, true, false}, NULL, arena, &list, NULL, &error), 0);
    cr_assert_neq(neighbour_search(a, b, (struct neighbour_options){51, false, false}, NULL, arena, &list, NULL, &error), 0);
    all.n_columns = 0;
    cr_assert_eq(neighbour_scale_fit(NEIGHBOUR_GOWER, &all, arena, &scale, &error), ERROR_UNMEASURABLE);
    arena_free(arena);
}

/* Two rows that differ in every one of many categories: the widest sum the 16-bit lanes must hold, and one column more. */
Test(neighbours, many_columns)
{
    static const struct {
        enum neighbour_metric metric;
        size_t most;
        double distance;
    } cases[] = {
        {NEIGHBOUR_GOWER, 50000, 1}, {NEIGHBOUR_RANK_GOWER, 50000, 1}, {NEIGHBOUR_EUCLIDEAN, 32767, 255.9960937202} /* √65534 */
    };
    static const uint32_t code[] = {0, 1};
    struct neighbour_column *column = calloc(50001, sizeof *column);

    cr_assert(column);
    for (size_t j = 0; j < 50001; j++)
        column[j].code = code;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct arena *arena = arena_new();
        struct neighbour_columns rows = {2, cases[c].most + 1, column, NULL};
        const struct neighbour_scale *scale;
        const struct neighbour_table *table;
        struct neighbour_list list;
        struct error error = {0};

        cr_expect_eq(neighbour_scale_fit(cases[c].metric, &rows, arena, &scale, &error), ERROR_UNMEASURABLE, "case %zu", c);
        rows.n_columns--;
        cr_assert_eq(neighbour_scale_fit(cases[c].metric, &rows, arena, &scale, &error), 0, "%s", error.message);
        cr_assert_eq(neighbour_encode(scale, &rows, arena, &table, &error), 0, "%s", error.message);
        cr_assert_eq(
            neighbour_search(table, table, (struct neighbour_options){2, false, false}, NULL, arena, &list, NULL, &error), 0,
            "%s", error.message);
        cr_expect_eq(list.row[0], 0, "case %zu", c);
        cr_expect_eq(list.distance[0], 0, "case %zu", c);
        cr_expect_eq(list.row[1], 1, "case %zu", c);
        cr_expect_float_eq(list.distance[1], cases[c].distance, 1e-9, "case %zu: %.15g", c, list.distance[1]);
        arena_free(arena);
    }
    free(column);
}

static double range_of(const struct neighbour_columns *train, size_t j)
{
    double lo = INFINITY, hi = -INFINITY;

    for (size_t i = 0; i < train->rows; i++) {
        lo = fmin(lo, train->column[j].value[i]); /* fmin passes over NaN */
        hi = fmax(hi, train->column[j].value[i]);
    }
    return hi > lo ? hi - lo : 0;
}

/* Equal and near rows against their definitions, cell by cell. */
Test(neighbours, count_equal_and_near_rows)
{
    struct arena *arena = arena_new();
    struct error error = {0};

    for (size_t n_columns = 1; n_columns <= 9; n_columns += 2) {
        struct owned *train = ARENA_NEW(arena, struct owned), *other = ARENA_NEW(arena, struct owned);
        uint32_t equal[400], near[400], only[400], seen[3] = {0};
        const struct neighbour_scale *scale;
        const struct neighbour_table *a, *b;

        owned_random(train, arena, 300, n_columns, 5, 1);
        owned_random(other, arena, 400, n_columns, 5, 1); /* the same stream: the first 300 rows are copies */
        for (size_t i = 0; i < 400; i += 2)
            owned_numbers(other, 0)[i] *= 1 + (double)(i % 5) / 100;
        neighbour_scale_fit(NEIGHBOUR_GOWER, &train->columns, arena, &scale, &error);
        neighbour_encode(scale, &train->columns, arena, &b, &error);
        neighbour_encode(scale, &other->columns, arena, &a, &error);
        neighbour_equal_rows(a, b, equal);
        cr_assert_eq(neighbour_near_rows(a, b, 0, NULL, near, only, &error), 0);
        for (size_t i = 0; i < 400; i++)
            cr_assert_eq(near[i], equal[i] < 2 ? equal[i] : 2, "tolerance 0, %zu columns, row %zu", n_columns, i);
        cr_assert_eq(neighbour_near_rows(a, b, .01, NULL, near, only, &error), 0);
        for (size_t i = 0; i < 400; i++) {
            uint32_t want_equal = 0, want_near = 0, last = NEIGHBOUR_MISSING;

            for (uint32_t k = 0; k < 300; k++) {
                bool all_equal = true, all_near = true;

                for (size_t j = 0; j < n_columns; j++) {
                    double x = other->column[j].value ? other->column[j].value[i] : other->column[j].code[i];
                    double y = train->column[j].value ? train->column[j].value[k] : train->column[j].code[k];
                    double reach = train->column[j].value ? .01 * range_of(&train->columns, j) : 0;

                    all_equal &= x == y || (isnan(x) && isnan(y));
                    all_near &= fabs(x - y) <= reach || (isnan(x) && isnan(y));
                }
                want_equal += all_equal;
                want_near += all_near;
                last = all_near ? k : last;
            }
            cr_assert_eq(equal[i], want_equal, "%zu columns, row %zu", n_columns, i);
            cr_assert_eq(near[i], want_near < 2 ? want_near : 2, "%zu columns, row %zu: %u", n_columns, i, near[i]);
            cr_assert_eq(only[i], want_near == 1 ? last : NEIGHBOUR_MISSING);
            seen[near[i]]++;
        }
        cr_assert(n_columns == 1 || (seen[0] && seen[1] && seen[2]), "the case shows nothing");
    }
    arena_free(arena);
}
