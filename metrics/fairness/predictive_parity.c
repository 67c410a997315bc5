/* fairness.predictive_parity: does a positive decision of models trained on the subject mean the same in all groups? */
#include "metrics/fairness/decisions.h"

static const struct decisions_view view = {STATISTIC_PREDICTIVE, false, false, SUBJECT_CANDIDATE};
static const struct decisions_phrases phrases = {
    .before = "are right about the rows they call ",
    .after = " in shares",
    .number = "",
    .mend = "Keep how the target depends on the other columns within these groups, or draw the groups apart",
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

const struct measure measure_fairness_predictive_parity = {
    .id = "fairness.predictive_parity",
    .title = "Predictive parity of trained models",
    .summary = "How differently the positive decisions of models trained on the candidate come true in the groups of a "
               "sensitive column.",
    .definition =
        "As fairness.demographic_parity, with the positive predictive value P(y = 1 | ŷ = 1): the difference between the "
        "largest and the smallest over groups. A group enters for a learner when its models trained on the candidate and on "
        "real rows both select at least max(k, 50) holdout rows of it; the mean is over the learners with two such groups.",
    .reading =
        "0: a positive decision is as reliable in every group. Where base rates differ, predictive parity and equalized odds "
        "cannot both hold unless the model is perfect (Chouldechova 2017). Compare with models trained on real rows.",
    .unit = "share",
    .reference = "Chouldechova 2017, Big Data 5(2):153, eq. 2.2",
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
