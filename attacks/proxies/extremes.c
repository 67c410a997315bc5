#include "attacks/proxies/extremes.h"

#include <math.h>
#include <stdint.h>

struct ends {
    size_t least, greatest;           /* rows; SIZE_MAX: no number */
    double next_least, next_greatest; /* values beside them, of the other rows; infinite: none */
};

static struct ends find_ends(const double *number, size_t rows)
{
    struct ends ends = {SIZE_MAX, SIZE_MAX, INFINITY, -INFINITY};

    for (size_t row = 0; row < rows; row++) {
        if (isnan(number[row]))
            continue;
        if (ends.least == SIZE_MAX || number[row] < number[ends.least])
            ends.least = row;
        if (ends.greatest == SIZE_MAX || number[row] > number[ends.greatest])
            ends.greatest = row;
    }
    for (size_t row = 0; row < rows; row++) {
        if (row != ends.least)
            ends.next_least = fmin(ends.next_least, number[row]);
        if (row != ends.greatest)
            ends.next_greatest = fmax(ends.next_greatest, number[row]);
    }
    return ends;
}

/* Adds how far the two ends of a column move, in parts of its range, to the sums. */
static void draw_column_in(double *number, size_t rows, double *sum, double *squares)
{
    struct ends ends = find_ends(number, rows);
    double range, low, high;

    if (ends.least == SIZE_MAX || !(number[ends.greatest] > number[ends.least]))
        return;
    range = number[ends.greatest] - number[ends.least];
    low = (ends.next_least - number[ends.least]) / range;
    high = (number[ends.greatest] - ends.next_greatest) / range;
    *sum += low + high;
    *squares += low * low + high * high;
    number[ends.least] = ends.next_least;
    number[ends.greatest] = ends.next_greatest;
}

static void release_drawn(void *artifact)
{
    struct drawn_in *drawn = artifact;

    table_free(drawn->table);
}

static int make_drawn(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct table *table = context;
    struct drawn_in *drawn = ARENA_NEW(arena, struct drawn_in);
    size_t n = schema_measured(table->schema, NULL, 0), *measured = ARENA_ARRAY(arena, size_t, n + 1);
    uint32_t *rows = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    double sum = 0, squares = 0;
    int status;

    *artifact = drawn;
    if (!drawn || !measured || !rows)
        return error_memory(error);
    for (uint32_t row = 0; row < table->rows; row++)
        rows[row] = row;
    status = table_take(table, rows, table->rows, table->name, &drawn->table, error);
    if (status)
        return status;
    schema_measured(table->schema, measured, n);
    for (size_t c = 0; c < n; c++)
        if (table->columns[measured[c]].number)
            draw_column_in(table_numbers(drawn->table, measured[c]), table->rows, &sum, &squares);
    drawn->spread = sum > 0 ? sqrt(squares) / sum : 0;
    return 0;
}

int draw_extremes_in(const struct measure_task *task, const struct table *table, const struct drawn_in **drawn,
                     struct error *error)
{
    void *artifact = NULL, *context = (void *)(uintptr_t)table;
    int status = artifact_get(task->artifacts, "extremes drawn in", table, NULL, 0, make_drawn, release_drawn, context,
                              &artifact, error);

    *drawn = artifact;
    return status;
}
