/* Seeded cuts of a table into disjoint parts. */
#ifndef ASSAY_DATASETS_SPLIT_H
#define ASSAY_DATASETS_SPLIT_H

#include <stdint.h>

#include "datasets/table.h"

/* Cuts the rows into n parts of the given shares (they sum to 1). Within each level of column `strata` (SIZE_MAX, or a column
 * without levels: all rows alike; missing is a level of its own) every part gets its share up to one row, so that parts agree
 * in that column. Rows keep their order inside a part. parts[i] is named "<table> part i+1". On failure all parts are NULL.
 * Deterministic in seed. */
int split_table(const struct table *table, size_t strata, const double *shares, size_t n, uint64_t seed, struct table **parts,
                struct error *error);

/* The same cut as row indices: part[row] = 0 … n−1. */
int split_rows(const struct table *table, size_t strata, const double *shares, size_t n, uint64_t seed, uint32_t *part,
               struct error *error);

#endif
