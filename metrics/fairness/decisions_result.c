/* From gaps between groups to a measure's value, interval and details. */
#include "metrics/fairness/decisions.h"
#include "numeric/interval.h"

#include <math.h>

/* Mean over learners of one column's and part's gap in `value`, an array over cells. */
static double mean_gap(const struct decisions *d, const double *value, size_t column, size_t part, size_t source, enum gap gap)
{
    double sum = 0;
    for (size_t l = 0; l < d->n_learners; l++)
        sum += value[decisions_cell(d, column, part, l, source, gap)];
    return sum / (double)d->n_learners;
}

/* NaN where no gap is defined. */
static double find_worst(const struct decisions *d, const double *value, struct decisions_view view,
                         struct decisions_worst *worst)
{
    double most = NAN;
    for (size_t c = 0; c < d->n_columns; c++)
        for (size_t p = 0; p < d->n_parts; p++) {
            double candidate = mean_gap(d, value, c, p, SOURCE_SUBJECT, view.gap);
            double real = mean_gap(d, value, c, p, SOURCE_REAL, view.gap);
            double size = view.change ? candidate - real : candidate;
            if (isnan(size) || size <= most)
                continue;
            most = size;
            *worst = (struct decisions_worst){c, p, candidate, real};
        }
    return most;
}

static int fill_result(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                       struct result *result, struct decisions_worst *worst, struct error *error)
{
    double replicates[PROTOCOL_REPLICATES];
    struct interval interval;
    result->value = find_worst(d, d->gap, view, worst);
    result->n = d->protocol.test->rows;
    if (isnan(result->value))
        return error_set(error, ERROR_UNMEASURABLE, "no sensitive column has two groups with enough holdout rows%s to compare",
                         view.gap == GAP_OPPORTUNITY ? " of the class" : "");
    if (!d->replicates)
        return 0;
    int status = protocol_method(&d->protocol, "paired basic bootstrap over holdout rows", result, error);
    for (size_t b = 0; b < d->protocol.replicates; b++) {
        struct decisions_worst ignored;
        replicates[b] = find_worst(d, d->replicates + b * d->cells, view, &ignored);
    }
    /* Basic: max − min is biased upward, in the replicates once more than in the value, and mirroring takes that off. */
    if (status == 0)
        status =
            interval_basic(result->value, result->value, replicates, d->protocol.replicates, task->level, &interval, error);
    if (status != 0)
        return status;
    interval_clip(&interval, view.change ? -1 : 0, 1);
    result->lo = fmin(interval.lo, result->value);
    result->hi = fmax(interval.hi, result->value);
    return 0;
}

/* A rate over `rows` real rows; fewer than k are not written. */
static double written_rate(const struct measure_task *task, double rate, size_t rows)
{
    return rows >= task->min_group ? rate : NAN;
}

/* Rates of one group under one model; the interval is that of the rate in view. */
static int add_group(const struct measure_task *task, const struct decisions *d, struct decisions_view view, size_t column,
                     size_t part, size_t learner, size_t source, size_t group, const struct group_rates *rate, cJSON *groups)
{
    const struct decisions_column *c = &d->columns[column];
    bool opportunity = view.gap == GAP_OPPORTUNITY;
    size_t selected = rate->true_positives + rate->false_positives, negatives = rate->n - rate->positives;
    struct interval interval =
        interval_wilson(opportunity ? rate->true_positives : selected, opportunity ? rate->positives : rate->n, task->level);
    if (opportunity && rate->positives < task->min_group)
        interval = interval_none("Wilson");
    cJSON *item = json_push_object(groups);
    if (!item || !json_add_string(item, "column", c->name) || !json_add_string(item, "group", c->names[group]) ||
        (d->parts[part].name && !json_add_string(item, "class", d->parts[part].name)) ||
        !json_add_number(item, "n", (double)rate->n) || !json_add_number(item, "rate", rate->selection_rate) ||
        !json_add_number(item, "tpr", written_rate(task, rate->tpr, rate->positives)) ||
        !json_add_number(item, "fpr", written_rate(task, rate->fpr, negatives)) ||
        !json_add_number(item, "ppv", written_rate(task, rate->ppv, selected)) ||
        !json_add_number(item, "accuracy", rate->accuracy) ||
        !json_add_string(item, "learner", learner_list[d->learner[learner]]->name) ||
        !json_add_string(item, "trained_on", source == SOURCE_REAL ? "real" : "candidate") ||
        !json_add_bool(item, "used", c->enters[view.gap][part * c->groups + group]) ||
        !json_add_number(item, "lo", interval.lo) || !json_add_number(item, "hi", interval.hi))
        return ERROR_MEMORY;
    return 0;
}

