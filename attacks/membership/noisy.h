/* Noisy copies of the members, one each: what a generator makes that remembers a record but not word for word. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_NOISY_H
#define ASSAY_ATTACKS_MEMBERSHIP_NOISY_H

#include "metrics/measure.h"
#include "numeric/neighbours.h"

/* Row i is the copy of row i of train: each present quantity moved by Normal noise of .1 standard deviations of its column (n −
 * 1), rounded as the column is; each cell of a level column drawn anew from the column with chance .1, missing included.
 * Measured columns alone; the others are unset. */
struct membership_noisy {
    struct table *table;
    const struct neighbour_table *ranked, *exact; /* coded under RANK_GOWER and GOWER */
};

/* Kept among the artifacts, made from (train, seed). O(rows · columns). */
int membership_noisy_get(const struct measure_task *task, const struct membership_noisy **noisy, struct error *error);

#endif
