/* Membership inference group by group: is anybody protected worse than the rest?
 *
 * Groups: the levels (quarters of a quantity) of each sensitive column, and the outliers: the tenth of train with the largest
 * mean rank-Gower distance to the five nearest other training rows, and the non-members beyond the same distance. Whatever
 * fewer than min_group training rows or tested non-members share is pooled as "other (<k)"; a pool as small is left out.
 *
 * A group is judged within itself: its members against its own non-members, thresholds included, as an attacker would who
 * knows the group. Each half of the targets is judged by the attack that was best on the other half, so the halves may have
 * different attacks; rates add over the halves, AUCs are averaged by their numbers of pairs (their variances by the squares:
 * LeDell, Petersen, van der Laan 2015, section 4).
 *
 * Worse off than the rest: AUC or exposed share, minus that of all other targets, is above 0 by a bound of its own error
 * α/(2K(F + 1)): two questions for each of K groups and of the reported attack and the best of F families (Bonferroni). The
 * difference of AUCs by the normal approximation, each variance at least that of a score that knows nothing; that of exposed
 * shares by MOVER from their one-sided bounds (evaluate.h). Groups of fewer than 20 members or non-members are listed and never
 * called worse off. O(K n log n). */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_GROUPS_H
#define ASSAY_ATTACKS_MEMBERSHIP_GROUPS_H

#include "attacks/membership/evaluate.h"
#include "attacks/membership/targets.h"

struct membership_group {
    const char *column; /* the sensitive column; NULL: the outliers */
    const char *name;
    const uint32_t *of; /* [n_targets]: target i belongs to the group where of[i] == id */
    uint32_t id;
    size_t members, nonmembers;
};

struct membership_groups {
    size_t n;
    const struct membership_group *group;
    double outlier_distance; /* mean distance beyond which a target is an outlier */
};

/* Kept among the artifacts. */
int membership_groups_get(const struct measure_task *task, const struct membership_targets *targets,
                          const struct membership_groups **groups, struct error *error);

/* What one attack, or the two chosen by halves, is worth among some of the targets. score[h]: [n_targets], read for targets of
 * half h. inside[i] == side: the target takes part. */
struct group_sample {
    const struct membership_trial *trial;
    const double *score[2];
    const uint8_t *inside;
    uint8_t side;
};

struct group_point {
    bool supported; /* at least 10/f non-members in the group; NaN otherwise */
    size_t tp, fp;
    double tpr, tpr_lo, tpr_hi, fpr, exposed;
};

struct group_worth {
    size_t members, nonmembers;
    double auc, auc_lo, auc_hi, variance; /* NaN: a half without members or non-members */
    struct group_point point[MEMBERSHIP_POINTS];
};

int group_evaluate(const struct group_sample *sample, struct group_worth *worth, struct error *error);

/* alpha: the error of each of the two bounds, one-sided. */
struct group_contrast {
    double auc, auc_lo;         /* AUC of the group minus the rest's */
    double exposed, exposed_lo; /* the same of the exposed share at `point`; NaN: not supported by both */
    size_t point;
    bool worse;
};
struct group_contrast group_compare(const struct group_worth *group, const struct group_worth *rest, size_t point,
                                    double alpha);

/* The attack that has the largest exposed share on half 1 − h, for each half h; family NULL: of all. SIZE_MAX: none. */
struct group_choice {
    size_t attack[2];
};
struct group_choice group_choose(const struct membership_trial *trial, const struct membership_result *results,
                                 const struct membership_attack *const *attacks, size_t n_attacks, const char *family);

#endif