/* All groups of one column, and the ratio of the smallest to the largest rate among those that enter. */
static int add_groups(const struct measure_task *task, const struct decisions *d, struct decisions_view view, size_t column,
                      size_t part, size_t learner, size_t source, struct group_rates *rates, double *values, cJSON *groups,
                      double *ratio)
{
    const struct decisions_column *c = &d->columns[column];
    size_t entering = 0;
    int status = 0;
    group_rates_compute(d->parts[part].truth, d->parts[part].decided[learner][source], c->group, NULL, d->protocol.test->rows,
                        c->groups, rates);
    for (size_t g = 0; status == 0 && g < c->groups; g++) {
        if (c->enters[view.gap][part * c->groups + g])
            values[entering++] = view.gap == GAP_PARITY ? rates[g].selection_rate : rates[g].tpr;
        if (rates[g].n >= task->min_group)
            status = add_group(task, d, view, column, part, learner, source, g, &rates[g], groups);
    }
    *ratio = entering < 2 ? NAN : range_ratio(values, entering);
    return status;
}

static int add_gap(const struct decisions *d, struct decisions_view view, size_t column, size_t part, size_t learner,
                   const double ratio[SOURCES], cJSON *gaps)
{
    size_t candidate = decisions_cell(d, column, part, learner, SOURCE_SUBJECT, view.gap);
    size_t real = decisions_cell(d, column, part, learner, SOURCE_REAL, view.gap);
    cJSON *item = json_push_object(gaps);
    if (!item || !json_add_string(item, "column", d->columns[column].name) ||
        (d->parts[part].name && !json_add_string(item, "class", d->parts[part].name)) ||
        !json_add_string(item, "learner", learner_list[d->learner[learner]]->name) ||
        !json_add_string(item, "gap", view.gap == GAP_PARITY ? "parity" : "opportunity") ||
        !json_add_number(item, "candidate", d->gap[candidate]) || !json_add_number(item, "real", d->gap[real]) ||
        !json_add_number(item, "change", d->gap[candidate] - d->gap[real]) ||
        !json_add_number(item, "null_candidate", d->null ? d->null[candidate] : NAN) ||
        !json_add_number(item, "null_real", d->null ? d->null[real] : NAN) ||
        !json_add_number(item, "ratio_candidate", ratio[SOURCE_SUBJECT]) ||
        !json_add_number(item, "ratio_real", ratio[SOURCE_REAL]))
        return ERROR_MEMORY;
    return 0;
}

static int describe(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                    struct result *result, struct error *error)
{
    struct group_rates *rates = ARENA_ARRAY(result->arena, struct group_rates, d->most_groups + 1);
    double *values = ARENA_ARRAY(result->arena, double, d->most_groups + 1);
    result->details = cJSON_CreateObject();
    cJSON *gaps = json_add_array(result->details, "gaps"), *groups = json_add_array(result->details, "groups");
    int status = rates && values && gaps && groups ? 0 : ERROR_MEMORY;
    for (size_t c = 0; c < d->n_columns; c++)
        for (size_t p = 0; p < d->n_parts; p++)
            for (size_t l = 0; l < d->n_learners; l++) {
                double ratio[SOURCES] = {NAN, NAN};
                for (size_t s = 0; status == 0 && s < SOURCES; s++)
                    status = add_groups(task, d, view, c, p, l, s, rates, values, groups, &ratio[s]);
                if (status == 0)
                    status = add_gap(d, view, c, p, l, ratio, gaps);
            }
    return status == 0 ? 0 : error_memory(error);
}

double decisions_null(const struct decisions *d, struct decisions_view view, const struct decisions_worst *worst)
{
    return mean_gap(d, d->null, worst->column, worst->part, SOURCE_SUBJECT, view.gap);
}

int decisions_run(const struct measure_task *task, struct decisions_view view, decisions_word *word, struct result *result,
                  struct error *error)
{
    const struct decisions *decisions;
    struct decisions_worst worst;
    bool brief = protocol_brief(task, SUBJECT_CANDIDATE);
    int status = decisions_get(task, brief, &decisions, error);
    if (status == 0)
        status = fill_result(task, decisions, view, result, &worst, error);
    if (status != 0 || brief)
        return status;
    word(task, decisions, &worst, result);
    return describe(task, decisions, view, result, error);
}
