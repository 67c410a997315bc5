#include "metrics/utility/score_json.h"
#include "numeric/interval.h"
#include "numeric/scores.h"

#include <stdlib.h>

/* What became of the rows that the model gives a probability of the positive class in the same tenth of the scale; tenths of
 * fewer than min_group rows are left out. */
static int add_calibration(cJSON *score, const struct measure_task *task, const struct protocol_test *test,
                           const struct trained *trained, struct error *error)
{
    struct calibration_bin bins[CALIBRATION_BINS];
    uint8_t *outcome = calloc(test->rows + 1, sizeof *outcome);
    double *probability = calloc(test->rows + 1, sizeof *probability);
    cJSON *list = json_add_array(score, "calibration");
    bool added = outcome && probability && list;
    for (size_t i = 0; added && i < test->rows; i++) {
        outcome[i] = test->label[i] == 1;
        probability[i] = trained->prediction[2 * i + 1];
    }
    if (added)
        calibration_bins(outcome, probability, test->rows, bins);
    for (size_t b = 0; added && b < CALIBRATION_BINS; b++) {
        if (bins[b].n == 0 || bins[b].n < task->min_group)
            continue;
        const struct interval interval = interval_wilson(bins[b].hits, bins[b].n, task->level);
        const double n = (double)bins[b].n;
        cJSON *bin = json_push_object(list);
        added = bin && json_add_number(bin, "predicted", bins[b].sum / n) &&
                json_add_number(bin, "observed", (double)bins[b].hits / n) && json_add_number(bin, "lo", interval.lo) &&
                json_add_number(bin, "hi", interval.hi) && json_add_number(bin, "n", n);
    }
    free(outcome);
    free(probability);
    return added ? 0 : error_memory(error);
}

static int add_classification(cJSON *score, const struct measure_task *task, const struct protocol *protocol,
                              const struct trained *trained, struct error *error)
{
    const struct protocol_test *test = protocol->test;
    struct classification_scores s;
    int status = classification_scores(test->label, trained->prediction, test->rows, protocol->classes, &s, error);
    if (status != 0)
        return status;
    bool added =
        json_add_number(score, "accuracy", s.accuracy) && json_add_number(score, "balanced_accuracy", s.balanced_accuracy) &&
        json_add_number(score, "macro_f1", s.macro_f1) && json_add_number(score, "average_precision", s.average_precision) &&
        json_add_number(score, "log_loss", s.log_loss) && json_add_number(score, "brier", s.brier) &&
        json_add_number(score, "calibration_error", s.calibration_error);
    if (!added)
        return error_memory(error);
    return protocol->classes == 2 ? add_calibration(score, task, test, trained, error) : 0;
}

static int add_regression(cJSON *score, const struct protocol *protocol, const struct trained *trained, struct error *error)
{
    const struct protocol_test *test = protocol->test;
    struct regression_scores s;
    regression_scores(test->value, trained->prediction, test->rows, &s);
    bool added = json_add_number(score, "mae", s.mae) && json_add_number(score, "rmse", s.rmse) &&
                 json_add_number(score, "mape", s.mape);
    return added ? 0 : error_memory(error);
}

int score_json_add(cJSON *object, const char *key, const struct measure_task *task, const struct protocol *protocol,
                   const struct trained *trained, struct error *error)
{
    struct interval interval;
    const double *replicates;
    double value;
    int status = protocol_score(protocol, trained->prediction, &value, error);
    if (status == 0)
        status = protocol_model_replicates(task, protocol, trained, &replicates, error);
    if (status == 0)
        status = interval_percentile(replicates, protocol->replicates, task->level, &interval, error);
    if (status != 0)
        return status;
    cJSON *score = json_add_object(object, key);
    if (!score || !json_add_number(score, protocol->score_name, value) || !json_add_number(score, "lo", interval.lo) ||
        !json_add_number(score, "hi", interval.hi) || !json_add_number(score, "rows", (double)trained->rows))
        return error_memory(error);
    return protocol->classes ? add_classification(score, task, protocol, trained, error)
                             : add_regression(score, protocol, trained, error);
}

int score_json_left_out(cJSON *details, const struct protocol *protocol, struct error *error)
{
    cJSON *list = json_add_array(details, "left_out");
    if (!list)
        return error_memory(error);
    for (size_t l = 0; learner_more[l]; l++) {
        if (protocol->classes > 0 || !learner_more[l]->classes_only)
            continue;
        cJSON *item = json_push_object(list);
        if (!item || !json_add_string(item, "learner", learner_more[l]->name) ||
            !json_add_string(item, "reason", "predicts classes, not numbers"))
            return error_memory(error);
    }
    return 0;
}
