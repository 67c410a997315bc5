/* Predictions prepared for repeated scoring under row weights: ROC AUC of the positive class, the mean over classes of
 * one-vs-rest AUCs, or R² (not under −1). */
#ifndef ASSAY_METRICS_SCORER_H
#define ASSAY_METRICS_SCORER_H

#include "metrics/protocol.h"

struct scorer {
    const struct protocol *protocol;
    const double *prediction;
    size_t n_parts;   /* classes that are told from the rest: 1 of two, else each */
    uint32_t **order; /* per part: rows in ascending order of the class's probability */
    uint8_t **mark;   /* per part, in that order: SCORER_POSITIVE, SCORER_LAST */
};

enum {
    SCORER_POSITIVE = 1, /* the row is of the class */
    SCORER_LAST = 2      /* the next row has another probability */
};

int scorer_open(struct scorer *scorer, const struct protocol *protocol, const double *prediction, struct arena *arena,
                struct error *error);

/* weight per scored test row, NULL: 1. NaN: undefined. */
double scorer_value(const struct scorer *scorer, const uint32_t *weight);

#endif
