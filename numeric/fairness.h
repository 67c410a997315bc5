/* Group rates of a yes/no decision and the gaps between groups, in the definitions of Fairlearn (max − min over groups) and
 * AIF360. A rate that a group cannot have (no positives, nobody selected) is NaN and is left out of the ranges. */
#ifndef ASSAY_NUMERIC_FAIRNESS_H
#define ASSAY_NUMERIC_FAIRNESS_H

#include <stddef.h>
#include <stdint.h>

struct group_rates {
    size_t count[2][2];  /* rows by label and decision */
    size_t n, positives; /* rows; rows with label 1 */
    size_t true_positives, false_positives;
    double base_rate;      /* P(y = 1) */
    double selection_rate; /* P(ŷ = 1) */
    double tpr, fpr, ppv;  /* P(ŷ=1|y=1), P(ŷ=1|y=0), P(y=1|ŷ=1) */
    double accuracy, balanced_accuracy;
};

/* label, decision: 0/1; group[i] in 0 … groups − 1, rows with a larger code are left out. weight: how often each row counts
 * (bootstrap multiplicities), NULL: once. rates: one a group, written whole. */
void group_rates_compute(const uint8_t *label, const uint8_t *decision, const uint32_t *group, const uint32_t *weight, size_t n,
                         size_t groups, struct group_rates *rates);

/* Weighted mean of a quantity by group: n counts rows as often as their weight; the mean of no rows is NaN. x of row i is
 * x[i * stride]; group and weight as above. */
struct group_mean {
    size_t n;
    double mean;
};
void group_means_compute(const double *x, size_t stride, const uint32_t *group, const uint32_t *weight, size_t n, size_t groups,
                         struct group_mean *means);

/* max − min, and min/max, over the values that are not NaN; NaN when there are fewer than two: with nobody to compare with
 * there is no parity. max = 0: the ratio is NaN. */
double range_difference(const double *values, size_t count);
double range_ratio(const double *values, size_t count);

/* NaN where fewer than two groups have the rate; equalized odds need two with each of both. */
struct fairness_gaps {
    size_t groups; /* with n > 0 */
    double demographic_parity_difference, demographic_parity_ratio;
    double equal_opportunity_difference; /* of TPR */
    double fpr_difference;
    double equalized_odds_difference;      /* the larger of the TPR and FPR ranges */
    double equalized_odds_difference_mean; /* their mean */
    double equalized_odds_ratio;           /* the smaller of the TPR and FPR ratios */
    double predictive_parity_difference;   /* of PPV */
    double accuracy_difference, worst_accuracy, worst_balanced_accuracy;
};
struct fairness_gaps fairness_gaps(const struct group_rates *rates, size_t groups);

/* Equity-scaled measure M/(1 + Σ_g |M_g − M|) (Luo et al. 2024); NaN groups are left out; NaN where fewer than two are left. */
double equity_scaled(double overall, const double *values, size_t groups);

#endif
