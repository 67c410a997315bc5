/* utility.tstr: how well do models trained on the subject predict real rows? */
#include "metrics/utility/score_json.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>

/* value[model]: score of each. */
static int scores_of(const struct protocol *protocol, const struct trained *const *trained, size_t n, double *value,
                     struct error *error)
{
    int status = 0;
    for (size_t m = 0; status == 0 && m < n; m++)
        status = protocol_score(protocol, trained[m]->prediction, &value[m], error);
    return status;
}

static int bootstrap_interval(const struct measure_task *task, const struct protocol *protocol,
                              const struct protocol_models *models, struct result *result, struct error *error)
{
    const double *replicates[PROTOCOL_ALL];
    double mean[PROTOCOL_REPLICATES];
    struct interval interval;
    int status = 0;
    for (size_t m = 0; status == 0 && m < models->n; m++)
        status = protocol_model_replicates(task, protocol, models->subject[m], &replicates[m], error);
    for (size_t b = 0; status == 0 && b < protocol->replicates; b++) {
        double value[PROTOCOL_ALL];
        for (size_t m = 0; m < models->n; m++)
            value[m] = replicates[m][b];
        mean[b] = protocol_models_mean(models, value);
    }
    if (status == 0)
        status = interval_percentile(mean, protocol->replicates, task->level, &interval, error);
    if (status != 0)
        return status;
    result->lo = fmax(fmin(interval.lo, result->value), protocol_least(task, protocol));
    result->hi = fmax(interval.hi, result->value);
    return 0;
}

static int describe(const struct measure_task *task, const struct protocol *protocol, const struct protocol_models *models,
                    struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *learners = json_add_array(result->details, "learners");
    int status = learners && json_add_string(result->details, "score", protocol->score_name) ? 0 : error_memory(error);
    for (size_t m = 0; status == 0 && m < models->n; m++) {
        const struct learner *learner = models->subject[m]->learner;
        cJSON *item = json_push_object(learners);
        if (!item || !json_add_string(item, "learner", learner->name) ||
            !json_add_string(item, "settings", learner->settings) ||
            !json_add_bool(item, "baseline", models->subject[m]->baseline))
            return error_memory(error);
        status = score_json_add(item, "tstr", task, protocol, models->subject[m], error);
        if (status == 0)
            status = score_json_add(item, "trtr", task, protocol, models->real[m], error);
    }
    return status == 0 ? score_json_left_out(result->details, protocol, error) : status;
}

static void word(const struct protocol *protocol, const struct protocol_models *models, const double *tstr, const double *trtr,
                 const char *target, struct result *result)
{
    size_t best = 0, worst = 0;
    for (size_t m = 0; m < models->n; m++) {
        if (models->subject[m]->baseline)
            continue;
        best = tstr[m] > tstr[best] ? m : best;
        worst = tstr[m] < tstr[worst] ? m : worst;
    }
    double real = protocol_models_mean(models, trtr);
    snprintf(result->finding, sizeof result->finding,
             "Models that learnt '%.80s' from the candidate reach a mean %s of %.3f on %zu real holdout rows (best: %s %.3f, "
             "worst: %s %.3f); the same models trained on real rows reach %.3f.",
             target, protocol->score_title, result->value, protocol->test->rows, models->subject[best]->learner->title,
             tstr[best], models->subject[worst]->learner->title, tstr[worst], real);
    if (real - result->hi > 0.01)
        snprintf(result->remedy, sizeof result->remedy,
                 "Fit the generator so that it keeps how '%.80s' depends on the other columns; check the pairs with this "
                 "column under fidelity first.",
                 target);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol;
    struct protocol_models models;
    double tstr[PROTOCOL_ALL] = {0}, trtr[PROTOCOL_ALL] = {0};
    int status = protocol_get_all(task, &protocol, &models, error);
    if (status == 0)
        status = scores_of(&protocol, models.subject, models.n, tstr, error);
    if (status != 0)
        return status;
    result->value = protocol_models_mean(&models, tstr);
    result->n = protocol.test->rows;
    if (isnan(result->value))
        return error_set(error, ERROR_UNMEASURABLE, "the holdout rows leave the score undefined");
    result->value = fmax(result->value, protocol_least(task, &protocol));
    if (protocol_brief(task, SUBJECT_INDEPENDENT))
        return 0;
    status = scores_of(&protocol, models.real, models.n, trtr, error);
    if (status == 0)
        status = bootstrap_interval(task, &protocol, &models, result, error);
    if (status == 0)
        status = describe(task, &protocol, &models, result, error);
    if (status == 0)
        status = protocol_method(&protocol, "percentile bootstrap over holdout rows", result, error);
    if (status != 0)
        return status;
    word(&protocol, &models, tstr, trtr, task->data->schema->columns[task->data->target].name, result);
    return 0;
}

const struct measure measure_utility_tstr = {
    .id = "utility.tstr",
    .title = "Train on synthetic, test on real",
    .summary = "How well models trained on the candidate predict the target of real rows they never saw.",
    .definition =
        "A linear model, boosted trees, one decision tree, naive Bayes (classes alone) and nearest neighbours are trained on "
        "the candidate and predict the target of the holdout rows. The value is the mean of their scores: area under the ROC "
        "curve for a binary target, the mean over classes of one-against-rest areas for several classes, R² for a numeric "
        "target (a model below −1 counts as −1). The same models trained on the training table (TRTR) and the majority "
        "baseline stand beside it. One encoder, fitted on the training table, serves all. The honest case trains on fresh "
        "real rows and tests on others; its TRTR uses a random part of the training table of the same size.",
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
    .version = 3,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, protocol.model_replicates",
    .run = run,
};
