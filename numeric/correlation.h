/* Pearson's correlation of two columns of one table, and the influence of its rows on it. Rows where either is missing (NaN)
 * take no part. Both are O(rows) a table, O(1) a row. */
#ifndef ASSAY_NUMERIC_CORRELATION_H
#define ASSAY_NUMERIC_CORRELATION_H

#include "numeric/gap.h"

/* Fewer than two pairs, or a constant column: rho is NaN. */
struct correlation {
    double rho, mean_x, mean_y;
    double scale_x, scale_y; /* 1/standard deviation, that with divisor `pairs` */
    size_t pairs;            /* rows that take part */
};

struct correlation correlation_make(const struct gap_pair *pair);

/* z_x z_y − ρ(z_x² + z_y²)/2 (Devlin, Gnanadesikan and Kettenring 1975), mean 0 over the rows that take part; 0 for the others.
 */
double correlation_influence(const struct gap_pair *pair, const struct correlation *correlation, size_t row);

#endif
