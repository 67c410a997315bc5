/* What stands behind a measure's value: groups and gaps. */
#include "metrics/fairness/decisions_internal.h"
#include "numeric/interval.h"
#include "numeric/scores.h"

#include <math.h>

/* Where in the tables one model's groups are. */
struct place {
    size_t column, part, learner, source;
};

/* A rate over `rows` real rows; fewer than k are not written. */
static double written_rate(const struct measure_task *task, double rate, size_t rows)
{
    return rows >= task->min_group ? rate : NAN;
}

/* The interval of the rate in view, where it is a share. */
static struct interval rate_interval(const struct measure_task *task, enum rate rate, const struct decisions_group *g)
{
    const struct {
        size_t part, whole;
    } share[RATES] = {[RATE_SELECTION] = {g->selected, g->n},
                      [RATE_TPR] = {g->hits, g->positives},
                      [RATE_PPV] = {g->hits, g->selected},
                      [RATE_ACCURACY] = {g->n - g->positives - g->selected + 2 * g->hits, g->n}};
    if (share[rate].whole < task->min_group || share[rate].whole == 0)
        return interval_none("Wilson");
    return interval_wilson(share[rate].part, share[rate].whole, task->level);
}

/* Means over one group's rows, in the target's unit where that is a number, and how far probabilities are off there. */
struct group_errors {
    double calibration;                    /* error in ten bins; NaN for a numeric target */
    struct interval bias, mean_prediction; /* of the mean of prediction − truth, and of the prediction */
};

/* Mean ± z·s/√n. */
static struct interval mean_interval(const double *x, size_t n, double level)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    return n < 2 ? interval_none("Wald") : interval_wald(mean, sqrt(squares / (double)(n - 1) / (double)n), level, "Wald");
}

static int group_errors(const struct measure_task *task, const struct decisions *d, const struct place *at, uint32_t group,
                        struct group_errors *errors, struct error *error)
{
    const struct decisions_part *part = &d->parts[at->part];
    size_t rows = d->protocol.test->rows, n = 0;
    struct arena *arena = arena_new();
    uint8_t *outcome = arena ? ARENA_ARRAY(arena, uint8_t, rows) : NULL;
    double *score = arena ? ARENA_ARRAY(arena, double, rows) : NULL, *off = arena ? ARENA_ARRAY(arena, double, rows) : NULL;
    int status = outcome && score && off ? 0 : error_memory(error);
    for (size_t i = 0; status == 0 && i < rows; i++) {
        if (d->columns[at->column].group[i] != group)
            continue;
        score[n] = part->score[at->learner][at->source][i * d->protocol.width] / d->unit;
        outcome[n] = part->truth ? part->truth[i] : 0;
        off[n] = part->truth ? score[n] - outcome[n] : part->error[at->learner][at->source][i] / d->unit;
        n++;
    }
    if (status == 0) {
        errors->calibration = part->truth ? calibration_error(outcome, score, n) : NAN;
        errors->bias = mean_interval(off, n, task->level);
        errors->mean_prediction = mean_interval(score, n, task->level);
    }
    arena_free(arena);
    return status;
}

static bool add_class_rates(const struct measure_task *task, const struct decisions_group *g, cJSON *item)
{
    size_t negatives = g->n - g->positives, both = g->positives < negatives ? g->positives : negatives;
    return json_add_number(item, "tpr", written_rate(task, g->rate[RATE_TPR], g->positives)) &&
           json_add_number(item, "fpr", written_rate(task, g->rate[RATE_FPR], negatives)) &&
           json_add_number(item, "ppv", written_rate(task, g->rate[RATE_PPV], g->selected)) &&
           json_add_number(item, "accuracy", g->rate[RATE_ACCURACY]) &&
           json_add_number(item, "balanced_accuracy", written_rate(task, g->rate[RATE_QUALITY], both));
}

