/* Strength of the dependence between two columns of one table, in [0, 1], and how exactly the table knows it.
 *
 * Every strength is the root of a square that noise adds to: |ρ| of ρ², the correlation ratio η of SSB/SST, Cramér's V of
 * φ²/min(r − 1, c − 1) (V is reported freed of it, the others are not). `square` is the square freed of that noise (it may be
 * negative), `noise` its variance where the columns are independent, `linear` the variance of its linear part, from influence
 * functions.
 *
 * Codes are 0 … levels − 1, missing a code of its own. A strength that the data leave undefined (a constant column, no row) is
 * NaN. Sums run in row order: tables with the same rows in another order agree to about 1e-13. */
#ifndef ASSAY_NUMERIC_DEPENDENCE_H
#define ASSAY_NUMERIC_DEPENDENCE_H

#include "numeric/gap.h"

struct dependence {
    double strength;
    double square, noise, linear; /* without influence values: 0 */
};

/* influence: room for one number a row, or NULL. It receives the influence of each row on `square` (mean 0; 0 for a row that
 * takes no part; the variance of the estimate is the sum of squares over rows²). */

/* |Pearson's ρ| over rows where both are present. Influence: Devlin, Gnanadesikan and Kettenring (1975). O(rows). */
void dependence_correlation(const struct gap_pair *pair, double *influence, struct dependence *out);

/* Correlation ratio (Pearson 1905) of numbers given groups, over rows whose number is present: η² = SSB/SST; `square` is
 * Kelley's (1935) ε². O(rows + levels). */
int dependence_ratio(const double *numbers, const uint32_t *groups, size_t rows, size_t levels, double *influence,
                     struct dependence *out, struct error *error);

/* Cramér's V with Bergsma's (2013) correction: φ̃² = max(0, φ² − (r − 1)(c − 1)/(n − 1)), r̃ = r − (r − 1)²/(n − 1), c̃ likewise,
 * V = √(φ̃²/min(r̃ − 1, c̃ − 1)); r, c: codes that occur. Counts densely where there are few cells, else by sorting: memory
 * O(rows + levels), never O(cells). */
int dependence_cramer(const struct coded_pair *pair, size_t levels_a, size_t levels_b, double *influence,
                      struct dependence *out, struct error *error);

#endif
