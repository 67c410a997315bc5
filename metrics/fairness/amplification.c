/* fairness.amplification: does the subject make the gap between groups wider than real rows do? */
#include "metrics/fairness/decisions.h"

static const struct decisions_view view = {STATISTIC_PARITY, true, false, SUBJECT_CANDIDATE};
static const struct decisions_phrases phrases = {
    .before = "predict ",
    .after = " at rates",
    .mend = "Keep the joint distribution of these groups and the target: draw the groups apart, or weight them to their real "
            "base rates",
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

const struct measure measure_fairness_amplification = {
    .id = "fairness.amplification",
    .title = "Amplification of group gaps",
    .summary =
        "How much wider the gap between groups is for models trained on the candidate than for models trained on real rows.",
    .definition =
        "The demographic parity gap (fairness.demographic_parity) of models trained on the candidate minus that of the same "
        "models trained on the training table, on the same holdout rows; mean over learners, worst sensitive column. The "
        "interval allows for groups that tie in one model and not in the other; noise from a bootstrap over holdout rows in "
        "which both gaps are taken on the same sample. The change of the equal opportunity gap is shown with "
        "fairness.equal_opportunity.",
    .reading =
        "0: the candidate changes nothing. Positive: whoever trains on it treats the groups more unequally than with the "
        "real data. Negative values are no merit in themselves: a candidate that teaches nothing has no gaps.",
    .unit = "share",
    .reference = "this project",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_LOWER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_CLASSES | NEED_SENSITIVE | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_CANDIDATE,
    .worst = 1,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 4,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, fairness.decisions",
    .run = run,
};
