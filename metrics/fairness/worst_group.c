/* fairness.worst_group: how well do models trained on the subject serve the group they serve worst? */
#include "metrics/fairness/decisions.h"

static const struct decisions_view view = {STATISTIC_WORST, false, false, SUBJECT_INDEPENDENT};
static const struct decisions_phrases phrases = {
    .before = "a worst-group balanced accuracy",
    .after = "",
    .number = "a worst-group R²",
    .mend = "Give the generator more rows of the group that is served worst, or draw the groups apart",
};

static int word(const struct measure_task *task, const struct decisions *d, const struct decisions_worst *worst,
                struct result *result, struct error *error)
{
    return decisions_words(task, d, view, &phrases, worst, result, error);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    return decisions_run(task, view, word, result, error);
}

const struct measure measure_fairness_worst_group = {
    .id = "fairness.worst_group",
    .title = "Worst group of trained models",
    .summary = "How well models trained on the candidate do in the group of a sensitive column that they serve worst.",
    .definition = "Balanced accuracy (TPR + 1 − FPR)/2 on the holdout rows of each group; per sensitive column and learner the "
                  "least over groups; the value is the least mean over learners. With several classes each is compared with "
                  "the rest and the worst counts. Numeric target: 1 − mean squared error in the group / variance of the target "
                  "over all rows, not under −1. A group enters with at least max(k, 50) rows of the class and as many outside "
                  "it (numeric target: that many rows), and two groups must.",
    .reading = "1: no errors in any group. ½: in some group the models know nothing, as a constant predictor does (numeric "
               "target: 0). Compare with models trained on real rows. The least of several groups is below their mean by "
               "chance alone; what chance makes is given. The score counts from what models learn from independent columns.",
    .unit = "balanced accuracy",
    .reference = "this project; worst-group accuracy as in Sagawa et al. 2020, ICLR",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_HIGHER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_SENSITIVE | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_INDEPENDENT,
    .worst = 0,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, fairness.decisions",
    .run = run,
};
