/* fairness.demographic_parity: do models trained on the subject decide for all groups at the same rate? */
#include "metrics/fairness/decisions.h"

static const struct decisions_view view = {STATISTIC_PARITY, false, false, SUBJECT_CANDIDATE};
static const struct decisions_phrases phrases = {
    .before = "predict ",
    .after = " at rates",
    .number = "predict means (in standard deviations of the target)",
    .mend = "Look at how the target depends on the groups in the candidate; a generator that draws the groups apart keeps "
            "their base rates",
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

const struct measure measure_fairness_demographic_parity = {
    .id = "fairness.demographic_parity",
    .title = "Demographic parity of trained models",
    .summary = "How differently models trained on the candidate decide about the groups of a sensitive column.",
    .definition =
        "Models trained on the candidate decide about the holdout rows (probability at least ½; several classes: the most "
        "probable one). Per sensitive column and learner the difference between the largest and the smallest share of positive "
        "decisions over its groups; the value is the largest mean over learners (all but the majority baseline). With several "
        "classes each is compared with the rest and the worst counts. Numeric target: the difference between the mean "
        "predictions, in standard deviations of the target. Numbers and dates are cut at the quartiles of the training table. "
        "A group enters with at least max(k, 50) rows, where the standard error of a share is at most 0.071.",
    .reading = "0: all groups are decided about alike; a constant predictor has 0 too, so look at utility as well. Compare "
               "with models trained on real rows, which stand beside it, and with the difference that chance alone makes "
               "between groups of this size. A ratio under 0.8 breaks the four-fifths rule.",
    .unit = "share",
    .reference = "demographic_parity_difference as Fairlearn defines it (Bird et al. 2020, MSR-TR-2020-32)",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_SENSITIVE | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_CANDIDATE,
    .worst = 1,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 3,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, fairness.decisions",
    .run = run,
};
