/* Who is attacked: members, tested non-members, the reference population, and what the attacks see of them. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_TARGETS_H
#define ASSAY_ATTACKS_MEMBERSHIP_TARGETS_H

#include "attacks/membership/attack.h"
#include "metrics/measure.h"

#define MEMBERSHIP_MIN_STRANGERS 100 /* tested non-members, so that a false positive rate of 10 % can be read off */
#define MEMBERSHIP_MIN_REFERENCE 20  /* rows of a --reference table, as many as of a holdout */

/* What does not depend on the candidate: targets are all rows of train, then the tested non-members. The strangers (the
 * holdout, or the part of it that an honest subject was not made of) are cut at random, seeded, alternating within each level
 * of a target of two levels, into reference P and non-members N; with a --reference table P is that, and N all strangers. */
struct membership_targets {
    size_t n_targets, n_members;
    const uint32_t *stranger; /* [n_targets − n_members]: rows of the strangers' table */
    const uint8_t *half;      /* [n_targets]: 0 or 1, a random half of the members and of the non-members each */
    size_t reference_rows;
    const struct table *reference;                                    /* P's table … */
    const uint32_t *reference_pick;                                   /* … and its rows (NULL: all) */
    const struct neighbour_table *ranked, *exact;                     /* the tested non-members, coded */
    const struct neighbour_table *reference_ranked, *reference_exact; /* P, coded */
};

/* The target within whose levels the strangers are cut; SIZE_MAX: a plain cut. Within many levels it would make P and N too
 * much alike: calibrated attacks then take members, who do not share P's levels' shares, for seen (.2 standard errors of the
 * AUC at ten levels, a ninth of that at two). */
size_t membership_cut_within(const struct measure_task *task);

/* Kept among the artifacts. ERROR_UNMEASURABLE when there are too few strangers. */
int membership_targets_get(const struct measure_task *task, const struct membership_targets **targets, struct error *error);

/* AUC of the value ratio of each measured column alone, in their order: which column tells members apart. auc: as many as there
 * are. */
int membership_value_columns(const struct measure_task *task, const struct membership_targets *targets, double *auc,
                             struct error *error);

#endif
