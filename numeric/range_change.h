/* Interval of how much larger a range over groups, max − min of their numbers, is in one list than in another: the gap between
 * groups of one model's decisions minus that of another's, about the same rows.
 *
 * A range of noisy numbers is biased upward where groups tie, and whether they do is not known. In a difference of two ranges
 * the biases cancel if both have like ties; where one list has a gap and the other none they do not. The bootstrap cannot see
 * that, since its draws have no ties: the wider of its basic and percentile interval held a gap that is made among five groups
 * in 74 % of samples (docs/calibration.md). So either end is also found with the ties that move the value most away from it:
 * the upper end with those of the subtracted list, the lower end with those of the other. The groups that lie within two
 * standard errors of the difference from an end of the list's range are moved onto it (all groups to their mean, weighted by
 * precision, where the ends themselves lie so near), and the same groups of the other list by as much as the two lists' errors
 * have in common, the regression of one on the other: where both err together, ties of one are ties of both. The end is that of
 * the basic bootstrap around the moved numbers. The interval holds these ends and the percentiles, which reach farther where
 * the order of the groups is turned round. Moment selection: Andrews and Soares 2010, Econometrica 78, 119; the construction is
 * ours. */
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
    size_t n;        /* numbers */
    const double *x; /* none NaN */
    size_t replicates;
    const double *replicate; /* replicates x n, drawn together; NaN: no error in that draw */
    size_t n_blocks;
    const struct change_block *blocks;
    double level;
};

double range_change(const struct change_problem *problem); /* T; NaN without blocks */

/* Always holds T. NaN ends without blocks or with fewer than 20 replicates. */
int range_change_interval(const struct change_problem *problem, struct interval *interval, struct error *error);

#endif
