/* Least squares or maximum-likelihood logistic regression of the target on the terms of inference_terms.h, on one table.
 *
 * Newton's method from 0 (least squares: one step and one of refinement), steps halved where the likelihood falls. Rows are
 * expanded from the table's columns as they are read, so memory is O(terms²) a chunk and time O(rows x columns²) a step
 * whatever the number of levels. Chunks depend on the number of rows alone and are merged in their order.
 *
 * Terms that cannot be estimated are left out of the fit and say why. Aliasing is met in the order of the terms: the later one
 * goes (Goodnight 1979, "A tutorial on the SWEEP operator", Amer. Statist. 33, 149). Separation (Albert and Anderson 1984,
 * Biometrika 71, 1): a coefficient that still moves after 25 steps runs to infinity; the others are then those of the limit. */
#ifndef ASSAY_METRICS_FIDELITY_INFERENCE_FIT_H
#define ASSAY_METRICS_FIDELITY_INFERENCE_FIT_H

#include "metrics/fidelity/inference_terms.h"

enum inference_status {
    INFERENCE_ESTIMATED,
    INFERENCE_ABSENT,   /* 0 in all rows of the table, or in none */
    INFERENCE_ALIASED,  /* a linear combination of earlier terms in the table */
    INFERENCE_SEPARATED /* its coefficient runs to infinity */
};

struct inference_fit {
    size_t rows;          /* with a target */
    size_t size;          /* 1 + terms: index 0 is the intercept */
    uint8_t *status;      /* size, of enum inference_status */
    double *estimate;     /* size; 0 where not estimated */
    double *se;           /* size: classical standard errors; NaN where not estimated */
    double *covariance;   /* size x size: sandwich, which holds when the model does not; 0 where not estimated */
    double quantile;      /* half of a 95 % interval in standard errors: Student's t for numbers, normal for classes */
    const char *obstacle; /* why nothing could be estimated, or NULL */
};

/* An artifact of (table, train). The terms that are aliased in train are left out of every other table's fit
 * (INFERENCE_ALIASED). A table that cannot be fitted gives a fit with an obstacle, not an error. */
int inference_fit_get(const struct measure_task *task, const struct inference_terms *terms, const struct table *table,
                      const struct inference_fit **fit, struct error *error);

#endif
