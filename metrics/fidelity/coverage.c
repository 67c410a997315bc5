#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "metrics/fidelity/column_cover.h"
#include "metrics/fidelity/words.h"
#include "numeric/interval.h"

#define DEGREES 30.0 /* of freedom of Student's t: the variance stands on the few cells that may be empty */

struct coverage {
    const struct measure_task *task;
    const struct table_view *reference, *subject;
    struct column_cover *columns;
    size_t count, defined; /* defined: the reference has a value */
};

static const char *name_of(const struct coverage *c, size_t index)
{
    return c->task->data->schema->columns[c->columns[index].column].name;
}

static double share(const struct column_cover *cover)
{
    return cover->cells ? (double)cover->hit / (double)cover->cells : NAN;
}

static int cover_all(struct coverage *c, struct arena *arena, struct error *error)
{
    const size_t *columns;
    int status = fidelity_columns(c->task, arena, &columns, &c->count, error);
    if (status == 0)
        status = table_views_get(c->task, &c->reference, &c->subject, error);
    if (status)
        return status;
    c->columns = ARENA_ARRAY(arena, struct column_cover, c->count + 1);
    if (!c->columns)
        return error_memory(error);
    for (size_t i = 0; i < c->count && status == 0; i++) {
        status = column_cover(c->task, c->reference, c->subject, columns[i], arena, &c->columns[i], error);
        c->defined += c->columns[i].cells > 0;
    }
    return status;
}

/* Variances of the mean: as if columns were covered independently, times what rows add that are alone in several columns (the
 * jackknife's correlation between columns; the number of rows being given, more that are alone leave fewer). */
static int variances(const struct coverage *c, double *variance, double *limit, struct error *error)
{
    double apart = 0, together = 0, sum = 0, defined = (double)c->defined;
    double *sums = calloc(c->subject->rows + 1, sizeof *sums);
    *variance = *limit = 0;
    if (!sums)
        return error_memory(error);
    for (size_t i = 0; i < c->count; i++) {
        const struct column_cover *cover = &c->columns[i];
        if (cover->cells == 0)
            continue;
        double weight = 1 / ((double)cover->cells * defined);
        *variance += cover->variance / (defined * defined);
        *limit += cover->limit / (defined * defined);
        apart += (double)cover->once * weight * weight;
        column_cover_alone(c->task, c->subject, cover, weight, sums);
    }
    for (size_t i = 0; i < c->subject->rows; i++) {
        together += sums[i] * sums[i];
        sum += sums[i];
    }
    free(sums);
    together -= sum * sum / (double)c->subject->rows;
    double raise = together > 0 && apart > 0 ? together / apart : 1;
    *variance *= raise;
    *limit *= raise;
    return 0;
}

/* What one empty cell takes from the value, over all that are empty. */
static double open_unit(const struct coverage *c)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct column_cover *cover = &c->columns[i];
        if (cover->cells == 0)
            continue;
        double weight = 1 / ((double)cover->cells * (double)c->defined), empty = (double)(cover->cells - cover->hit);
        sum += empty * weight;
        squares += empty * weight * weight;
    }
    return sum > 0 ? squares / sum : 0;
}

/* The share left open, û = 1 − value, counts like û/w cells of weight w = variance/û each: ends are half way between those of a
 * normal distribution and Poisson limits (below û: Wilson and Hilferty 1931; above: where (û − u)² = z²·w·u), since cells are
 * empty with chances that are not small. Of a single empty cell the variance says little: w then is that cell's weight, which
 * falls out of the mean as more are empty. Where none is empty the lower end of the value reaches as far as the cells' limits
 * say, and never farther. */
static int add_interval(const struct coverage *c, struct result *result, struct error *error)
{
    double variance, limit, normal = normal_quantile((1 + c->task->level) / 2), open = 1 - result->value;
    double z = normal + (normal * normal * normal + normal) / (4 * DEGREES);
    int status = variances(c, &variance, &limit, error);
    if (status)
        return status;
    double down = z * sqrt(limit), up = 0;
    if (open > 0) {
        double unit = open_unit(c), weight = variance / open;
        weight += fmax(0, unit - weight) * fmin(1, pow(unit / open, 1.5));
        double half = z * z * weight / 2, even = z * sqrt(weight * open), count = open / weight;
        double cube = fmax(0, 1 - 1 / (9 * count) - z / (3 * sqrt(count)));
        down = fmin(fmax(down, even), (hypot(half, even) + half + even) / 2);
        up = (open * (1 - cube * cube * cube) + fmin(open, even)) / 2;
    }
    result->lo = fmax(0, result->value - down);
    result->hi = fmin(1, result->value + up);
    return 0;
}

