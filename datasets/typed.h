/* From raw cells to typed columns.
 *
 * A text that the type does not allow is an error with file, row, column and the offending cell (the user's own file, cut to 40
 * bytes). The raw cells of a column are freed as soon as it is typed, so that both forms of the whole table are never in memory
 * together. */
#ifndef ASSAY_DATASETS_TYPED_H
#define ASSAY_DATASETS_TYPED_H

#include "datasets/csv_raw.h"
#include "datasets/table.h"

/* Types train: raw columns are in the schema's order. Fits the schema: levels, decimals, lo, hi, sorted, missing_in_train. */
int typed_train(struct raw_table *raw, struct schema *schema, const char *name, struct table **table, struct error *error);

/* Types a further table: columns[i] is the raw column of schema column i, or SIZE_MAX: all cells missing. Unseen levels are
 * appended to the schema. */
int typed_other(struct raw_table *raw, struct schema *schema, const size_t *columns, const char *name, struct table **table,
                struct error *error);

#endif
