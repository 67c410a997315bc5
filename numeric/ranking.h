/* Ranking quality of a score against two-class labels: ROC points, AUC with ties ½, DeLong variances, TPR at a fixed FPR.
 *
 * label[i] is 0 (negative) or 1 (positive); a larger score means more positive; scores must not be NaN (±inf allowed). With
 * only one class present every rate that needs the other is NaN. Time O(n log n). */
#ifndef ASSAY_NUMERIC_RANKING_H
#define ASSAY_NUMERIC_RANKING_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "numeric/interval.h"

struct roc_point {
    double threshold;                       /* the rule "score ≥ threshold"; +inf at the first point */
    size_t true_positives, false_positives; /* selected by the rule */
    double fpr, tpr;
};

struct roc {
    struct roc_point *points; /* from (0, 0) to (1, 1), one a distinct score; not thinned */
    size_t count;
    size_t positives, negatives;
};
int roc_compute(const double *score, const uint8_t *label, size_t n, struct roc *roc, struct error *error);
void roc_free(struct roc *roc); /* and makes it empty */

/* The last point whose FPR is at most `fpr`: its TPR is attained, not interpolated. NULL when a class is empty. */
const struct roc_point *roc_at_fpr(const struct roc *roc, double fpr);

/* Area under the ROC curve = P(s₁ > s₀) + ½P(s₁ = s₀) (Mann-Whitney). *auc NaN when a class is empty. */
int roc_auc(const double *score, const uint8_t *label, size_t n, double *auc, struct error *error);

/* The same under row weights (bootstrap multiplicities; NULL: 1), on an order made once: O(n) a call, no allocation. */
int ranking_order(const double *score, size_t n, uint32_t *order, struct error *error); /* ascending score, then row */
double roc_auc_weighted(const double *score, const uint8_t *label, const uint32_t *order, const uint32_t *weight, size_t n);

/* Average precision Σ (R_i − R_{i−1}) P_i over distinct thresholds (scikit-learn). NaN without positives. */
int average_precision(const double *score, const uint8_t *label, size_t n, double *precision, struct error *error);

/* DeLong, DeLong, Clarke-Pearson (1988) variance of the AUC through midranks (Sun and Xu 2014), divisors n − 1; NaN with fewer
 * than two of a class. */
struct delong {
    double auc, variance;
    size_t positives, negatives;
};
int delong(const double *score, const uint8_t *label, size_t n, struct delong *result, struct error *error);

/* auc ± z·se, cut at 0 and 1. Variance 0 (the classes are apart as a whole, or all scores tie) would give an interval without
 * width; then k = min(positives, negatives) disjoint pairs all say the same, and fewer than q = 1 − (α/2)^(1/k) of all pairs
 * say something else (Clopper and Pearson): within q of the AUC on either side, q/2 for ties. */
struct interval delong_interval(const struct delong *delong, double level);

/* Two scores of the same rows. difference = first − second. */
struct delong_pair {
    struct delong first, second;
    double difference, covariance, se, z, p; /* p two-sided; se = 0: z and p are NaN */
};
int delong_paired(const double *first, const double *second, const uint8_t *label, size_t n, struct delong_pair *result,
                  struct error *error);

/* Standard error of the AUC of a score that knows nothing, no ties: √((n₁ + n₀ + 1)/(12 n₁ n₀)). */
double auc_null_se(size_t positives, size_t negatives);

#endif
