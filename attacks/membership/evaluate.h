/* What a score is worth as a membership test, and the exposed share over several of them.
 *
 * Exposed share of a rule with true and false positive rates T and F: (T − F)/(1 − F), the share of members that can be told
 * from strangers beyond chance; c verbatim copies among n members give c/n at any F.
 *
 * Two folds: the threshold of a false positive rate f is the one that lets at most f of the non-members of one half pass, and
 * is used on members and non-members of the other half; counts of the two folds are added. So no target is judged by a
 * threshold it helped to choose.
 *
 * Lower bound of a rule: the least exposed share that the likelihood ratio of the two binomials does not reject, one-sided, by
 * its signed root (Koopman's (1984) ratio of two shares, (1 − T)/(1 − F), with the deviance in place of his chi-square). Of K
 * rules (attacks times operating points) the lower bounds hold for all at once: the critical root is that of the permutations'
 * largest of K, or Bonferroni's. So their maximum is a lower bound of the largest exposed share, and it is above 0 exactly
 * where the permutation test of all rules rejects. Upper bound: Clopper-Pearson limits of both shares, put together by MOVER-R
 * (Donner and Zou 2012, "Closed-form confidence intervals for functions of the normal mean and standard deviation", eq. for
 * ratios). It needs no correction: the largest exposed share belongs to one fixed rule, whose upper bound at α/2 is at most the
 * maximum of the upper bounds. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_EVALUATE_H
#define ASSAY_ATTACKS_MEMBERSHIP_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attacks/membership/attack.h"
#include "core/error.h"

enum { MEMBERSHIP_POINTS = 3, MEMBERSHIP_SHARES = 6 };
extern const double membership_fpr[MEMBERSHIP_POINTS];           /* .001, .01, .1 */
extern const double membership_planted[MEMBERSHIP_SHARES];       /* .001, .002, .005, .01, .02, .05 */
extern const char *const membership_fpr_name[MEMBERSHIP_POINTS]; /* "0.001", … */

/* The targets of a test: members first, then non-members; half: 0 or 1. */
struct membership_trial {
    size_t n_targets, n_members;
    const uint8_t *half;
    double level; /* of all intervals: 0.95 */
    size_t rules; /* K: attacks times supported operating points */
    /* The signed root that a rule must pass for its lower bound to be above 0, such that all lower bounds hold at once with
     * chance (1 + level)/2 (permutation.h); 0: Bonferroni's, the normal quantile of 1 − (1 − level)/2K. */
    double root;
};

struct membership_point {
    bool supported;         /* at least 10/f non-members; everything below is 0 or NaN otherwise */
    size_t tp[2], fp[2];    /* of the tested half */
    double tpr, fpr;        /* attained, both halves */
    double tpr_lo, tpr_hi;  /* Clopper-Pearson */
    double exposed, lo, hi; /* lo simultaneous over all rules, hi of this rule alone */
};

struct membership_result {
    double auc, auc_lo, auc_hi; /* ties ½, DeLong */
    double advantage;           /* TPR − FPR at the threshold that is best on the other half */
    struct membership_point point[MEMBERSHIP_POINTS];
    /* Of each plant but PLANT_NONE, from membership_plant (planting.h); NaN until then and where the attack takes no part: the
     * chance of a lower bound above 0 were it done for this share of the members, and the least share with 95 % of it (NaN:
     * above the largest). */
    double power[MEMBERSHIP_PLANTS][MEMBERSHIP_SHARES];
    double detection_limit[MEMBERSHIP_PLANTS];
};

size_t membership_points_supported(size_t n_nonmembers);

double membership_root(const struct membership_trial *trial);

/* score: [n_targets], no NaN. */
int membership_evaluate(const struct membership_trial *trial, const double *score, struct membership_result *result,
                        struct error *error);

/* The exposed share over all attacks. value: each half's best rule is taken on the other half, and the two averaged; at least
 * lo, since what one rule proves does not depend on which rule the halves chose. */
struct membership_overall {
    double value, lo, hi;
    size_t attack, point; /* the rule with the largest lower bound, then the largest exposed share */
    double power[MEMBERSHIP_PLANTS][MEMBERSHIP_SHARES]; /* of any rule of any attack, as in membership_result */
    double detection_limit[MEMBERSHIP_PLANTS];
};
struct membership_overall membership_combine(const struct membership_trial *trial, const struct membership_result *results,
                                             size_t n_attacks);

/* Signed root of the likelihood ratio statistic of two shares: positive where tp/members > fp/nonmembers; 0 where both are 0 or
 * both 1. */
double signed_root(size_t tp, size_t members, size_t fp, size_t nonmembers);

/* The least (T − F)/(1 − F) whose signed root is at most `root` ≥ 0; above 0 exactly where signed_root is above `root`. −inf
 * where no non-member is below the threshold. */
double exposed_lower_root(size_t tp, size_t members, size_t fp, size_t nonmembers, double root);

/* Bounds of (T − F)/(1 − F) from counts by MOVER-R, one-sided errors given. */
double exposed_lower(size_t tp, size_t members, size_t fp, size_t nonmembers, double alpha);
double exposed_upper(size_t tp, size_t members, size_t fp, size_t nonmembers, double alpha);

#endif
