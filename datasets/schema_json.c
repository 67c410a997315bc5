#include "datasets/schema.h"

#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/suggest.h"
#include "datasets/datetime.h"
#include "datasets/row_rule.h"

static const char FORMAT[] = "assay-schema";
enum { VERSION = 1 };

/* Names that the reader knows; those of published schemas that say nothing about types are read over. */
static const char *const TOP_KEYS[] = {"format", "version", "columns",     "missing_tokens",
                                       "rules",  "dataset", "description", NULL};
static const char *const COLUMN_KEYS[] = {"name",           "type",    "format",  "decimals",    "role",
                                          "missing_tokens", "missing", "because", "description", NULL};

/* Where in the file a message is about. */
struct place {
    const char *path;
    const char *column; /* NULL: outside the columns */
    struct error *error;
};

static int fail(const struct place *place, const char *what, const char *value, const char *mend)
{
    if (place->column)
        return error_set(place->error, ERROR_INPUT, "'%s': column '%s': %s '%s': %s", place->path, place->column, what, value,
                         mend);
    return error_set(place->error, ERROR_INPUT, "'%s': %s '%s': %s", place->path, what, value, mend);
}

static int check_keys(const struct place *place, const cJSON *object, const char *const *known)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, object)
    {
        struct suggestion suggestion = suggest_start(item->string);
        size_t i = 0;
        for (; known[i] && strcmp(known[i], item->string) != 0; i++)
            suggest_offer(&suggestion, known[i]);
        if (known[i])
            continue;
        const char *best = suggest_best(&suggestion);
        char mend[100] = "docs/formats.md lists the keys there are";
        if (best)
            snprintf(mend, sizeof mend, "did you mean '%s'", best);
        return fail(place, "unknown key", item->string, mend);
    }
    return 0;
}

static int read_tokens(const struct place *place, const cJSON *array, struct arena *arena, const char ***words, size_t *count)
{
    if (!cJSON_IsArray(array))
        return fail(place, "a wrong value under", "missing_tokens", "give a list of words");
    *count = 0;
    *words = ARENA_ARRAY(arena, const char *, (size_t)cJSON_GetArraySize(array));
    if (!*words)
        return error_memory(place->error);
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        if (!cJSON_IsString(item))
            return fail(place, "a wrong value under", "missing_tokens", "give a list of words");
        const char *word = arena_string(arena, item->valuestring);
        if (!word)
            return error_memory(place->error);
        (*words)[(*count)++] = word;
    }
    return 0;
}

static int read_role(const struct place *place, const cJSON *item, unsigned *roles)
{
    unsigned role;
    if (!cJSON_IsString(item))
        return fail(place, "a wrong value under", "role", "give a role or a list of roles");
    if (schema_role_from_name(item->valuestring, &role)) {
        *roles |= role;
        return 0;
    }
    /* A remark in published schemas, without effect here. */
    if (strcmp(item->valuestring, "leaks_target") == 0)
        return 0;
    return fail(place, "unknown role", item->valuestring, "give target, sensitive, secret, quasi, key or ignore");
}

static int read_roles(const struct place *place, const cJSON *roles, unsigned *bits)
{
    if (!roles)
        return 0;
    if (!cJSON_IsArray(roles))
        return read_role(place, roles, bits);
    const cJSON *item;
    int code = 0;
    cJSON_ArrayForEach(item, roles) if (!code) code = read_role(place, item, bits);
    return code;
}

static int read_format(const struct place *place, const cJSON *object, struct arena *arena, struct column_schema *column)
{
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(object, "format");
    if (column->type != COLUMN_DATETIME)
        return format ? fail(place, "a", "format", "only columns of type datetime have one") : 0;
    if (format && !cJSON_IsString(format))
        return fail(place, "a wrong value under", "format", "give a text such as %Y-%m-%d");
    const char *text = format ? format->valuestring : "%Y-%m-%d";
    if (!datetime_format_valid(text))
        return fail(place, "unusable date format", text, "combine %Y %m %d %H %M %S %f %b %z, as in %Y-%m-%d %H:%M:%S");
    column->format = arena_string(arena, text);
    return column->format ? 0 : error_memory(place->error);
}

