/* utility.tstr: how well do models trained on the subject predict real rows? */
#include "metrics/utility/score_json.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>

/* value[learner]: score of the subject's models (real = false) or of the comparison models. */
static int scores_of(const struct protocol *protocol, bool real, double *value, struct error *error)
{
    int status = 0;
    for (size_t l = 0; status == 0 && learner_list[l]; l++)
        status = protocol_score(protocol, (real ? protocol->real : protocol->subject)[l]->prediction, &value[l], error);
    return status;
}

static int bootstrap_interval(const struct measure_task *task, const struct protocol *protocol, struct result *result,
                              struct error *error)
{
    const struct protocol_replicates *replicates;
    double mean[PROTOCOL_REPLICATES];
    struct interval interval;
    int status = protocol_replicates(task, protocol, protocol->subject, &replicates, error);
    for (size_t b = 0; status == 0 && b < protocol->replicates; b++) {
        double value[PROTOCOL_LEARNERS];
        for (size_t l = 0; learner_list[l]; l++)
            value[l] = replicates->score[l][b];
        mean[b] = protocol_mean(protocol, value);
    }
    if (status == 0)
        status = interval_percentile(mean, protocol->replicates, task->level, &interval, error);
    if (status != 0)
        return status;
    result->lo = fmax(fmin(interval.lo, result->value), protocol_least(task, protocol));
    result->hi = fmax(interval.hi, result->value);
    return 0;
}

static int describe(const struct measure_task *task, const struct protocol *protocol, struct result *result,
                    struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *learners = json_add_array(result->details, "learners");
    const struct protocol_replicates *subject, *real;
    int status = learners && json_add_string(result->details, "score", protocol->score_name) ? 0 : error_memory(error);
    if (status == 0)
        status = protocol_replicates(task, protocol, protocol->subject, &subject, error);
    if (status == 0)
        status = protocol_replicates(task, protocol, protocol->real, &real, error);
    for (size_t l = 0; status == 0 && learner_list[l]; l++) {
        cJSON *learner = json_push_object(learners);
        if (!learner || !json_add_string(learner, "learner", learner_list[l]->name) ||
            !json_add_string(learner, "settings", learner_list[l]->settings) ||
            !json_add_bool(learner, "baseline", protocol->subject[l]->baseline))
            return error_memory(error);
        status = score_json_add(learner, "tstr", task, protocol, protocol->subject[l], subject->score[l], error);
        if (status == 0)
            status = score_json_add(learner, "trtr", task, protocol, protocol->real[l], real->score[l], error);
    }
    return status;
}

static void word(const struct protocol *protocol, const double *tstr, const double *trtr, const char *target,
                 struct result *result)
{
    snprintf(result->finding, sizeof result->finding,
             "Models that learnt '%.80s' from the candidate reach a mean %s of %.3f on %zu real holdout rows (%s %.3f, %s "
             "%.3f); the same models trained on real rows reach %.3f.",
             target, protocol->score_title, result->value, protocol->test->rows, learner_list[0]->title, tstr[0],
             learner_list[1]->title, tstr[1], protocol_mean(protocol, trtr));
    if (protocol_mean(protocol, trtr) - result->hi > 0.01)
        snprintf(result->remedy, sizeof result->remedy,
                 "Fit the generator so that it keeps how '%.80s' depends on the other columns; check the pairs with this "
                 "column under fidelity first.",
                 target);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol;
    double tstr[PROTOCOL_LEARNERS] = {0}, trtr[PROTOCOL_LEARNERS] = {0};
    int status = protocol_get(task, &protocol, error);
    if (status == 0)
        status = scores_of(&protocol, false, tstr, error);
    if (status != 0)
        return status;
    result->value = protocol_mean(&protocol, tstr);
    result->n = protocol.test->rows;
    if (isnan(result->value))
        return error_set(error, ERROR_UNMEASURABLE, "the holdout rows leave the score undefined");
    result->value = fmax(result->value, protocol_least(task, &protocol));
    if (protocol_brief(task, SUBJECT_INDEPENDENT))
        return 0;
    status = scores_of(&protocol, true, trtr, error);
    if (status == 0)
        status = bootstrap_interval(task, &protocol, result, error);
    if (status == 0)
        status = describe(task, &protocol, result, error);
    if (status == 0)
        status = protocol_method(&protocol, "percentile bootstrap over holdout rows", result, error);
    if (status != 0)
        return status;
    word(&protocol, tstr, trtr, task->data->schema->columns[task->data->target].name, result);
    return 0;
}

const struct measure measure_utility_tstr = {
    .id = "utility.tstr",
    .title = "Train on synthetic, test on real",
    .summary = "How well models trained on the candidate predict the target of real rows they never saw.",
    .definition =
        "A linear model and boosted trees are trained on the candidate and predict the target of the holdout rows. The value "
        "is the mean of their scores: area under the ROC curve for a binary target, the mean over classes of "
        "one-against-rest areas for several classes, R² for a numeric target (a model below −1 counts as −1). The same "
        "models trained on the training table (TRTR) and the majority baseline stand beside it. One encoder, fitted on the "
        "training table, serves all. The honest case trains on fresh real rows and tests on others; its TRTR uses a random "
        "part of the training table of the same size.",
    .reading = "Compare it with TRTR: that is what real data of this kind allows. 0.5 (classes) or 0 (numbers) means that the "
               "candidate teaches nothing about the target.",
    .unit = "AUC or R²",
    .reference = "Esteban, Hyland, Rätsch 2017, arXiv 1706.02633, section 4.1 (TSTR); scores as scikit-learn defines them",
    .dimension = DIMENSION_UTILITY,
    .direction = DIRECTION_HIGHER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_TRAIN,
    .fault = SUBJECT_INDEPENDENT,
    .worst = -1,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, protocol.replicates",
    .run = run,
};
