/* How often each target's single values occur in S and in P. */
#include <math.h>

#include "attacks/membership/noisy.h"
#include "attacks/membership/values.h"
#include "attacks/membership/view.h"
#include "attacks/tables.h"

struct sides {
    struct neighbour_columns members, strangers, noisy;
};

static int sides_make(const struct measure_task *task, const struct membership_targets *targets, struct arena *arena,
                      struct sides *sides, struct error *error)
{
    const struct membership_noisy *noisy;
    int status = membership_noisy_get(task, &noisy, error);

    if (!status)
        status = coded_columns(noisy->table, NULL, 0, arena, &sides->noisy, error);
    if (!status)
        status = coded_columns(task->reference, NULL, 0, arena, &sides->members, error);
    if (!status)
        status = coded_columns(stranger_table(task), targets->stranger, targets->n_targets - targets->n_members, arena,
                               &sides->strangers, error);
    return status;
}

static int values_of_targets(const struct sides *sides, const struct neighbour_columns *other, struct pool *pool, double *out,
                             double *with_copy, struct error *error)
{
    int status = value_log_shares(&sides->members, other, pool, out, with_copy, error);

    return status ? status : value_log_shares(&sides->strangers, other, pool, out + sides->members.rows, NULL, error);
}

static bool same_cell(const struct neighbour_column *a, const struct neighbour_column *b, size_t row)
{
    if (!a->value)
        return a->code[row] == b->code[row];
    return a->value[row] == b->value[row] || (isnan(a->value[row]) && isnan(b->value[row]));
}

/* With the noisy copy in S a value counts once more where the copy kept it: column by column. */
static int values_with_noisy(const struct sides *sides, const struct neighbour_columns *candidate, struct pool *pool,
                             struct arena *arena, double *out, struct error *error)
{
    size_t n = sides->members.rows, n_columns = sides->members.n_columns;
    double *bare = ARENA_ARRAY(arena, double, n + 1), *with_copy = ARENA_ARRAY(arena, double, n + 1);
    double more = log(((double)candidate->rows + 1) / ((double)candidate->rows + 2));
    int status = bare && with_copy ? 0 : error_memory(error);

    for (size_t j = 0; j < n_columns && !status; j++) {
        const struct neighbour_column *column = &sides->members.column[j];
        struct neighbour_columns target = {n, 1, column, NULL};
        struct neighbour_columns table = {candidate->rows, 1, candidate->column + j, candidate->pick};

        status = value_log_shares(&target, &table, pool, bare, with_copy, error);
        for (size_t i = 0; i < n && !status; i++)
            out[i] += (same_cell(column, &sides->noisy.column[j], i) ? with_copy[i] : bare[i] + more) / (double)n_columns;
    }
    return status;
}

int membership_view_values(const struct measure_task *task, const struct membership_targets *targets, struct arena *arena,
                           struct membership_view *view, struct error *error)
{
    double more = log(((double)task->subject->rows + 2) / ((double)task->subject->rows + 1));
    double *values[MEMBERSHIP_PLANTS], *in_reference = ARENA_ARRAY(arena, double, targets->n_targets + 1);
    struct neighbour_columns candidate, reference;
    struct sides sides;
    int status = in_reference ? sides_make(task, targets, arena, &sides, error) : error_memory(error);

    for (int plant = 0; plant < MEMBERSHIP_PLANTS && !status; plant++)
        if (!(values[plant] = ARENA_ARRAY(arena, double, targets->n_targets + 1)))
            status = error_memory(error);
    if (!status)
        status = coded_columns(task->subject, NULL, 0, arena, &candidate, error);
    if (!status)
        status = coded_columns(targets->reference, targets->reference_pick, targets->reference_rows, arena, &reference, error);
    if (!status)
        status = values_of_targets(&sides, &reference, task->pool, in_reference, NULL, error);
    if (!status)
        status = values_of_targets(&sides, &candidate, task->pool, values[PLANT_NONE], values[PLANT_COPY], error);
    if (!status)
        status = values_with_noisy(&sides, &candidate, task->pool, arena, values[PLANT_NOISY], error);
    if (status)
        return status;
    for (size_t i = 0; i < targets->n_members; i++) /* as many rows as before */
        values[PLANT_VALUES][i] = values[PLANT_COPY][i] + more;
    for (int plant = 0; plant < MEMBERSHIP_PLANTS; plant++)
        view->values_in_candidate[plant] = values[plant];
    view->values_in_reference = in_reference;
    return 0;
}
