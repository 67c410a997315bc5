/* A table: typed columns of equal length with a missing mark for every cell.
 *
 * All tables of one audit share one struct schema, and with it one vocabulary a column: the level with code c is the same
 * text in train, holdout and every candidate, so codes can be compared between tables. Codes below `fitted_levels` are
 * train's own levels; codes above were met only in other tables (a fact to report, not an error). Numbers of numeric columns
 * and datetimes (days since 1970-01-01, fraction = time of day) are doubles with NaN where missing. */
#ifndef ASSAY_DATASETS_TABLE_H
#define ASSAY_DATASETS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

enum column_type { COLUMN_NUMERIC, COLUMN_CATEGORICAL, COLUMN_BOOLEAN, COLUMN_DATETIME, COLUMN_TEXT, COLUMN_ID, COLUMN_TYPES };

#define CODE_MISSING UINT32_MAX

/* How measures treat a column: QUANTITY has `number`, LEVELS has `code`; OTHER (text, id) has codes too, but takes part only
 * in validity and exact matching. */
enum column_kind { KIND_QUANTITY, KIND_LEVELS, KIND_OTHER };

/* What the user says a column is for; a column may have several roles. */
enum column_role { ROLE_TARGET = 1, ROLE_SENSITIVE = 2, ROLE_SECRET = 4, ROLE_QUASI = 8, ROLE_KEY = 16, ROLE_IGNORE = 32 };

struct column_schema {
    const char *name;
    enum column_type type;
    unsigned roles;     /* of enum column_role */
    const char *format; /* datetime: strptime-like format; else NULL */
    int decimals;       /* numeric: largest number of decimals in train, 0 = integers */
    double lo, hi;      /* quantity: least and greatest value in train (NaN: none); set when train is typed */
    double *sorted;     /* quantity: train's present values in ascending order; likewise */
    size_t n_sorted;
    const char **levels;    /* levels and other: vocabulary, shared by all tables; index = code */
    uint32_t n_levels;      /* over all tables */
    uint32_t fitted_levels; /* train's levels are 0 … fitted_levels−1, in code point order (numbers in numeric order) */
    size_t missing_in_train;
    const char **missing_tokens; /* count as missing in this column beside the schema's: "N" among numbers */
    size_t n_missing_tokens;
    const char *because; /* why inference chose the type, one clause; NULL when the type was given */
};

struct schema {
    size_t n_columns;
    struct column_schema *columns; /* in train's column order */
    const char **missing_tokens;   /* cells that count as missing: "", "NA", … */
    size_t n_missing_tokens;
    const char **rules; /* what the cells of a row must keep between them: row_rule.h */
    size_t n_rules;
    struct arena *arena; /* holds all of the above */
};

struct column {
    const double *number; /* quantity: rows values, NaN = missing; else NULL */
    const uint32_t *code; /* levels and other: rows codes, CODE_MISSING = missing; else NULL */
    size_t missing;       /* number of missing cells */
};

struct table {
    const char *name; /* "train", "holdout", the candidate's name, "control copy", … */
    size_t rows;
    size_t n_columns; /* = schema->n_columns, same order */
    const struct schema *schema;
    struct column *columns;
    struct arena *arena; /* owns the columns */
};

enum column_kind column_kind(const struct column_schema *column);
const char *column_type_name(enum column_type type);

/* A new table with writable columns (number and code arrays allocated, nothing missing); its own arena. Generators and splits
 * use it. */
int table_new(struct table **table, const struct schema *schema, const char *name, size_t rows, struct error *error);
double *table_numbers(struct table *table, size_t column); /* writable view; NULL for another kind */
uint32_t *table_codes(struct table *table, size_t column);
void table_seal(struct table *table); /* counts the missing cells; call after writing */
void table_free(struct table *table); /* NULL allowed */

/* Copies the given rows (indices may repeat and come in any order) into a new table. */
int table_take(const struct table *table, const uint32_t *rows, size_t n, const char *name, struct table **out,
               struct error *error);

bool table_missing(const struct table *table, size_t column, size_t row);
/* A hash of all cells as a reader of the CSV would see them, names, types and decimals of the columns among them. */
uint64_t table_hash(const struct table *table);
void schema_free(struct schema *schema); /* NULL allowed; after all tables that use it */
/* Index of the column with this name, or SIZE_MAX. */
size_t schema_find(const struct schema *schema, const char *name);
/* Columns with any of these roles, in order: writes up to `capacity` indices, returns how many there are. */
size_t schema_with_role(const struct schema *schema, unsigned roles, size_t *columns, size_t capacity);
/* Columns that measures work on: kind quantity or levels and not ignored, not a key. */
size_t schema_measured(const struct schema *schema, size_t *columns, size_t capacity);

#endif
