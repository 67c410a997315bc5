/* Can a learner tell the synthetic rows from the real ones? */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "metrics/fidelity/discriminator_fit.h"
#include "metrics/fidelity/words.h"

static const char *const learner_names[DISCRIMINATORS] = {"logistic", "boosted"};
static const char *const learner_titles[DISCRIMINATORS] = {"a linear model", "boosted trees"};

/* The larger AUC, at least ½, and an interval for what it is on average. The upper end is that of whichever learner reaches
 * highest; for the lower end each learner gets half of the error, since the larger of two numbers is too large by chance alone
 * (Bonferroni). How far an AUC lies below ½ is told by the upper end: the value alone, ½ then, could not. */
static void combine(const struct judged *judged, double level, struct result *result)
{
    result->value = result->lo = result->hi = 0.5;
    for (size_t l = 0; l < DISCRIMINATORS; l++) {
        const struct delong *one = &judged[l].delong;
        result->value = fmax(result->value, one->auc);
        result->lo = fmax(result->lo, delong_interval(one, 1 - (1 - level) / DISCRIMINATORS).lo);
        result->hi = fmax(result->hi, delong_interval(one, level).hi);
    }
}

/* Inputs by falling share, ties in column order. */
static void rank_inputs(const double *share, size_t inputs, size_t *order)
{
    for (size_t i = 0; i < inputs; i++) {
        size_t at = i;
        for (; at > 0 && share[order[at - 1]] < share[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static int describe_learner(const struct measure_task *task, const struct discriminator_rows *pooled,
                            const struct judged *judged, const char *name, size_t *order, cJSON *list, struct error *error)
{
    size_t inputs = pooled->design.layout.quantities + pooled->design.layout.factors;
    struct interval interval = delong_interval(&judged->delong, task->level);
    cJSON *item = json_push_object(list);
    json_add_string(item, "learner", name);
    json_add_number(item, "auc", judged->delong.auc);
    json_add_number(item, "lo", interval.lo);
    json_add_number(item, "hi", interval.hi);
    cJSON *importance = json_add_array(item, "importance");
    if (!importance)
        return error_memory(error);
    rank_inputs(judged->share, inputs, order);
    for (size_t i = 0; i < inputs; i++) {
        cJSON *column = json_push_object(importance);
        if (!column)
            return error_memory(error);
        json_add_string(column, "column", task->data->schema->columns[pooled->columns[order[i]]].name);
        json_add_number(column, "share", judged->share[order[i]]);
    }
    return 0;
}

static int describe(const struct measure_task *task, const struct discriminator_rows *pooled, const struct judged *judged,
                    struct result *result, struct error *error)
{
    size_t inputs = pooled->design.layout.quantities + pooled->design.layout.factors;
    size_t *order = ARENA_ARRAY(result->arena, size_t, inputs);
    cJSON *details = result->details = cJSON_CreateObject(), *list = json_add_array(details, "learners");
    if (!order || !list)
        return error_memory(error);
    for (size_t l = 0; l < DISCRIMINATORS; l++) {
        int status = describe_learner(task, pooled, &judged[l], learner_names[l], order, list, error);
        if (status)
            return status;
    }
    json_add_number(details, "folds", DISCRIMINATOR_FOLDS);
    json_add_number(details, "repeats", (double)pooled->repeats);
    json_add_number(details, "rows_reference", (double)pooled->used[0]);
    json_add_number(details, "rows_subject", (double)pooled->used[1]);
    json_add_bool(details, "sampled", pooled->used[0] < task->reference->rows || pooled->used[1] < task->subject->rows);
    json_add_bool(details, "same_rows", pooled->same);
    return 0;
}

/* A table made of the other's rows: what is left out of training looks like what stands in for it in the other table. */
static void say_below(const struct judged *boosted, double level, struct result *result)
{
    size_t used = strlen(result->finding);
    if (delong_interval(&boosted->delong, level).hi < 0.5)
        snprintf(result->finding + used, sizeof result->finding - used,
                 " Boosted trees do worse than guessing (%.0f %%), as they do when rows stand in for the very rows they were "
                 "made from: see the privacy measures.",
                 100 * boosted->delong.auc);
}

static void say(const struct measure_task *task, const struct discriminator_rows *pooled, const struct judged *judged,
                struct result *result)
{
    size_t inputs = pooled->design.layout.quantities + pooled->design.layout.factors, most = 0;
    size_t best = judged[DISCRIMINATOR_BOOSTED].delong.auc >= judged[DISCRIMINATOR_LOGISTIC].delong.auc
                      ? DISCRIMINATOR_BOOSTED
                      : DISCRIMINATOR_LOGISTIC;
    if (result->lo <= 0.5) {
        snprintf(result->finding, sizeof result->finding,
                 "A linear model and boosted trees do not provably tell synthetic rows from real ones: shown one of each they "
                 "are right "
                 "%.0f %% of the time, at most %.0f %% by the interval (50 %% is guessing; %zu and %zu rows).",
                 100 * result->value, 100 * result->hi, pooled->used[0], pooled->used[1]);
        say_below(&judged[DISCRIMINATOR_BOOSTED], task->level, result);
        return;
    }
    for (size_t i = 1; i < inputs; i++)
        if (judged[best].share[i] > judged[best].share[most])
            most = i;
    struct short_name name = short_name(task->data->schema->columns[pooled->columns[most]].name);
    snprintf(result->finding, sizeof result->finding,
             "Shown a real and a synthetic row, %s %s which is which %.0f %% of the time (50 %% is guessing); '%s' gives "
             "away most (%.0f %% of what was learnt).",
             learner_titles[best], best == DISCRIMINATOR_BOOSTED ? "say" : "says", 100 * result->value, name.text,
             100 * judged[best].share[most]);
    if (result->value > 0.6)
        snprintf(
            result->remedy, sizeof result->remedy,
            judged[DISCRIMINATOR_LOGISTIC].delong.auc > 0.6
                ? "Look at the distribution of '%s' first: a linear model sees the difference."
                : "Look at how '%s' goes with the other columns: only a learner of their combinations sees the difference.",
            name.text);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct discriminator_rows pooled;
    struct judged judged[DISCRIMINATORS];
    struct arena *scratch = arena_new();
    int status = scratch ? discriminator_rows_make(task, scratch, &pooled, error) : error_memory(error);
    if (status == 0)
        status = discriminator_fit(task, &pooled, scratch, judged, error);
    if (status == 0) {
        combine(judged, task->level, result);
        result->method = "DeLong within folds, larger of two";
        result->n = pooled.used[0] + pooled.used[1];
        if (!task->brief && !task->plain) {
            say(task, &pooled, judged, result);
            status = describe(task, &pooled, judged, result, error);
        }
    }
    arena_free(scratch);
    return status;
}

const struct measure measure_fidelity_discriminator = {
    .id = "fidelity.discriminator",
    .title = "Telling synthetic from real",
    .summary = "How well a learner that is shown both tells synthetic rows from real ones.",
    .definition =
        "A linear model (logistic regression) and boosted trees learn to tell the rows of the two tables apart, in 5-fold "
        "cross-validation: each row is scored by a model that has not seen it. AUC is the chance that a synthetic row gets a "
        "higher score than a real one of the same fold. The value is the larger of the two learners' AUCs, and 0.5 where both "
        "are below. All measured columns are features, the target among them, and so are missing cells and levels that the "
        "training table lacks. Equal rows stay in one fold (up to 10). Above 25,000 rows a table, a random sample of as many.",
    .reading =
        "0.5: the learner guesses, the rows look real to it; 1: every synthetic row is found out. 0.55 is hard to see in any "
        "single table or plot, 0.7 is a clear difference, above 0.9 most rows carry a mark. A linear model sees shifted "
        "columns and is blind to lost dependence, boosted trees see both, so the larger one counts. An AUC well below "
        "0.5 means no more than 0.5. A copy of the training rows gets 0.5 too: this measure does not see privacy.",
    .unit = "AUC",
    .reference = "Lopez-Paz and Oquab 2017 (classifier two-sample test); interval LeDell, Petersen, van der Laan 2015 and "
                 "DeLong 1988",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_TARGET,
    .target = 0.5,
    .lo = 0.5,
    .hi = 1,
    .needs = NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_INDEPENDENT,
    .best = 0.5,
    .cost = COST_HIGH,
    .version = 1,
    .run = run,
};
