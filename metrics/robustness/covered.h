/* How well the subject covers the real test rows: their order by a propensity score, the probability that a row like this is
 * one of the subject's and not of train's (Rosenbaum and Rubin 1983, for a treatment). Features alone, the target is not asked.
 */
#ifndef ASSAY_METRICS_ROBUSTNESS_COVERED_H
#define ASSAY_METRICS_ROBUSTNESS_COVERED_H

#include "metrics/protocol.h"

enum { COVERED_ROWS = 5000 }; /* of each table, drawn where there are more */

/* Scored test rows, those that the subject covers least first, ties in random order. The model is that of a logistic regression
 * (L2, C = 1, to convergence) of subject against train rows on the features of the protocol; test rows take no part in it. */
int covered_order(const struct measure_task *task, const struct protocol *protocol, struct arena *arena, uint32_t **order,
                  struct error *error);

#endif
