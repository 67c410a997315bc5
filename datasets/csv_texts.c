#include "datasets/csv.h"
#include "datasets/csv_raw.h"
#include "datasets/schema.h"

static int keep_all(void *context, struct raw_table *raw, struct error *error)
{
    static const struct tokens none = {0};
    int code = 0;
    (void)context;
    for (size_t i = 0; i < raw->n_columns && !code; i++) {
        raw->columns[i].kept = true;
        code = cells_init(&raw->columns[i].cells, false, &none, error);
    }
    return code;
}

/* The dictionary of a column's cells as its levels. */
static int keep_levels(const struct raw_column *column, struct arena *arena, struct column_schema *out, struct error *error)
{
    const struct cells *cells = &column->cells;
    *out = (struct column_schema){.name = arena_string(arena, column->name), .type = COLUMN_TEXT};
    out->levels = ARENA_ARRAY(arena, const char *, cells->n_texts + 1);
    if (!out->name || !out->levels)
        return error_memory(error);
    for (; out->n_levels < cells->n_texts; out->n_levels++) {
        char scratch[9];
        size_t length;
        const char *text = cells_text(cells, out->n_levels, scratch, &length);
        if (!(out->levels[out->n_levels] = arena_copy(arena, text, length)))
            return error_memory(error);
    }
    out->fitted_levels = out->n_levels;
    return 0;
}

int csv_read_texts(const char *path, const char *name, struct schema **schema, struct table **table, struct error *error)
{
    struct raw_table raw = {0};
    size_t column;
    *schema = NULL;
    *table = NULL;
    int code = raw_read(path, keep_all, NULL, &raw, &column, error);
    if (!code)
        code = schema_new(schema, raw.n_columns, error);
    for (size_t i = 0; !code && i < raw.n_columns; i++)
        code = keep_levels(&raw.columns[i], (*schema)->arena, &(*schema)->columns[i], error);
    if (!code)
        code = table_new(table, *schema, name, raw.rows, error);
    for (size_t i = 0; !code && i < raw.n_columns; i++)
        for (size_t row = 0; row < raw.rows; row++)
            table_codes(*table, i)[row] = cells_code(&raw.columns[i].cells, row);
    raw_free(&raw);
    if (code) {
        schema_free(*schema);
        *schema = NULL;
    }
    return code;
}
