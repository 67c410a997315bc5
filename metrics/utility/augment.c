/* utility.augment: do models learn more from real and synthetic rows together than from the real rows alone? */
#include "metrics/utility/contrast.h"

#include <stdio.h>
#include <string.h>

static void word(const struct measure_task *task, const struct protocol *protocol, const struct contrast *contrast,
                 struct result *result)
{
    snprintf(result->finding, sizeof result->finding,
             "Trained on real and synthetic rows together, the linear model and the boosted trees reach a mean %s of %.3f on "
             "real holdout rows; on the real rows alone %.3f (gain %.3f, %g %% interval %.3f to %.3f).",
             protocol->score_title, contrast->mean[0], contrast->mean[1], result->value, 100 * task->level, result->lo,
             result->hi);
    if (result->hi < 0)
        snprintf(result->remedy, sizeof result->remedy,
                 "Do not add these rows to real training rows: they make models worse. Give real rows a larger weight, or mend "
                 "the generator (utility.gap).");
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol;
    struct contrast_side side[2] = {{.key = "augmented", .protocol = &protocol}, {.key = "trtr", .protocol = &protocol}};
    struct contrast contrast;
    bool brief = protocol_brief(task, SUBJECT_CANDIDATE);
    int status = protocol_get(task, &protocol, error);
    if (status == 0)
        status = protocol_get_joined(task, &protocol, side[0].trained, error);
    if (status != 0)
        return status;
    memcpy(side[1].trained, protocol.real, sizeof protocol.real);
    status = contrast_make(task, side, brief, &contrast, result, error);
    result->n = protocol.test->rows;
    if (status != 0 || brief)
        return status;
    status = contrast_describe(side, &contrast, "gain", result, error);
    if (status == 0 && (!json_add_number(result->details, "rows_real", (double)protocol.real[0]->rows) ||
                        !json_add_number(result->details, "rows_joined", (double)side[0].trained[0]->rows)))
        status = error_memory(error);
    if (status == 0)
        status = protocol_method(&protocol, "paired percentile bootstrap over holdout rows", result, error);
    if (status == 0)
        word(task, &protocol, &contrast, result);
    return status;
}

const struct measure measure_utility_augment = {
    .id = "utility.augment",
    .title = "Gain from adding synthetic rows",
    .summary = "Whether models trained on real and synthetic rows together predict better than models of the real rows alone.",
    .definition =
        "The score on the holdout of models trained on the rows of the training table and of the candidate together, each row "
        "with the same weight, minus that of the same models trained on the training table alone (TRTR); AUC or R² as in "
        "utility.tstr, mean over the linear model and the boosted trees. Both are scored on the same bootstrap samples of the "
        "holdout, so the interval is that of the difference. In the honest case fresh real rows are added to as many real "
        "training rows.",
    .reading =
        "Positive: the candidate adds something that the real rows do not say, which a generator fitted to these rows alone "
        "can "
        "do by smoothing at best. About 0: nothing gained, nothing lost. Negative: its rows mislead. The honest case says what "
        "as many fresh real rows would add. The interval covers the choice of the test rows, not that of the training rows.",
    .unit = "AUC or R²",
    .reference = "this project; TSTR and TRTR after Esteban, Hyland, Rätsch 2017, arXiv 1706.02633",
    .dimension = DIMENSION_UTILITY,
    .direction = DIRECTION_HIGHER,
    .lo = -2,
    .hi = 2,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .fault = SUBJECT_CANDIDATE,
    .worst = -2,
    .best = 2,
    .cost = COST_MEDIUM,
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, protocol.model_replicates",
    .run = run,
};
