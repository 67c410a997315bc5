/* Power of a membership rule against planted copies. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_POWER_H
#define ASSAY_ATTACKS_MEMBERSHIP_POWER_H

#include "attacks/membership/evaluate.h"

/* power[s]: the chance that exposed_lower(…, alpha) > 0 when a share share[s] of the members has true positive rate planted_tpr
 * and everybody else, members and non-members, has fpr. The false positives are taken at five quantiles of their binomial
 * distribution, the true positives exactly. */
void rule_power(size_t members, size_t nonmembers, double fpr, double planted_tpr, double alpha, const double *share,
                size_t n_shares, double *power);

/* The share at which the power reaches `wanted`, log-linear between the shares (ascending): the first share when it already
 * does there, NaN when none does. */
double power_limit(const double *share, const double *power, size_t n_shares, double wanted);

#endif