static int read_column(struct place *place, const char *name, const cJSON *object, struct schema *schema, size_t index)
{
    struct column_schema *column = &schema->columns[index];
    struct arena *arena = schema->arena;
    place->column = name;
    if (!cJSON_IsObject(object))
        return fail(place, "no description of", name, "give an object with at least a type");
    int code = check_keys(place, object, COLUMN_KEYS);
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(object, "type");
    const cJSON *tokens = cJSON_GetObjectItemCaseSensitive(object, "missing_tokens");
    if (!code && !cJSON_IsString(type))
        code = fail(place, "no", "type", "give numeric, categorical, boolean, datetime, text or id");
    else if (!code && !schema_type_from_name(type->valuestring, &column->type))
        code = fail(place, "unknown type", type->valuestring, "give numeric, categorical, boolean, datetime, text or id");
    if (!code)
        code = read_format(place, object, arena, column);
    if (!code)
        code = read_roles(place, cJSON_GetObjectItemCaseSensitive(object, "role"), &column->roles);
    if (!code && tokens)
        code = read_tokens(place, tokens, arena, &column->missing_tokens, &column->n_missing_tokens);
    if (!code && schema_find(schema, name) < index)
        code = fail(place, "a second description of", name, "keep one");
    column->name = arena_string(arena, name);
    return !code && !column->name ? error_memory(place->error) : code;
}

static int read_columns(struct place *place, const cJSON *columns, struct schema *schema)
{
    size_t index = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, columns)
    {
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(item, "name");
        const char *text = cJSON_IsString(name) ? name->valuestring : item->string;
        if (!text)
            return fail(place, "a column without", "name", "give every column a name and a type");
        int code = read_column(place, text, item, schema, index++);
        if (code)
            return code;
        schema->n_columns = index;
    }
    return 0;
}

/* The rules between cells; each is parsed once here, so that a wrong one is refused with the schema. */
static int read_rules(const struct place *place, const cJSON *array, struct schema *schema)
{
    if (array && !cJSON_IsArray(array))
        return fail(place, "a wrong value under", "rules", "give a list of texts such as \"start <= end\"");
    schema->rules = ARENA_ARRAY(schema->arena, const char *, (size_t)cJSON_GetArraySize(array) + 1);
    if (!schema->rules)
        return error_memory(place->error);
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        struct row_rule *rule;
        if (!cJSON_IsString(item))
            return fail(place, "a wrong value under", "rules", "give a list of texts such as \"start <= end\"");
        const char *text = arena_string(schema->arena, item->valuestring);
        if (!text)
            return error_memory(place->error);
        if (row_rule_parse(text, schema, schema->arena, &rule, place->error))
            return error_context(place->error, "'%s'", place->path);
        schema->rules[schema->n_rules++] = text;
    }
    return 0;
}

static int read_schema(const char *path, const cJSON *json, struct schema **schema, struct error *error)
{
    struct place place = {.path = path, .error = error};
    const cJSON *columns = cJSON_GetObjectItemCaseSensitive(json, "columns");
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(json, "format");
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(json, "version");
    const cJSON *tokens = cJSON_GetObjectItemCaseSensitive(json, "missing_tokens");
    if (!cJSON_IsObject(json) || (!cJSON_IsArray(columns) && !cJSON_IsObject(columns)) || cJSON_GetArraySize(columns) == 0)
        return error_set(error, ERROR_INPUT, "'%s' is not a schema: it needs a list 'columns' (assay schema FILE writes one)",
                         path);
    if (format && (!cJSON_IsString(format) || strcmp(format->valuestring, FORMAT) != 0))
        return fail(&place, "not a schema: a wrong", "format", "it should be assay-schema");
    if (version && !(cJSON_IsNumber(version) && version->valuedouble == VERSION))
        return fail(&place, "a wrong", "version", "this program reads version 1");
    int code = check_keys(&place, json, TOP_KEYS);
    if (!code)
        code = schema_new(schema, (size_t)cJSON_GetArraySize(columns), error);
    if (code)
        return code;
    /* Counts up while reading, so that a search for duplicates sees what is there. */
    (*schema)->n_columns = 0;
    if (tokens)
        code = read_tokens(&place, tokens, (*schema)->arena, &(*schema)->missing_tokens, &(*schema)->n_missing_tokens);
    if (!code)
        code = read_columns(&place, columns, *schema);
    place.column = NULL;
    return code ? code : read_rules(&place, cJSON_GetObjectItemCaseSensitive(json, "rules"), *schema);
}

