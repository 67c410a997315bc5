#include "tests/unit/table_fixture.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "core/hash.h"

struct schema *fixture_schema(const struct fixture_column *columns, size_t n_columns)
{
    struct arena *arena = arena_new();
    struct schema *schema = ARENA_NEW(arena, struct schema);
    schema->arena = arena;
    schema->n_columns = n_columns;
    schema->columns = ARENA_ARRAY(arena, struct column_schema, n_columns);
    for (size_t j = 0; j < n_columns; j++) {
        struct column_schema *column = &schema->columns[j];
        column->name = columns[j].name;
        column->type = columns[j].type;
        column->decimals = columns[j].decimals;
        column->roles = columns[j].roles;
        column->format = columns[j].type == COLUMN_DATETIME ? "%Y-%m-%d" : NULL;
        column->lo = column->hi = NAN;
        column->n_levels = column->fitted_levels = columns[j].n_levels;
        column->levels = ARENA_ARRAY(arena, const char *, columns[j].n_levels + 1);
        for (uint32_t level = 0; level < columns[j].n_levels; level++)
            column->levels[level] = arena_format(arena, "%u", level);
    }
    return schema;
}

struct table *fixture_table(const struct schema *schema, size_t rows)
{
    struct table *table = NULL;
    cr_assert_eq(table_new(&table, schema, "train", rows, NULL), 0);
    return table;
}

static uint64_t cell_bits(const struct table *table, size_t column, size_t row)
{
    union {
        double number;
        uint64_t bits;
    } cell = {.bits = UINT64_MAX};
    if (table_missing(table, column, row))
        return UINT64_MAX;
    if (!table->columns[column].number)
        return table->columns[column].code[row];
    cell.number = table->columns[column].number[row];
    return cell.bits;
}

uint64_t *fixture_row_hashes(const struct table *table)
{
    uint64_t *hashes = calloc(table->rows + 1, sizeof *hashes);
    cr_assert_not_null(hashes);
    for (size_t i = 0; i < table->rows; i++)
        for (size_t j = 0; j < table->n_columns; j++)
            hashes[i] = hash_mix(hashes[i], cell_bits(table, j, i));
    return hashes;
}

bool fixture_equal(const struct table *a, const struct table *b)
{
    if (a->rows != b->rows || a->n_columns != b->n_columns)
        return false;
    for (size_t j = 0; j < a->n_columns; j++)
        for (size_t i = 0; i < a->rows; i++)
            if (cell_bits(a, j, i) != cell_bits(b, j, i))
                return false;
    return true;
}
