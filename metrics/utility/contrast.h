/* One score of the linear model and the boosted trees minus another, with the interval of the mean difference. */
#ifndef ASSAY_METRICS_UTILITY_CONTRAST_H
#define ASSAY_METRICS_UTILITY_CONTRAST_H

#include "metrics/protocol.h"

/* A score: models of learner_list, and the protocol whose test rows their predictions are about. */
struct contrast_side {
    const char *key; /* of the score in details: "trtr", … */
    const struct protocol *protocol;
    const struct trained *trained[PROTOCOL_LEARNERS];
};

struct contrast {
    size_t n; /* learners without the baseline */
    const struct learner *learner[PROTOCOL_LEARNERS];
    double score[2][PROTOCOL_LEARNERS];
    double lo[PROTOCOL_LEARNERS], hi[PROTOCOL_LEARNERS]; /* of score[0] − score[1] */
    double mean[2];                                      /* over learners */
};

/* Sets value, and unless brief lo and hi, of the result: the mean over learners of first − second. The percentile bootstrap is
 * paired where both sides have the same test rows; else the two tables are resampled apart from each other.
 * ERROR_UNMEASURABLE: a score is undefined. */
int contrast_make(const struct measure_task *task, const struct contrast_side side[2], bool brief, struct contrast *contrast,
                  struct result *result, struct error *error);

/* details: score, learners [{learner, KEY, KEY, `difference`, lo, hi}]. */
int contrast_describe(const struct contrast_side side[2], const struct contrast *contrast, const char *difference,
                      struct result *result, struct error *error);

#endif
