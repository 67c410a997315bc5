/* Predictions prepared for repeated scoring under row weights: ROC AUC of the positive class, the mean over classes of
 * one-vs-rest AUCs, or R² (not under −1). */
#ifndef ASSAY_METRICS_SCORER_H
#define ASSAY_METRICS_SCORER_H

#include "metrics/protocol.h"

/* Scores and labels are kept in ascending order of the score, so that a pass over them reads memory in order. */
struct scorer {
    const struct protocol *protocol;
    const double *prediction;
    size_t n_parts;   /* classes that are told from the rest: 1 of two, else each */
    double **score;   /* per part: the class's probability, ascending */
    uint8_t **label;  /* per part: 1 where the row is of that class */
    uint32_t **order; /* per part: the row of each place */
    uint32_t *places; /* 0, 1, … */
};

int scorer_open(struct scorer *scorer, const struct protocol *protocol, const double *prediction, struct arena *arena,
                struct error *error);

/* weight per scored test row, NULL: 1; scratch: room for the rows' weights in another order (not needed without weights). NaN:
 * undefined. */
double scorer_value(const struct scorer *scorer, const uint32_t *weight, uint32_t *scratch);

#endif
