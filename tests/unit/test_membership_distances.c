/* The distance attacks against a naive double loop over ranks, with copies and noisy copies really added to the candidate. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/membership/attack_list.h"
#include "attacks/membership/nearest.h"
#include "attacks/membership/noisy.h"
#include "attacks/membership/view.h"
#include "tests/unit/privacy_world.h"

enum { NUMBERS = 3, COLUMNS = 5, MOST = 400 };

/* One cell's part of the rank-Gower distance: |rank(a) − rank(b)|, rank(v) = (#train below v + ½ #equal)/#present. */
static double rank_of(const struct table *train, size_t column, double value)
{
    double below = 0, present = 0;

    for (size_t i = 0; i < train->rows; i++) {
        const double v = train->columns[column].number[i];

        if (isnan(v))
            continue;
        present++;
        below += v < value ? 1 : !(v > value) ? .5 : 0;
    }
    return below / present;
}

static double naive_distance(const struct table *train, const struct table *a, size_t i, const struct table *b, size_t j)
{
    double sum = 0;

    for (size_t c = 0; c < COLUMNS; c++) {
        if (c >= NUMBERS) {
            sum += a->columns[c].code[i] != b->columns[c].code[j];
        } else {
            const double x = a->columns[c].number[i], y = b->columns[c].number[j];

            if (isnan(x) || isnan(y))
                sum += isnan(x) != isnan(y);
            else
                sum += fabs(rank_of(train, c, x) - rank_of(train, c, y));
        }
    }
    return sum / COLUMNS;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Distances of a target to all rows of S (with what is planted) and of P, in order. */
struct lists {
    double s[MOST], p[MOST];
    size_t m, n;
};

static double mean_of(const double *d, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++)
        sum += d[j] / (double)n;
    return sum;
}

/* The attacks as their definitions say; no ties between rows of S and of P but at 0. */
static double naive_score(const char *attack, const struct lists *lists, double radius, double floor)
{
    const double *s = lists->s, *p = lists->p;
    const size_t m = lists->m, n = lists->n;

    if (strcmp(attack, "dcr") == 0)
        return -s[0];
    if (strcmp(attack, "calibrated_dcr") == 0)
        return p[0] - s[0];
    if (strcmp(attack, "log_ratio") == 0)
        return log(p[0] + floor) - log(s[0] + floor);
    if (strcmp(attack, "nndr") == 0)
        return !(s[0] > 0) ? 0 : m < 2 ? -1 : -s[0] / s[1];
    if (strcmp(attack, "knn_5") == 0)
        return -mean_of(s, m < 5 ? m : 5);
    if (strcmp(attack, "knn_20") == 0)
        return -mean_of(s, m < 20 ? m : 20);
    if (strcmp(attack, "monte_carlo") == 0) {
        double inside = 0;

        for (size_t j = 0; j < m; j++)
            inside += s[j] <= radius;
        return inside / (double)m;
    }
    if (strcmp(attack, "dpi") == 0) {
        size_t i = 0, j = 0;

        while (i + j < 20 && i + j < m + n)
            if (j >= n || (i < m && s[i] <= p[j]))
                i++;
            else
                j++;
        if (fmin(i < m ? s[i] : INFINITY, j < n ? p[j] : INFINITY) <= fmax(i ? s[i - 1] : 0, j ? p[j - 1] : 0) + 1e-12)
            return NAN; /* a tie at the last place: below */
        return (double)i / (double)m / ((double)i / (double)m + (double)j / (double)n);
    }
    cr_assert_fail("no attack '%s'", attack);
    return NAN;
}

struct seen {
    struct world world;
    struct table *reference;
    const struct membership_targets *targets;
    const struct membership_noisy *noisy;
    struct membership_view view;
    struct arena *arena;
};

