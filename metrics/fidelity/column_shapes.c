#include <math.h>
#include <stdio.h>

#include "metrics/fidelity/mean_gap.h"
#include "metrics/fidelity/plot.h"
#include "metrics/fidelity/words.h"

static int shape_part(void *context, size_t index, const struct influence *influence, struct gap *gap, struct error *error)
{
    const struct gap_columns *s = context;
    size_t column = s->column[index];
    struct gap_present present = gap_column_present(s, index);
    *gap = (struct gap){.distance = NAN};
    if (present.real == 0 || present.candidate == 0) {
        if (present.real != present.candidate)
            gap->distance = 1; /* a column that lost all its values, or got some that real data never has */
        return 0;
    }
    if (gap_column_is_quantity(s, index)) {
        struct gap_sample a = view_sample(s->task->reference, s->reference, column);
        struct gap_sample b = view_sample(s->task->subject, s->subject, column);
        gap_ks(&a, &b, influence, gap);
        return 0;
    }
    const struct column_view *a = &s->reference->columns[column], *b = &s->subject->columns[column];
    return gap_shares(a->code, s->reference->rows, b->code, s->subject->rows, a->levels, (uint32_t)(a->levels - 1), influence,
                      gap, error);
}

static int describe_columns(const struct gap_columns *s, const struct mean_gap *mean, cJSON *details, struct error *error)
{
    cJSON *list = json_add_array(details, "columns");
    int status = list ? 0 : error_memory(error);
    for (size_t i = 0; i < mean->count && status == 0; i++) {
        cJSON *item = json_push_object(list);
        if (!item)
            return error_memory(error);
        json_add_string(item, "column", gap_column_schema(s, i)->name);
        json_add_string(item, "kind", gap_column_is_quantity(s, i) ? "ks" : "tv");
        gap_describe(s->task, &mean->parts[i], true, "score", item);
        const char *absence = gap_column_absence(s, i);
        if (absence)
            json_add_string(item, "note", absence);
        else if (!s->task->brief)
            status = plot_add(s->task, s->column[i], s->reference, s->subject, item, error);
    }
    return status;
}

static void say(const struct gap_columns *s, const struct mean_gap *mean, struct result *result)
{
    size_t worst = mean_gap_worst(mean);
    struct short_name name = short_name(gap_column_schema(s, worst)->name);
    double distance = mean->parts[worst].distance;
    snprintf(
        result->finding, sizeof result->finding,
        "Single columns are distributed like the real ones to %.1f %% on average over %zu columns; the least alike is '%s' "
        "with %.1f %%.",
        100 * result->value, mean->defined, name.text, 100 * (1 - distance));
    if (distance > 0.05)
        snprintf(result->remedy, sizeof result->remedy, "Model the distribution of '%s' more closely.", name.text);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct gap_columns s;
    struct mean_gap mean;
    int status = gap_columns_get(task, false, result->arena, &s, error);
    if (status == 0)
        status = mean_gap_compute(task, s.count, shape_part, &s, result->arena, &mean, error);
    if (status)
        return status;
    if (mean.defined == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no numeric, date or categorical column has a value to compare");
    mean_gap_result(task, &mean, true, result);
    if (task->brief)
        return 0;
    say(&s, &mean, result);
    result->details = cJSON_CreateObject();
    return result->details ? describe_columns(&s, &mean, result->details, error) : error_memory(error);
}

const struct measure measure_fidelity_column_shapes = {
    .id = "fidelity.column_shapes",
    .title = "Shapes of single columns",
    .summary = "How closely each column alone is distributed like the real one, averaged over the columns.",
    .definition =
        "Mean over columns. Numeric columns and dates: 1 − the Kolmogorov-Smirnov statistic, the largest difference between "
        "the "
        "two distribution functions. Other columns: 1 − the total variation distance, half the summed absolute differences of "
        "shares over the categories of both tables. Missing values are left out of both tables. A column without any value in "
        "one of the tables scores 0.",
    .reading =
        "1 means every column alone is distributed as in the real table, 0 means none has anything in common with it. Compare "
        "with the honest case: fresh real rows stay below 1 because of chance, and a table resampled from the training rows "
        "beats them. It says nothing about how columns go together.",
    .unit = "share",
    .reference =
        "SDMetrics KSComplement and TVComplement (SDMetrics adds 1e-6 to the count of unseen categories; this does not)",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_UNIFORM,
    .best = 1,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "fidelity.view",
    .run = run,
};