static void describe_column(const struct coverage *c, size_t index, double z, cJSON *item)
{
    const struct column_cover *cover = &c->columns[index];
    double value = share(cover), half = z * sqrt(cover->limit);
    bool levels = column_kind(&c->task->data->schema->columns[cover->column]) == KIND_LEVELS;
    json_add_string(item, "column", name_of(c, index));
    json_add_string(item, "kind", levels ? "levels" : "bins");
    json_add_number(item, "cells", (double)cover->cells);
    json_add_number(item, "covered", value);
    json_add_number(item, "lo", fmax(0, value - half));
    json_add_number(item, "hi", fmin(1, value + half));
    if (levels)
        json_add_number(item, "frequent_covered",
                        cover->frequent ? (double)cover->frequent_hit / (double)cover->frequent : NAN);
    else {
        json_add_number(item, "deciles_covered", cover->deciles);
        /* two decimals: the exact number would give the real extremes away */
        json_add_number(item, "range_covered", isnan(cover->range) ? NAN : floor(100 * cover->range) / 100);
    }
    json_add_number(item, "outside", cover->outside);
    if (cover->cells == 0)
        json_add_string(item, "note", "no value present in the real table: nothing to cover");
    else if (isnan(cover->outside))
        json_add_string(item, "note", "no value present in the candidate");
}

static int describe(const struct coverage *c, double value, cJSON *details, struct error *error)
{
    double outside = 0, z = normal_quantile((1 + c->task->level) / 2);
    size_t present = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (isnan(c->columns[i].outside))
            continue;
        outside += c->columns[i].outside;
        present++;
    }
    json_add_number(details, "mean_covered", value);
    json_add_number(details, "mean_outside", present ? outside / (double)present : NAN);
    cJSON *list = json_add_array(details, "columns");
    for (size_t i = 0; i < c->count; i++) {
        cJSON *item = json_push_object(list);
        if (!item)
            return error_memory(error);
        describe_column(c, i, z, item);
    }
    return 0;
}

static void say(const struct coverage *c, struct result *result)
{
    size_t worst = SIZE_MAX;
    for (size_t i = 0; i < c->count; i++)
        if (c->columns[i].cells && (worst == SIZE_MAX || share(&c->columns[i]) < share(&c->columns[worst])))
            worst = i;
    const struct column_cover *cover = &c->columns[worst];
    struct short_name name = short_name(name_of(c, worst));
    const char *what =
        column_kind(&c->task->data->schema->columns[cover->column]) == KIND_LEVELS ? "categories" : "quantile bins";
    if (share(cover) >= 1) {
        snprintf(result->finding, sizeof result->finding,
                 "All categories and quantile bins that the real table has occur in the candidate, in all of %zu columns.",
                 c->defined);
        return;
    }
    snprintf(result->finding, sizeof result->finding,
             "The candidate covers %.1f %% of the real table's categories and quantile bins on average over %zu columns; the "
             "least covered is '%s' with %.1f %% of its %s.",
             100 * result->value, c->defined, name.text, 100 * share(cover), what);
    if (share(cover) < 0.9)
        snprintf(result->remedy, sizeof result->remedy, "Make the rarer values of '%s' come out too.", name.text);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct coverage c = {.task = task};
    double sum = 0;
    int status = cover_all(&c, result->arena, error);
    if (status)
        return status;
    if (c.defined == 0 || task->subject->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         c.defined ? "the candidate has no rows" : "no column of the real table has a value to cover");
    for (size_t i = 0; i < c.count; i++)
        sum += c.columns[i].cells ? share(&c.columns[i]) : 0;
    result->value = sum / (double)c.defined;
    result->n = task->subject->rows;
    result->method = "occupancy of cells";
    if (task->brief)
        return 0;
    status = add_interval(&c, result, error);
    if (status)
        return status;
    say(&c, result);
    result->details = cJSON_CreateObject();
    return result->details ? describe(&c, result->value, result->details, error) : error_memory(error);
}

const struct measure measure_fidelity_coverage = {
    .id = "fidelity.coverage",
    .title = "Coverage of values",
    .summary = "How many of the real categories, and of the bins that hold real numbers, occur in the candidate at all.",
    .definition =
        "Mean over columns of the covered share: for categorical columns the share of the real table's categories that the "
        "candidate has at least once; for numeric columns and dates the share of bins with real values that hold a value of "
        "the "
        "candidate, the bins lying between the training column's percentiles (fewer below 1,000 rows: ten rows a bin, at least "
        "10 bins), one below and one above. Missing values are left out. A column without any value in the candidate has 0.",
    .reading =
        "1 means that nothing the real table holds is lacking. A category of one real row is not expected in every honest "
        "table, "
        "and a table of fewer rows covers less: compare with the honest case. The interval is for the share that tables of "
        "this many rows from the same two sources cover on average. Coverage counts presence, not frequency: the shape of "
        "columns is another measure.",
    .unit = "share",
    .reference = "this project; variance after Good and Toulmin 1956 and Efron and Thisted 1976, limits of Garwood 1936",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_CANDIDATE,
    .worst = 0,
    .best = 1,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "fidelity.view",
    .run = run,
};
