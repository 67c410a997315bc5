/* fairness.demographic_parity: do models trained on the subject decide for all groups at the same rate? */
#include "metrics/fairness/decisions.h"

#include <stdio.h>

static const struct decisions_view view = {GAP_PARITY, false};

static void word(const struct measure_task *task, const struct decisions *d, const struct decisions_worst *worst,
                 struct result *result)
{
    const char *class = d->parts[worst->part].name;
    snprintf(
        result->finding, sizeof result->finding,
        "Models trained on the candidate predict %s%.60s%s at rates that differ by %.3f between groups of '%.60s'; models "
        "trained on real rows differ by %.3f. The %g %% interval is %.3f to %.3f; chance alone makes a difference of about "
        "%.3f.",
        class ? "'" : "", class ? class : "the positive class", class ? "'" : "", result->value, d->columns[worst->column].name,
        worst->real, 100 * task->level, result->lo, result->hi, decisions_null(d, view, worst));
    if (worst->candidate > worst->real + 0.02)
        snprintf(
            result->remedy, sizeof result->remedy,
            "Look at how the target depends on '%.80s' in the candidate; a generator that draws the groups apart keeps their "
            "base rates.",
            d->columns[worst->column].name);
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
        "probable one). Per sensitive column and learner the difference between the largest and the smallest share of "
        "positive decisions over its groups; the value is the largest mean over learners (linear model, boosted trees). With "
        "several classes each is compared with the rest and the worst counts. Numbers and dates are cut at the quartiles of "
        "the training table. A group enters with at least max(k, 50) rows, where the standard error of a share is at most "
        "0.071.",
    .reading =
        "0: all groups are decided about alike; a constant predictor has 0 too, so look at utility as well. Compare with "
        "models trained on real rows, which stand beside it, and with the difference that chance alone makes between groups "
        "of this size. A ratio under 0.8 breaks the four-fifths rule.",
    .unit = "share",
    .reference = "demographic_parity_difference as Fairlearn defines it (Bird et al. 2020, MSR-TR-2020-32)",
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
    .version = 1,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, fairness.decisions",
    .run = run,
};