/* Some rows of S repeat rows of train, one twice; one row of each table has no cell. */
static void seen_new(struct seen *seen, size_t members, size_t holdout, size_t candidate, size_t reference)
{
    struct world *world = &seen->world;

    world_new(world, NUMBERS, COLUMNS - NUMBERS, members, holdout, candidate);
    for (size_t c = 0; c < NUMBERS; c++)
        world->columns[c].decimals = 9;
    world_draw_all(world, 61);
    if (candidate > 10) {
        world_copy_row(world, world->subject, 3, world->train, 8);
        world_copy_row(world, world->subject, 4, world->train, 9);
        world_copy_row(world, world->subject, 5, world->train, 9);
    }
    for (size_t t = 0; t < 2; t++) {
        struct table *table = t ? world->subject : world->train;

        for (size_t c = 0; c < COLUMNS && table->rows > 10; c++)
            if (c < NUMBERS)
                table_numbers(table, c)[7] = NAN;
            else
                table_codes(table, c)[7] = CODE_MISSING;
        table_seal(table);
    }
    seen->reference = NULL;
    if (reference > 0) {
        cr_assert_eq(table_new(&seen->reference, &world->schema, "reference", reference, NULL), 0);
        world_draw(world, seen->reference, 0, 61);
        world->data.reference.table = seen->reference;
    }
    seen->arena = arena_new();
    cr_assert_eq(membership_targets_get(&world->task, &seen->targets, NULL), 0);
    cr_assert_eq(membership_view_distances(&world->task, seen->targets, seen->arena, &seen->view, NULL), 0);
    cr_assert_eq(membership_noisy_get(&world->task, &seen->noisy, NULL), 0);
}

static void seen_free(struct seen *seen)
{
    arena_free(seen->arena);
    world_free(&seen->world);
    table_free(seen->reference);
}

static struct lists lists_of(const struct seen *seen, size_t target, enum membership_plant plant)
{
    const struct membership_targets *targets = seen->targets;
    const struct world *world = &seen->world;
    const bool member = target < targets->n_members;
    const struct table *table = member ? world->train : world->holdout;
    const size_t row = member ? target : targets->stranger[target - targets->n_members];
    struct lists lists = {.m = world->subject->rows, .n = targets->reference_rows};

    for (size_t j = 0; j < lists.m; j++)
        lists.s[j] = naive_distance(world->train, table, row, world->subject, j);
    for (size_t j = 0; j < lists.n; j++)
        lists.p[j] = naive_distance(world->train, table, row, targets->reference,
                                    targets->reference_pick ? targets->reference_pick[j] : j);
    if (plant == PLANT_COPY)
        lists.s[lists.m++] = naive_distance(world->train, table, row, table, row);
    if (plant == PLANT_NOISY)
        lists.s[lists.m++] = naive_distance(world->train, table, row, seen->noisy->table, row);
    qsort(lists.s, lists.m, sizeof *lists.s, ascending);
    qsort(lists.p, lists.n, sizeof *lists.p, ascending);
    return lists;
}

static double naive_radius(const struct seen *seen)
{
    const struct membership_targets *targets = seen->targets;
    const struct world *world = &seen->world;
    double nearest[MOST] = {0};

    for (size_t i = 0; i < targets->reference_rows; i++) {
        nearest[i] = INFINITY;
        for (size_t j = 0; j < world->subject->rows; j++)
            nearest[i] =
                fmin(nearest[i], naive_distance(world->train, targets->reference,
                                                targets->reference_pick ? targets->reference_pick[i] : i, world->subject, j));
    }
    qsort(nearest, targets->reference_rows, sizeof *nearest, ascending);
    return nearest[targets->reference_rows / 2];
}

