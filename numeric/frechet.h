/* Fréchet distance (squared) of two samples seen as normal distributions (Dowson and Landau 1982, J. Multivariate Anal. 12,
 * 450): |m1 − m2|² + tr(C1 + C2 − 2(C1^½ C2 C1^½)^½), covariances with n − 1. Matrices are row-major, symmetric.
 *
 * The trace of the root is the sum of the singular values of B1'B2 with C = BB', B from the eigenvectors: no root of a rounding
 * error near 0 is taken. Directions with less than 1e-12 of the greatest eigenvalue count as empty. O(width³); LAPACK. */
#ifndef ASSAY_NUMERIC_FRECHET_H
#define ASSAY_NUMERIC_FRECHET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

/* Sums of columns and of products of two of them: a mean and a covariance before they are divided. */
struct cross_sums {
    size_t width;
    double rows;
    double *sum;   /* [width] */
    double *cross; /* [width²]: Σ x_i x_j, lower triangle while rows are added */
};

/* Zeroed. */
int cross_sums_new(size_t width, struct arena *arena, struct cross_sums *sums, struct error *error);
/* One row, given by its non-zero entries. */
void cross_sums_add(struct cross_sums *sums, const uint32_t *index, const double *value, size_t count);
void cross_sums_merge(struct cross_sums *into, const struct cross_sums *other);

struct frechet {
    double value; /* ≥ 0; below 1e-12 of both traces it is rounding and counts as 0 */
    double mean_part, trace_first, trace_second, trace_root;
    /* What the interval needs (all NULL when only the value was asked for): */
    size_t width;           /* columns that are not zero in both samples */
    uint32_t *place;        /* [width of the sums]: column among these, or UINT32_MAX */
    double *covariance[2];  /* [width²] */
    double *mean[2];        /* [width] */
    double *gradient[2];    /* [width²]: I − T, the derivative by C1, C2; T maps one normal distribution onto the other */
    double *coordinates[2]; /* [width · rank]: row x of sample s has y = coordinates'(x − mean) */
    double *root;           /* [rank]: the singular values μ */
    size_t rank;
};

/* Both samples need 2 rows. */
int frechet_distance(const struct cross_sums *first, const struct cross_sums *second, bool derivatives, struct arena *arena,
                     struct frechet *out, struct error *error);

/* Says that the first `columns` columns of the sums were divided by the standard deviations of this very sample: the noise
 * of these is then part of the noise of the distance, if that is to be measured in standard deviations of the population. For
 * one sample, once, before probes are made: adds −(m1 − m2)_j² − (gradient_1 C1 + gradient_2 C2)_jj to the sample's gradient at
 * j, j. */
void frechet_own_scale(struct frechet *frechet, size_t sample, size_t columns);

/* What the rows of sample s (0 or 1) say about the noise of the distance: sums that are added up over its rows. With y the
 * coordinates of a row, c_ij = 1/(μi μj(μi + μj)) and the kernel of the distance's second-order term
 *     h(x, x') = (x − m)'(x' − m) + ½ Σ_ij c_ij (y_i y_j − μi²δij)(y'_i y'_j − μi²δij),
 * the bias of the distance is Σ_s E h(x, x)/n_s, its variance where the populations agree 2 (Σ_s √(E h(x, x')²)/n_s)²;
 * elsewhere the variance of the influence values 2(m_s − m_other)'(x − m_s) + (x − m_s)'gradient(x − m_s) takes over. */
struct frechet_noise {
    double rows, influence, squares; /* over rows whose influence was added */
    double kernel_rows, kernel;      /* h(x, x) */
    double pairs, pair_squares;      /* h(x, x')² */
    double triples, cycles;          /* h(x, x')·h(x', x'')·h(x'', x) */
};

/* Constants and scratch of one sample for one thread. */
struct frechet_probe;
int frechet_probe_new(const struct frechet *frechet, size_t sample, struct arena *arena, struct frechet_probe **probe,
                      struct error *error);

/* Influence value of one row, by its non-zero entries. */
void frechet_influence(const struct frechet_probe *probe, const uint32_t *index, const double *value, size_t count,
                       struct frechet_noise *noise);

/* Kernel terms, in batches: put up to FRECHET_BATCH groups of `members` rows (2 or 3, the same in a batch), then add. The first
 * row gives h(x, x), two give h(x, x'), three the cycle. O(rank²) a group, by matrix products. */
#define FRECHET_BATCH ((size_t)128)
void frechet_put(struct frechet_probe *probe, size_t group, size_t member, size_t members, const uint32_t *index,
                 const double *value, size_t count);
void frechet_add(struct frechet_probe *probe, size_t groups, size_t members, struct frechet_noise *noise);
void frechet_noise_merge(struct frechet_noise *into, const struct frechet_noise *other);

/* Of the value: what noise adds to it on average; variance and skewness of noise alone; variance of the sum of the influence
 * values, which holds twice that of noise alone, the gradient being noisy itself. rows: of the whole samples. */
struct frechet_error {
    double bias, noise, skew, projections;
};
struct frechet_error frechet_error(const struct frechet_noise noise[2], const double rows[2]);

#endif
