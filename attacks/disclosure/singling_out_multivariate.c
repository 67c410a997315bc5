/* privacy.singling_out.multivariate: does a combination of a few columns that is unique in the candidate point at one training
 * row?
 *
 * An attempt takes a random candidate row and random columns, and asks for rows like it: the same category, missing where it is
 * missing, and at least the row's number where that lies above the candidate's median, else at most. It is kept if exactly one
 * candidate row, then this one, fits. Columns that are constant in the candidate cannot help and are not drawn. */
#include <math.h>

#include "attacks/disclosure/singling.h"

static const char id[] = "privacy.singling_out.multivariate";

enum { TRIES = 100 }; /* attempts for each predicate asked for: then what there is has to do */
enum { PARAMETER_COLUMNS = SINGLING_PARAMETERS };

static const struct parameter parameters[] = {{"attacks", "predicates tried at most", 2000, 1, 1e5},
                                              RISK_COMPAT,
                                              {"columns", "columns a predicate looks at", 4, 1, PREDICATE_MOST},
                                              {0}};

struct template
{
    const struct singling *singling;
    uint32_t *columns; /* that vary */
    size_t n_columns, conditions;
    double *median; /* by measured column; NaN: levels, or nothing there */
};

static bool varies(const struct predicate_index *index, size_t c)
{
    size_t present = index->column[c].present;

    return present > 0 && (present < index->rows || predicate_value(index, c, 0) < predicate_value(index, c, present - 1));
}

static double median_of(const struct predicate_index *index, size_t c)
{
    size_t present = index->column[c].present;

    if (!index->column[c].number || present == 0)
        return NAN;
    return (predicate_value(index, c, (present - 1) / 2) + predicate_value(index, c, present / 2)) / 2;
}

static bool draw_template(const void *context, uint64_t attempt, struct predicate *predicate)
{
    const struct template *t = context;
    const struct predicate_index *index = t->singling->subject;
    uint32_t columns[PREDICATE_MOST];
    struct random random;
    size_t row;

    random_init(&random, t->singling->task->seed, id, attempt, 0);
    row = random_below(&random, index->rows);
    predicate->n = singling_columns(&random, t->n_columns, t->conditions, columns);
    for (size_t k = 0; k < predicate->n; k++) {
        uint32_t c = t->columns[columns[k]];
        double x = predicate_cell(index, c, row);
        enum condition_kind kind = isnan(x)              ? CONDITION_MISSING
                                   : isnan(t->median[c]) ? CONDITION_EQUAL
                                   : x > t->median[c]    ? CONDITION_AT_LEAST
                                                         : CONDITION_AT_MOST;

        predicate->condition[k] = (struct condition){isnan(x) ? 0 : x + 0., c, kind}; /* + 0: no −0 */
    }
    return true;
}

static int collect(struct singling *singling, size_t conditions, struct error *error)
{
    const struct predicate_index *subject = singling->subject;
    struct template template = {.singling = singling,
                                .columns = ARENA_ARRAY(singling->arena, uint32_t, subject->n_columns + 1),
                                .conditions = conditions,
                                .median = ARENA_ARRAY(singling->arena, double, subject->n_columns + 1)};

    if (!template.columns || !template.median)
        return error_memory(error);
    for (uint32_t c = 0; c < subject->n_columns; c++) {
        template.median[c] = median_of(subject, c);
        if (varies(subject, c))
            template.columns[template.n_columns++] = c;
    }
    if (template.n_columns == 0)
        return error_set(error, ERROR_UNMEASURABLE, "every column of the candidate is constant");
    return singling_collect(singling, draw_template, &template, TRIES * singling->asked, error);
}

static int multivariate_run(const struct measure_task *task, struct result *result, struct error *error)
{
    size_t conditions = (size_t)task->parameters[PARAMETER_COLUMNS].value;
    struct singling singling;
    int status = singling_open(task, id, (size_t)task->parameters[SINGLING_ATTACKS].value, &singling, error);

    if (!status)
        status = collect(&singling, conditions, error);
    if (!status && singling.n == 0)
        status =
            error_set(error, ERROR_UNMEASURABLE, "in %zu attempts no combination of %zu columns singled out a candidate row%s",
                      singling.attempts, conditions,
                      singling.rest ? " without matching a training row outside the part that is compared" : "");
    if (!status)
        status = singling_try(&singling, conditions, error);
    if (!status)
        status = singling_report(&singling, "multivariate", "Singling out by several columns", result, error);
    singling_close(&singling);
    return status;
}

const struct measure measure_privacy_singling_out_multivariate = {
    .id = "privacy.singling_out.multivariate",
    .title = "Singling out by several columns",
    .summary = "Residual risk that a combination of columns unique in the candidate points at exactly one training row.",
    .definition =
        "Predicates on four columns, drawn at random, modelled on a random candidate row: the same category, missing where it "
        "is "
        "missing, at least the row's number above the candidate's median, else at most. Kept: those that match exactly one "
        "candidate row, 2,000 different ones. A is the share of them that match exactly one training row, C the share that "
        "match exactly one of equally many holdout rows; the risk is (A − C)/(1 − C), at least 0. Baseline: random conditions "
        "on four columns from train's domain.",
    .reading =
        "0: combinations unique in the candidate point at training rows no more than at strangers. 1: every one points at a "
        "training row, as in a copy. Where the attack does no better than random guesses the result says so and decides "
        "nothing.",
    .unit = "residual risk",
    .reference = "Giomi, Boenisch, Wehmeyer, Tasnádi 2023 (PoPETs 2023 (2), 312); interval and test: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS | NEED_TWO_COLUMNS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_COPY,
    .worst = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "predicate indexes, predicate index",
    .parameters = parameters,
    .threat = "The attacker holds the candidate, picks combinations of a few columns that occur in it once, and claims that "
              "exactly one person in the training table fits each.",
    .run = multivariate_run,
};
