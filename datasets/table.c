#include "datasets/table.h"

#include <math.h>
#include <string.h>

#include "core/hash.h"

int table_new(struct table **table, const struct schema *schema, const char *name, size_t rows, struct error *error)
{
    *table = NULL;
    struct arena *arena = arena_new();
    struct table *fresh = arena ? ARENA_NEW(arena, struct table) : NULL;
    struct column *columns = fresh ? ARENA_ARRAY(arena, struct column, schema->n_columns) : NULL;
    const char *copy = columns ? arena_string(arena, name) : NULL;
    bool complete = copy != NULL;
    for (size_t i = 0; complete && i < schema->n_columns; i++) {
        if (column_kind(&schema->columns[i]) == KIND_QUANTITY)
            complete = (columns[i].number = ARENA_ARRAY(arena, double, rows)) != NULL;
        else
            complete = (columns[i].code = ARENA_ARRAY(arena, uint32_t, rows)) != NULL;
    }
    if (!complete) {
        arena_free(arena);
        return error_memory(error);
    }
    *fresh = (struct table){
        .name = copy, .rows = rows, .n_columns = schema->n_columns, .schema = schema, .columns = columns, .arena = arena};
    *table = fresh;
    return 0;
}

double *table_numbers(struct table *table, size_t column)
{
    return (double *)(uintptr_t)table->columns[column].number;
}

uint32_t *table_codes(struct table *table, size_t column)
{
    return (uint32_t *)(uintptr_t)table->columns[column].code;
}

bool table_missing(const struct table *table, size_t column, size_t row)
{
    const struct column *cells = &table->columns[column];
    return cells->number ? isnan(cells->number[row]) : cells->code[row] == CODE_MISSING;
}

void table_seal(struct table *table)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        struct column *column = &table->columns[i];
        size_t missing = 0;
        if (column->number)
            for (size_t row = 0; row < table->rows; row++)
                missing += isnan(column->number[row]) != 0;
        else
            for (size_t row = 0; row < table->rows; row++)
                missing += column->code[row] == CODE_MISSING;
        column->missing = missing;
    }
}

void table_free(struct table *table)
{
    if (table)
        arena_free(table->arena);
}

int table_take(const struct table *table, const uint32_t *rows, size_t n, const char *name, struct table **out,
               struct error *error)
{
    int code = table_new(out, table->schema, name, n, error);
    if (code)
        return code;
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct column *from = &table->columns[i];
        double *numbers = table_numbers(*out, i);
        uint32_t *codes = table_codes(*out, i);
        if (numbers)
            for (size_t row = 0; row < n; row++)
                numbers[row] = from->number[rows[row]];
        else
            for (size_t row = 0; row < n; row++)
                codes[row] = from->code[rows[row]];
    }
    table_seal(*out);
    return 0;
}

static uint64_t hash_text(const char *text, uint64_t seed)
{
    return hash_bytes(text, strlen(text), seed);
}

uint64_t table_hash(const struct table *table)
{
    uint64_t hash = table->rows;

    for (size_t c = 0; c < table->n_columns; c++) {
        const struct column_schema *schema = &table->schema->columns[c];

        hash = hash_mix(hash_text(schema->name, hash), (uint64_t)schema->type * 64 + (uint64_t)(unsigned)schema->decimals);
        for (uint32_t l = 0; schema->levels && l < schema->fitted_levels; l++)
            hash = hash_text(schema->levels[l], hash);
        if (table->columns[c].number)
            hash = hash_bytes(table->columns[c].number, table->rows * sizeof(double), hash);
        else
            hash = hash_bytes(table->columns[c].code, table->rows * sizeof(uint32_t), hash);
    }
    return hash;
}
