/* CSV in and out. Reading: libcsv in strict mode, gzip and the delimiter (comma, semicolon, tab, bar) recognised by content,
 * BOM dropped, CRLF accepted, types by the schema or inferred (schema.h). Errors name file, row (header = row 1) and column.
 *
 * csv_read_train infers (schema_path NULL) or reads the schema, and fits it: vocabulary, ranges, sorted values. csv_read reads
 * a further table with that schema and appends unseen levels. Memory: at most three times the file. */
#ifndef ASSAY_DATASETS_CSV_H
#define ASSAY_DATASETS_CSV_H

#include <stdio.h>

#include "datasets/dataset.h"
#include "datasets/infer.h"

/* name: for messages and table->name. input (may be NULL) receives sha256, bytes, columns, extra and lacking columns; the lists
 * live as long as the table. */
int csv_read_train(const char *path, const char *schema_path, struct schema **schema, struct table **table,
                   struct input_file *input, struct error *error);
/* With hints for inference (NULL: none); table NULL: the schema alone is wanted, and is not fitted. */
int csv_read_train_hinted(const char *path, const char *schema_path, const struct schema_hints *hints, struct schema **schema,
                          struct table **table, struct input_file *input, struct error *error);
int csv_read(const char *path, const char *name, struct schema *schema, struct table **table, struct input_file *input,
             struct error *error);
/* A table as its file has it, to be written again: every column is text, every cell a level, and nothing counts as missing.
 */
int csv_read_texts(const char *path, const char *name, struct schema **schema, struct table **table, struct error *error);
/* Numbers with the column's decimals where that is exact, else the shortest form; dates in the column's format; missing as
 * empty. Writes a temporary sibling and renames it: the file is there whole or not at all. "-" is stdout. */
int csv_write(const struct table *table, const char *path, struct error *error);

#endif
