/* Scores of one model as JSON, and the words about them. */
#ifndef ASSAY_METRICS_UTILITY_SCORE_JSON_H
#define ASSAY_METRICS_UTILITY_SCORE_JSON_H

#include "metrics/protocol.h"

/* Adds "tstr" or "trtr" to a learner's object: {auc, lo, hi, accuracy, balanced_accuracy, macro_f1, average_precision,
 * log_loss, brier, calibration_error, calibration (two classes: [{predicted, observed, lo, hi, n}]), rows} or {r2, lo, hi, mae,
 * rmse, mape, rows}; rows: trained on. mape: null where a test row has the value 0. */
int score_json_add(cJSON *object, const char *key, const struct measure_task *task, const struct protocol *protocol,
                   const struct trained *trained, struct error *error);

/* Adds "left_out" [{learner, reason}]: the learners that cannot learn this kind of target. */
int score_json_left_out(cJSON *details, const struct protocol *protocol, struct error *error);

#endif
