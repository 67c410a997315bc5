/* How well scores of held-out shadows tell those with a target from those without it.
 *
 * AUC: per target the share of comparisons (a shadow with it, a shadow without it, of one fold, so that one model gave both
 * scores) in which the first has the higher score, ties ½; then the mean over targets. Targets share shadows, so the standard
 * error is the jackknife over pairs of shadows, each left out for all targets at once (Efron and Stein 1981); the targets are
 * taken as given. Of attacks that learn it is multiplied by √(1 + F/(F − 1)), F folds, since the folds' models share what they
 * learnt from (Nadeau and Bengio 2003, "Inference for the generalization error"); leaving pairs out of teaching too gave
 * errors almost twice as large as they were. Interval: on the logit scale, with Student's t of pairs − 1 degrees. Where the
 * jackknife sees no variance (AUC 1): k pairs all say the same, and fewer than q = 1 − (α/2)^(1/k) of all pairs say something
 * else (Clopper and Pearson); q/2 for ties.
 *
 * Detection limit, by formula: logit⁻¹((t₁ + t₂) se), t₁ the quantile that the lower end takes, t₂ that of the wanted power, se
 * on the logit scale as this audit has it. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_SHADOW_JUDGE_H
#define ASSAY_ATTACKS_MEMBERSHIP_SHADOW_JUDGE_H

#include "attacks/membership/shadow_scores.h"

struct shadow_auc {
    double auc, se;
    double fold[SHADOW_FOLDS];  /* of one fold */
    double inner[SHADOW_FOLDS]; /* of the others, by models that know nothing of this one */
    double lo, hi;              /* at `level` */
    double lower;               /* of the largest AUC of all attacks: one-sided error (1 − level)/2 shared among them */
    double limit;               /* detection limit: the AUC for which `lower` is above ½ with 95 % chance; NaN: se is 0 */
};

/* The targets from … to − 1 are looked at, at least one. */
int shadow_judge(const struct shadow_plan *plan, const struct shadow_scores *scores, size_t attack, size_t from, size_t to,
                 double level, struct shadow_auc *result, struct error *error);

/* The AUC of the best attack: for each fold the one that is best on the others, by models that know nothing of this fold; the
 * mean over folds, within [lo, hi]. lo: the largest `lower`; hi: the largest upper end, which needs no correction since the
 * best attack is one fixed attack. */
struct shadow_overall {
    double value, lo, hi;
    double limit;  /* the largest of the attacks': a best AUC of so much is found whichever attack has it */
    size_t attack; /* with the largest AUC */
};
struct shadow_overall shadow_combine(const struct shadow_auc results[SHADOW_ATTACKS]);

/* One end (sign −1: lower) of an AUC or a rate, one-sided error alpha. */
double shadow_end(double estimate, double se, size_t pairs, double alpha, int sign);

/* Jackknife standard error from a figure without each pair; wider for attacks that learn. 0 where it does not vary. */
double shadow_error(size_t attack, const double *without, size_t pairs);

#endif
