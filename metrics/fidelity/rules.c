#include "metrics/fidelity/rules.h"

#include <math.h>
#include <stdlib.h>

#include "numeric/sort.h"

enum { KEEPS = ROW_KEEPS, BREAKS = ROW_BREAKS, NOT_APPLICABLE = ROW_NOT_JUDGED };

const char *rule_name(const struct rule *rule)
{
    static const char *const names[] = {"range", "whole_number", "category", "present", "unique"};
    return rule->row ? row_rule_text(rule->row) : names[rule->kind];
}

/* The rules of one column; returns how many. */
static size_t derive_column(const struct schema *schema, size_t c, struct rule *rules)
{
    const struct column_schema *column = &schema->columns[c];
    bool key = column->roles & ROLE_KEY || column->type == COLUMN_ID;
    size_t count = 0;
    if (column->roles & ROLE_IGNORE)
        return 0;
    if (column_kind(column) == KIND_QUANTITY && !key && column->n_sorted)
        rules[count++] = (struct rule){c, RULE_RANGE, NULL};
    if (column->type == COLUMN_NUMERIC && column->decimals == 0 && column->n_sorted)
        rules[count++] = (struct rule){c, RULE_WHOLE, NULL};
    if (column_kind(column) == KIND_LEVELS && !key)
        rules[count++] = (struct rule){c, RULE_CATEGORY, NULL};
    if (column->missing_in_train == 0)
        rules[count++] = (struct rule){c, RULE_PRESENT, NULL};
    if (key)
        rules[count++] = (struct rule){c, RULE_UNIQUE, NULL};
    return count;
}

int rules_derive(const struct schema *schema, struct arena *arena, struct rule **rules, size_t *count, struct error *error)
{
    *count = 0;
    *rules = ARENA_ARRAY(arena, struct rule, 4 * schema->n_columns + schema->n_rules + 1);
    if (!*rules)
        return error_memory(error);
    for (size_t c = 0; c < schema->n_columns; c++)
        *count += derive_column(schema, c, *rules + *count);
    for (size_t i = 0; i < schema->n_rules; i++) {
        struct row_rule *row;
        int status = row_rule_parse(schema->rules[i], schema, arena, &row, error);
        if (status)
            return status;
        (*rules)[(*count)++] = (struct rule){row_rule_column(row), RULE_ROW, row};
    }
    return 0;
}

static int mark_of(const struct rule *rule, const struct table *table, size_t row)
{
    const struct column_schema *schema = &table->schema->columns[rule->column];
    const struct column *column = &table->columns[rule->column];
    if (rule->kind == RULE_ROW)
        return (int)row_rule_check(rule->row, table, row);
    if (table_missing(table, rule->column, row))
        return rule->kind == RULE_PRESENT ? BREAKS : NOT_APPLICABLE;
    switch (rule->kind) {
    case RULE_RANGE:
        return column->number[row] >= schema->lo && column->number[row] <= schema->hi ? KEEPS : BREAKS;
    case RULE_WHOLE:
        return column->number[row] == floor(column->number[row]) ? KEEPS : BREAKS;
    case RULE_CATEGORY:
        return column->code[row] < schema->fitted_levels ? KEEPS : BREAKS;
    case RULE_PRESENT:
    case RULE_UNIQUE:
    case RULE_ROW:
        break;
    }
    return KEEPS;
}

/* Marks rows whose code an earlier row has. */
static int mark_repeated_codes(const uint32_t *code, size_t rows, uint32_t levels, uint8_t *marks, struct error *error)
{
    uint8_t *seen = calloc((size_t)levels + 1, 1);
    if (!seen)
        return error_memory(error);
    for (size_t i = 0; i < rows; i++) {
        if (code[i] >= levels)
            continue;
        if (seen[code[i]])
            marks[i] = BREAKS;
        seen[code[i]] = 1;
    }
    free(seen);
    return 0;
}

static int mark_repeated_numbers(const double *number, size_t rows, uint8_t *marks, struct error *error)
{
    uint32_t *order = calloc(rows + 1, sizeof *order);
    if (!order)
        return error_memory(error);
    int status = sort_order(number, rows, order, error);
    for (size_t i = 1; i < rows && status == 0; i++)
        if (number[order[i]] == number[order[i - 1]])
            marks[order[i]] = BREAKS;
    free(order);
    return status;
}

int rule_check(const struct rule *rule, const struct table *table, uint8_t *marks, struct rule_count *count,
               struct error *error)
{
    const struct column *column = &table->columns[rule->column];
    uint8_t *own = marks ? NULL : calloc(table->rows + 1, 1), *mark = marks ? marks : own;
    int status = mark ? 0 : error_memory(error);
    for (size_t i = 0; i < table->rows && status == 0; i++)
        mark[i] = (uint8_t)mark_of(rule, table, i);
    if (status == 0 && rule->kind == RULE_UNIQUE)
        status = column->code ? mark_repeated_codes(column->code, table->rows, table->schema->columns[rule->column].n_levels,
                                                    mark, error)
                              : mark_repeated_numbers(column->number, table->rows, mark, error);
    *count = (struct rule_count){0, 0};
    for (size_t i = 0; i < table->rows && status == 0; i++) {
        count->applies += mark[i] != NOT_APPLICABLE;
        count->broken += mark[i] == BREAKS;
    }
    free(own);
    return status;
}
