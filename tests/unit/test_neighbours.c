/* The neighbour engine against a naive double loop (bit for bit) and against golden distances made in rational arithmetic. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "numeric/neighbours_layout.h"

#define MAX_COLUMNS 200

struct owned {
    struct neighbour_columns columns;
    struct neighbour_column column[MAX_COLUMNS];
};

static void owned_new(struct owned *table, struct arena *arena, size_t rows, size_t n_columns, const bool *categorical)
{
    table->columns = (struct neighbour_columns){.rows = rows, .n_columns = n_columns, .column = table->column};
    for (size_t j = 0; j < n_columns; j++)
        table->column[j] = categorical[j] ? (struct neighbour_column){NULL, ARENA_ARRAY(arena, uint32_t, rows + 1)}
                                          : (struct neighbour_column){ARENA_ARRAY(arena, double, rows + 1), NULL};
}

static double *numbers(struct owned *table, size_t j)
{
    return (double *)(uintptr_t)table->column[j].value;
}

static uint32_t *codes(struct owned *table, size_t j)
{
    return (uint32_t *)(uintptr_t)table->column[j].code;
}

/* The definition, written again from neighbours.h and golden/README.md, with no code shared with the engine: a column of either
 * table as what |x − y| is taken of, and what it is divided by. */
struct naive_column {
    double *x, divisor; /* divisor 0: parts are 0 or 1 */
};

static double naive_range(const struct neighbour_columns *train, size_t j)
{
    double lo = INFINITY, hi = -INFINITY;

    for (size_t i = 0; i < train->rows; i++) {
        lo = fmin(lo, train->column[j].value[i]); /* fmin passes over NaN */
        hi = fmax(hi, train->column[j].value[i]);
    }
    return hi > lo ? hi - lo : 0;
}

static struct naive_column naive_column(enum neighbour_metric metric, const struct neighbour_columns *train,
                                        const struct neighbour_columns *table, size_t j)
{
    struct naive_column out = {calloc(table->rows + 1, sizeof(double)), 0};
    size_t present = 0;

    for (size_t i = 0; i < table->rows; i++)
        out.x[i] = table->column[j].value ? table->column[j].value[i] : (double)table->column[j].code[i];
    if (!table->column[j].value)
        return out;
    for (size_t i = 0; i < train->rows; i++)
        present += isnan(train->column[j].value[i]) ? 0 : 1;
    if (metric == NEIGHBOUR_GOWER || present == 0) {
        out.divisor = naive_range(train, j);
        return out;
    }
    out.divisor = 2 * (double)present;
    for (size_t i = 0; i < table->rows; i++) {
        double twice = 0, v = out.x[i];

        for (size_t t = 0; t < train->rows; t++)
            twice += 2.0 * (train->column[j].value[t] < v) + (train->column[j].value[t] == v);
        out.x[i] = isnan(v) ? NAN : twice;
    }
    return out;
}

static void naive_distances(enum neighbour_metric metric, const struct neighbour_columns *train,
                            const struct neighbour_columns *a, const struct neighbour_columns *b, double *d)
{
    for (size_t j = 0; j < a->n_columns; j++) {
        struct naive_column x = naive_column(metric, train, a, j), y = naive_column(metric, train, b, j);

        for (size_t i = 0; i < a->rows; i++)
            for (size_t k = 0; k < b->rows; k++) {
                double part = fabs(x.x[i] - y.x[k]) / x.divisor;

                if (isnan(x.x[i]) || isnan(y.x[k]))
                    part = isnan(x.x[i]) != isnan(y.x[k]);
                else if (x.divisor == 0)
                    part = x.x[i] != y.x[k];
                d[i * b->rows + k] += part > 1 ? 1 : part;
            }
        free(x.x);
        free(y.x);
    }
    for (size_t i = 0; i < a->rows * b->rows; i++)
        d[i] /= (double)a->n_columns;
}

