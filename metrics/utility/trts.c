/* utility.trts: are the subject's rows easier or harder to predict than real rows, for models of real rows? */
#include "metrics/utility/contrast.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The models of real rows, asked about the subject's rows. */
static int ask_subject(const struct measure_task *task, const struct protocol *protocol, struct protocol *asked,
                       struct trained about[PROTOCOL_LEARNERS], struct arena *arena, struct error *error)
{
    int status = protocol_on_subject(task, protocol, asked, error);
    for (size_t l = 0; status == 0 && learner_list[l]; l++) {
        about[l] = *protocol->real[l];
        status = protocol_predict(asked, &about[l].model, asked->test->design, arena, &about[l].prediction, error);
    }
    return status;
}

static void word(const struct measure_task *task, const struct protocol *protocol, const struct contrast *contrast,
                 struct result *result)
{
    snprintf(result->finding, sizeof result->finding,
             "Models trained on real rows reach a mean %s of %.3f on the candidate's rows and %.3f on real holdout rows "
             "(difference %.3f, %g %% interval %.3f to %.3f)%s",
             protocol->score_title, contrast->mean[0], contrast->mean[1], result->value, 100 * task->level, result->lo,
             result->hi,
             result->lo > 0   ? ": the candidate's target is easier to predict than the real one."
             : result->hi < 0 ? ": the candidate's target is harder to predict than the real one."
                              : ".");
    if (result->lo > 0)
        snprintf(
            result->remedy, sizeof result->remedy,
            "Scores measured on the candidate alone are too good: test models on real rows. Look for lost noise, lost rare "
            "cases and copied training rows.");
    else if (result->hi < 0)
        snprintf(
            result->remedy, sizeof result->remedy,
            "Scores measured on the candidate alone are too bad: test models on real rows, and mend how '%.80s' depends on "
            "the other columns.",
            task->data->schema->columns[task->data->target].name);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol, asked;
    struct contrast_side side[2] = {{.key = "trts", .protocol = &asked}, {.key = "trtr", .protocol = &protocol}};
    struct contrast contrast;
    struct trained about[PROTOCOL_LEARNERS];
    bool brief = protocol_brief(task, SUBJECT_CANDIDATE);
    int status = protocol_get(task, &protocol, error);
    if (status == 0)
        status = ask_subject(task, &protocol, &asked, about, result->arena, error);
    if (status != 0)
        return status;
    for (size_t l = 0; learner_list[l]; l++)
        side[0].trained[l] = &about[l];
    memcpy(side[1].trained, protocol.real, sizeof protocol.real);
    status = contrast_make(task, side, brief, &contrast, result, error);
    result->n = asked.test->rows;
    if (status != 0 || brief)
        return status;
    status = contrast_describe(side, &contrast, "difference", result, error);
    if (status == 0 && (!json_add_number(result->details, "rows_candidate", (double)asked.test->rows) ||
                        !json_add_number(result->details, "rows_holdout", (double)protocol.test->rows)))
        status = error_memory(error);
    if (status == 0)
        status = protocol_method(&protocol, "percentile bootstrap over candidate and holdout rows", result, error);
    if (status == 0)
        word(task, &protocol, &contrast, result);
    return status;
}

const struct measure measure_utility_trts = {
    .id = "utility.trts",
    .title = "Real models on synthetic rows",
    .summary = "Whether models trained on real rows find the candidate's rows easier or harder to predict than real ones.",
    .definition =
        "TRTS − TRTR: the score of models trained on the training table on the candidate's rows, minus that of the same models "
        "on the holdout; AUC or R² as in utility.tstr, mean over the linear model and the boosted trees. The bootstrap draws "
        "the "
        "rows of both tables, each on its own.",
    .reading =
        "0: as easy as real rows. Positive: easier; the generator dropped noise or hard cases, or repeats training rows, and a "
        "model that is tested on the candidate looks better than it is. Negative: harder; the target does not depend on the "
        "other columns as it does in real rows. A bootstrap of the training table is positive by what the models learnt by "
        "heart.",
    .unit = "AUC or R²",
    .reference = "Esteban, Hyland, Rätsch 2017, arXiv 1706.02633 (TRTS); the difference and its interval are ours",
    .dimension = DIMENSION_UTILITY,
    .direction = DIRECTION_TARGET,
    .target = 0,
    .lo = -2,
    .hi = 2,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .fault = SUBJECT_CANDIDATE,
    .worst = 2,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, protocol.model_replicates",
    .run = run,
};
