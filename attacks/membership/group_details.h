/* Membership by group in the details and the finding of privacy.membership. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_GROUP_DETAILS_H
#define ASSAY_ATTACKS_MEMBERSHIP_GROUP_DETAILS_H

#include "attacks/membership/groups.h"

/* What the attacks found on all targets: [n_attacks] results, and scores of [n_targets] each. */
struct group_inputs {
    const struct measure_task *task;
    const struct membership_targets *targets;
    const struct membership_trial *trial;
    const struct membership_attack *const *attacks;
    const struct membership_result *results;
    const double *const *score;
    size_t n_attacks;
    size_t point; /* of the reported rule */
};

/* Adds to details: "groups": [{column (null: outliers), group, members, non_members, attack, auc, lo, hi, tpr, tpr_interval,
 * fpr_attained, rest: {auc, exposed}, more: {auc, auc_lo, exposed, exposed_lo, fpr}, worse, worse_by: reported|a family|null,
 * families: [{family, attack, auc, lo, hi, tpr, …, worse}]}], and "outlier_distance". sentence: "" or one sentence that begins
 * with a space, on the groups that are worse off; cut at no group's middle. */
int membership_add_groups(const struct group_inputs *inputs, cJSON *details, char *sentence, size_t size, struct error *error);

#endif