/* d: [rows a][rows b]. One row's k nearest by selection in (distance, index) order. */
static void expect_row(const double *d, size_t rows_b, size_t self, const struct neighbour_list *list, size_t i,
                       const char *what)
{
    double last = -1;
    uint32_t last_row = 0, ties = 0;

    for (size_t slot = 0; slot < list->k; slot++) {
        size_t best = SIZE_MAX;

        for (size_t k = 0; k < rows_b; k++)
            if (k != self && (d[k] > last || (d[k] == last && k > last_row)) && (best == SIZE_MAX || d[k] < d[best]))
                best = k;
        if (best == SIZE_MAX) {
            cr_assert_eq(list->row[i * list->k + slot], NEIGHBOUR_MISSING, "%s row %zu slot %zu", what, i, slot);
            cr_assert(isinf(list->distance[i * list->k + slot]));
            continue;
        }
        cr_assert_eq(list->row[i * list->k + slot], best, "%s: row %zu slot %zu: %u, not %zu", what, i, slot,
                     list->row[i * list->k + slot], best);
        cr_assert(memcmp(&list->distance[i * list->k + slot], &d[best], sizeof(double)) == 0, "%s: row %zu", what, i);
        last = d[best];
        last_row = (uint32_t)best;
    }
    for (size_t k = 0; k < rows_b; k++)
        ties += k != self && d[k] == list->distance[i * list->k];
    cr_assert_eq(list->ties[i], ties, "%s: row %zu: %u ties, not %u", what, i, list->ties[i], ties);
}

static void expect_naive(enum neighbour_metric metric, const struct neighbour_columns *train, const struct neighbour_columns *a,
                         const struct neighbour_columns *b, bool self, const struct neighbour_list *forward,
                         const struct neighbour_list *backward, const char *what)
{
    double *d = calloc(a->rows * b->rows + 1, sizeof *d), *back = calloc(a->rows + 1, sizeof *back);

    naive_distances(metric, train, a, b, d);
    for (size_t i = 0; i < a->rows; i++)
        expect_row(d + i * b->rows, b->rows, self ? i : SIZE_MAX, forward, i, what);
    for (size_t k = 0; backward && k < b->rows; k++) {
        for (size_t i = 0; i < a->rows; i++)
            back[i] = d[i * b->rows + k];
        expect_row(back, a->rows, SIZE_MAX, backward, k, what);
    }
    free(d);
    free(back);
}

/* Mixed random rows: few and many levels, a constant and an all-missing column, heavy tails, missing cells, every fifth row a
 * duplicate; `wide` > 1 leaves the first table's range and vocabulary. */
static void random_table(struct owned *table, struct arena *arena, size_t rows, size_t n_columns, uint64_t seed, double wide)
{
    bool categorical[MAX_COLUMNS];
    struct random random;

    for (size_t j = 0; j < n_columns; j++)
        categorical[j] = j % 3 == 1;
    owned_new(table, arena, rows, n_columns, categorical);
    for (size_t i = 0; i < rows; i++) {
        random_init(&random, seed, "test", i % 5 == 4 ? (i * 7) % 11 : 1000 + i, 0);
        for (size_t j = 0; j < n_columns; j++) {
            bool missing = random_uniform(&random) < .1;
            double u = random_uniform(&random);

            if (categorical[j])
                codes(table, j)[i] = missing ? NEIGHBOUR_MISSING : (uint32_t)(u * wide * (j == 1 ? 2 : j == 4 ? 200000 : 9));
            else if (j == 3)
                numbers(table, j)[i] = wide > 1 && u > .5 ? 8 : 7;
            else if (j == 6)
                numbers(table, j)[i] = wide > 1 && u > .5 ? u : NAN;
            else
                numbers(table, j)[i] = missing ? NAN : j % 2 ? floor(u * wide * 10) : wide * exp(3 * random_normal(&random));
        }
    }
}

