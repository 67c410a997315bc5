/* fidelity.inference: would an analyst who regresses the target on the other columns reach the same conclusions? */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "metrics/fidelity/inference_fit.h"
#include "metrics/fidelity/inference_overlap.h"
#include "metrics/fidelity/words.h"

struct comparison {
    const struct measure_task *task;
    const struct inference_terms *terms;
    const struct inference_fit *real, *synthetic;
    size_t *shared; /* terms (from 1) estimated in both tables */
    size_t count;   /* of them */
    size_t lost;    /* estimated in one of the tables only */
    size_t same;    /* of the shared: same sign and significance */
    size_t worst;   /* the shared term with the least overlap */
    struct overlap_answer answer;
};

static bool known(const struct inference_fit *fit, size_t term)
{
    return fit->status[term] == INFERENCE_ESTIMATED && fit->se[term] > 0;
}

static double half_width(const struct inference_fit *fit, size_t term)
{
    return fit->quantile * fit->se[term];
}

static double overlap_of(const struct comparison *c, size_t term)
{
    return interval_overlap(c->synthetic->estimate[term] - c->real->estimate[term], half_width(c->real, term),
                            half_width(c->synthetic, term));
}

/* −1, 1: significant with that sign; 0: the interval holds 0. */
static int conclusion(const struct inference_fit *fit, size_t term)
{
    double estimate = fit->estimate[term];
    return fabs(estimate) <= half_width(fit, term) ? 0 : estimate > 0 ? 1 : -1;
}

static int fits_get(struct comparison *c, struct error *error)
{
    const struct measure_task *task = c->task;
    int status = inference_terms_get(task, &c->terms, error);
    if (status == 0)
        status = inference_fit_get(task, c->terms, task->reference, &c->real, error);
    if (status == 0)
        status = inference_fit_get(task, c->terms, task->subject, &c->synthetic, error);
    if (status)
        return status;
    if (c->real->obstacle)
        return error_set(error, ERROR_UNMEASURABLE, "the regression of the target cannot be made in the real table: %s",
                         c->real->obstacle);
    return 0;
}

/* Sorts the terms into those that can be compared and those that one table lost. */
static int pair_terms(struct comparison *c, struct arena *arena, struct error *error)
{
    size_t known_real = 0;
    c->shared = ARENA_ARRAY(arena, size_t, c->terms->count + 1);
    if (!c->shared)
        return error_memory(error);
    for (size_t t = 1; t <= c->terms->count; t++) {
        bool real = known(c->real, t), synthetic = known(c->synthetic, t);
        known_real += real;
        c->lost += real != synthetic;
        if (real && synthetic)
            c->shared[c->count++] = t;
    }
    if (known_real == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "no coefficient of the regression can be estimated in the real table: the other columns tell the "
                         "target without error, or are combinations of one another");
    return 0;
}

static int compare(struct comparison *c, struct arena *arena, struct error *error)
{
    size_t n = c->count, size = c->real->size;
    double *difference = ARENA_ARRAY(arena, double, n + 1), *real = ARENA_ARRAY(arena, double, n + 1);
    double *synthetic = ARENA_ARRAY(arena, double, n + 1), *covariance = ARENA_ARRAY(arena, double, n *n + 1);
    if (!difference || !real || !synthetic || !covariance)
        return error_memory(error);
    for (size_t j = 0; j < n; j++) {
        size_t t = c->shared[j];
        difference[j] = c->synthetic->estimate[t] - c->real->estimate[t];
        real[j] = half_width(c->real, t);
        synthetic[j] = half_width(c->synthetic, t);
        for (size_t k = 0; k < n; k++)
            covariance[j * n + k] =
                c->real->covariance[t * size + c->shared[k]] + c->synthetic->covariance[t * size + c->shared[k]];
        c->same += conclusion(c->real, t) == conclusion(c->synthetic, t);
        if (overlap_of(c, t) < overlap_of(c, c->shared[c->worst]))
            c->worst = j;
    }
    struct overlap_problem problem = {.count = n,
                                      .lost = c->lost,
                                      .difference = difference,
                                      .half = {real, synthetic},
                                      .covariance = covariance,
                                      .rows = {c->real->rows, c->synthetic->rows},
                                      .level = c->task->level,
                                      .seed = c->task->seed};
    return overlap_mean(&problem, c->task->brief, &c->answer, error);
}

