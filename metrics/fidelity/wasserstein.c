#include <math.h>
#include <stdio.h>

#include "metrics/fidelity/mean_gap.h"
#include "metrics/fidelity/words.h"

enum { TAIL = 3 }; /* values that tell how far the largest of a sample may move */

/* Train's range, 0 for a column that is constant or empty there. */
static double range_of(const struct column_schema *column)
{
    double range = column->hi - column->lo;
    return range > 0 ? range : 0;
}

static int shift_part(void *context, size_t index, const struct influence *influence, struct gap *gap, struct error *error)
{
    const struct gap_columns *s = context;
    struct gap_sample a = view_sample(s->task->reference, s->reference, s->column[index]);
    struct gap_sample b = view_sample(s->task->subject, s->subject, s->column[index]);
    double range = range_of(gap_column_schema(s, index));
    *gap = (struct gap){.distance = NAN};
    if (range == 0)
        return 0;
    if (a.present == 0 || b.present == 0) {
        if (a.present != b.present)
            gap->distance =
                1; /* no distance is defined: a column that lost all its values is as far off as the range is long */
        return 0;
    }
    return gap_wasserstein(&a, &b, range, influence, gap, error);
}

/* Variance of the largest of a sample whose tail is exponential beyond its TAIL largest values: β²π²/6, β their mean excess
 * over the next one. stride −1: of the least. */
static double extreme_variance(const double *end, ptrdiff_t stride, size_t n)
{
    size_t tail = n / 20 < TAIL ? n / 20 : TAIL;
    double excess = 0;
    for (size_t i = 0; i < tail; i++)
        excess += fabs(end[-stride * (ptrdiff_t)i] - end[-stride * (ptrdiff_t)tail]) / (double)tail;
    return excess * excess * 1.6449340668482264;
}

/* Variance of the mean that comes from train's ranges, which another sample would have a little wider or narrower. */
static double range_variance(const struct gap_columns *s, const struct mean_gap *mean)
{
    double variance = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct column_schema *column = gap_column_schema(s, i);
        size_t n = column->n_sorted;
        if (isnan(mean->parts[i].distance) || n == 0)
            continue;
        double share = mean->parts[i].distance / range_of(column) / (double)mean->defined;
        variance += share * share * (extreme_variance(column->sorted + n - 1, 1, n) + extreme_variance(column->sorted, -1, n));
    }
    return variance;
}

static void note_odd(const struct gap_columns *s, size_t index, cJSON *item)
{
    size_t column = s->column[index];
    size_t real = view_sample(s->task->reference, s->reference, column).present;
    size_t candidate = view_sample(s->task->subject, s->subject, column).present;
    if (range_of(gap_column_schema(s, index)) == 0)
        json_add_string(item, "note", "constant or empty in the training table: no scale");
    else if (real == 0 || candidate == 0)
        json_add_string(item, "note",
                        real        ? "no value present in the candidate: counts as the whole range"
                        : candidate ? "no value present in the real table: counts as the whole range"
                                    : "no value present in either table");
}

static int describe(const struct gap_columns *s, const struct mean_gap *mean, cJSON *details, struct error *error)
{
    cJSON *list = json_add_array(details, "columns");
    if (!list)
        return error_memory(error);
    for (size_t i = 0; i < mean->count; i++) {
        cJSON *item = json_push_object(list);
        if (!item)
            return error_memory(error);
        json_add_string(item, "column", gap_column_schema(s, i)->name);
        gap_describe(s->task, &mean->parts[i], false, "distance", item);
        note_odd(s, i, item);
    }
    return 0;
}

struct percent {
    char text[24];
};

static struct percent percent_of(double share)
{
    struct percent out;
    snprintf(out.text, sizeof out.text, share < 1000 ? "%.2f" : "%.3g", 100 * share);
    return out;
}

static void say(const struct gap_columns *s, const struct mean_gap *mean, struct result *result)
{
    size_t worst = mean_gap_worst(mean);
    struct short_name name = short_name(gap_column_schema(s, worst)->name);
    size_t column = s->column[worst];
    if (view_sample(s->task->subject, s->subject, column).present == 0)
        snprintf(
            result->finding, sizeof result->finding,
            "Numeric values lie %s %% of a column's range away from the real ones on average over %zu column%s; '%s' has no "
            "value at all in the candidate, which counts as the whole range.",
            percent_of(result->value).text, mean->defined, mean->defined == 1 ? "" : "s", name.text);
    else
        snprintf(
            result->finding, sizeof result->finding,
            "Numeric values lie %s %% of a column's range away from the real ones on average over %zu column%s; farthest away "
            "is '%s' with %s %%.",
            percent_of(result->value).text, mean->defined, mean->defined == 1 ? "" : "s", name.text,
            percent_of(mean->parts[worst].distance).text);
    if (view_sample(s->task->subject, s->subject, column).present == 0)
        snprintf(result->remedy, sizeof result->remedy, "Let the generator write values of '%s'.", name.text);
    else if (mean->parts[worst].distance > 0.05)
        snprintf(result->remedy, sizeof result->remedy, "Look for a shift, a change of unit or outliers in '%s'.", name.text);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct gap_columns s;
    struct mean_gap mean;
    int status = gap_columns_get(task, true, result->arena, &s, error);
    if (status == 0)
        status = mean_gap_compute(task, s.count, shift_part, &s, result->arena, &mean, error);
    if (status)
        return status;
    if (mean.defined == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no numeric or date column varies in the training table");
    mean_gap_widen(task, range_variance(&s, &mean), &mean);
    mean_gap_result(task, &mean, false, result);
    if (task->brief)
        return 0;
    say(&s, &mean, result);
    result->details = cJSON_CreateObject();
    return result->details ? describe(&s, &mean, result->details, error) : error_memory(error);
}

const struct measure measure_fidelity_wasserstein = {
    .id = "fidelity.wasserstein",
    .title = "Distance of numeric values",
    .summary =
        "How far numeric values and dates have to be moved to be distributed like the real ones, as a share of the range.",
    .definition =
        "Mean over numeric columns and dates of the first Wasserstein distance, the area between the two distribution "
        "functions, "
        "divided by the range (greatest − least value) of the training column. Missing values are left out. A column without "
        "any "
        "value in one of the tables counts 1, the whole range; columns that are constant or empty in the training table have "
        "no scale and are listed, not averaged.",
    .reading = "0 is ideal; 0.01 means that values lie 1 % of the range away on average. Unlike the shape score it sees how "
               "far values "
               "are off, so that a change of unit or a far outlier shows, while a shift within a narrow peak counts little. "
               "There is no "
               "upper limit.",
    .unit = "share of range",
    .reference = "Kantorovich 1942; scipy.stats.wasserstein_distance; the scaling is this project's",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = INFINITY,
    .needs = NEED_QUANTITY,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_UNIFORM,
    .best = 0,
    .cost = COST_LOW,
    .version = 2,
    .artifacts = "fidelity.view",
    .run = run,
};