static void search_case(enum neighbour_metric metric, size_t rows_a, size_t rows_b, size_t n_columns, size_t k)
{
    struct arena *arena = arena_new();
    struct owned *train = ARENA_NEW(arena, struct owned), *other = ARENA_NEW(arena, struct owned);
    const struct neighbour_kernel *kernels[] = {&neighbour_kernel_plain, neighbour_kernel_best()};
    const struct neighbour_scale *scale;
    const struct neighbour_table *a, *b;
    struct error error = {0};
    char what[100];

    random_table(train, arena, rows_a, n_columns, 1, 1);
    random_table(other, arena, rows_b, n_columns, 2, 1.3);
    for (size_t i = 0; i < rows_b / 8 && rows_a > 0; i++) /* copies of train rows */
        for (size_t j = 0; j < n_columns; j++)
            if (train->column[j].value)
                numbers(other, j)[i * 3] = train->column[j].value[(i * 5) % rows_a];
            else
                codes(other, j)[i * 3] = train->column[j].code[(i * 5) % rows_a];
    cr_assert_eq(neighbour_scale_fit(metric, &train->columns, arena, &scale, &error), 0, "%s", error.message);
    cr_assert_eq(neighbour_encode(scale, &train->columns, arena, &a, &error), 0, "%s", error.message);
    cr_assert_eq(neighbour_encode(scale, &other->columns, arena, &b, &error), 0, "%s", error.message);
    for (size_t s = 0; s < 2; s++) {
        struct neighbour_list forward, backward;

        snprintf(what, sizeof what, "%s %zux%zu, %zu columns, k = %zu, kernel %zu", metric ? "rank" : "gower", rows_a, rows_b,
                 n_columns, k, s);
        cr_assert_eq(neighbour_search_with(kernels[s], a, b, (struct neighbour_options){k, false, true}, NULL, arena, &forward,
                                           &backward, &error),
                     0);
        expect_naive(metric, &train->columns, &train->columns, &other->columns, false, &forward, &backward, what);
        cr_assert_eq(neighbour_search_with(kernels[s], a, a, (struct neighbour_options){k, true, false}, NULL, arena, &forward,
                                           NULL, &error),
                     0);
        expect_naive(metric, &train->columns, &train->columns, &train->columns, true, &forward, NULL, what);
    }
    arena_free(arena);
}

Test(neighbours, equal_a_naive_double_loop)
{
    static const size_t shape[][4] = {/* rows a, rows b, columns, k */
                                      {300, 200, 8, 1}, {200, 300, 15, 1}, {200, 300, 15, 7}, {70, 150, 3, 50},
                                      {300, 40, 1, 50}, {1, 1, 5, 1},      {1, 90, 5, 3},     {0, 5, 4, 1},
                                      {5, 0, 4, 2},     {150, 130, 70, 1}, {90, 130, 200, 4}, {700, 600, 2, 1}};

    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        for (int metric = NEIGHBOUR_GOWER; metric <= NEIGHBOUR_RANK_GOWER; metric++)
            search_case((enum neighbour_metric)metric, shape[i][0], shape[i][1], shape[i][2], shape[i][3]);
}

/* ---- golden ---- */

static const bool golden_categorical[8] = {false, true, false, true, false, false, true, false};

static bool read_golden_table(const char *path, struct owned *table, struct arena *arena, size_t rows)
{
    FILE *file = fopen(path, "r");
    char line[400];

    if (!file)
        return false;
    owned_new(table, arena, rows, 8, golden_categorical);
    cr_assert(fgets(line, sizeof line, file));
    for (size_t i = 0; i < rows; i++) {
        char *cell = line;

        cr_assert(fgets(line, sizeof line, file), "%s is short", path);
        line[strcspn(line, "\r\n")] = 0;
        for (size_t j = 0; j < 8; j++) {
            char *next = cell + strcspn(cell, ",");

            if (*next)
                *next++ = 0;
            if (!golden_categorical[j])
                numbers(table, j)[i] = *cell ? strtod(cell, NULL) : NAN;
            else /* up to three letters and digits: their bytes are the code */
                codes(table, j)[i] = *cell ? (uint32_t)(uint8_t)cell[0] << 16 | (uint32_t)(uint8_t)cell[1] << 8 |
                                                 (cell[1] ? (uint32_t)(uint8_t)cell[2] : 0)
                                           : NEIGHBOUR_MISSING;
            cell = next;
        }
    }
    fclose(file);
    return true;
}

