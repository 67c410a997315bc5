/* privacy.singling_out.univariate: does a value that is unique in the candidate point at one training row?
 *
 * The attacker lists all conditions on one column that match exactly one candidate row: a value that occurs once, missing where
 * one cell is missing, "at most the least value" and "at least the greatest" where one row holds it; at most `attacks` of them,
 * in random order. */

#include "attacks/disclosure/singling.h"

static const char id[] = "privacy.singling_out.univariate";

static const struct parameter parameters[] = {{"attacks", "predicates tried at most", 2000, 1, 1e5}, RISK_COMPAT, {0}};

struct listing {
    struct condition *condition;
    uint32_t *order; /* attempt → condition */
    size_t n;
};

static void list_condition(struct listing *list, size_t column, enum condition_kind kind, double value)
{
    list->condition[list->n++] = (struct condition){value + 0., (uint32_t)column, kind}; /* + 0: no −0 */
}

/* Runs of equal values in the column's order; those of one row. */
static void list_column(const struct predicate_index *index, size_t c, struct listing *list)
{
    const struct predicate_column *column = &index->column[c];
    size_t present = column->present, end;

    if (index->rows - present == 1)
        list_condition(list, c, CONDITION_MISSING, 0);
    for (size_t i = 0; i < present; i = end) {
        double value = predicate_value(index, c, i);

        for (end = i + 1; end < present && predicate_value(index, c, end) == value;)
            end++;
        if (end - i > 1)
            continue;
        list_condition(list, c, CONDITION_EQUAL, value);
        if (column->number && i == 0)
            list_condition(list, c, CONDITION_AT_MOST, value);
        if (column->number && end == present)
            list_condition(list, c, CONDITION_AT_LEAST, value);
    }
}

static bool draw_listed(const void *context, uint64_t attempt, struct predicate *predicate)
{
    const struct listing *list = context;

    predicate->condition[0] = list->condition[list->order[attempt]];
    predicate->n = 1;
    return true;
}

static int collect(struct singling *singling, struct error *error)
{
    const struct predicate_index *subject = singling->subject;
    size_t most = subject->n_columns * (subject->rows + 3);
    struct listing list = {ARENA_ARRAY(singling->arena, struct condition, most), NULL, 0};
    struct random random;

    if (!list.condition)
        return error_memory(error);
    for (size_t c = 0; c < subject->n_columns; c++)
        list_column(subject, c, &list);
    list.order = ARENA_ARRAY(singling->arena, uint32_t, list.n + 1);
    if (!list.order)
        return error_memory(error);
    random_init(&random, singling->task->seed, id, 0, 0);
    random_permutation(&random, list.n, list.order);
    return singling_collect(singling, draw_listed, &list, list.n, error);
}

static int univariate_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct singling singling;
    int status = singling_open(task, id, (size_t)task->parameters[SINGLING_ATTACKS].value, &singling, error);

    if (!status)
        status = collect(&singling, error);
    if (!status && singling.n == 0)
        status =
            error_set(error, ERROR_UNMEASURABLE, "no value, missing cell or extreme of one column is unique in the candidate%s",
                      singling.attempts ? " without matching a training row outside the part that is compared" : "");
    if (!status)
        status = singling_try(&singling, 1, error);
    if (!status)
        status = singling_report(&singling, "univariate", "Singling out by one column", result, error);
    singling_close(&singling);
    return status;
}

const struct measure measure_privacy_singling_out_univariate = {
    .id = "privacy.singling_out.univariate",
    .title = "Singling out by one column",
    .summary = "Residual risk that a value unique in the candidate points at exactly one training row.",
    .definition =
        "Predicates on one column that match exactly one candidate row: a value that occurs once, a missing cell that is the "
        "only one, at most the least value, at least the greatest; up to 2,000, in random order. A is the share of them that "
        "match exactly one training row, C the share that match exactly one of equally many holdout rows; the risk is (A − "
        "C)/(1 "
        "− C), at least 0. Baseline: random conditions from train's domain.",
    .reading =
        "0: values unique in the candidate point at training rows no more than at strangers. 1: every one points at a training "
        "row, as in a copy. Where the attack does no better than random guesses the result says so and decides nothing.",
    .unit = "residual risk",
    .reference = "Giomi, Boenisch, Wehmeyer, Tasnádi 2023 (PoPETs 2023 (2), 312); interval and test: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_COPY,
    .worst = 1,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "predicate indexes, predicate index",
    .parameters = parameters,
    .threat = "The attacker holds the candidate, picks values that occur in it once, and claims that exactly one person in the "
              "training table has each.",
    .run = univariate_run,
};
