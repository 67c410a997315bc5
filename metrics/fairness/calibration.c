/* fairness.calibration: do scores of models trained on the subject overstate some groups and understate others? */
#include "metrics/fairness/decisions.h"

static const struct decisions_view view = {STATISTIC_CALIBRATION, false, false, SUBJECT_CANDIDATE};
static const struct decisions_phrases phrases = {
    .before = "give probabilities of ",
    .after = " with errors",
    .number = "predict with mean errors (in standard deviations of the target)",
    .mend = "Keep the base rate of the target in each of these groups, for example by drawing the groups apart",
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

const struct measure measure_fairness_calibration = {
    .id = "fairness.calibration",
    .title = "Between-group calibration error of trained models",
    .summary = "How differently models trained on the candidate overstate or understate the groups of a sensitive column.",
    .definition = "Calibration in the large by group: mean predicted probability − share of positive rows. Per sensitive "
                  "column and learner the difference between the largest and the smallest over groups; the value is the "
                  "largest mean over learners. With several classes each is compared with the rest and the worst counts. "
                  "Numeric target: mean of prediction − truth, in standard deviations of the target. A group enters with at "
                  "least max(k, 50) rows. The 10-bin calibration error of each group is listed, not compared: in a group of 50 "
                  "rows noise alone makes about 0.15 of it, so that groups of different size would differ by their size.",
    .reading = "0: the scores of all groups are off by the same amount (0 when calibrated). 0.1: at the same score one group "
               "is truly positive ten percentage points more often than another. Compare with models trained on real rows and "
               "with the difference that chance alone makes.",
    .unit = "share",
    .reference =
        "calibration within groups: Kleinberg, Mullainathan, Raghavan 2017, ITCS; as a range of mean errors: this project",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 2,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_SENSITIVE | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_CANDIDATE,
    .worst = 1,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, fairness.decisions",
    .run = run,
};
