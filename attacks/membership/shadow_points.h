/* The black-box attacks at fixed false positive rates, over all targets together: as by an attacker who has one threshold for
 * everybody, the setting of Carlini et al. 2022.
 *
 * The threshold of a rate F for the shadows of one fold is the one that lets at most F of the scores without the target pass in
 * the other folds; rates are attained, over all folds. (Those folds' models were taught on this fold too, never this fold's.)
 * Interval of the TPR: jackknife over pairs of shadows, each left out of thresholds and rates for all targets at once, since
 * targets share shadows; widened and cut as the AUC's is (shadow_judge.h). O(pairs · targets · shadows · log). */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_SHADOW_POINTS_H
#define ASSAY_ATTACKS_MEMBERSHIP_SHADOW_POINTS_H

#include "attacks/membership/evaluate.h"
#include "attacks/membership/shadow_scores.h"

struct shadow_point {
    bool supported;  /* at least 10/F scores without their target; everything else is 0 otherwise */
    double tpr, fpr; /* attained */
    double tpr_lo, tpr_hi;
};

/* The targets from … to − 1, at least one. */
int shadow_points(const struct shadow_plan *plan, const struct shadow_scores *scores, size_t attack, size_t from, size_t to,
                  double level, struct shadow_point points[MEMBERSHIP_POINTS], struct error *error);

#endif
