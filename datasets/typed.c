#include "datasets/typed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mask.h"
#include "datasets/datetime.h"
#include "datasets/number.h"
#include "datasets/schema.h"
#include "datasets/typing.h"
#include "numeric/sort.h"

static int refuse(const struct typing *typing, uint32_t code, const char *why)
{
    char scratch[9];
    size_t length;
    const char *text = cells_text(typing->cells, code, scratch, &length);
    error_set(typing->error, ERROR_INPUT,
              "a cell of the form '%s' is %s: correct the cell or leave it empty, or give the column another type in "
              "the schema",
              mask_of(text, length).text, why);
    return raw_place(typing->raw, typing->raw_index, cells_first_row(typing->cells, code), typing->error);
}

/* The number or date of one dictionary entry, NaN when missing. */
static int parse_quantity(const struct typing *typing, uint32_t code, double *value)
{
    struct column_schema *column = typing->column;
    char scratch[9];
    size_t length;
    const char *text = cells_text(typing->cells, code, scratch, &length);
    *value = NAN;
    if (tokens_find(&typing->tokens, text, length) < typing->tokens.count)
        return 0;
    if (column->type == COLUMN_DATETIME) {
        if (datetime_parse_loosely(text, length, column->format, value))
            return 0;
        char why[100];
        snprintf(why, sizeof why, "not a date of the form %s in the calendar", column->format);
        return refuse(typing, code, why);
    }
    struct number number;
    switch (number_parse(text, length, &number)) {
    case NUMBER_OK:
        if (number.decimals > typing->cells->decimals)
            typing->cells->decimals = number.decimals;
        *value = number.value;
        return 0;
    case NUMBER_OUT_OF_RANGE:
        return refuse(typing, code, "a number out of range, beyond 1e150 or -1e150");
    default:
        return refuse(typing, code,
                      number_is_special(text, length)  ? "not a finite number"
                      : number_has_comma(text, length) ? "a number with a comma; numbers are written like 1234.5"
                                                       : "text in a numeric column");
    }
}

/* Compact dates such as 20130814 may have been stored as numbers; inference has looked at all of them. */
static int dates_from_numbers(const struct typing *typing, double *numbers)
{
    for (size_t row = 0; row < typing->cells->rows; row++) {
        char text[32];
        if (!isnan(numbers[row]) &&
            !datetime_parse(text, number_format(numbers[row], 0, text), typing->column->format, &numbers[row]))
            return error_set(typing->error, ERROR_INTERNAL, "column '%s' holds a number that is no date", typing->column->name);
    }
    return 0;
}

struct counted {
    double value;
    size_t count;
};

static int compare_counted(const void *a, const void *b)
{
    double x = ((const struct counted *)a)->value, y = ((const struct counted *)b)->value;
    return (x > y) - (x < y);
}

/* Sorted cells of a dictionary column: its distinct values in order, each as often as it occurs. values[code] is NaN for
 * missing. */
static int sort_dictionary(const struct typing *typing, const double *values, double *sorted)
{
    const struct cells *cells = typing->cells;
    struct counted *counted = malloc((cells->n_texts + 1) * sizeof *counted);
    size_t *counts = malloc((cells->n_texts + 1) * sizeof *counts), n = 0;
    if (counted && counts) {
        cells_count(cells, counts);
        for (uint32_t code = 0; code < cells->n_texts; code++)
            if (!isnan(values[code]))
                counted[n++] = (struct counted){values[code], counts[code]};
        qsort(counted, n, sizeof *counted, compare_counted);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < counted[i].count; j++)
                *sorted++ = counted[i].value;
    }
    int status = counted && counts ? 0 : error_memory(typing->error);
    free(counted);
    free(counts);
    return status;
}