static void expect_golden(const char *metric, const char *direction, const struct neighbour_list *list)
{
    char path[200], line[400];
    FILE *file;

    snprintf(path, sizeof path, "../shared/golden/neighbours/%s_%s.csv", metric, direction);
    file = fopen(path, "r");
    cr_assert(file && fgets(line, sizeof line, file), "%s", path);
    for (size_t i = 0; i < list->rows; i++) {
        unsigned row, nearest, ties, second;
        double distance, second_distance;

        cr_assert(fgets(line, sizeof line, file), "%s is short", path);
        cr_assert_eq(sscanf(line, "%u,%u,%lf,%u,%u,%lf", &row, &nearest, &distance, &ties, &second, &second_distance), 6);
        cr_assert_float_eq(list->distance[i * list->k], distance, 1e-15, "%s row %zu", path, i);
        cr_assert_eq(list->row[i * list->k], nearest, "%s row %zu: nearest %u, golden %u", path, i, list->row[i * list->k],
                     nearest);
        cr_assert_eq(list->ties[i], ties, "%s row %zu: %u ties, golden %u", path, i, list->ties[i], ties);
        if (list->k > 1) {
            cr_assert_float_eq(list->distance[i * list->k + 1], second_distance, 1e-15, "%s row %zu", path, i);
            cr_assert_eq(list->row[i * list->k + 1], second, "%s row %zu: second %u, golden %u", path, i,
                         list->row[i * list->k + 1], second);
        }
    }
    fclose(file);
}

Test(neighbours, agree_with_rational_arithmetic)
{
    static const char *const name[] = {"gower", "rank_gower"};
    struct arena *arena = arena_new();
    struct owned *train = ARENA_NEW(arena, struct owned), *other = ARENA_NEW(arena, struct owned);
    struct error error = {0};

    if (!read_golden_table("../shared/golden/neighbours/train.csv", train, arena, 300) ||
        !read_golden_table("../shared/golden/neighbours/other.csv", other, arena, 200)) {
        arena_free(arena);
        cr_skip_test("../shared/golden is not here");
    }
    for (int metric = NEIGHBOUR_GOWER; metric <= NEIGHBOUR_RANK_GOWER; metric++) {
        const struct neighbour_scale *scale;
        const struct neighbour_table *a, *b;
        struct neighbour_list forward, backward;

        cr_assert_eq(neighbour_scale_fit((enum neighbour_metric)metric, &train->columns, arena, &scale, &error), 0);
        cr_assert_eq(neighbour_encode(scale, &train->columns, arena, &a, &error), 0);
        cr_assert_eq(neighbour_encode(scale, &other->columns, arena, &b, &error), 0);
        neighbour_search(a, b, (struct neighbour_options){2, false, true}, NULL, arena, &forward, &backward, &error);
        expect_golden(name[metric], "train_to_other", &forward);
        expect_golden(name[metric], "other_to_train", &backward);
        neighbour_search(b, a, (struct neighbour_options){2, false, true}, NULL, arena, &forward, &backward, &error);
        expect_golden(name[metric], "other_to_train", &forward);
        expect_golden(name[metric], "train_to_other", &backward);
        neighbour_search(a, a, (struct neighbour_options){2, true, false}, NULL, arena, &forward, NULL, &error);
        expect_golden(name[metric], "train_to_train", &forward);
    }
    arena_free(arena);
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

    random_table(train, arena, 6000, 9, 3, 1);
    random_table(other, arena, 2500, 9, 4, 1);
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
            codes(table, j)[i] = cell >> j & 1;
        codes(table, 3)[i] = (uint32_t)i;
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

        random_table(train, arena, 300, n_columns, 5, 1);
        random_table(other, arena, 400, n_columns, 5, 1); /* the same stream: the first 300 rows are copies */
        for (size_t i = 0; i < 400; i += 2)
            numbers(other, 0)[i] *= 1 + (double)(i % 5) / 100;
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
                    double reach = train->column[j].value ? .01 * naive_range(&train->columns, j) : 0;

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
