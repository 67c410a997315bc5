/* Interval for a squared distance D² of two populations from an unbiased estimate and its standard error.
 *
 * The estimate of a square is skewed to the right, its root less so: the upper end is that of the root's interval squared,
 * estimate + z·se + (z·se)²/(4·estimate), the last term at most half of z·se, where the estimate is near 0. The lower end is
 * estimate − z·se. Both are cut at 0 and stretched to hold `value`, the plug-in value, which is biased upward. */
#ifndef ASSAY_NUMERIC_SQUARE_H
#define ASSAY_NUMERIC_SQUARE_H

#include "numeric/interval.h"

struct interval interval_square(double value, double estimate, double se, double level);

/* Interval for what a squared distance V of two samples is on average, at their numbers of rows.
 *
 * V = |δ + noise|² has mean b + Δ (b: what noise adds; Δ: of the populations), variance Q + L, Q that of noise alone and L, 0
 * for Δ = 0, that of its linear part. Over the rows the projections of V have the variance L + 2Q on average, and vary with V.
 * So an end is the mean μ at which V is the quantile (1 ± level)/2 of Pearson's type III with
 *
 *     variance   Q + L(μ),  L(μ) = max(0, L + c·(μ − V)),  L(b) = 0
 *     third moment about the mean   γ·Q^1.5 + 1.5·c·L(μ)   (γ: skewness of noise alone)
 *
 * L is projections − 2Q and c = L/(V − b) where V is far above b. Near b both are noise: there c is the mean of what noise
 * alone gives, projections/V and γ√Q (the slope of the projections on V), and L = c·(V − b); the weights are (V − b)² and Q. A
 * fifth of γ√Q·Q/(Q + L) is added to c, since the noise in L follows that in V. Variances being estimates, quantiles are those
 * of Student's t with 120 degrees of freedom. Below the mean of noise alone, V − b ≤ its quantiles, ends are shifted with V.
 * The moments are those of a noncentral chi-squared sum; the weights and the fifth are this project's, checked by simulation
 * (docs/statistics.md). Holds V; cut at 0. */
struct quadratic {
    double value;       /* V ≥ 0 */
    double bias;        /* b ≥ 0 */
    double noise;       /* Q */
    double projections; /* variance of the sum of the rows' projections */
    double skew;        /* γ; kept within 0.3 and 2 */
};
struct interval quadratic_interval(const struct quadratic *q, double level);

#endif
