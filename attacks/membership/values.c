#include "attacks/membership/values.h"

#include <math.h>
#include <stdlib.h>

#include "core/arena.h"
#include "numeric/sort.h"

#define CHUNK 2048 /* targets in a task */

/* One column of the table, ready to count in: numbers in order with the missing ones (NaN) last, or counts by code. */
struct counted {
    double *sorted;
    size_t present, missing;
    uint32_t *count;
    uint32_t n_codes;
};

struct counting {
    const struct neighbour_columns *targets, *table;
    struct counted *column;
    double *out, *with_copy;
};

static size_t row_of(const struct neighbour_columns *columns, size_t i)
{
    return columns->pick ? columns->pick[i] : i;
}

static int count_numbers(struct counted *counted, const struct neighbour_columns *table, const double *value,
                         struct arena *arena, struct error *error)
{
    counted->sorted = ARENA_ARRAY(arena, double, table->rows + 1);
    if (!counted->sorted)
        return error_memory(error);
    for (size_t i = 0; i < table->rows; i++) {
        double v = value[row_of(table, i)];

        if (isnan(v))
            counted->missing++;
        else
            counted->sorted[counted->present++] = v;
    }
    sort_doubles(counted->sorted, counted->present);
    return 0;
}

static int count_codes(struct counted *counted, const struct neighbour_columns *table, const uint32_t *code,
                       struct arena *arena, struct error *error)
{
    for (size_t i = 0; i < table->rows; i++) {
        uint32_t c = code[row_of(table, i)];

        if (c == NEIGHBOUR_MISSING)
            counted->missing++;
        else if (c >= counted->n_codes)
            counted->n_codes = c + 1;
    }
    counted->count = ARENA_ARRAY(arena, uint32_t, (size_t)counted->n_codes + 1);
    if (!counted->count)
        return error_memory(error);
    for (size_t i = 0; i < table->rows; i++)
        if (code[row_of(table, i)] != NEIGHBOUR_MISSING)
            counted->count[code[row_of(table, i)]]++;
    return 0;
}

/* How many of the sorted values are below v (or, with `equal`, not above it). */
static size_t count_below(const struct counted *counted, double v, bool equal)
{
    size_t lo = 0, hi = counted->present;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (counted->sorted[mid] < v || (equal && counted->sorted[mid] <= v))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static double count_of(const struct counting *counting, size_t j, size_t row)
{
    const struct neighbour_column *target = &counting->targets->column[j];
    const struct counted *counted = &counting->column[j];

    if (!target->value) {
        uint32_t c = target->code[row];

        return c == NEIGHBOUR_MISSING ? (double)counted->missing : c < counted->n_codes ? counted->count[c] : 0;
    }
    if (isnan(target->value[row]))
        return (double)counted->missing;
    return (double)(count_below(counted, target->value[row], true) - count_below(counted, target->value[row], false));
}

static int count_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct counting *counting = context;
    double rows = (double)counting->table->rows, n_columns = (double)counting->targets->n_columns;

    (void)worker;
    (void)error;
    for (size_t i = index * CHUNK; i < counting->targets->rows && i < (index + 1) * CHUNK; i++) {
        double sum = 0, sum_with = 0;

        for (size_t j = 0; j < counting->targets->n_columns; j++) {
            double count = count_of(counting, j, row_of(counting->targets, i));

            sum += log((count + .5) / (rows + 1));
            if (counting->with_copy)
                sum_with += log((count + 1.5) / (rows + 2));
        }
        counting->out[i] = sum / n_columns;
        if (counting->with_copy)
            counting->with_copy[i] = sum_with / n_columns;
    }
    return 0;
}

int value_log_shares(const struct neighbour_columns *targets, const struct neighbour_columns *table, struct pool *pool,
                     double *out, double *with_copy, struct error *error)
{
    struct arena *scratch = arena_new();
    struct counting counting = {targets, table, NULL, out, with_copy};
    int status = 0;

    counting.column = scratch ? ARENA_ARRAY(scratch, struct counted, table->n_columns + 1) : NULL;
    if (!counting.column) {
        arena_free(scratch);
        return error_memory(error);
    }
    for (size_t j = 0; j < table->n_columns && !status; j++)
        status = table->column[j].value ? count_numbers(&counting.column[j], table, table->column[j].value, scratch, error)
                                        : count_codes(&counting.column[j], table, table->column[j].code, scratch, error);
    if (!status)
        status = pool_run(pool, (targets->rows + CHUNK - 1) / CHUNK, count_task, &counting, error);
    arena_free(scratch);
    return status;
}