static const char *status_word(const struct inference_fit *fit, size_t term)
{
    if (fit->obstacle)
        return fit->obstacle;
    switch (fit->status[term]) {
    case INFERENCE_ABSENT:
        return "does not vary";
    case INFERENCE_ALIASED:
        return "a combination of other columns";
    case INFERENCE_SEPARATED:
        return "tells the target without error (separation)";
    default:
        return known(fit, term) ? "estimated" : "has no standard error";
    }
}

static void add_side(cJSON *item, const char *name, const struct inference_fit *fit, size_t term)
{
    char key[32];
    double estimate = known(fit, term) ? fit->estimate[term] : NAN, half = known(fit, term) ? half_width(fit, term) : NAN;
    json_add_number(item, name, estimate);
    snprintf(key, sizeof key, "%s_lo", name);
    json_add_number(item, key, estimate - half);
    snprintf(key, sizeof key, "%s_hi", name);
    json_add_number(item, key, estimate + half);
}

static int describe_term(const struct comparison *c, size_t term, cJSON *list, struct arena *arena, struct error *error)
{
    const struct schema *schema = c->task->data->schema;
    cJSON *item = json_push_object(list);
    const char *name = inference_term_name(c->terms, schema, term - 1, arena);
    if (!item || !name)
        return error_memory(error);
    bool real = known(c->real, term), synthetic = known(c->synthetic, term);
    json_add_string(item, "term", name);
    json_add_string(item, "column", schema->columns[c->terms->term[term - 1].column].name);
    add_side(item, "real", c->real, term);
    add_side(item, "synthetic", c->synthetic, term);
    json_add_number(item, "difference",
                    real && synthetic ? fabs(c->synthetic->estimate[term] - c->real->estimate[term]) / c->real->se[term] : NAN);
    json_add_number(item, "overlap", real && synthetic ? overlap_of(c, term) : real != synthetic ? 0 : NAN);
    if (!real || !synthetic) {
        char note[160];
        snprintf(note, sizeof note, "real: %s; candidate: %s; %s", status_word(c->real, term), status_word(c->synthetic, term),
                 real != synthetic ? "counts as 0" : "left out");
        json_add_string(item, "note", note);
    }
    return 0;
}

static int describe(const struct comparison *c, struct result *result, struct error *error)
{
    const struct column_schema *target = &c->task->data->schema->columns[c->task->data->target];
    bool linear = c->terms->kind == TASK_REGRESSION;
    cJSON *details = result->details = cJSON_CreateObject();
    if (!details)
        return error_memory(error);
    json_add_string(details, "model", linear ? "least squares" : "logistic");
    json_add_string(details, "target", target->name);
    if (!linear && c->terms->positive_rows >= c->task->min_group)
        json_add_string(details, "class", target->levels[c->terms->positive]);
    json_add_string(details, "unit",
                    linear ? "sd of the target, for one sd of a number or against the most frequent level"
                           : "log odds, for one sd of a number or against the most frequent level");
    json_add_number(details, "rows_real", (double)c->real->rows);
    json_add_number(details, "rows_synthetic", (double)c->synthetic->rows);
    json_add_number(details, "same_conclusion", (double)c->same / (double)(c->count + c->lost));
    json_add_number(details, "lost", (double)c->lost);
    json_add_number(details, "pooled_below", (double)c->terms->rare);
    json_add_number(details, "columns_left_out", (double)c->terms->left_out);
    cJSON *list = json_add_array(details, "coefficients");
    int status = list ? 0 : error_memory(error);
    for (size_t t = 1; status == 0 && t <= c->terms->count; t++)
        status = describe_term(c, t, list, result->arena, error);
    return status;
}

