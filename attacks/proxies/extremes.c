#include "attacks/proxies/extremes.h"

#include <math.h>
#include <stdint.h>

static void mark_extremes(const struct table *table, size_t column, bool *extreme)
{
    const double *number = table->columns[column].number;
    size_t least = SIZE_MAX, greatest = SIZE_MAX;

    for (size_t row = 0; row < table->rows; row++) {
        if (isnan(number[row]))
            continue;
        if (least == SIZE_MAX || number[row] < number[least])
            least = row;
        if (greatest == SIZE_MAX || number[row] > number[greatest])
            greatest = row;
    }
    if (least != SIZE_MAX)
        extreme[least] = extreme[greatest] = true;
}

static int make_rest(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct table *table = context;
    size_t n = schema_measured(table->schema, NULL, 0), left = 0, *measured = ARENA_ARRAY(arena, size_t, n + 1);
    bool *extreme = ARENA_ARRAY(arena, bool, table->rows + 1);
    uint32_t *rows = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    struct table *rest = NULL;
    int status;

    if (!measured || !extreme || !rows)
        return error_memory(error);
    schema_measured(table->schema, measured, n);
    for (size_t c = 0; c < n; c++)
        if (table->columns[measured[c]].number)
            mark_extremes(table, measured[c], extreme);
    for (uint32_t row = 0; row < table->rows; row++)
        if (!extreme[row])
            rows[left++] = row;
    if (left == 0)
        return error_set(error, ERROR_UNMEASURABLE, "every row sets the range of some column");
    status = table_take(table, rows, left, table->name, &rest, error);
    *artifact = rest;
    return status;
}

static void release_rest(void *table)
{
    table_free(table);
}

int without_extremes(const struct measure_task *task, const struct table *table, const struct table **rest, struct error *error)
{
    void *artifact = NULL, *context = (void *)(uintptr_t)table;
    int status =
        artifact_get(task->artifacts, "without extremes", table, NULL, 0, make_rest, release_rest, context, &artifact, error);

    *rest = artifact;
    return status;
}
