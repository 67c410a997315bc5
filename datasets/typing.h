/* Inside typed.c, typed_codes.c and typed_levels.c: one raw column on its way to a typed one. */
#ifndef ASSAY_DATASETS_TYPING_H
#define ASSAY_DATASETS_TYPING_H

#include "datasets/csv_raw.h"
#include "datasets/schema.h"
#include "datasets/table.h"

struct typing {
    struct raw_table *raw;
    size_t raw_index;
    struct cells *cells;
    struct schema *schema;
    struct column_schema *column;
    struct tokens tokens;
    struct error *error;
};

/* Fills the codes of a column of levels (or text, or ids). Train: makes the vocabulary and orders it; otherwise appends unseen
 * levels to it. */
int typed_codes(const struct typing *typing, bool train, uint32_t *codes);
/* Train's codes and vocabulary from a dictionary, whose texts are freed. */
int typed_levels(const struct typing *typing, uint32_t *codes);

#endif