int schema_read(const char *path, struct schema **schema, struct error *error)
{
    cJSON *json = NULL;
    *schema = NULL;
    int code = json_read_file(path, false, &json, error);
    if (!code)
        code = read_schema(path, json, schema, error);
    cJSON_Delete(json);
    if (code) {
        schema_free(*schema);
        *schema = NULL;
    }
    return code;
}

static bool print_words(cJSON *object, const char *key, const char *const *words, size_t count)
{
    cJSON *array = json_add_array(object, key);
    bool fine = array != NULL;
    for (size_t i = 0; i < count && fine; i++)
        fine = json_push_string(array, words[i]) != NULL;
    return fine;
}

static bool print_roles(cJSON *object, unsigned roles)
{
    static const char *const names[] = {"target", "sensitive", "secret", "quasi", "key", "ignore"};
    cJSON *array = json_add_array(object, "role");
    bool fine = array != NULL;
    for (unsigned i = 0; i < sizeof names / sizeof *names && fine; i++)
        if (roles >> i & 1)
            fine = json_push_string(array, names[i]) != NULL;
    return fine;
}

static bool print_column(cJSON *array, const struct column_schema *column)
{
    cJSON *object = json_push_object(array);
    bool fine = object && json_add_string(object, "name", column->name) &&
                json_add_string(object, "type", column_type_name(column->type));
    if (fine && column->format)
        fine = json_add_string(object, "format", column->format) != NULL;
    if (fine && column->type == COLUMN_NUMERIC)
        fine = json_add_number(object, "decimals", column->decimals) != NULL;
    if (fine && column->n_missing_tokens > 0)
        fine = print_words(object, "missing_tokens", column->missing_tokens, column->n_missing_tokens);
    if (fine && column->roles)
        fine = print_roles(object, column->roles);
    if (fine && column->because)
        fine = json_add_string(object, "because", column->because) != NULL;
    return fine;
}

cJSON *schema_json(const struct schema *schema)
{
    cJSON *json = cJSON_CreateObject();
    bool fine = json && json_add_string(json, "format", FORMAT) && json_add_number(json, "version", VERSION) &&
                print_words(json, "missing_tokens", schema->missing_tokens, schema->n_missing_tokens);
    cJSON *array = fine ? json_add_array(json, "columns") : NULL;
    fine = fine && array;
    for (size_t i = 0; i < schema->n_columns && fine; i++)
        fine = print_column(array, &schema->columns[i]);
    if (fine && schema->n_rules)
        fine = print_words(json, "rules", schema->rules, schema->n_rules);
    if (fine)
        return json;
    cJSON_Delete(json);
    return NULL;
}

int schema_print(const struct schema *schema, struct strbuf *out, struct error *error)
{
    cJSON *json = schema_json(schema);
    if (!json)
        return error_memory(error);
    json_print(json, out);
    strbuf_addc(out, '\n');
    cJSON_Delete(json);
    return out->failed ? error_memory(error) : 0;
}

int schema_match(struct schema *schema, const struct raw_table *raw, const char *schema_path, struct error *error)
{
    struct column_schema *ordered = ARENA_ARRAY(schema->arena, struct column_schema, raw->n_columns);
    if (!ordered)
        return error_memory(error);
    for (size_t i = 0; i < raw->n_columns; i++) {
        size_t index = schema_find(schema, raw->columns[i].name);
        if (index == SIZE_MAX)
            return error_set(error, ERROR_INPUT,
                             "column '%s' of '%s' is not in the schema '%s': describe it there, or give it the role ignore",
                             raw->columns[i].name, raw->path, schema_path);
        ordered[i] = schema->columns[index];
    }
    for (size_t i = 0; i < schema->n_columns; i++)
        if (raw_find(raw, schema->columns[i].name) == SIZE_MAX)
            return error_set(error, ERROR_INPUT,
                             "column '%s' of the schema '%s' is not in '%s': remove it there, or add it to the file",
                             schema->columns[i].name, schema_path, raw->path);
    schema->columns = ordered;
    schema->n_columns = raw->n_columns;
    return 0;
}
