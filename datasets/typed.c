#include "datasets/typed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/datetime.h"
#include "datasets/number.h"
#include "datasets/schema.h"
#include "datasets/sort.h"
#include "datasets/vocabulary.h"

/* One column on its way. */
struct typing {
    struct raw_table *raw;
    size_t raw_index;
    struct cells *cells;
    struct schema *schema;
    struct column_schema *column;
    struct tokens tokens;
    struct error *error;
};

static int refuse(const struct typing *typing, uint32_t code, const char *why)
{
    char scratch[9];
    size_t length;
    const char *text = cells_text(typing->cells, code, scratch, &length);
    error_set(typing->error, ERROR_INPUT,
              "'%.*s' is %s: correct the cell or leave it empty, or give the column another type in "
              "the schema",
              (int)(length < 40 ? length : 40), text, why);
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
        snprintf(why, sizeof why, "not a date of the form %s", column->format);
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
        return refuse(typing, code, "a number out of range");
    default:
        return refuse(typing, code, number_is_special(text, length) ? "not a finite number" : "text in a numeric column");
    }
}

static int type_quantity(const struct typing *typing, double *numbers)
{
    struct cells *cells = typing->cells;
    if (cells->width == 8) {
        memcpy(numbers, cells->data, cells->rows * sizeof *numbers);
        return 0;
    }
    double *values = malloc((cells->n_texts + 1) * sizeof *values);
    if (!values)
        return error_memory(typing->error);
    int status = 0;
    for (uint32_t code = 0; code < cells->n_texts && !status; code++)
        status = parse_quantity(typing, code, &values[code]);
    for (size_t row = 0; row < cells->rows && !status; row++)
        numbers[row] = values[cells_code(cells, row)];
    free(values);
    return status;
}

/* Direct storage lost the texts; each distinct number becomes a text again. */
static int texts_again(const struct typing *typing, struct cells *texts)
{
    const double *numbers = typing->cells->data;
    int code = cells_init(texts, false, NULL, typing->error);
    for (size_t row = 0; row < typing->cells->rows && !code; row++) {
        char scratch[40] = "";
        struct cell cell = {scratch, 0};
        if (!isnan(numbers[row]))
            cell.length = number_format(numbers[row], typing->cells->decimals, scratch);
        if (cells_add(texts, &cell) != CELL_OK)
            code = error_memory(typing->error);
    }
    return code;
}

static int type_levels(const struct typing *typing, struct vocabulary *vocabulary, bool train, uint32_t *codes)
{
    struct cells *cells = typing->cells;
    uint32_t *map = malloc((cells->n_texts + 1) * sizeof *map);
    if (!map)
        return error_memory(typing->error);
    int status = 0;
    for (uint32_t code = 0; code < cells->n_texts && !status; code++) {
        char scratch[9];
        size_t length;
        const char *text = cells_text(cells, code, scratch, &length);
        if (tokens_find(&typing->tokens, text, length) < typing->tokens.count)
            map[code] = CODE_MISSING;
        else
            status = vocabulary_add(vocabulary, text, length, train, &map[code], typing->error);
    }
    for (size_t row = 0; row < cells->rows && !status; row++)
        codes[row] = map[cells_code(cells, row)];
    free(map);
    return status;
}

struct ranked {
    const char *text;
    uint32_t code;
};

static int compare_ranked(const void *a, const void *b)
{
    return level_compare(((const struct ranked *)a)->text, ((const struct ranked *)b)->text);
}

/* Sorts train's levels and rewrites its codes accordingly. */
static int order_levels(struct vocabulary *vocabulary, uint32_t *codes, size_t rows, struct error *error)
{
    struct ranked *ranked = malloc(((size_t)vocabulary->count + 1) * sizeof *ranked);
    uint32_t *rank = malloc(((size_t)vocabulary->count + 1) * sizeof *rank);
    if (ranked && rank) {
        for (uint32_t i = 0; i < vocabulary->count; i++)
            ranked[i] = (struct ranked){vocabulary->texts[i], i};
        qsort(ranked, vocabulary->count, sizeof *ranked, compare_ranked);
        for (uint32_t i = 0; i < vocabulary->count; i++) {
            rank[ranked[i].code] = i;
            vocabulary->texts[i] = ranked[i].text;
        }
        for (size_t row = 0; row < rows; row++)
            if (codes[row] != CODE_MISSING)
                codes[row] = rank[codes[row]];
    }
    int status = ranked && rank ? 0 : error_memory(error);
    free(ranked);
    free(rank);
    return status;
}

static int store_levels(const struct typing *typing, const struct vocabulary *vocabulary)
{
    struct column_schema *column = typing->column;
    if (column->levels && column->n_levels == vocabulary->count)
        return 0;
    const char **levels = ARENA_ARRAY(typing->schema->arena, const char *, vocabulary->count);
    if (!levels)
        return error_memory(typing->error);
    memcpy(levels, vocabulary->texts, vocabulary->count * sizeof *levels);
    column->levels = levels;
    column->n_levels = vocabulary->count;
    return 0;
}

static int fit_quantity(const struct typing *typing, const double *numbers)
{
    struct column_schema *column = typing->column;
    struct cells *cells = typing->cells;
    column->decimals = column->type == COLUMN_NUMERIC ? cells->decimals : 0;
    size_t present = 0;
    for (size_t row = 0; row < cells->rows; row++)
        present += isnan(numbers[row]) == 0;
    column->missing_in_train = cells->rows - present;
    column->sorted = ARENA_ARRAY(typing->schema->arena, double, present);
    if (!column->sorted)
        return error_memory(typing->error);
    column->n_sorted = present;
    for (size_t row = 0, at = 0; row < cells->rows; row++)
        if (!isnan(numbers[row]))
            column->sorted[at++] = numbers[row];
    int code = sort_numbers(column->sorted, present, typing->error);
    if (!code && present > 0) {
        column->lo = column->sorted[0];
        column->hi = column->sorted[present - 1];
    }
    return code;
}

static int type_codes(const struct typing *typing, bool train, uint32_t *codes)
{
    struct column_schema *column = typing->column;
    struct vocabulary vocabulary;
    int status = vocabulary_init(&vocabulary, typing->schema->arena, typing->error);
    if (!status && !train) {
        status = vocabulary_load(&vocabulary, column->levels, column->n_levels, typing->error);
        if (!status && column->type == COLUMN_BOOLEAN)
            vocabulary_set_boolean(&vocabulary);
    }
    if (!status)
        status = type_levels(typing, &vocabulary, train, codes);
    if (!status && train)
        status = order_levels(&vocabulary, codes, typing->cells->rows, typing->error);
    if (!status)
        status = store_levels(typing, &vocabulary);
    if (!status && train) {
        column->fitted_levels = column->n_levels;
        for (size_t row = 0; row < typing->cells->rows; row++)
            column->missing_in_train += codes[row] == CODE_MISSING;
    }
    vocabulary_free(&vocabulary);
    return status;
}

static int type_column(struct typing *typing, bool train, struct table *table, size_t index)
{
    if (typing->cells->width == 8 && typing->column->type != COLUMN_NUMERIC) {
        struct cells texts;
        int status = texts_again(typing, &texts);
        cells_free(typing->cells);
        *typing->cells = texts;
        if (status)
            return status;
    }
    if (column_kind(typing->column) != KIND_QUANTITY)
        return type_codes(typing, train, table_codes(table, index));
    int status = type_quantity(typing, table_numbers(table, index));
    return status || !train ? status : fit_quantity(typing, table_numbers(table, index));
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
