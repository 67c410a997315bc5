/* Overlap of the confidence intervals of regression coefficients in two tables (Karr, Kohnen, Oganian, Reiter, Sanil 2006,
 * Amer. Statist. 60, 224), and intervals for its mean.
 *
 * Overlap of [l_R, u_R] and [l_S, u_S] with L = min(u) − max(l): ½ (L/(u_R − l_R) + L/(u_S − l_S)). 1: the same interval; ½ and
 * more: one inside the other; below 0: disjoint. In the mean it counts as at least 0.
 *
 * Two intervals, by test inversion. With δ̂ the observed differences of the coefficients, shrunk to v = sign(δ̂) √max(se²/4, δ̂² −
 * se²), and N their sampling noise (normal, covariance of both fits together), 1,000 draws give the distribution of the sample
 * value m(δ + N) for populations that differ by any δ, with mean overlap m(δ). Intervals that are apart by more than 2 standard
 * errors stay apart.
 *
 * lo … hi, for what the value is on average: the means of m(δ + N) for δ = sign(v) max(0, |v| + t·se) at the t for which the
 * observed value is the 97.5 % and the 2.5 % quantile; where the value lies above its quantile even at δ = 0, by as much above
 * the mean there.
 *
 * population, for the mean overlap that intervals of the present widths would have around the POPULATIONS' coefficients: noise
 * moves coefficients apart, so the value lies below it, most where the populations agree. m(t·v) at the t ≥ 0 for which the
 * observed value is the 97.5 % and the 2.5 % quantile of m(t·v + N), moved outwards where needed to value ± 1.96 standard
 * deviations of m(δ̂ + N). Its upper end takes the larger of m with the widths as they are and with widths that differ by the
 * numbers of rows alone, since where the populations agree the rest of their difference is noise. */
#ifndef ASSAY_METRICS_FIDELITY_INFERENCE_OVERLAP_H
#define ASSAY_METRICS_FIDELITY_INFERENCE_OVERLAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

/* Half-widths are positive. What differs by less than 1e-9 of the width counts as equal, so that the same rows in another order
 * overlap by exactly 1. */
double interval_overlap(double difference, double half_first, double half_second);

struct overlap_problem {
    size_t count;             /* coefficients estimated in both tables */
    size_t lost;              /* estimated in one table only: overlap 0, without noise */
    const double *difference; /* count */
    const double *half[2];    /* count each */
    const double *covariance; /* count x count: of the differences */
    size_t rows[2];           /* of the two tables */
    double level;
    uint64_t seed;
};

struct overlap_answer {
    double value, lo, hi;
    double population[2]; /* least, most */
};

/* count + lost > 0. brief: value alone, the rest NaN. */
int overlap_mean(const struct overlap_problem *problem, int brief, struct overlap_answer *answer, struct error *error);

#endif
