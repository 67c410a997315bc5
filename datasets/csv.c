#include "datasets/csv.h"

#include <stdlib.h>
#include <string.h>

#include "core/suggest.h"
#include "datasets/csv_raw.h"
#include "datasets/schema.h"
#include "datasets/typed.h"

enum { MOST_TEXTS = 2 };

/* How a file is read: with a schema (columns by name) or without. */
struct plan {
    struct schema *schema;             /* NULL: all columns are kept, types unknown */
    bool extra_kept;                   /* columns the schema lacks are an error of the caller's, not to be dropped */
    size_t texts[MOST_TEXTS], n_texts; /* columns that must not go direct; more than fit: none may */
    struct tokens tokens;              /* without a schema */
};

static int plan_column(const struct plan *plan, struct raw_table *raw, size_t index, struct error *error)
{
    struct raw_column *column = &raw->columns[index];
    size_t described = plan->schema ? schema_find(plan->schema, column->name) : SIZE_MAX;
    /* A pipe cannot be read again when a text turns up. */
    bool direct = raw->regular && plan->n_texts <= MOST_TEXTS;
    for (size_t i = 0; i < plan->n_texts && i < MOST_TEXTS; i++)
        direct = direct && plan->texts[i] != index;
    column->kept = described != SIZE_MAX || !plan->schema || plan->extra_kept;
    if (!column->kept)
        return 0;
    struct tokens *tokens = ARENA_NEW(raw->arena, struct tokens);
    if (!tokens)
        return error_memory(error);
    *tokens = plan->tokens;
    if (described != SIZE_MAX) {
        const struct column_schema *schema_column = &plan->schema->columns[described];
        direct = direct && schema_column->type == COLUMN_NUMERIC;
        int code = schema_tokens(plan->schema, schema_column, raw->arena, tokens, error);
        if (code)
            return code;
    }
    return cells_init(&column->cells, direct, tokens, error);
}

static int plan_columns(void *context, struct raw_table *raw, struct error *error)
{
    int code = 0;
    for (size_t i = 0; i < raw->n_columns && !code; i++)
        code = plan_column(context, raw, i, error);
    return code;
}

/* Reads, and reads again when a column that had gone direct turned out to hold texts: that column is then kept from it, and
 * from the third time on all are, so that no file is read more than four times. */
static int read_raw(const char *path, struct plan *plan, struct raw_table *raw, struct error *error)
{
    size_t column;
    for (plan->n_texts = 0;; plan->n_texts++) {
        int code = raw_read(path, plan_columns, plan, raw, &column, error);
        if (code || column == SIZE_MAX)
            return code;
        if (plan->n_texts < MOST_TEXTS)
            plan->texts[plan->n_texts] = column;
    }
}

static void fill_input(struct input_file *input, const struct raw_table *raw)
{
    if (!input)
        return;
    memcpy(input->sha256, raw->sha256, sizeof input->sha256);
    input->bytes = raw->bytes;
    input->columns = raw->n_columns;
}

/* The words that count as missing in a direct column before its type is known: the default ones and those of columns. */
static int all_tokens(struct arena *arena, struct tokens *tokens, struct error *error)
{
    size_t first = schema_default_tokens.count, second = schema_column_tokens.count;
    const char **words = ARENA_ARRAY(arena, const char *, first + second);
    if (!words)
        return error_memory(error);
    memcpy(words, schema_default_tokens.words, first * sizeof *words);
    memcpy(words + first, schema_column_tokens.words, second * sizeof *words);
    *tokens = (struct tokens){words, first + second};
    return 0;
}

static int read_train(const char *path, const char *schema_path, const struct schema_hints *hints, struct arena *scratch,
                      struct schema **schema, struct raw_table *raw, struct error *error)
{
    struct plan plan = {0};
    int code = all_tokens(scratch, &plan.tokens, error);
    if (!code && schema_path) {
        code = schema_read(schema_path, schema, error);
        plan.schema = *schema;
        plan.extra_kept = true;
    }
    if (!code)
        code = read_raw(path, &plan, raw, error);
    if (code)
        return code;
    return schema_path ? schema_match(*schema, raw, schema_path, error) : schema_infer(raw, hints, schema, error);
}

