/* Linear solvers behind the `logistic` learner: liblinear for classes, our own ridge regression for values.
 *
 * Weights are rows of features + 1 numbers, the intercept last. This header does not use learner.h: liblinear's own header
 * has a `struct model` of its own. */
#ifndef ASSAY_MODELS_LINEAR_FIT_H
#define ASSAY_MODELS_LINEAR_FIT_H

#include "core/error.h"
#include "models/design.h"

/* Rows to learn from: row use[i] (use NULL: i) of the design has label[i] or value[i]. */
struct linear_rows {
    const struct design *design;
    const uint32_t *use;
    size_t rows;
    const double *weight; /* classes: multiplies the cost of a row of each class, against the rest too; NULL: 1 */
};

/* L2-regularised logistic regression, one weight vector a class against the rest (Fan et al. 2008, LIBLINEAR, eq. 1, solver
 * L2R_LR; Lin, Weng, Keerthi 2008). Two classes of the `classes` possible ones present: one problem, mirrored. weights:
 * classes x (features + 1), 0 for absent classes; present[c]: whether class c occurs. Labels must hold two classes at least. */
int linear_logistic(const struct linear_rows *rows, const uint32_t *label, size_t classes, double cost, double tolerance,
                    double *weights, uint8_t *present, struct error *error);

/* Ridge regression min Σ(y − xw − b)² + Σ_j penalty_j w_j² by conjugate gradients on the least-squares form (CGLS; Hestenes and
 * Stiefel 1952; Björck 1996, algorithm 7.4.1) with columns scaled to unit norm. penalty: 1 on indicators and levels; on
 * quantities p·s²/|w|² (Hoerl, Kennard, Baldwin 1975), iterated, which is 0 for an exactly linear truth. weights:
 * features + 1. */
int linear_ridge(const struct linear_rows *rows, const double *value, double *weights, struct error *error);

/* Inner product of a row of the design with weights, intercept included. */
double linear_margin(const struct design *design, size_t row, const double *weights);

#endif
