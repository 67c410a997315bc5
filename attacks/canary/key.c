/* The auditor's key: canaries and coins as JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/canary/canary.h"

#define FORMAT "assay-canary-key"

static void push_cell(cJSON *cells, const struct table *table, size_t column, size_t row)
{
    const struct column_schema *schema = &table->schema->columns[column];

    if (table_missing(table, column, row))
        json_append(cells, cJSON_CreateNull());
    else if (table->columns[column].number)
        json_push_number(cells, table->columns[column].number[row]);
    else
        json_push_string(cells, schema->levels[table->columns[column].code[row]]);
}

cJSON *canaries_json(const struct canaries *canaries, const struct input_file *train)
{
    const struct table *table = canaries->table;
    cJSON *json = cJSON_CreateObject(), *list, *names, *source;

    json_add_string(json, "format", FORMAT);
    json_add_number(json, "version", 1);
    source = json_add_object(json, "train");
    json_add_string(source, "sha256", train->sha256);
    json_add_number(source, "rows", (double)train->table->rows);
    names = json_add_array(json, "columns");
    for (size_t j = 0; j < table->n_columns; j++)
        json_push_string(names, table->schema->columns[j].name);
    list = json_add_array(json, "canaries");
    for (size_t i = 0; i < table->rows; i++) {
        cJSON *item = json_push_object(list), *cells;

        json_add_bool(item, "in", canaries->in[i] != 0);
        cells = json_add_array(item, "cells");
        for (size_t j = 0; j < table->n_columns; j++)
            push_cell(cells, table, j, i);
    }
    return json;
}

static int fail(const char *path, const char *what, struct error *error)
{
    return error_set(error, ERROR_INPUT, "%s: %s; give the key that 'assay canary make' wrote for this training table", path,
                     what);
}

/* Code of a level, appended where it is new; CODE_MISSING: memory is short. `room`: how many may be appended in all. */
static uint32_t find_level(struct schema *schema, size_t j, const char *text, size_t room)
{
    struct column_schema *column = &schema->columns[j];
    const char **levels;
    uint32_t level = 0;

    while (level < column->n_levels && strcmp(column->levels[level], text) != 0)
        level++;
    if (level < column->n_levels)
        return level;
    levels = ARENA_ARRAY(schema->arena, const char *, column->n_levels + room + 1);
    text = arena_string(schema->arena, text);
    if (!levels || !text)
        return CODE_MISSING;
    for (uint32_t k = 0; k < column->n_levels; k++)
        levels[k] = column->levels[k];
    levels[column->n_levels++] = text;
    column->levels = levels;
    return level;
}

static bool read_cell(const cJSON *cell, struct schema *schema, struct table *table, size_t column, size_t row)
{
    if (column_kind(&schema->columns[column]) == KIND_QUANTITY) {
        table_numbers(table, column)[row] = cJSON_IsNumber(cell) ? cell->valuedouble : NAN;
        return cJSON_IsNumber(cell) || cJSON_IsNull(cell);
    }
    table_codes(table, column)[row] =
        cJSON_IsString(cell) ? find_level(schema, column, cell->valuestring, table->rows - row) : CODE_MISSING;
    return cJSON_IsNull(cell) || cJSON_IsString(cell);
}

static int read_canary(const cJSON *item, const char *path, struct schema *schema, struct canaries *canaries, size_t row,
                       struct error *error)
{
    const cJSON *cells = json_get(item, "cells"), *cell = cells ? cells->child : NULL, *in = json_get(item, "in");

    if (!cJSON_IsBool(in) || cJSON_GetArraySize(cells) != (int)canaries->table->n_columns)
        return fail(path, "a canary without a coin, or with another number of cells than train has columns", error);
    canaries->in[row] = cJSON_IsTrue(in) != 0;
    for (size_t j = 0; cell && j < canaries->table->n_columns; j++, cell = cell->next)
        if (!read_cell(cell, schema, canaries->table, j, row))
            return fail(path, "a canary's cell is no value of its column's type", error);
    return 0;
}

static int check_key(const cJSON *json, const char *path, const struct input_file *train, struct error *error)
{
    if (strcmp(json_get_string(json, "format", ""), FORMAT) != 0 || json_get_number(json, "version", 0) != 1 ||
        !cJSON_IsArray(json_get(json, "canaries")))
        return fail(path, "not a canary key of version 1", error);
    if (strcmp(json_get_string(json, "train.sha256", ""), train->sha256) != 0)
        return fail(path, "the key was made with another training table (--train is the one without canaries)", error);
    return 0;
}

/* The bound holds for fair coins alone. Six standard deviations: a key of fair tosses is refused once in 500 million. */
static int check_coins(const char *path, const struct canaries *canaries, size_t n, struct error *error)
{
    size_t in = 0;
    double excess;

    for (size_t i = 0; i < n; i++)
        in += canaries->in[i];
    excess = 2 * (double)in - (double)n;
    return excess * excess > 36 * (double)n ? fail(path, "its coins are no fair tosses", error) : 0;
}

int canaries_read(const char *path, const struct input_file *train, struct schema *schema, struct canaries *canaries,
                  struct error *error)
{
    cJSON *json = NULL;
    const cJSON *item;
    size_t n, row = 0;
    int status = json_read_file(path, false, &json, error);

    *canaries = (struct canaries){0};
    if (!status)
        status = check_key(json, path, train, error);
    if (status) {
        cJSON_Delete(json);
        return status;
    }
    n = (size_t)cJSON_GetArraySize(json_get(json, "canaries"));
    canaries->in = calloc(n + 1, 1);
    status = canaries->in ? table_new(&canaries->table, schema, "canaries", n, error) : error_memory(error);
    item = cJSON_GetArrayItem(json_get(json, "canaries"), 0);
    for (; item && !status; item = item->next)
        status = read_canary(item, path, schema, canaries, row++, error);
    if (!status)
        status = check_coins(path, canaries, n, error);
    if (!status)
        table_seal(canaries->table);
    if (status)
        canaries_free(canaries);
    cJSON_Delete(json);
    return status;
}
