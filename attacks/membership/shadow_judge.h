/* How well scores of held-out shadows tell those with a target from those without it.
 *
 * AUC: per target the share of pairs (a shadow with it, a shadow without it, of one fold, so that one model gave both scores)
 * in which the first has the higher score, ties ½; then the mean over targets. Targets share shadows, so the standard error is
 * the jackknife over pairs of shadows, each left out for all targets at once (Efron and Stein 1981); the targets are taken as
 * given. Interval: on the logit scale, with Student's t of pairs − 1 degrees. Where the jackknife sees no variance (AUC 1): k
 * pairs all say the same, and fewer than q = 1 − (α/2)^(1/k) of all pairs say something else (Clopper and Pearson). */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_SHADOW_JUDGE_H
#define ASSAY_ATTACKS_MEMBERSHIP_SHADOW_JUDGE_H

#include "attacks/membership/shadow_scores.h"

struct shadow_auc {
    double auc, se;
    double half[2]; /* of the even and of the odd folds alone */
    double lo, hi;  /* at `level` */
    double lower;   /* of the largest AUC of all attacks: one-sided error (1 − level)/2 shared among them */
};

/* score: [n_targets][n_shadows]; the targets from … to − 1 are looked at, at least one. */
int shadow_judge(const struct shadow_plan *plan, const double *score, size_t from, size_t to, double level,
                 struct shadow_auc *result, struct error *error);

/* The AUC of the best attack: chosen on one half of the folds, taken on the other, both ways averaged; within [lo, hi]. lo: the
 * largest `lower`; hi: the largest upper end, which needs no correction since the best attack is one fixed attack. */
struct shadow_overall {
    double value, lo, hi;
    size_t attack; /* with the largest AUC */
};
struct shadow_overall shadow_combine(const struct shadow_auc results[SHADOW_ATTACKS]);

#endif
