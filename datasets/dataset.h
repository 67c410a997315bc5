/* The inputs of an audit: train, holdout, reference and candidates read with one schema.
 *
 * Order of things: train is read first and its schema inferred (or taken from --schema); the other tables are read with that
 * schema; levels that only they have are appended to the vocabulary. A candidate that lacks a column of train, or holds text in
 * a numeric column, is refused with file, row, column and what to do. Columns that train does not have are listed in
 * extra_columns. */
#ifndef ASSAY_DATASETS_DATASET_H
#define ASSAY_DATASETS_DATASET_H

#include "datasets/table.h"

struct input_file {
    const char *role; /* "train", "holdout", "reference", "candidate" */
    const char *name; /* candidate: NAME of NAME=FILE or the file's stem */
    const char *path;
    char sha256[65];
    size_t bytes;
    size_t columns;             /* in the file, extra ones included */
    const char **extra_columns; /* columns that train lacks */
    size_t n_extra_columns;
    const char **lacking_columns; /* id, key and ignored columns of train that the file lacks: all missing in the table */
    size_t n_lacking_columns;
    struct table *table;
};

struct dataset {
    struct schema *schema;
    struct input_file train, holdout, reference; /* .table NULL where not given */
    struct input_file *candidates;
    size_t n_candidates;
    bool secrets_named; /* --secret was given: attacks guess those columns alone */
    bool every_target;  /* --target auto: each column in turn is what models are to predict, `target` is none of them */
    size_t target;      /* column index or SIZE_MAX */
    uint32_t positive;  /* binary target: code of the positive class (--positive, else the later level in order: "1" of 0/1,
                           "yes" of no/yes) */
    struct arena *arena;
};

struct dataset_options {
    const char *train, *holdout, *reference, *schema; /* paths; NULL: not given */
    const char *const *candidates;                    /* "NAME=FILE" or "FILE" */
    size_t n_candidates;
    const char *target, *positive, *key; /* target "auto": every_target, unless a column has that name */
    const char *const *sensitive, *const *secret, *const *quasi, *const *ignore; /* column names */
    size_t n_sensitive, n_secret, n_quasi, n_ignore;
};

int dataset_read(struct dataset **dataset, const struct dataset_options *options, struct error *error);
void dataset_free(struct dataset *dataset);

/* Splits a candidate as it was given: NAME=FILE, or FILE, named by its stem (without folders, .gz and one further extension).
 * A FILE that exists as written wins over an equals sign in it. */
int candidate_split(struct arena *arena, const char *given, const char **name, const char **path, struct error *error);

/* What the target is good for. */
enum task_kind { TASK_NONE, TASK_BINARY, TASK_MULTICLASS, TASK_REGRESSION };
enum task_kind dataset_task(const struct dataset *dataset);

#endif
