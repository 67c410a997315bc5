/* Propensity score mean squared error (Snoke, Raab, Nowok, Dibben, Slavkovic 2018). */
#include <math.h>
#include <stdio.h>

#include "metrics/fidelity/propensity_fit.h"
#include "numeric/interval.h"

#define SHARE 0.5 /* of the growth of the variance that is taken: simulated, all of it moves both ends too far up */

static int describe_model(const struct propensity *model, cJSON *item, struct error *error)
{
    if (!item)
        return error_memory(error);
    json_add_number(item, "pmse", model->pmse);
    json_add_number(item, "null_expectation", model->null);
    json_add_number(item, "ratio", model->pmse / model->null);
    json_add_number(item, "parameters", (double)model->parameters);
    json_add_number(item, "log_likelihood", model->likelihood);
    json_add_number(item, "rows_determined", (double)model->determined);
    return json_add_bool(item, "converged", model->converged) ? 0 : error_memory(error);
}

static int describe(const struct propensity_terms *terms, const struct propensity *full, const struct propensity *main,
                    struct result *result, struct error *error)
{
    const struct measure_task *task = terms->task;
    cJSON *details = result->details = cJSON_CreateObject();
    int status = describe_model(full, details, error);
    if (status)
        return status;
    json_add_number(details, "bias", full->bias);
    json_add_number(details, "interactions", (double)terms->products);
    json_add_number(details, "interactions_possible", (double)terms->possible);
    json_add_number(details, "level_terms", (double)terms->level_terms);
    json_add_number(details, "level_terms_possible", (double)terms->levels);
    json_add_number(details, "rows_reference", (double)terms->count[0]);
    json_add_number(details, "rows_subject", (double)terms->count[1]);
    json_add_bool(details, "sampled", terms->count[0] < task->reference->rows || terms->count[1] < task->subject->rows);
    return describe_model(main, json_add_object(details, "main"), error);
}

static void say(const struct propensity_terms *terms, const struct propensity *full, const struct propensity *main,
                struct result *result)
{
    double share = (double)terms->count[1] / (double)terms->rows, most = share * (1 - share);
    if (!(full->null > 0)) {
        snprintf(result->finding, sizeof result->finding,
                 "No column varies in the two tables together, so no model can tell which table a row is from.");
        return;
    }
    snprintf(
        result->finding, sizeof result->finding,
        "A logistic model with %zu terms for single columns and %zu of %zu for pairs explains %.1f %% of which table a row is "
        "from: %.1f times what chance leaves in a table resampled from the real one (single columns alone: %.1f times; fresh "
        "real rows: about %.1f times).",
        terms->main - 1, terms->products, terms->possible, 100 * full->pmse / most, full->pmse / full->null,
        main->pmse / main->null, 1 / (1 - share));
    if (result->population.lo > 0.1 * most)
        snprintf(result->remedy, sizeof result->remedy,
                 main->pmse > 0.5 * full->pmse
                     ? "Look at the shapes of single columns: main effects alone explain most of the difference."
                     : "Look at the pairs of columns: it takes interactions to see the difference.");
}

/* From expectation to value, z standard deviations of the expectation (score interval): the d with d² = z²·max(chance, variance
 * ± growth·d), + (up) for an expectation above the value. */
static double distance(const struct propensity *full, double z, bool up)
{
    double shift = SHARE * z * z * full->growth / 2, root = sqrt(fmax(0, shift * shift + z * z * full->variance));
    return fmax(z * sqrt(full->chance), root + (up ? shift : -shift));
}

/* Both from 0 to what knowing every row gives. Of the value: pMSE either way. Of the populations: pMSE less what chance adds,
 * either way; reaches to the value itself where chance adds more than the standard error. Where no row is in doubt nothing
 * varies: then at most a share q of the rows could be otherwise (Clopper and Pearson). */
static void set_intervals(const struct propensity_terms *terms, const struct propensity *full, double level,
                          struct result *result)
{
    double share = (double)terms->count[1] / (double)terms->rows, most = share * (1 - share),
           z = normal_quantile(0.5 + level / 2);
    double below = distance(full, z, false), above = distance(full, z, true), half = z * full->se,
           centre = full->pmse - full->bias;
    size_t fewer = terms->count[0] < terms->count[1] ? terms->count[0] : terms->count[1];
    if (full->pmse > 0 && full->determined == terms->rows)
        below = above = half = full->pmse * (1 - pow((1 - level) / 2, 1 / (double)fewer));
    half = fmin(half, most);
    result->lo = fmax(0, full->pmse - below);
    result->hi = fmax(full->pmse, fmin(full->pmse + above, most));
    result->population = (struct interval){fmax(0, centre - half), fmax(full->pmse, fmin(centre + half, most)), level,
                                           "delta method, bias-aware"};
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct propensity_terms terms;
    struct propensity full, main;
    struct arena *scratch = arena_new();
    int status = scratch ? propensity_terms_make(task, scratch, &terms, error) : error_memory(error);
    if (status == 0 && propensity_too_many(&terms))
        status = error_set(error, ERROR_UNMEASURABLE, "%zu rows are too few for a logistic model of %zu terms", terms.rows,
                           terms.main);
    if (status == 0)
        status = propensity_fit(&terms, true, !task->brief, scratch, &full, error);
    if (status == 0) {
        result->value = full.pmse;
        result->n = terms.rows;
        result->lo = result->hi = NAN;
        result->method = "score interval of a noncentral chi-squared";
        if (!task->brief)
            set_intervals(&terms, &full, task->level, result);
    }
    if (status == 0 && !task->brief && !task->plain) {
        status = propensity_fit(&terms, false, false, scratch, &main, error);
        if (status == 0)
            say(&terms, &full, &main, result);
        if (status == 0)
            status = describe(&terms, &full, &main, result, error);
    }
    arena_free(scratch);
    return status;
}

const struct measure measure_fidelity_propensity = {
    .id = "fidelity.propensity",
    .title = "Propensity score error",
    .summary = "How far a logistic model's guess which table a row is from departs from knowing nothing.",
    .definition =
        "Both tables are pooled and an unpenalised logistic regression with main effects and pairwise interactions estimates "
        "each row's probability p of being synthetic. pMSE = mean of (p − c)², c the synthetic share of the rows. Its ratio to "
        "the "
        "null expectation (k − 1)(1 − c)²c/N, k parameters and N rows, is in the details, with the same for main effects "
        "alone. "
        "At most 150 terms and one for ten rows: half of them for the most frequent levels, then the interactions whose terms "
        "correlate most in "
        "the "
        "training table. Above 10,000 rows a table, a random sample of as many.",
    .reading =
        "0: the model knows nothing, c(1 − c) (0.25 with tables of one size): it knows every row. Chance alone gives the null "
        "expectation: a ratio of 1 for a table resampled from the real rows, of 1/(1 − c) for fresh real rows (2 with tables "
        "of one "
        "size). The ratio grows with the number of rows wherever there is a true difference; pMSE does not.",
    .unit = "squared probability",
    .reference = "Snoke, Raab, Nowok, Dibben, Slavkovic 2018 (JRSS A 181), null expectation in section 3; Woo et al. 2009",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_INDEPENDENT,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 1,
    .run = run,
};
