/* robustness.noise: how do models trained on the subject bear noise in the rows they are asked about? */
#include "metrics/robustness/curve.h"

static const struct curve_kind noise = {
    .eps = {0, 0.1, 0.2, 0.3, 0.4, 0.5},
    .designs = "robustness.noisy",
    .curves = "robustness.curve",
    .disturb = design_perturb,
    .add = curve_add_disturbed,
    .disturbed = "noisy ones",
    .explained = "Noisy: moved by half a standard deviation, every second category changed.",
    .lost_more =
        "Models of the candidate lean on patterns that noise destroys: look at its pairs of columns under fidelity and "
        "at repeated rows.",
};

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    return curve_run(task, &noise, result, error);
}

const struct measure measure_robustness_noise = {
    .id = "robustness.noise",
    .title = "Robustness to noise",
    .summary = "How well models trained on the candidate predict real rows whose cells are noisy.",
    .definition =
        "The score of utility.tstr on holdout rows to which noise was added: Gaussian noise of ε standard deviations of the "
        "training table on numbers and dates, and with probability ε another level, drawn evenly, in every other column "
        "(missing cells stay missing), for ε = 0, 0.1, …, 0.5. The value is the mean score over ε by the trapezoid rule, "
        "mean over the linear model and boosted trees. All models meet the same noise; ε = 0 is what "
        "utility.tstr says of these two.",
    .reading = "Compare with models trained on real rows, which stand beside it. The clean level is part of the value, since a "
               "useless model loses nothing to noise.",
    .unit = "AUC or R²",
    .reference = "this project",
    .dimension = DIMENSION_ROBUSTNESS,
    .direction = DIRECTION_HIGHER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_TRAIN,
    .fault = SUBJECT_INDEPENDENT,
    .worst = -1,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 2,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, protocol.samples, robustness.noisy, robustness.curve",
    .run = run,
};
