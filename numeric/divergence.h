/* Jensen-Shannon divergence of two coded columns and its root, with what an interval for the root between the populations
 * needs.
 *
 * D = Σ ½ p log2(p/m) + ½ q log2(q/m), m = (p + q)/2 (Lin 1991), range [0, 1]; √D is a metric (Endres and Schindelin 2003). D
 * is locally a squared norm, so noise adds to it whatever the true value is: about (cells − 1)(1/n + 1/m)/(8 ln 2) where the
 * populations agree. Two estimates of that are made:
 *
 * most: cells whose difference may be noise (within 3 standard errors) count as if p = q, those with few rows by the exact
 *       distribution of one table's count given the pooled count; other cells by the second-order term
 *       ((1 − p) q/n + (1 − q) p/m)/((p + q) 4 ln 2);
 * least: the second-order term in every cell.
 *
 * The root is then freed of the noise: √(D − most) … √(D − least) where D is clearly more than noise (more than noise alone
 * exceeds in one case of 740), plus what the root's curvature takes away; else all of it may be noise, and the root varies with
 * less than its linear standard error: .707 of it, as a chi variable does, where D is no more than noise on average. */
#ifndef ASSAY_NUMERIC_DIVERGENCE_H
#define ASSAY_NUMERIC_DIVERGENCE_H

#include "numeric/gap.h"

struct divergence {
    double divergence, root; /* NaN where a table has no row that takes part */
    double bias_most;        /* of the root; all of it where it may be noise */
    double bias_least;       /* of the root; 0 where it may be noise */
    double se;               /* of the root */
};

/* Rows with code `left_out` take no part. influence NULL: bias and se are 0. O(n + m + cells) time and memory. */
int divergence_shares(const uint32_t *first, size_t n, const uint32_t *second, size_t m, size_t cells, uint32_t left_out,
                      const struct influence *influence, struct divergence *out, struct error *error);

#endif