/* Rates of one group under one model; *calibration: its calibration error in ten bins, where that is the view. */
static int add_group(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                     const struct place *at, uint32_t group, const struct decisions_group *g, cJSON *groups,
                     double *calibration, struct error *error)
{
    const struct decisions_column *c = &d->columns[at->column];
    const struct decisions_part *part = &d->parts[at->part];
    enum rate rate = statistic_kinds[view.statistic].rate;
    bool used = c->enters[rate][decisions_entry(d, c, at->part, at->learner) + group];
    struct interval interval = part->truth ? rate_interval(task, rate, g) : interval_none("none");
    const bool calibrated = view.statistic == STATISTIC_CALIBRATION;
    if (calibrated || (!part->truth && view.statistic == STATISTIC_PARITY)) {
        struct group_errors errors;
        int status = group_errors(task, d, at, group, &errors, error);
        if (status != 0)
            return status;
        *calibration = errors.calibration;
        interval = calibrated ? errors.bias : errors.mean_prediction;
    }
    cJSON *item = json_push_object(groups);
    if (!item || !json_add_string(item, "column", c->name) || !json_add_string(item, "group", c->names[group]) ||
        (part->name && !json_add_string(item, "class", part->name)) || !json_add_number(item, "n", (double)g->n) ||
        !json_add_number(item, "rate", g->rate[RATE_SELECTION]) ||
        (part->truth ? !add_class_rates(task, g, item) : !json_add_number(item, "r2", g->rate[RATE_QUALITY])) ||
        !json_add_number(item, "bias", g->rate[RATE_BIAS]) ||
        (calibrated && !json_add_number(item, "calibration_error", *calibration)) ||
        !json_add_string(item, "learner", learner_list[d->learner[at->learner]]->name) ||
        !json_add_string(item, "trained_on", at->source == SOURCE_REAL ? "real" : "candidate") ||
        !json_add_bool(item, "used", used) || !json_add_number(item, "lo", interval.lo) ||
        !json_add_number(item, "hi", interval.hi))
        return error_memory(error);
    return 0;
}

/* Smallest by largest of one rate among the groups that enter. */
static double rate_ratio(const struct decisions_column *column, size_t entry, enum rate rate,
                         const struct decisions_scratch *scratch)
{
    size_t n = 0;
    for (size_t g = 0; g < column->groups; g++)
        if (column->enters[rate][entry + g])
            scratch->values[n++] = scratch->groups[g].rate[rate];
    return range_ratio(scratch->values, n);
}

/* What stands beside a statistic, per source: the ratio of the least to the greatest rate (of shares alone), and how far the
 * calibration errors of groups lie apart (where calibration is in view). */
struct aside {
    double ratio[SOURCES], error_range[SOURCES];
};

/* All groups of one column under one model. */
static int add_groups(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                      const struct place *at, const struct decisions_scratch *scratch, cJSON *groups, struct aside *aside,
                      struct error *error)
{
    const struct decisions_column *c = &d->columns[at->column];
    const struct statistic_kind *kind = &statistic_kinds[view.statistic];
    size_t entry = decisions_entry(d, c, at->part, at->learner), n = 0;
    decisions_rates(d, c, at->part, at->learner, at->source, c->group, NULL, scratch);
    for (uint32_t g = 0; g < c->groups; g++) {
        double calibration = NAN;
        if (scratch->groups[g].n < task->min_group)
            continue;
        int status = add_group(task, d, view, at, g, &scratch->groups[g], groups, &calibration, error);
        if (status != 0)
            return status;
        if (c->enters[kind->rate][entry + g])
            scratch->values[n++] = calibration;
    }
    bool share = kind->rate == RATE_SELECTION || kind->rate == RATE_TPR || kind->rate == RATE_PPV;
    aside->error_range[at->source] = range_difference(scratch->values, n);
    aside->ratio[at->source] = share && d->protocol.classes ? rate_ratio(c, entry, kind->rate, scratch) : NAN;
    if (view.statistic == STATISTIC_ODDS)
        aside->ratio[at->source] = fmin(aside->ratio[at->source], rate_ratio(c, entry, RATE_FPR, scratch));
    return 0;
}

