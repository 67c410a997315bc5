/* A CSV file as columns of cells, types not yet known: header checked, rows of equal length, each kept column a dictionary or
 * doubles (cells.h). Messages name file, row (header = row 1) and column. */
#ifndef ASSAY_DATASETS_CSV_RAW_H
#define ASSAY_DATASETS_CSV_RAW_H

#include "core/arena.h"
#include "datasets/cells.h"

struct raw_column {
    const char *name;
    bool kept; /* false: cells are dropped unread */
    struct cells cells;
};

struct raw_table {
    const char *path;
    size_t rows, n_columns;
    struct raw_column *columns;
    char sha256[65];
    size_t bytes;
    char delimiter;
    bool regular;        /* the file can be read a second time */
    struct arena *arena; /* names and columns */
};

/* Called when the header is known: decides what is kept and how, by cells_init for every kept column. */
typedef int raw_plan(void *context, struct raw_table *raw, struct error *error);

/* *text_column is SIZE_MAX, or, with code 0 and an unusable raw table, the column that met a text after it had gone direct:
 * read again with that column kept from it. */
int raw_read(const char *path, raw_plan *plan, void *context, struct raw_table *raw, size_t *text_column, struct error *error);
void raw_free(struct raw_table *raw);

/* Puts "'path', row N, column 'name'" before the message of error; row is 0-based data row. Returns the code. */
int raw_place(const struct raw_table *raw, size_t column, size_t row, struct error *error);
/* Index of the column with this name or SIZE_MAX. */
size_t raw_find(const struct raw_table *raw, const char *name);

#endif