/* values: by code for a dictionary column, else NULL. */
static int fit_quantity(const struct typing *typing, const double *numbers, const double *values)
{
    struct column_schema *column = typing->column;
    const struct cells *cells = typing->cells;
    size_t present = 0;
    for (size_t row = 0; row < cells->rows; row++)
        present += isnan(numbers[row]) == 0;
    column->decimals = column->type == COLUMN_NUMERIC ? cells->decimals : 0;
    column->missing_in_train = cells->rows - present;
    column->n_sorted = present;
    column->sorted = ARENA_ARRAY(typing->schema->arena, double, present);
    if (!column->sorted)
        return error_memory(typing->error);
    int status = 0;
    if (values) {
        status = sort_dictionary(typing, values, column->sorted);
    } else {
        for (size_t row = 0, at = 0; row < cells->rows; row++)
            if (!isnan(numbers[row]))
                column->sorted[at++] = numbers[row];
        sort_doubles(column->sorted, present);
    }
    if (!status && present > 0) {
        column->lo = column->sorted[0];
        column->hi = column->sorted[present - 1];
    }
    return status;
}

/* Numbers or dates from a dictionary: each distinct text is parsed once. */
static int type_dictionary(const struct typing *typing, bool train, double *numbers)
{
    struct cells *cells = typing->cells;
    double *values = malloc((cells->n_texts + 1) * sizeof *values);
    if (!values)
        return error_memory(typing->error);
    int status = 0;
    for (uint32_t code = 0; code < cells->n_texts && !status; code++)
        status = parse_quantity(typing, code, &values[code]);
    for (size_t row = 0; row < cells->rows && !status; row++)
        numbers[row] = values[cells_code(cells, row)];
    if (!status && train)
        status = fit_quantity(typing, numbers, values);
    free(values);
    return status;
}

static int type_quantity(const struct typing *typing, bool train, double *numbers)
{
    const struct cells *cells = typing->cells;
    if (cells->width != 8)
        return type_dictionary(typing, train, numbers);
    memcpy(numbers, cells->data, cells->rows * sizeof *numbers);
    int status = typing->column->type == COLUMN_DATETIME ? dates_from_numbers(typing, numbers) : 0;
    return status || !train ? status : fit_quantity(typing, numbers, NULL);
}

static int type_column(const struct typing *typing, bool train, struct table *table, size_t index)
{
    if (column_kind(typing->column) == KIND_QUANTITY)
        return type_quantity(typing, train, table_numbers(table, index));
    return typed_codes(typing, train, table_codes(table, index));
}

static void leave_empty(struct table *table, size_t index)
{
    double *numbers = table_numbers(table, index);
    uint32_t *codes = table_codes(table, index);
    for (size_t row = 0; row < table->rows; row++)
        if (numbers)
            numbers[row] = NAN;
        else
            codes[row] = CODE_MISSING;
}

static int type_table(struct raw_table *raw, struct schema *schema, const size_t *columns, const char *name,
                      struct table **table, struct error *error)
{
    int code = table_new(table, schema, name, raw->rows, error);
    for (size_t i = 0; i < schema->n_columns && !code; i++) {
        size_t from = columns ? columns[i] : i;
        if (from == SIZE_MAX) {
            leave_empty(*table, i);
            continue;
        }
        struct typing typing = {.raw = raw,
                                .raw_index = from,
                                .cells = &raw->columns[from].cells,
                                .schema = schema,
                                .column = &schema->columns[i],
                                .error = error};
        code = schema_tokens(schema, typing.column, raw->arena, &typing.tokens, error);
        if (!code)
            code = type_column(&typing, !columns, *table, i);
        cells_free(typing.cells);
    }
    if (code) {
        table_free(*table);
        *table = NULL;
    } else {
        table_seal(*table);
    }
    return code;
}

int typed_train(struct raw_table *raw, struct schema *schema, const char *name, struct table **table, struct error *error)
{
    return type_table(raw, schema, NULL, name, table, error);
}

int typed_other(struct raw_table *raw, struct schema *schema, const size_t *columns, const char *name, struct table **table,
                struct error *error)
{
    return type_table(raw, schema, columns, name, table, error);
}