static int add_gap(const struct decisions *d, struct decisions_view view, const struct place *at, const struct aside *aside,
                   cJSON *gaps, struct error *error)
{
    size_t candidate = decisions_cell(d, at->column, at->part, at->learner, SOURCE_SUBJECT, view.statistic);
    size_t real = decisions_cell(d, at->column, at->part, at->learner, SOURCE_REAL, view.statistic);
    const char *class = d->parts[at->part].name;
    bool calibration = view.statistic == STATISTIC_CALIBRATION;
    cJSON *item = json_push_object(gaps);
    if (!item || !json_add_string(item, "column", d->columns[at->column].name) ||
        (class && !json_add_string(item, "class", class)) ||
        !json_add_string(item, "learner", learner_list[d->learner[at->learner]]->name) ||
        !json_add_string(item, "gap", statistic_kinds[view.statistic].name) ||
        !json_add_number(item, "candidate", d->value[candidate]) || !json_add_number(item, "real", d->value[real]) ||
        !json_add_number(item, "change", d->value[candidate] - d->value[real]) ||
        !json_add_number(item, "null_candidate", d->null ? d->null[candidate] : NAN) ||
        !json_add_number(item, "null_real", d->null ? d->null[real] : NAN) ||
        !json_add_number(item, calibration ? "error_range_candidate" : "ratio_candidate",
                         (calibration ? aside->error_range : aside->ratio)[SOURCE_SUBJECT]) ||
        !json_add_number(item, calibration ? "error_range_real" : "ratio_real",
                         (calibration ? aside->error_range : aside->ratio)[SOURCE_REAL]))
        return error_memory(error);
    return 0;
}

/* How much a statistic has changed, column by column: means over learners, of which the value is the largest. */
static int add_means(const struct measure_task *task, const struct decisions *d, struct decisions_view view, cJSON *means,
                     struct error *error)
{
    for (size_t c = 0; c < d->n_columns; c++)
        for (size_t p = 0; p < d->n_parts && d->columns[c].crossed == view.crossed; p++) {
            double mean[SOURCES];
            struct interval interval;
            decisions_means(d, d->value, c, p, view.statistic, mean);
            const double change = mean[SOURCE_SUBJECT] - mean[SOURCE_REAL];
            if (isnan(change))
                continue;
            int status = decisions_change_interval(task, d, view, (ptrdiff_t)c, p, &interval, error);
            if (status != 0)
                return status;
            cJSON *item = json_push_object(means);
            if (!item || !json_add_string(item, "column", d->columns[c].name) ||
                (d->parts[p].name && !json_add_string(item, "class", d->parts[p].name)) ||
                !json_add_number(item, "candidate", mean[SOURCE_SUBJECT]) ||
                !json_add_number(item, "real", mean[SOURCE_REAL]) || !json_add_number(item, "change", change) ||
                !json_add_number(item, "lo", fmin(interval.lo, change)) ||
                !json_add_number(item, "hi", fmax(interval.hi, change)))
                return error_memory(error);
        }
    return 0;
}

int decisions_describe(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                       struct result *result, struct error *error)
{
    struct decisions_scratch scratch;
    struct arena *arena = arena_new();
    result->details = cJSON_CreateObject();
    cJSON *gaps = json_add_array(result->details, "gaps"), *groups = json_add_array(result->details, "groups");
    int status = arena && gaps && groups ? decisions_scratch_new(d, &scratch, arena, error) : error_memory(error);
    for (size_t c = 0; c < d->n_columns; c++)
        for (size_t p = 0; p < d->n_parts && d->columns[c].crossed == view.crossed; p++)
            for (size_t l = 0; l < d->n_learners; l++) {
                struct aside aside = {0};
                struct place at = {c, p, l, 0};
                for (; status == 0 && at.source < SOURCES; at.source++)
                    status = add_groups(task, d, view, &at, &scratch, groups, &aside, error);
                if (status == 0)
                    status = add_gap(d, view, &at, &aside, gaps, error);
            }
    arena_free(arena);
    if (status != 0 || !view.change)
        return status;
    cJSON *means = json_add_array(result->details, "means");
    return means ? add_means(task, d, view, means, error) : error_memory(error);
}
