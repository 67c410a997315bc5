/* Densities of mixed rows from distances alone.
 *
 * Kernel: the product over columns of exp(−part/h), part being what the column adds to the rank-Gower distance
 * (numeric/neighbours.h): of two numbers a Laplace kernel on their ranks among train's, of two categories the kernel of
 * Aitchison and Aitken (1976, Biometrika 63: λ for equal ones, (1 − λ)/(c − 1) else, of ratio exp(−1/h)), missing a category of
 * its own in both. The product is exp(−columns · d/h), so that the density of a table's rows at x is, but for a constant, p(x)
 * = (1/rows) Σ exp(−columns · d(x, row)/h), here over the nearest rows alone: a row left out is farther than all of them and
 * adds less than each. The constant is the same for two tables under one h and leaves their ratio. A Gaussian kernel with full
 * covariance, as published for DOMIAS, needs one-hot columns where there are categories; these are linearly dependent, so that
 * its covariance is singular.
 *
 * Bandwidth: Scott's rule (1992, Multivariate density estimation, ch. 6) for ranks, whose standard deviation is 1/√12: σ ·
 * rows^(−1/(columns + 4)), divided by √2, the standard deviation of a Laplace kernel with h = 1. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_DENSITY_H
#define ASSAY_ATTACKS_MEMBERSHIP_DENSITY_H

#include <stddef.h>

/* In units of a column's part. */
double density_bandwidth(size_t rows, size_t n_columns);

/* log p up to the constant, from the k nearest distances in ascending order (infinite: no such row). columns_per_h: columns/h.
 * Finite where the first distance is. rows ≥ 1. */
double density_log(const double *distance, size_t k, double columns_per_h, size_t rows);

#endif
