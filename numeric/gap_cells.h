/* What noise does to one cell of two tables of counts, and how rows of coded columns become cells and influence values: what
 * shares, joint tables and Jensen-Shannon have in common. */
#ifndef ASSAY_NUMERIC_GAP_CELLS_H
#define ASSAY_NUMERIC_GAP_CELLS_H

#include <stddef.h>
#include <stdint.h>

enum { CELL_EXACT = 33 }; /* pooled counts below this have the exact distribution of noise, others a normal one */

/* The sizes of the samples, and for a pooled count k below CELL_EXACT, X ~ B(k, n/(n + m)), D = X/n − (k − X)/m:
 * few: E|D|.
 * fold: factor on gap_fold_weight with which the squared influence of a cell's rows estimates the variance of |p̂ − q̂| where
 * p = q. By the law of total variance that is the one given the pooled count, E D² − (E|D|)², and that of E|D| over the count,
 * which is Poisson: at most k (few[k] − few[k − 1])² on average (Poincaré's inequality), in all up to a quarter more than the
 * variance where cells have one row on average. A single row has no sign to turn: its cell varies as if the difference were
 * clear. */
struct cell_noise {
    double n, m;
    double few[CELL_EXACT], fold[CELL_EXACT];
};

void cell_noise_init(struct cell_noise *noise, size_t n, size_t m); /* n, m ≥ 1 */

/* What noise adds to |p̂ − q̂| of a cell with counts a and b if p = q; 0 where the difference is clear. The distribution is that
 * of one sample's count given the pooled count, exact for small counts, normal for large ones. *weight: how much the cell
 * varies, by its counts. */
double cell_bias(const struct cell_noise *noise, double a, double b, double *weight);

/* Counts of codes 0 … cells − 1 but `left_out` (UINT32_MAX: none is). Returns their sum. */
size_t gap_cells_count(const uint32_t *codes, size_t rows, size_t cells, uint32_t left_out, double *counts);

/* Adds factor · (slope of the row's cell − its mean over the `present` rows that take part) to the rows' sums, scaled to all
 * rows. Returns the variance of the mean of what it added. present ≥ 1. */
double gap_cells_add(const uint32_t *codes, size_t rows, size_t present, uint32_t left_out, const double *slope, double factor,
                     double *sums);

#endif
