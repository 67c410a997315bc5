/* Intervals for the root mean square difference between the strengths of dependence.
 *
 * sample: for what it is on average at these numbers of rows. Its square is quadratic in the differences of sample strengths:
 * numeric/square.h, with noise and projections from the same influence values, scaled to the sample strengths.
 *
 * population: for the populations. The mean square Q = Σ d²/P of sample differences is a squared norm: noise adds to it. Of
 * each table the squares freed of their noise are taken (numeric/dependence.h), their roots a differ by d̃, and
 *
 *     Q̃ = Σ (d̃² − v)/P, v the variance of d̃; where a strength may be none (below 3 standard deviations of noise), the
 *          larger of the differences with it and without it counts for the upper end, the smaller one for the lower
 *     variance of Q̃ = 4 λ Q + τ, λ from influence values summed row by row, τ = 2 tr Σ²/P² from the differences of 32 groups of
 *          rows, so that the dependence between pairs counts
 *     ends: the Q with (Q̃ − Q)² = z²(4 λ Q + τ), their roots, cut at 0. */
#ifndef ASSAY_METRICS_FIDELITY_ASSOCIATION_INTERVAL_H
#define ASSAY_METRICS_FIDELITY_ASSOCIATION_INTERVAL_H

#include "metrics/fidelity/association_matrix.h"

struct association_interval {
    struct interval population, sample;
};

/* `taken`: pairs that the value stands on. Time O(rows) a pair and table. */
int association_interval(const struct measure_task *task, const struct column_pairs *pairs, const bool *taken, double value,
                         struct association_interval *out, struct error *error);

#endif