static void say(const struct comparison *c, struct result *result)
{
    const struct schema *schema = c->task->data->schema;
    size_t all = c->count + c->lost;
    struct short_name target = short_name(schema->columns[c->task->data->target].name);
    if (c->synthetic->obstacle) {
        snprintf(
            result->finding, sizeof result->finding,
            "The candidate allows no regression of '%s' on the other columns: %s. None of the %zu coefficients of the real "
            "data can be found again.",
            target.text, c->synthetic->obstacle, all);
        snprintf(result->remedy, sizeof result->remedy, "Look at how the generator makes the column '%s'.", target.text);
        return;
    }
    int used =
        snprintf(result->finding, sizeof result->finding,
                 "In a %s regression of '%s' on the other columns the confidence intervals of the coefficients overlap "
                 "by %.0f %% on average. %zu of %zu coefficients lead to the same conclusion as in the real data (significant "
                 "with the same sign, or not significant).",
                 c->terms->kind == TASK_REGRESSION ? "linear" : "logistic", target.text, 100 * result->value, c->same, all);
    if (c->lost > 0 && used > 0 && (size_t)used < sizeof result->finding)
        snprintf(result->finding + used, sizeof result->finding - (size_t)used,
                 " %zu can be estimated in one of the tables only and count as 0.", c->lost);
    else if (c->count > 0 && used > 0 && (size_t)used < sizeof result->finding)
        snprintf(result->finding + used, sizeof result->finding - (size_t)used, " The least overlap is one of '%s'.",
                 short_name(schema->columns[c->terms->term[c->shared[c->worst] - 1].column].name).text);
    if (c->count > 0 && c->answer.population[1] < 0.7) {
        struct short_name name = short_name(schema->columns[c->terms->term[c->shared[c->worst] - 1].column].name);
        snprintf(result->remedy, sizeof result->remedy,
                 "Fit the generator so that it keeps how '%s' depends on '%s'; do not publish regressions made on this table.",
                 target.text, name.text);
    }
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct comparison c = {.task = task};
    int status = fits_get(&c, error);
    if (status == 0)
        status = pair_terms(&c, result->arena, error);
    if (status == 0)
        status = compare(&c, result->arena, error);
    if (status)
        return status;
    result->value = c.answer.value;
    result->lo = c.answer.lo;
    result->hi = c.answer.hi;
    result->method = "1,000 draws of coefficients";
    result->n = c.synthetic->rows;
    if (task->brief)
        return 0;
    result->population =
        (struct interval){c.answer.population[0], c.answer.population[1], task->level, "test inversion, 1,000 draws"};
    say(&c, result);
    return describe(&c, result, error);
}

const struct measure measure_fidelity_inference = {
    .id = "fidelity.inference",
    .title = "Same conclusions from a regression",
    .summary = "Whether an analyst who regresses the target on the other columns gets the same coefficients as from real data.",
    .definition =
        "The target is regressed on all other columns, main effects, in the real table and in the candidate: least squares for "
        "a numeric target, logistic regression for two classes, and for several the most frequent one against the rest. "
        "Scalers, levels and reference levels are the training table's. The value is the mean over coefficients of the "
        "overlap of their two 95 % confidence intervals, the mean of the shares that the common part has in either; disjoint "
        "intervals count as 0. A coefficient that can be estimated in one of the tables only counts as 0 too.",
    .reading =
        "1 is ideal; fresh real rows of the same number reach 0.6 to 0.8, since two samples never agree exactly. The more "
        "rows, the narrower the intervals and the stricter the measure: at many rows small differences bring it to 0. "
        "A candidate of a few rows has wide intervals that hold everything and gets about 0.5. Compare with the honest "
        "case.",
    .unit = "share",
    .reference = "Karr, Kohnen, Oganian, Reiter, Sanil 2006, Amer. Statist. 60, 224-232",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_INDEPENDENT,
    .worst = 0,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "fidelity.inference.terms, fidelity.inference.fit",
    .run = run,
};
