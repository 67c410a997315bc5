#include <math.h>
#include <stdio.h>

#include "metrics/fidelity/mean_gap.h"
#include "metrics/fidelity/words.h"
#include "numeric/divergence.h"
#include "numeric/gap_cells.h"

struct divergences {
    struct gap_columns columns;
    struct divergence *parts;
};

static int divergence_part(void *context, size_t index, const struct influence *influence, struct gap *gap, struct error *error)
{
    struct divergences *d = context;
    struct divergence *part = &d->parts[index];
    const struct table_view *reference = d->columns.reference, *subject = d->columns.subject;
    const struct column_view *a = &reference->columns[d->columns.column[index]];
    const struct column_view *b = &subject->columns[d->columns.column[index]];
    struct gap_present present = gap_column_present(&d->columns, index);
    int status = divergence_shares(a->code, reference->rows, b->code, subject->rows, a->levels, (uint32_t)(a->levels - 1),
                                   influence, part, error);
    if (isnan(part->root) && present.real != present.candidate)
        part->divergence = part->root = 1; /* a column that lost all its values, or got some that real data never has */
    *gap = (struct gap){.distance = part->root, .bias = part->bias_most, .se = part->se};
    return status;
}

static double mean_divergence(const struct divergences *d, size_t count, size_t defined)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += isnan(d->parts[i].divergence) ? 0 : d->parts[i].divergence;
    return sum / (double)defined;
}

/* The populations' upper end lies lower than mean_gap's by what noise surely adds, but never below the value. */
static void finish_intervals(const struct divergences *d, const struct mean_gap *mean, struct result *result)
{
    double sure = 0;
    for (size_t i = 0; i < mean->count; i++)
        sure += d->parts[i].bias_least;
    result->hi = fmin(1, result->hi);
    result->population.hi = fmin(1, fmax(result->value, result->population.hi - sure / (double)mean->defined));
}

/* The distance with missing values as one more category. */
static int add_with_missing(const struct divergences *d, size_t index, cJSON *item, struct error *error)
{
    const struct table_view *reference = d->columns.reference, *subject = d->columns.subject;
    const struct column_view *a = &reference->columns[d->columns.column[index]];
    const struct column_view *b = &subject->columns[d->columns.column[index]];
    struct arena *arena = arena_new();
    double *counts = arena ? ARENA_ARRAY(arena, double, 2 * a->levels) : NULL;
    int status = counts ? 0 : error_memory(error);
    if (status == 0) {
        gap_cells_count(a->code, reference->rows, a->levels, UINT32_MAX, counts);
        gap_cells_count(b->code, subject->rows, a->levels, UINT32_MAX, counts + a->levels);
        double divergence = jensen_shannon(counts, counts + a->levels, a->levels);
        json_add_number(item, "distance_with_missing", sqrt(divergence));
        json_add_number(item, "divergence_with_missing", divergence);
    }
    arena_free(arena);
    return status;
}

static int describe_column(const struct divergences *d, size_t index, cJSON *item, struct error *error)
{
    const struct divergence *part = &d->parts[index];
    const struct measure_task *task = d->columns.task;
    struct gap_present present = gap_column_present(&d->columns, index);
    const char *absence = gap_column_absence(&d->columns, index);
    json_add_string(item, "column", gap_column_schema(&d->columns, index)->name);
    json_add_string(item, "kind", gap_column_is_quantity(&d->columns, index) ? "deciles" : "levels");
    json_add_number(item, "distance", part->root);
    json_add_number(item, "divergence", part->divergence);
    if (absence)
        json_add_string(item, "note", absence);
    else {
        struct interval interval = gap_interval(part->root, part->bias_most, part->se, task->level);
        json_add_number(item, "lo", interval.lo);
        json_add_number(item, "hi", fmin(1, fmax(part->root, interval.hi - part->bias_least)));
    }
    bool missing = task->reference->rows > present.real || task->subject->rows > present.candidate;
    return missing ? add_with_missing(d, index, item, error) : 0;
}

static int describe(const struct divergences *d, const struct mean_gap *mean, cJSON *details, struct error *error)
{
    json_add_number(details, "mean_distance", mean->distance);
    json_add_number(details, "mean_divergence", mean_divergence(d, mean->count, mean->defined));
    cJSON *list = json_add_array(details, "columns");
    int status = list ? 0 : error_memory(error);
    for (size_t i = 0; i < mean->count && status == 0; i++) {
        cJSON *item = json_push_object(list);
        status = item ? describe_column(d, i, item, error) : error_memory(error);
    }
    return status;
}

static void say(const struct divergences *d, const struct mean_gap *mean, struct result *result)
{
    size_t worst = mean_gap_worst(mean);
    struct short_name name = short_name(gap_column_schema(&d->columns, worst)->name);
    const struct gap *gap = &mean->parts[worst];
    snprintf(result->finding, sizeof result->finding,
             "The Jensen-Shannon distance of single columns to the real ones is %.3f on average over %zu columns (0: the same, "
             "1: nothing in common); farthest away is '%s' with %.3f%s.",
             result->value, mean->defined, name.text, gap->distance,
             gap->distance == 0          ? ""
             : gap->bias < gap->distance ? ", more than chance explains"
                                         : ", which chance alone can explain");
    if (gap->distance > 0.1 && gap->bias < gap->distance)
        snprintf(result->remedy, sizeof result->remedy,
                 "Compare the shares of values in '%s' with the real ones: some are missing, rare or new.", name.text);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct divergences d;
    struct mean_gap mean;
    int status = gap_columns_get(task, false, result->arena, &d.columns, error);
    if (status)
        return status;
    d.parts = ARENA_ARRAY(result->arena, struct divergence, d.columns.count + 1);
    if (!d.parts)
        return error_memory(error);
    status = mean_gap_compute(task, d.columns.count, divergence_part, &d, result->arena, &mean, error);
    if (status)
        return status;
    if (mean.defined == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no numeric, date or categorical column has a value to compare");
    mean_gap_result(task, &mean, false, result);
    if (task->brief)
        return 0;
    finish_intervals(&d, &mean, result);
    say(&d, &mean, result);
    result->details = cJSON_CreateObject();
    return result->details ? describe(&d, &mean, result->details, error) : error_memory(error);
}

const struct measure measure_fidelity_jensen_shannon = {
    .id = "fidelity.jensen_shannon",
    .title = "Jensen-Shannon distance of columns",
    .summary = "How far the shares of values in each column are from the real ones, in bits of information.",
    .definition =
        "Mean over columns of the Jensen-Shannon distance: the root of the divergence ½ KL(p‖m) + ½ KL(q‖m) in base 2, "
        "m = (p + q)/2, p and q the shares in the real and the synthetic table. Categorical columns: over the categories of "
        "both tables. Numeric columns and dates: over the bins between the training column's deciles, one bin below and one "
        "above. Missing values are left out of both tables. A column without any value in one of the tables counts 1.",
    .reading =
        "0 means that every column has the real shares, 1 that none has a value in common with the real one. It weighs new and "
        "lost categories more than the shape score does. Fresh real rows stay above 0 because of chance: compare with the "
        "honest "
        "case. The divergence itself, the distance's square, is in the details.",
    .unit = "distance",
    .reference = "Lin 1991 (divergence); Endres and Schindelin 2003 (its root is a metric); scipy's jensenshannon, base 2",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_UNIFORM,
    .best = 0,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "fidelity.view",
    .run = run,
};
