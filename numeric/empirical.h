/* Empirical distributions: distances between two samples, quantiles, bins, ranks, correlation.
 *
 * Missing values are NaN and are dropped (from both members of a pair where a pair is meant). A statistic that the data leave
 * undefined (no present value, a constant column in a correlation) is NaN, never 0. Infinite values are not allowed. Functions
 * named *_sorted want ascending values without NaN and allocate nothing; the others return 0 or ERROR_MEMORY. Two equal samples
 * give exactly 0 in every distance. */
#ifndef ASSAY_NUMERIC_EMPIRICAL_H
#define ASSAY_NUMERIC_EMPIRICAL_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* Copies the present values to `sorted` (room for n) in ascending order and returns their number. −0 counts as 0. O(n log n).
 */
size_t empirical_sort(const double *values, size_t n, double *sorted);

/* Number, mean and sum of squared deviations from the mean of the present values; two passes, so that a large offset does no
 * harm. No value: mean 0. */
struct sample_moments {
    size_t count;
    double mean, squares;
};
struct sample_moments sample_moments(const double *values, size_t n);

/* Two-sample Kolmogorov-Smirnov statistic sup|F_a − F_b| (Smirnov 1939), ties handled as steps. Range [0, 1]. O(n + m) on
 * sorted values. The same number as scipy.stats.ks_2samp. */
double ks_statistic_sorted(const double *a, size_t n, const double *b, size_t m);
int ks_statistic(const double *a, size_t n, const double *b, size_t m, double *statistic, struct error *error);

/* Exact first Wasserstein distance ∫|F_a − F_b| dx, in the unit of the values. Range [0, ∞). The same number as
 * scipy.stats.wasserstein_distance. */
double wasserstein_distance_sorted(const double *a, size_t n, const double *b, size_t m);
int wasserstein_distance(const double *a, size_t n, const double *b, size_t m, double *distance, struct error *error);

/* Quantiles, linear between order statistics at position (n − 1)p (Hyndman and Fan 1996, type 7; numpy's default), 0 ≤ p ≤ 1.
 */
double quantile_sorted(const double *sorted, size_t n, double p);
int quantiles(const double *values, size_t n, const double *p, size_t count, double *out, struct error *error);

/* Distances between two distributions over the same cells, given as counts or weights ≥ 0; each is divided by its own sum. NaN
 * where a sum is 0. Total variation ½Σ|p − q|. Jensen-Shannon divergence in base 2 (Lin 1991), range [0, 1]; its root is a
 * metric. */
double total_variation(const double *a, const double *b, size_t cells);
double jensen_shannon(const double *a, const double *b, size_t cells);

/* Bins between `parts` + 1 quantiles of a reference sample, equal edges merged: bins [e_i, e_i+1), the last one closed, one
 * more below the first edge, one above the last and one for missing values. A column of one value has one edge and one (closed)
 * bin [e, e]. Numbering: 0 below, 1 … inner bins, then above, then missing. */
struct bins {
    double *edges; /* the caller's array, room for parts + 1 */
    size_t edge_count;
};
int bins_from_quantiles(const double *values, size_t n, size_t parts, struct bins *bins, struct error *error);
void bins_from_sorted(const double *sorted, size_t n, size_t parts, struct bins *bins); /* n = 0: no edges, all is "below" */
size_t bins_count(const struct bins *bins);                                             /* with below, above and missing */
size_t bins_index(const struct bins *bins, double value);

/* 1-based ranks, equal values share the mean of their ranks; NaN keeps NaN and takes no rank. */
int midranks(const double *values, size_t n, double *ranks, struct error *error);

/* Pearson correlation over the rows where both are present (two passes, mean first; clipped to [−1, 1]). NaN with fewer than
 * two pairs or when one side is constant on them. *pairs (NULL allowed): rows used. Spearman: the same on midranks of those
 * rows. */
double pearson(const double *x, const double *y, size_t n, size_t *pairs);
int spearman(const double *x, const double *y, size_t n, double *correlation, size_t *pairs, struct error *error);

/* A pair of coded columns, codes in 0 … levels − 1 (missing given a code of its own by the caller). */
struct coded_pair {
    const uint32_t *a, *b;
    size_t rows;
};
#endif
