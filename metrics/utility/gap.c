/* utility.gap: what does training on the subject instead of real rows cost? */
#include "metrics/protocol.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>

struct learner_gap {
    double tstr, trtr, gap, lo, hi;
    double replicates[PROTOCOL_REPLICATES]; /* of the gap: both models scored on the same sample */
};

static int gap_of(const struct measure_task *task, const struct protocol *protocol, const struct trained *subject,
                  const struct trained *real, struct learner_gap *out, struct error *error)
{
    const double *tstr, *trtr;
    struct interval interval;
    int status = protocol_score(protocol, subject->prediction, &out->tstr, error);
    if (status == 0)
        status = protocol_score(protocol, real->prediction, &out->trtr, error);
    out->gap = out->trtr - out->tstr;
    if (status != 0 || protocol_brief(task, SUBJECT_INDEPENDENT))
        return status;
    status = protocol_model_replicates(task, protocol, subject, &tstr, error);
    if (status == 0)
        status = protocol_model_replicates(task, protocol, real, &trtr, error);
    for (size_t b = 0; status == 0 && b < protocol->replicates; b++)
        out->replicates[b] = trtr[b] - tstr[b];
    if (status == 0)
        status = interval_percentile(out->replicates, protocol->replicates, task->level, &interval, error);
    if (status != 0)
        return status;
    out->lo = interval.lo;
    out->hi = interval.hi;
    return 0;
}

static int overall_interval(const struct measure_task *task, const struct protocol *protocol,
                            const struct protocol_models *models, const struct learner_gap *gaps, struct result *result,
                            struct error *error)
{
    double mean[PROTOCOL_REPLICATES];
    struct interval interval;
    for (size_t b = 0; b < protocol->replicates; b++) {
        double value[PROTOCOL_ALL];
        for (size_t l = 0; l < models->n; l++)
            value[l] = gaps[l].replicates[b];
        mean[b] = protocol_models_mean(models, value);
    }
    int status = interval_percentile(mean, protocol->replicates, task->level, &interval, error);
    if (status != 0)
        return status;
    result->lo = fmin(interval.lo, result->value);
    result->hi = fmax(interval.hi, result->value);
    return 0;
}

static int describe(const struct protocol *protocol, const struct protocol_models *models, const struct learner_gap *gaps,
                    struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *learners = json_add_array(result->details, "learners");
    if (!learners || !json_add_string(result->details, "score", protocol->score_name))
        return error_memory(error);
    for (size_t l = 0; l < models->n; l++) {
        cJSON *learner = json_push_object(learners);
        if (!learner || !json_add_string(learner, "learner", models->subject[l]->learner->name) ||
            !json_add_bool(learner, "baseline", models->subject[l]->baseline) ||
            !json_add_number(learner, "tstr", gaps[l].tstr) || !json_add_number(learner, "trtr", gaps[l].trtr) ||
            !json_add_number(learner, "gap", gaps[l].gap) || !json_add_number(learner, "lo", gaps[l].lo) ||
            !json_add_number(learner, "hi", gaps[l].hi))
            return error_memory(error);
    }
    return 0;
}

/* Speaks of the learner that loses most. */
static void word(const struct measure_task *task, const struct protocol *protocol, const struct protocol_models *models,
                 const struct learner_gap *gaps, struct result *result)
{
    const char *target = task->data->schema->columns[task->data->target].name;
    size_t worst = 0;
    for (size_t l = 0; l < models->n; l++)
        if (!models->subject[l]->baseline && gaps[l].gap > gaps[worst].gap)
            worst = l;
    snprintf(
        result->finding, sizeof result->finding,
        "Trained on the candidate, %s loses most: %s %.3f on real holdout rows; trained on real rows %.3f (gap %.3f, %g %% "
        "interval %.3f to %.3f). The mean gap over learners is %.3f.",
        models->subject[worst]->learner->title, protocol->score_title, gaps[worst].tstr, gaps[worst].trtr, gaps[worst].gap,
        100 * task->level, gaps[worst].lo, gaps[worst].hi, result->value);
    if (result->lo > 0.01)
        snprintf(result->remedy, sizeof result->remedy,
                 "Fit the generator so that it keeps how '%.80s' depends on the other columns, or give it more rows or "
                 "training rounds.",
                 target);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol;
    struct protocol_models models;
    int status = protocol_get_all(task, &protocol, &models, error);
    if (status != 0)
        return status;
    struct learner_gap *gaps = ARENA_ARRAY(result->arena, struct learner_gap, PROTOCOL_ALL);
    double value[PROTOCOL_ALL] = {0}, trtr[PROTOCOL_ALL] = {0};
    if (!gaps)
        return error_memory(error);
    for (size_t l = 0; status == 0 && l < models.n; l++) {
        status = gap_of(task, &protocol, models.subject[l], models.real[l], &gaps[l], error);
        value[l] = gaps[l].gap;
        trtr[l] = gaps[l].trtr;
    }
    if (status != 0)
        return status;
    result->value = protocol_models_mean(&models, value);
    result->n = protocol.test->rows;
    if (isnan(result->value))
        return error_set(error, ERROR_UNMEASURABLE, "the holdout rows leave the score undefined");
    double most = protocol_models_mean(&models, trtr) - protocol_least(task, &protocol);
    result->value = fmin(result->value, most);
    if (protocol_brief(task, SUBJECT_INDEPENDENT))
        return 0;
    status = overall_interval(task, &protocol, &models, gaps, result, error);
    result->hi = fmin(result->hi, most);
    if (status == 0)
        status = describe(&protocol, &models, gaps, result, error);
    if (status == 0)
        status = protocol_method(&protocol, "paired percentile bootstrap over holdout rows", result, error);
    if (status != 0)
        return status;
    word(task, &protocol, &models, gaps, result);
    return 0;
}

const struct measure measure_utility_gap = {
    .id = "utility.gap",
    .title = "Cost of training on synthetic rows",
    .summary = "How much predictive quality is lost by training on the candidate instead of real rows.",
    .definition =
        "TRTR − TSTR: the score on the holdout of models trained on the training table, minus that of the same models "
        "trained on the candidate (utility.tstr); mean over all learners but the baseline. Both are scored on the same "
        "bootstrap samples of the holdout, so the interval is that of the difference.",
    .reading =
        "0: the candidate teaches as much as the real rows. Positive: quality lost, in AUC or R² points. The score is the "
        "share of the real models' advantage over independent columns that is kept. The interval covers the choice of the "
        "test rows, not that of the training rows.",
    .unit = "AUC or R²",
    .reference = "this project; TSTR and TRTR after Esteban, Hyland, Rätsch 2017, arXiv 1706.02633",
    .dimension = DIMENSION_UTILITY,
    .direction = DIRECTION_LOWER,
    .lo = -2,
    .hi = 2,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_TRAIN,
    .fault = SUBJECT_INDEPENDENT,
    .worst = 2,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 3,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, protocol.model_replicates",
    .run = run,
};
