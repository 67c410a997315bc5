/* The schema: what a table's columns are called and what they hold.
 *
 * Life of a schema: inferred from train (infer.h) or read from JSON, put into train's column order, fitted while train is typed
 * (vocabulary, range, sorted values: typed.h), extended by the unseen levels of further tables. JSON: docs/formats.md. */
#ifndef ASSAY_DATASETS_SCHEMA_H
#define ASSAY_DATASETS_SCHEMA_H

#include "core/json.h"
#include "core/strbuf.h"
#include "datasets/cells.h"
#include "datasets/csv_raw.h"
#include "datasets/table.h"

/* Words that count as missing unless a schema says otherwise; the first is the empty cell. */
extern const struct tokens schema_default_tokens;
/* Words that count as missing inside columns whose other cells are numbers or dates: "N", "unknown", ".", … */
extern const struct tokens schema_column_tokens;

int schema_new(struct schema **schema, size_t n_columns, struct error *error); /* with the default missing tokens */

/* Type names and roles in the command line's and JSON's words; false when the word is unknown. */
bool schema_type_from_name(const char *name, enum column_type *type);
bool schema_role_from_name(const char *name, unsigned *role);

/* Reads a schema from JSON: names, types, roles, missing tokens, date formats. */
int schema_read(const char *path, struct schema **schema, struct error *error);
/* Writes it (without the fitted parts: no cell of train but the missing tokens is in it). */
int schema_print(const struct schema *schema, struct strbuf *out, struct error *error);
cJSON *schema_json(const struct schema *schema); /* the same as a tree that the caller deletes; NULL when memory is short */
/* Puts the columns into the file's order; every column of the file must be described, and every described one be there. */
int schema_match(struct schema *schema, const struct raw_table *raw, const char *schema_path, struct error *error);

/* The missing tokens of one column: the schema's and its own. Allocated in `arena`. */
int schema_tokens(const struct schema *schema, const struct column_schema *column, struct arena *arena, struct tokens *tokens,
                  struct error *error);

#endif
