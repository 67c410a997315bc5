/* What noise does to one cell of two tables of counts: the part of gap.h that shares and joint tables have in common. */
#ifndef ASSAY_NUMERIC_GAP_CELLS_H
#define ASSAY_NUMERIC_GAP_CELLS_H

#include <stddef.h>
#include <stdint.h>

/* The sizes of the samples, and for a pooled count k below 33, X ~ B(k, n/(n + m)), D = X/n − (k − X)/m:
 * few: E|D|.
 * fold: factor on gap_fold_weight with which the squared influence of a cell's rows estimates the variance of |p̂ − q̂| where
 * p = q. By the law of total variance it is that given the pooled count, E D² − (E|D|)², and that of E|D| over the count, which
 * is Poisson: k (few[k] − few[k − 1])². A single row has no sign to turn: its cell varies as if the difference were clear. */
struct cell_noise {
    double n, m;
    double few[33], fold[33];
};

void cell_noise_init(struct cell_noise *noise, size_t n, size_t m); /* n, m ≥ 1 */

/* What noise adds to |p̂ − q̂| of a cell with counts a and b if p = q; 0 where the difference is clear. The distribution is that
 * of one sample's count given the pooled count, exact for small counts, normal for large ones. *weight: how much the cell
 * varies, by its counts. */
double cell_bias(const struct cell_noise *noise, uint32_t a, uint32_t b, double *weight);

#endif
