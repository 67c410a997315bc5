#include "attacks/membership/value_codes.h"

#include <math.h>

#include "numeric/sort.h"

static size_t row_of(const struct neighbour_columns *columns, size_t i)
{
    return columns->pick ? columns->pick[i] : i;
}

static size_t rows_of(const struct neighbour_columns *parts, size_t n_parts)
{
    size_t rows = 0;

    for (size_t p = 0; p < n_parts; p++)
        rows += parts[p].rows;
    return rows;
}

/* What the tasks of either pass work on: a column each. */
struct coding {
    const struct neighbour_columns *parts;
    size_t n_parts;
    const struct value_book *book;
    struct value_codes *codes; /* NULL while the book is made */
};

static void fit_numbers(const struct coding *coding, size_t j, struct value_column *column)
{
    size_t n = 0, distinct = 0;

    for (size_t p = 0; p < coding->n_parts; p++)
        for (size_t i = 0; i < coding->parts[p].rows; i++) {
            double v = coding->parts[p].column[j].value[row_of(&coding->parts[p], i)];

            if (!isnan(v))
                column->number[n++] = v;
        }
    sort_doubles(column->number, n);
    for (size_t i = 0; i < n; i++)
        if (distinct == 0 || column->number[i] != column->number[distinct - 1])
            column->number[distinct++] = column->number[i];
    column->n_numbers = distinct;
    column->levels = (uint32_t)distinct + 2;
}

static int fit_task(void *context, size_t j, size_t worker, struct error *error)
{
    const struct coding *coding = context;
    struct value_column *column = &coding->book->column[j];
    uint32_t top = 0;

    (void)worker;
    (void)error;
    if (column->number) {
        fit_numbers(coding, j, column);
        return 0;
    }
    for (size_t p = 0; p < coding->n_parts; p++)
        for (size_t i = 0; i < coding->parts[p].rows; i++) {
            uint32_t c = coding->parts[p].column[j].code[row_of(&coding->parts[p], i)];

            if (c != NEIGHBOUR_MISSING && c >= top)
                top = c + 1;
        }
    column->levels = top + 2;
    return 0;
}

int value_book_fit(const struct neighbour_columns *parts, size_t n_parts, struct pool *pool, struct arena *arena,
                   struct value_book *book, struct error *error)
{
    size_t n_columns = parts[0].n_columns, rows = rows_of(parts, n_parts);
    struct coding coding = {parts, n_parts, book, NULL};

    *book = (struct value_book){n_columns, ARENA_ARRAY(arena, struct value_column, n_columns + 1)};
    if (!book->column)
        return error_memory(error);
    for (size_t j = 0; j < n_columns; j++)
        if (parts[0].column[j].value) {
            book->column[j].number = ARENA_ARRAY(arena, double, rows + 1);
            if (!book->column[j].number)
                return error_memory(error);
        }
    return pool_run(pool, n_columns, fit_task, &coding, error);
}

static uint32_t number_code(const struct value_column *column, double v)
{
    size_t lo = 0, hi = column->n_numbers;

    if (isnan(v))
        return column->levels - 2;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (column->number[mid] < v)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < column->n_numbers && column->number[lo] == v ? (uint32_t)lo : column->levels - 1;
}

static uint32_t level_code(const struct value_column *column, uint32_t code)
{
    if (code == NEIGHBOUR_MISSING)
        return column->levels - 2;
    return code < column->levels - 2 ? code : column->levels - 1;
}

static int encode_task(void *context, size_t j, size_t worker, struct error *error)
{
    const struct coding *coding = context;
    const struct value_column *column = &coding->book->column[j];
    uint32_t *out = coding->codes->code[j];

    (void)worker;
    (void)error;
    for (size_t p = 0; p < coding->n_parts; p++) {
        const struct neighbour_columns *part = &coding->parts[p];

        for (size_t i = 0; i < part->rows; i++)
            *out++ = column->number ? number_code(column, part->column[j].value[row_of(part, i)])
                                    : level_code(column, part->column[j].code[row_of(part, i)]);
    }
    return 0;
}

int value_encode(const struct value_book *book, const struct neighbour_columns *parts, size_t n_parts, struct pool *pool,
                 struct arena *arena, struct value_codes *codes, struct error *error)
{
    struct coding coding = {parts, n_parts, book, codes};

    *codes =
        (struct value_codes){rows_of(parts, n_parts), book->n_columns, ARENA_ARRAY(arena, uint32_t *, book->n_columns + 1)};
    if (!codes->code)
        return error_memory(error);
    for (size_t j = 0; j < book->n_columns; j++) {
        codes->code[j] = ARENA_ARRAY(arena, uint32_t, codes->rows + 1);
        if (!codes->code[j])
            return error_memory(error);
    }
    return pool_run(pool, book->n_columns, encode_task, &coding, error);
}

int value_count(const struct value_book *book, const struct value_codes *codes, struct arena *arena, uint32_t ***count,
                struct error *error)
{
    uint32_t **counts = ARENA_ARRAY(arena, uint32_t *, book->n_columns + 1);

    if (!counts)
        return error_memory(error);
    for (size_t j = 0; j < book->n_columns; j++) {
        counts[j] = ARENA_ARRAY(arena, uint32_t, book->column[j].levels);
        if (!counts[j])
            return error_memory(error);
        for (size_t i = 0; i < codes->rows; i++)
            counts[j][codes->code[j][i]]++;
    }
    *count = counts;
    return 0;
}
