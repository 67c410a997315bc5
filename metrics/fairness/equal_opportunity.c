/* fairness.equal_opportunity: do models trained on the subject find the positives of all groups alike? */
#include "metrics/fairness/decisions.h"

static const struct decisions_view view = {STATISTIC_OPPORTUNITY, false, false, SUBJECT_CANDIDATE};
static const struct decisions_phrases phrases = {
    .before = "find shares of the real rows of ",
    .after = "",
    .number = "",
    .mend = "Give the generator more rows of the groups that the models miss, or draw the groups apart",
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

const struct measure measure_fairness_equal_opportunity = {
    .id = "fairness.equal_opportunity",
    .title = "Equal opportunity of trained models",
    .summary = "How differently models trained on the candidate find the positive rows of the groups of a sensitive column.",
    .definition = "As fairness.demographic_parity, with the true positive rate P(ŷ = 1 | y = 1) in place of the share of "
                  "positive decisions: the difference between the largest and the smallest rate over groups. A group enters "
                  "with at least max(k, 50) positive holdout rows.",
    .reading = "0: a positive row has the same chance to be found in every group. Compare with models trained on real rows and "
               "with the difference that chance alone makes.",
    .unit = "share",
    .reference = "Hardt, Price, Srebro 2016, NeurIPS, definition 2.2 (equal opportunity)",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_CLASSES | NEED_SENSITIVE | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_CANDIDATE,
    .worst = 1,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 3,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, fairness.decisions",
    .run = run,
};
