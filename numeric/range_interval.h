/* Interval of a largest difference between groups: of max − min of their rates, of the larger of two such ranges, of a mean of
 * them, of the largest of several; of the largest rate alone; and of what a sum of their distances from a whole costs.
 *
 * A range of noisy numbers is biased upward, it cannot fall below 0, and which numbers are its ends is not known: the bootstrap
 * of the range itself holds the truth in 69 % of samples of five equal groups (docs/statistics.md). Here the lower end is found
 * by inverting a test. A range t is rejected when the distance |T − t| of the observed T is in the upper 1 − level among draws
 * from the likeliest groups whose range is t: those outside a window of width t are moved to its edge, and so are those within
 * two standard errors of an edge, since they may be on it (moment selection, Andrews and Soares 2010, Econometrica 78, 119). Of
 * a mean of ranges each loses as much, down to 0.
 * The noise of the draws is that of bootstrap samples of the rows, so that what two models have in common counts; where a
 * number is a share, with the standard deviation that the moved share has (the score interval's idea, Wilson 1927). The upper
 * end is the largest over pairs of difference + z standard errors (shares: Agresti and Coull 1998), which holds for whichever
 * pair is the truth's; of a mean over members the mean of theirs, since their errors may go the same way and the pairs of some
 * be turned round. The construction is ours. */
#ifndef ASSAY_NUMERIC_RANGE_INTERVAL_H
#define ASSAY_NUMERIC_RANGE_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "numeric/interval.h"

/* Numbers that are compared with each other: x[first] … x[first + count − 1], count ≥ 1. Blocks of one member lie beside each
 * other, members of one set too. */
struct range_block {
    size_t first, count, set, member;
};

/* What is said of the numbers of a block. */
enum range_form {
    RANGE_SPREAD,  /* max − min */
    RANGE_HIGHEST, /* max; numbers ≥ 0 */
    /* 1 − M/(1 + Σ|M_g − M|), the first number M, the others M_g (numeric/fairness.h, equity_scaled). Moved groups come nearer
     * to M by as many standard errors each, those that arrive stay there. The upper end lies as far above T as the
     * percentiles of T's replicates lie from their mean, on the side where they lie farther. */
    RANGE_INEQUITY
};

/* T = max over sets of the mean over members of the largest value among the member's blocks. */
struct range_problem {
    size_t n;             /* numbers */
    const double *x;      /* none NaN */
    const double *trials; /* how many rows the share x is of; 0: x is no share */
    size_t replicates;
    const double *replicate; /* replicates x n; a NaN is replaced by a normal draw */
    size_t n_blocks;
    const struct range_block *blocks;
    enum range_form form;
    double level;
    uint64_t seed; /* of the normal draws, where a share of 0 or 1 leaves the bootstrap without noise */
};

double range_value(const struct range_problem *problem); /* T; NaN without blocks */

/* Always holds T, lo ≥ 0. NaN ends without blocks or with fewer than 20 replicates. */
int range_interval(const struct range_problem *problem, struct interval *interval, struct error *error);

#endif
