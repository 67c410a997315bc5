/* Attacks on a model: numbers of the test rows moved by at most ε standard deviations of train, so as to make it wrong. Levels
 * and missing cells stay.
 *
 * Linear models: the worst case in the L∞ ball in closed form. A row keeps its class y while for every other class c the lead
 * (w_y − w_c)·x + b_y − b_c exceeds ε Σ|w_y − w_c| over its quantities; a residual grows by ε Σ|w| (Goodfellow, Shlens, Szegedy
 * 2015, section 5, for two classes).
 *
 * Other models: greedy. Up to ATTACK_CELLS times the one cell is moved, by +ε or −ε from its true value, that harms most. That
 * is an attack, not the worst one, so the score that is left is an upper bound of the worst case. Costs many predictions, so
 * it is made on a sample of rows. */
#ifndef ASSAY_METRICS_ROBUSTNESS_ATTACK_H
#define ASSAY_METRICS_ROBUSTNESS_ATTACK_H

#include "metrics/robustness/curve.h"

enum { ATTACK_CELLS = 3, ATTACK_ROWS = 400 };

/* loss[step][i] of scored test row i: classes: 1 where the decision is wrong, else 0; values: the squared error. Step 0 holds
 * for all rows, the others for those in `attacked`: with classes rows that were decided rightly at step 0 (a wrong decision
 * stays wrong). Losses never fall from step to step, since the balls lie in each other. */
struct attack {
    double *loss[CURVE_STEPS];
    uint8_t *attacked;
};

/* ERROR_UNMEASURABLE where no feature is a number or a date. */
int attack_model(const struct curve_context *context, const struct model *model, const double *prediction, struct arena *arena,
                 struct attack *attack, struct error *error);

#endif
