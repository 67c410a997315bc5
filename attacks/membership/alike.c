#include "attacks/membership/alike.h"

#include <math.h>

#include "datasets/row_overlap.h"
#include "numeric/empirical.h"

#define SHIFT     0.1
#define TOLERATED 0.02 /* share of rows that the reference may have in common */
#define QUANTILE  2.8  /* of √(nm/(n + m)) times the difference: 2 exp(−2 · 2.8²) = 3e-7 */

static double share(size_t count, size_t rows)
{
    return (double)count / (double)rows;
}

/* Largest difference of a level's share, of all rows. */
static int level_shift(const struct table *a, const struct table *b, size_t column, struct arena *arena, double *shift,
                       struct error *error)
{
    const uint32_t levels = a->schema->columns[column].n_levels;
    size_t *count = ARENA_ARRAY(arena, size_t, 2 * ((size_t)levels + 1));
    const struct table *tables[2] = {a, b};

    if (!count)
        return error_memory(error);
    for (int t = 0; t < 2; t++)
        for (size_t row = 0; row < tables[t]->rows; row++) {
            const uint32_t code = tables[t]->columns[column].code[row];

            if (code < levels)
                count[2 * code + (size_t)t]++;
        }
    for (uint32_t k = 0; k < levels; k++)
        *shift = fmax(*shift, fabs(share(count[2 * k], a->rows) - share(count[2 * k + 1], b->rows)));
    return 0;
}

/* Kolmogorov-Smirnov distance of the present values, as a share of all rows. */
static int number_shift(const struct table *a, const struct table *b, size_t column, struct arena *arena, double *shift,
                        struct error *error)
{
    double *x = ARENA_ARRAY(arena, double, a->rows + 1), *y = ARENA_ARRAY(arena, double, b->rows + 1);
    size_t n, m;

    if (!x || !y)
        return error_memory(error);
    n = empirical_sort(a->columns[column].number, a->rows, x);
    m = empirical_sort(b->columns[column].number, b->rows, y);
    if (n > 0 && m > 0)
        *shift = fmax(*shift, ks_statistic_sorted(x, n, y, m) * fmin(share(n, a->rows), share(m, b->rows)));
    return 0;
}

static int check_column(const struct table *a, const struct table *b, size_t column, double bound, struct error *error)
{
    struct arena *arena = arena_new();
    double shift = fabs(share(a->columns[column].missing, a->rows) - share(b->columns[column].missing, b->rows));
    int status = arena ? 0 : error_memory(error);

    if (!status)
        status = (a->columns[column].number ? number_shift : level_shift)(a, b, column, arena, &shift, error);
    arena_free(arena);
    if (!status && shift > bound)
        status = error_set(
            error, ERROR_UNMEASURABLE,
            "the column '%.80s' tells training rows from holdout rows without any candidate (shares differ by %.2f): they "
            "are not rows of one population; cut the holdout at random, or leave the column out with --ignore",
            a->schema->columns[column].name, shift);
    return status;
}

int membership_check_alike(const struct measure_task *task, const struct table *strangers, struct error *error)
{
    const struct table *train = task->reference;
    struct arena *arena = arena_new();
    size_t n = schema_measured(train->schema, NULL, 0), *columns = arena ? ARENA_ARRAY(arena, size_t, n + 1) : NULL;
    int status = columns ? 0 : error_memory(error);

    if (!status && train->rows > 0 && strangers->rows > 0) {
        const double bound = SHIFT + QUANTILE * sqrt(1 / (double)train->rows + 1 / (double)strangers->rows);

        schema_measured(train->schema, columns, n);
        for (size_t i = 0; i < n && !status; i++)
            status = check_column(train, strangers, columns[i], bound, error);
    }
    arena_free(arena);
    return status;
}

int membership_check_reference(const struct measure_task *task, const struct table *strangers, struct error *error)
{
    const struct table *reference = task->data->reference.table, *const others[2] = {task->reference, strangers};
    static const char *const names[2] = {"training table", "holdout"};
    struct row_overlap overlap;
    int status = 0;

    for (int t = 0; t < 2 && reference && !status; t++) {
        status = row_overlap_count(reference, others[t], &overlap, error);
        if (!status && row_overlap_exceeds(&overlap, TOLERATED))
            status = error_set(error, ERROR_UNMEASURABLE,
                               "%.0f %% of the reference's rows are in the %s, where %.0f %% would be chance: give real rows "
                               "that are in neither train nor the holdout as --reference, or leave it out",
                               100 * (double)overlap.shared / (double)overlap.rows, names[t],
                               100 * (double)overlap.repeated / (double)overlap.others);
    }
    return status;
}
