/* Reading tables from texts in tests. */
#ifndef ASSAY_TESTS_CSV_FIXTURE_H
#define ASSAY_TESTS_CSV_FIXTURE_H

#include "core/strbuf.h"
#include "datasets/csv.h"
#include "tests/unit/text_file.h"

/* A table as text: names, then rows, cells parted by '|', missing as '~'. Free it with strbuf_free. */
static inline struct strbuf dump(const struct table *table)
{
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < table->n_columns; i++)
        strbuf_addf(&out, "%s%s", i ? "|" : "", table->schema->columns[i].name);
    for (size_t row = 0; row < table->rows; row++) {
        strbuf_addc(&out, '\n');
        for (size_t i = 0; i < table->n_columns; i++) {
            const struct column *column = &table->columns[i];
            if (i)
                strbuf_addc(&out, '|');
            if (table_missing(table, i, row))
                strbuf_addc(&out, '~');
            else if (column->number)
                strbuf_addf(&out, "%g", column->number[row]);
            else
                strbuf_adds(&out, table->schema->columns[i].levels[column->code[row]]);
        }
    }
    return out;
}

struct loaded {
    struct schema *schema;
    struct table *table;
    struct input_file input;
    struct error error;
    int code;
};

static inline struct loaded load_bytes(const void *bytes, size_t length)
{
    struct loaded loaded = {0};
    struct text_file file = text_file_bytes(bytes, length);
    loaded.code = csv_read_train(file.path, NULL, &loaded.schema, &loaded.table, &loaded.input, &loaded.error);
    text_file_remove(file);
    return loaded;
}

static inline struct loaded load(const char *text)
{
    return load_bytes(text, strlen(text));
}

static inline void unload(struct loaded *loaded)
{
    table_free(loaded->table);
    schema_free(loaded->schema);
}

#endif
