/* fairness.equalized_odds: do models trained on the subject err alike in all groups? */
#include "metrics/fairness/decisions.h"

static const struct decisions_view view = {STATISTIC_ODDS, false, false, SUBJECT_CANDIDATE};
static const struct decisions_phrases phrases = {
    .before = "have hit or false-alarm rates for ",
    .after = "",
    .number = "",
    .mend = "Give the generator more rows of both classes of these groups, or draw the groups apart",
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

const struct measure measure_fairness_equalized_odds = {
    .id = "fairness.equalized_odds",
    .title = "Equalized odds of trained models",
    .summary = "How differently models trained on the candidate err about the groups of a sensitive column.",
    .definition = "As fairness.demographic_parity, with two rates: the true positive rate P(ŷ = 1 | y = 1) and the false "
                  "positive rate P(ŷ = 1 | y = 0). For each the difference between the largest and the smallest over groups; "
                  "the larger of the two counts. A group enters the first with at least max(k, 50) positive holdout rows, the "
                  "second with as many negative ones; each needs two groups.",
    .reading = "0: hits and false alarms are as frequent in every group. Compare with models trained on real rows and with the "
               "difference that chance alone makes. Never below fairness.equal_opportunity.",
    .unit = "share",
    .reference =
        "Hardt, Price, Srebro 2016, NeurIPS, definition 2.1; the larger range as equalized_odds_difference of Fairlearn",
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
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, fairness.decisions",
    .run = run,
};
