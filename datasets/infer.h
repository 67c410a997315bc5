/* Schema inference: the type of every column of a raw table, with the reason in one clause (docs/formats.md has the rules). */
#ifndef ASSAY_DATASETS_INFER_H
#define ASSAY_DATASETS_INFER_H

#include "datasets/schema.h"

/* Columns that the user named as classes or groups: whole numbers with few values are levels there, whatever they look like. */
struct schema_hints {
    const char *const *classes;
    size_t n_classes;
};

/* hints may be NULL. Cells of raw that hold one of the default missing words, or of those of columns, count as missing. */
int schema_infer(const struct raw_table *raw, const struct schema_hints *hints, struct schema **schema, struct error *error);

#endif
