/* Cross-fitted learners that tell two tables apart: AUC, its variance, and which columns did it. */
#ifndef ASSAY_METRICS_FIDELITY_DISCRIMINATOR_FIT_H
#define ASSAY_METRICS_FIDELITY_DISCRIMINATOR_FIT_H

#include "metrics/fidelity/discriminator_rows.h"
#include "numeric/ranking.h"

enum { DISCRIMINATOR_LOGISTIC, DISCRIMINATOR_BOOSTED, DISCRIMINATORS };

/* auc: mean over the folds of the AUC within a fold, weighted by pairs of rows, so that scores of different models are never
 * compared (pooling them biases the AUC downward where there is nothing to find). variance: the sum of the folds' DeLong
 * variances by the squared weights (LeDell, Petersen, van der Laan 2015, section 4), which is for the
 * models as they were trained, times what other rows would train otherwise: trees 1.35 + 0.3/repeats, found by simulation; a
 * linear model (1 + u)²(1 − u/2), at most 1.45 + 0.4/repeats, where u, from 1 where nothing differs to 0, is the share of noise
 * in what its coefficients learnt. share: per input of `pooled`, summing to 1, or all 0: logistic, the standard deviation of
 * what a column adds to the score; boosted, the gain of its splits; all 0 in a plain run. */
struct judged {
    struct delong delong;
    double *share;
};

/* judged: DISCRIMINATORS of them, arrays from `arena`. Equal tables give AUC ½ without training. */
int discriminator_fit(const struct measure_task *task, const struct discriminator_rows *pooled, struct arena *arena,
                      struct judged *judged, struct error *error);

#endif
