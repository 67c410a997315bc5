/* Do train and the holdout come from one source? Where a learner tells their rows apart without any candidate, every candidate
 * that resembles train looks like a leak, and one that resembles the holdout looks safe: nothing that membership attacks say
 * can be relied on then. alike.h refuses single columns that differ grossly; this sees combinations and smaller shifts. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_SOURCES_H
#define ASSAY_ATTACKS_MEMBERSHIP_SOURCES_H

#include "metrics/measure.h"

#define SOURCES_ROWS   20000 /* more rows of a table: a seeded sample of as many */
#define SOURCES_MATTER 0.53

/* Boosted trees in 5-fold cross-validation, every measured column a feature. auc: mean of the folds' AUCs by pairs of rows,
 * each row scored by a model that did not learn from it; interval: DeLong within folds (LeDell, Petersen, van der Laan 2015),
 * the variance times 1.65, what other training rows would change of a single cross-validation of these trees (simulated for
 * fidelity.discriminator, docs/statistics.md).
 *
 * differ: the AUC is above ½ by an interval of 99.9 %, and at least .53. A difference that small matters: of two normal scores
 * with that AUC (means √2 Φ⁻¹(.53) = .106 apart) an attack that has learnt it exposes 2.2 % of the members at 10 % false
 * alarms, more than the 2 % that the default gate on proven leaks lets pass. */
struct membership_sources {
    double auc, lo, hi; /* NaN: too few rows or no column that varies */
    size_t rows[2];     /* used: of train, of the strangers */
    size_t column;      /* schema column with the largest part in it; SIZE_MAX: none */
    double part;        /* its share of the gain */
    bool differ;
};

/* Kept among the artifacts. O(rows · columns). */
int membership_sources_get(const struct measure_task *task, const struct membership_sources **sources, struct error *error);

/* Where they differ: result->unreliable says so ("train and holdout come from different sources (… AUC 0.83): all membership
 * numbers are unreliable"), the finding begins with it, and the remedy is a holdout cut at random. To be called when the
 * finding is written. */
int membership_sources_judge(const struct membership_sources *sources, struct result *result, struct error *error);

/* details.sources: {auc, lo, hi, rows_train, rows_holdout, column, share, differ}. */
void membership_add_sources(const struct membership_sources *sources, const struct schema *schema, cJSON *details);

#endif
