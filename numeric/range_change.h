/* Interval of how much larger a range over groups, max − min of their numbers, is in one list than in another: the gap between
 * groups of one model's decisions minus that of another's, about the same rows.
 *
 * A range of noisy numbers is biased upward where groups tie, and whether they do is not known. In a difference of two ranges
 * the biases cancel if both have like ties; where one list has a gap and the other none they do not, and the bootstrap cannot
 * see that, since its draws have no ties (docs/calibration.md). With a the list after and b the one before, the change is
 *
 *     max over i, j of min over k, l of (a_i − a_j) − (b_k − b_l).
 *
 * The upper end is max min of each difference's own upper bound: valid for the largest since it is for the pair i, j that is
 * the true one (intersection-union, Berger 1982), and for the least since the bounds of all k, l hold together (Chernozhukov,
 * Lee and Rosen 2013, Econometrica 81, 667): z standard errors where k, l is the pair i, j itself, a plain difference of
 * differences in which the errors that both models share cancel; for all other pairs as many as the studentized range of so
 * many groups asks (Tukey-Kramer). The lower end is the upper end of the change back. The shares of the error that the two get,
 * and the way to means over models, are ours. */
#ifndef ASSAY_NUMERIC_RANGE_CHANGE_H
#define ASSAY_NUMERIC_RANGE_CHANGE_H

#include <stddef.h>

#include "core/error.h"
#include "numeric/interval.h"

/* The same groups in two lists: x[after] … x[after + count − 1] and x[before] …, count ≥ 1. Blocks of one set lie beside each
 * other. */
struct change_block {
    size_t after, before, count, set;
};

/* T = max over sets of the mean over their blocks of (range after − range before). */
struct change_problem {
    size_t n;             /* numbers */
    const double *x;      /* none NaN */
    const double *trials; /* per number: rows that it is a share of, 0 if it is none: a share is never without error */
    size_t replicates;
    const double *replicate; /* replicates x n, drawn together; NaN: undefined in that draw */
    size_t n_blocks;
    const struct change_block *blocks;
    double level;
};

double range_change(const struct change_problem *problem); /* T; NaN without blocks */

/* Always holds T. NaN ends without blocks or with fewer than 20 replicates. */
int range_change_interval(const struct change_problem *problem, struct interval *interval, struct error *error);

/* P(max − min of `groups` independent standard normals ≤ range); its inverse for 0 < p < 1; its mean. groups ≥ 2. */
double normal_range_cdf(double range, size_t groups);
double normal_range_quantile(double p, size_t groups);
double normal_range_mean(size_t groups);

#endif