int csv_read_train_hinted(const char *path, const char *schema_path, const struct schema_hints *hints, struct schema **schema,
                          struct table **table, struct input_file *input, struct error *error)
{
    struct raw_table raw = {0};
    *schema = NULL;
    if (table)
        *table = NULL;
    struct arena *scratch = arena_new();
    int code = scratch ? read_train(path, schema_path, hints, scratch, schema, &raw, error) : error_memory(error);
    if (!code)
        fill_input(input, &raw);
    if (!code && table)
        code = typed_train(&raw, *schema, "train", table, error);
    raw_free(&raw);
    arena_free(scratch);
    if (code) {
        schema_free(*schema);
        *schema = NULL;
    }
    return code;
}

int csv_read_train(const char *path, const char *schema_path, struct schema **schema, struct table **table,
                   struct input_file *input, struct error *error)
{
    return csv_read_train_hinted(path, schema_path, NULL, schema, table, input, error);
}

/* Synthetic tables rarely carry what identifies a row or what nobody looks at. */
static bool may_lack(const struct column_schema *column)
{
    return column->type == COLUMN_ID || (column->roles & (ROLE_KEY | ROLE_IGNORE));
}

/* The nearest name of the file that train does not have as well: a column in other case, or misspelt. */
static int refuse_lacking(const struct raw_table *raw, const struct schema *schema, const char *name, struct error *error)
{
    struct suggestion suggestion = suggest_start(name);
    for (size_t i = 0; i < raw->n_columns; i++)
        if (schema_find(schema, raw->columns[i].name) == SIZE_MAX)
            suggest_offer(&suggestion, raw->columns[i].name);
    const char *best = suggest_best(&suggestion);
    if (best)
        return error_set(error, ERROR_INPUT,
                         "'%s': row 1: column '%s' of train is missing: rename '%s' if it is the one, or name it in --ignore",
                         raw->path, name, best);
    return error_set(error, ERROR_INPUT, "'%s': row 1: column '%s' of train is missing: add the column, or name it in --ignore",
                     raw->path, name);
}

static int match_columns(const struct raw_table *raw, const struct schema *schema, size_t *columns, struct error *error)
{
    for (size_t i = 0; i < schema->n_columns; i++) {
        columns[i] = raw_find(raw, schema->columns[i].name);
        if (columns[i] == SIZE_MAX && !may_lack(&schema->columns[i]))
            return refuse_lacking(raw, schema, schema->columns[i].name, error);
    }
    return 0;
}

static int list_names(struct arena *arena, size_t capacity, const char ***names, struct error *error)
{
    *names = ARENA_ARRAY(arena, const char *, capacity);
    return *names ? 0 : error_memory(error);
}

/* The lists live as long as the table. */
static int list_columns(const struct raw_table *raw, const struct schema *schema, const size_t *columns, struct arena *arena,
                        struct input_file *input, struct error *error)
{
    int code = list_names(arena, raw->n_columns, &input->extra_columns, error);
    if (!code)
        code = list_names(arena, schema->n_columns, &input->lacking_columns, error);
    input->n_extra_columns = input->n_lacking_columns = 0;
    for (size_t i = 0; i < raw->n_columns && !code; i++) {
        if (raw->columns[i].kept)
            continue;
        const char *name = arena_string(arena, raw->columns[i].name);
        input->extra_columns[input->n_extra_columns++] = name;
        code = name ? 0 : error_memory(error);
    }
    for (size_t i = 0; i < schema->n_columns && !code; i++)
        if (columns[i] == SIZE_MAX)
            input->lacking_columns[input->n_lacking_columns++] = schema->columns[i].name;
    return code;
}

int csv_read(const char *path, const char *name, struct schema *schema, struct table **table, struct input_file *input,
             struct error *error)
{
    *table = NULL;
    struct raw_table raw = {0};
    struct plan plan = {.schema = schema};
    size_t *columns = calloc(schema->n_columns, sizeof *columns);
    int code = columns ? read_raw(path, &plan, &raw, error) : error_memory(error);
    if (!code)
        code = match_columns(&raw, schema, columns, error);
    if (!code)
        fill_input(input, &raw);
    if (!code)
        code = typed_other(&raw, schema, columns, name, table, error);
    if (!code && input)
        code = list_columns(&raw, schema, columns, (*table)->arena, input, error);
    if (code) {
        table_free(*table);
        *table = NULL;
    }
    raw_free(&raw);
    free(columns);
    return code;
}
