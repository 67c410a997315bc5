#include "attacks/proxies/weighted_table.h"

#include <math.h>

#define PARTS 10

static void find_range(const struct table *train, struct weighted_column *column)
{
    const double *number = train->columns[column->column].number;
    double lo = INFINITY, hi = -INFINITY;

    for (size_t row = 0; row < train->rows && number; row++) {
        lo = fmin(lo, number[row]);
        hi = fmax(hi, number[row]);
    }
    column->lo = lo <= hi ? lo : 0;
    column->range = lo <= hi ? hi - lo : 0;
}

/* Where a number lies in train's range, 0 to 1. In a range of 0 any other number is as far off as can be. */
static double place_of(const struct weighted_column *column, double number)
{
    double from = number - column->lo;

    if (column->range > 0)
        return from / column->range;
    return from > 0 ? 2 : from < 0 ? -2 : 0;
}

/* Which of the column's levels a cell of train is; the last one is missing. */
static size_t level_of(const struct weighted_column *at, const struct column *column, size_t row, size_t levels)
{
    double part;

    if (column->code)
        return column->code[row] == CODE_MISSING ? levels - 1 : column->code[row];
    if (isnan(column->number[row]))
        return levels - 1;
    part = floor(place_of(at, column->number[row]) * PARTS);
    return part > 0 ? (size_t)fmin(part, PARTS - 1) : 0;
}

static int column_entropy(const struct table *train, const struct weighted_column *at, struct arena *arena, double *entropy,
                          struct error *error)
{
    const struct column *column = &train->columns[at->column];
    size_t levels = (column->code ? train->schema->columns[at->column].n_levels : PARTS) + 1, n = train->rows;
    size_t *count = ARENA_ARRAY(arena, size_t, levels);

    if (!count)
        return error_memory(error);
    for (size_t row = 0; row < n; row++)
        count[level_of(at, column, row, levels)]++;
    *entropy = 0;
    for (size_t k = 0; k < levels; k++)
        if (count[k] > 0)
            *entropy -= (double)count[k] / (double)n * log((double)count[k] / (double)n);
    return 0;
}

int weighted_columns_fit(const struct table *train, struct arena *arena, struct weighted_columns *columns, struct error *error)
{
    size_t n = schema_measured(train->schema, NULL, 0), *measured = ARENA_ARRAY(arena, size_t, n + 1);

    *columns =
        (struct weighted_columns){0, ARENA_ARRAY(arena, struct weighted_column, n + 1), ARENA_ARRAY(arena, double, n + 1)};
    if (!measured || !columns->column || !columns->cap)
        return error_memory(error);
    schema_measured(train->schema, measured, n);
    for (size_t c = 0; c < n; c++) {
        struct weighted_column *column = &columns->column[columns->n];
        double entropy = 0;
        int status;

        *column = (struct weighted_column){.column = measured[c]};
        find_range(train, column);
        status = column_entropy(train, column, arena, &entropy, error);
        if (status)
            return status;
        if (entropy <= 0)
            continue;
        column->weight = 1 / entropy;
        columns->cap[columns->n++] = 1 / (entropy * entropy);
    }
    if (columns->n == 0)
        return error_set(error, ERROR_UNMEASURABLE, "every column of train has one value");
    return 0;
}

/* A cell times its weight. Categories stand 2 apart, missing numbers far from all others: the cap makes a difference of 1 of
 * both. */
static double coded_cell(const struct weighted_column *at, const struct column *column, size_t row)
{
    if (column->code)
        return at->weight * (column->code[row] == CODE_MISSING ? -2 : 2 * (double)column->code[row]);
    return at->weight * (isnan(column->number[row]) ? 1e30 : place_of(at, column->number[row]));
}

int weighted_table_code(const struct weighted_columns *columns, const struct table *table, struct arena *arena,
                        struct weighted_rows *rows, struct error *error)
{
    *rows = (struct weighted_rows){table->rows, columns->n, columns->cap, NULL};
    rows->value = ARENA_ARRAY(arena, double, weighted_tiles(table->rows) * columns->n * WEIGHTED_LANES);
    if (!rows->value)
        return error_memory(error);
    for (size_t c = 0; c < columns->n; c++) {
        const struct weighted_column *at = &columns->column[c];

        for (size_t row = 0; row < table->rows; row++)
            *weighted_cell(rows, row, c) = coded_cell(at, &table->columns[at->column], row);
    }
    return 0;
}
