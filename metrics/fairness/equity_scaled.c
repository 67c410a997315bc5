/* fairness.equity_scaled: are models trained on the subject accurate, and alike in all groups? */
#include "metrics/fairness/decisions.h"

static const struct decisions_view view = {STATISTIC_EQUITY, false, false, SUBJECT_INDEPENDENT};
static const struct decisions_phrases phrases = {
    .before = "an equity-scaled accuracy",
    .after = "",
    .number = "",
    .mend = "Give the generator more rows of the groups whose accuracy is low, or draw the groups apart",
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

const struct measure measure_fairness_equity_scaled = {
    .id = "fairness.equity_scaled",
    .title = "Equity-scaled accuracy of trained models",
    .summary = "How accurate models trained on the candidate are, cut by how far the groups of a sensitive column lie apart.",
    .definition = "M/(1 + Σ|M_g − M|): M the accuracy on all holdout rows that belong to a group, M_g that of group g, summed "
                  "over the groups with at least max(k, 50) rows. Per sensitive column and learner; the value is the least "
                  "mean over learners. With several classes each is compared with the rest and the worst counts.",
    .reading = "At most the accuracy, and equal to it when all groups have it. It falls with the number of groups, so compare "
               "it with models trained on real rows on the same groups, never across columns. Accuracy rewards the majority "
               "class; the score counts from what models learn from independent columns.",
    .unit = "accuracy",
    .reference = "Luo et al. 2024, arXiv:2403.19949 (equity-scaled measures); here with accuracy",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_CLASSES | NEED_SENSITIVE | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_INDEPENDENT,
    .worst = 0,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, fairness.decisions",
    .run = run,
};
