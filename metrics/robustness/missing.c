/* robustness.missing: how do models trained on the subject bear rows with missing cells? */
#include "metrics/robustness/curve.h"

static const struct curve_kind missing = {
    .eps = {0, 0.1, 0.2, 0.3, 0.4, 0.5},
    .designs = "robustness.holed",
    .curves = "robustness.missing",
    .disturb = design_drop,
    .add = curve_add_disturbed,
    .disturbed = "rows that lack half of their cells",
    .explained =
        "To the linear model a missing number is the mean, unless train lacks some too; trees treat it as they learnt.",
    .lost_more =
        "Models of the candidate lean on few columns, or never saw a missing cell: look at fidelity.missingness and at "
        "the pairs of columns under fidelity.",
};

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    return curve_run(task, &missing, result, error);
}

const struct measure measure_robustness_missing = {
    .id = "robustness.missing",
    .title = "Robustness to missing cells",
    .summary = "How well models trained on the candidate predict real rows that lack some of their cells.",
    .definition =
        "The score of utility.tstr on holdout rows each of whose cells, other than the target, was made missing with "
        "probability "
        "ε, for ε = 0, 0.1, …, 0.5; what is missing under a small ε is missing under a larger one. The value is the mean score "
        "over ε by the trapezoid rule, mean over the linear model and boosted trees. All models meet the same missing cells; "
        "ε = 0 is what utility.tstr says of these two models.",
    .reading = "Compare with models trained on real rows, which stand beside it. The clean level is part of the value, since a "
               "useless model loses nothing. Cells go missing at random here; in practice they seldom do.",
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
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, protocol.samples, robustness.holed, robustness.missing",
    .run = run,
};
