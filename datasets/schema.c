#include "datasets/schema.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WORDS(name, ...) static const char *const name[] = {__VA_ARGS__}
#define TOKENS(words)                                                                                                          \
    {                                                                                                                          \
        (words), sizeof(words) / sizeof *(words)                                                                               \
    }

WORDS(MISSING_WORDS, "", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "-");
WORDS(COLUMN_WORDS, "N", "n/a", "na", "NAN", "<NA>", "#N/A", "nil", "none", "missing", "Missing", "unknown", "Unknown", ".",
      "..", "--", "NaT", "Null");

const struct tokens schema_default_tokens = TOKENS(MISSING_WORDS);
const struct tokens schema_column_tokens = TOKENS(COLUMN_WORDS);

static const char *const TYPE_NAMES[COLUMN_TYPES] = {"numeric", "categorical", "boolean", "datetime", "text", "id"};

enum column_kind column_kind(const struct column_schema *column)
{
    switch (column->type) {
    case COLUMN_NUMERIC:
    case COLUMN_DATETIME:
        return KIND_QUANTITY;
    case COLUMN_CATEGORICAL:
    case COLUMN_BOOLEAN:
        return KIND_LEVELS;
    default:
        return KIND_OTHER;
    }
}

const char *column_type_name(enum column_type type)
{
    return TYPE_NAMES[type];
}

bool schema_type_from_name(const char *name, enum column_type *type)
{
    for (int i = 0; i < COLUMN_TYPES; i++)
        if (strcmp(TYPE_NAMES[i], name) == 0) {
            *type = (enum column_type)i;
            return true;
        }
    return false;
}

bool schema_role_from_name(const char *name, unsigned *role)
{
    static const char *const names[] = {"target", "sensitive", "secret", "quasi", "key", "ignore"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) {
            *role = 1u << i;
            return true;
        }
    return false;
}

static int set_default_tokens(struct schema *schema, struct error *error)
{
    const struct tokens *tokens = &schema_default_tokens;
    const char **words = ARENA_ARRAY(schema->arena, const char *, tokens->count);
    for (size_t i = 0; words && i < tokens->count; i++) {
        words[i] = arena_string(schema->arena, tokens->words[i]);
        if (!words[i])
            words = NULL;
    }
    if (!words)
        return error_memory(error);
    schema->missing_tokens = words;
    schema->n_missing_tokens = tokens->count;
    return 0;
}

int schema_new(struct schema **schema, size_t n_columns, struct error *error)
{
    struct arena *arena = arena_new();
    struct schema *fresh = arena ? ARENA_NEW(arena, struct schema) : NULL;
    struct column_schema *columns = fresh ? ARENA_ARRAY(arena, struct column_schema, n_columns) : NULL;
    *schema = fresh;
    if (!columns) {
        arena_free(arena);
        *schema = NULL;
        return error_memory(error);
    }
    *fresh = (struct schema){.n_columns = n_columns, .columns = columns, .arena = arena};
    for (size_t i = 0; i < n_columns; i++)
        columns[i].lo = columns[i].hi = __builtin_nan("");
    int code = set_default_tokens(fresh, error);
    if (code) {
        schema_free(fresh);
        *schema = NULL;
    }
    return code;
}

void schema_free(struct schema *schema)
{
    if (schema)
        arena_free(schema->arena);
}

int schema_tokens(const struct schema *schema, const struct column_schema *column, struct arena *arena, struct tokens *tokens,
                  struct error *error)
{
    size_t count = schema->n_missing_tokens + column->n_missing_tokens;
    const char **words = ARENA_ARRAY(arena, const char *, count);
    if (!words)
        return error_memory(error);
    for (size_t i = 0; i < count; i++)
        words[i] =
            i < schema->n_missing_tokens ? schema->missing_tokens[i] : column->missing_tokens[i - schema->n_missing_tokens];
    *tokens = (struct tokens){words, count};
    return 0;
}

size_t schema_find(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->n_columns; i++)
        if (strcmp(schema->columns[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

static size_t select_columns(const struct schema *schema, bool (*wanted)(const struct column_schema *, unsigned),
                             unsigned roles, size_t *columns, size_t capacity)
{
    size_t count = 0;
    for (size_t i = 0; i < schema->n_columns; i++) {
        if (!wanted(&schema->columns[i], roles))
            continue;
        if (count < capacity)
            columns[count] = i;
        count++;
    }
    return count;
}

static bool has_role(const struct column_schema *column, unsigned roles)
{
    return column->roles & roles;
}

static bool is_measured(const struct column_schema *column, unsigned without)
{
    return column_kind(column) != KIND_OTHER && !(column->roles & without);
}

size_t schema_with_role(const struct schema *schema, unsigned roles, size_t *columns, size_t capacity)
{
    return select_columns(schema, has_role, roles, columns, capacity);
}

size_t schema_measured(const struct schema *schema, size_t *columns, size_t capacity)
{
    return select_columns(schema, is_measured, ROLE_IGNORE | ROLE_KEY, columns, capacity);
}