Test(membership_distances, equal_a_naive_double_loop)
{
    static const struct membership_attack *const attacks[] = {
        &membership_dcr,   &membership_calibrated_dcr, &membership_log_ratio,   &membership_nndr,
        &membership_knn_5, &membership_knn_20,         &membership_monte_carlo, &membership_dpi,
    };
    static const size_t rows[][4] = {/* members, holdout, candidate, reference (0: cut from the holdout) */
                                     {120, 230, 90, 0},
                                     {110, 100, 40, 21},
                                     {100, 100, 1, 30},
                                     {100, 100, 12, 20}};

    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct seen seen = {0};
        double radius;
        size_t compared = 0;

        seen_new(&seen, rows[r][0], rows[r][1], rows[r][2], rows[r][3]);
        seen.view.n_targets = seen.targets->n_targets;
        seen.view.n_members = seen.targets->n_members;
        seen.view.candidate_rows = rows[r][2];
        seen.view.reference_rows = seen.targets->reference_rows;
        radius = naive_radius(&seen);
        cr_assert_float_eq(seen.view.radius, radius, 1e-12);
        for (size_t i = 0; i < seen.view.n_targets; i++)
            for (int plant = PLANT_NONE; plant < (i < seen.view.n_members && i % 4 != 0 ? MEMBERSHIP_PLANTS : 1); plant++) {
                const struct lists lists = lists_of(&seen, i, (enum membership_plant)plant);

                for (size_t a = 0; a < sizeof attacks / sizeof *attacks; a++) {
                    const double score = attacks[a]->score(&seen.view, i, (enum membership_plant)plant);
                    const double naive = naive_score(attacks[a]->name, &lists, radius, seen.view.floor);

                    compared += isnan(naive) ? 0 : 1;
                    if (!isnan(naive))
                        cr_assert_float_eq(score, naive, 1e-9, "case %zu, %s, target %zu, plant %d: %.17g, not %.17g", r,
                                           attacks[a]->name, i, plant, score, naive);
                    cr_assert(!isnan(score));
                }
            }
        cr_assert_gt(compared, 8 * seen.view.n_targets, "%zu comparisons", compared);
        seen_free(&seen);
    }
}

/* Rows that tie at the 20th place. All 20 listed of S and of P equal the target, and who knows how many more: ½ whatever the
 * sizes. 12 of S nearer, then 7 of S and 20 or more of P at one distance, m = 100, p = 50: 8 places are left, 7/27 of them S's:
 * a = 12 + 56/27, b = 8 − 56/27, and (a/100)/(a/100 + b/50). */
Test(membership_distances, plagiarism_index_shares_out_ties)
{
    double s[MEMBERSHIP_NEIGHBOURS] = {0}, p[MEMBERSHIP_NEIGHBOURS] = {0};
    struct membership_view view = {
        .n_targets = 1, .n_members = 1, .candidate_rows = 100, .reference_rows = 50, .near_candidate = s, .near_reference = p};

    cr_assert_float_eq(membership_dpi.score(&view, 0, PLANT_NONE), .5, 1e-12);
    cr_assert_float_eq(membership_dpi.score(&view, 0, PLANT_COPY), .5, 1e-12);
    for (size_t j = 0; j < MEMBERSHIP_NEIGHBOURS; j++) {
        s[j] = j < 12 ? .1 : .3;
        p[j] = .3;
    }
    s[19] = .4; /* seven of S at .3, and the list goes on: 7/27 of 8 */
    cr_assert_float_eq(membership_dpi.score(&view, 0, PLANT_NONE),
                       (12 + 56. / 27) / 100 / ((12 + 56. / 27) / 100 + (8 - 56. / 27) / 50), 1e-12);
}

/* A noisy copy: numbers move by a tenth of a standard deviation and stay on the column's grid, about a tenth of the level cells
 * are drawn anew (of which 1/5 or more stay), missing numbers stay missing. */
Test(membership_distances, noisy_copies_are_as_noisy_as_stated)
{
    enum { ROWS = 4000 };
    struct world world;
    const struct membership_noisy *noisy;
    double sum = 0, square = 0, mean = 0, moved = 0, present = 0;
    size_t changed = 0;

    world_new(&world, 2, 1, ROWS, 201, 10);
    world.columns[0].decimals = 3;
    world_draw_all(&world, 5);
    cr_assert_eq(membership_noisy_get(&world.task, &noisy, NULL), 0);
    for (size_t i = 0; i < ROWS; i++) {
        const double x = world.train->columns[0].number[i], y = noisy->table->columns[0].number[i];

        cr_assert_eq(isnan(x), isnan(y));
        changed += world.train->columns[2].code[i] != noisy->table->columns[2].code[i];
        if (isnan(x))
            continue;
        cr_assert_float_eq(1000 * y, rint(1000 * y), 1e-6);
        present++;
        mean += x;
        square += x * x;
        sum += y - x;
        moved += (y - x) * (y - x);
    }
    square = (square - mean * mean / present) / (present - 1);
    cr_assert_float_eq(sqrt(moved / present / square), .1, 3 * .1 / sqrt(2 * present));
    cr_assert_float_eq(sum / present, 0, 3 * sqrt(moved) / present);
    cr_assert((double)changed > ROWS * .05 && (double)changed < ROWS * .1, "%zu cells changed", changed);
    world_free(&world);
}
