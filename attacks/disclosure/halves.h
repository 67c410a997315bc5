/* Two disjoint sets of columns that identify about equally well: what two sources know of the same person. */
#ifndef ASSAY_ATTACKS_DISCLOSURE_HALVES_H
#define ASSAY_ATTACKS_DISCLOSURE_HALVES_H

#include "datasets/table.h"

struct halves {
    size_t *columns[2], n[2];
};

/* −log2 of the chance that two rows drawn with replacement agree in the column (missing agrees with missing): its collision
 * entropy, in bits. NaN when memory is short; 0 for a table without rows. */
double identification_power(const struct table *table, size_t column);

/* Deals `n` columns out, the one that identifies best first (ties: in order of the columns), each to the half that identifies
 * less so far by the sum of its columns' powers; at equal sums to the one with fewer columns, then to the first. Both halves
 * hold a column when n ≥ 2, each in order of the columns. */
int halves_deal(const struct table *table, const size_t *columns, size_t n, struct arena *arena, struct halves *halves,
                struct error *error);

#endif
