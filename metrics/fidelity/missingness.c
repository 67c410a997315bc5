#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "metrics/fidelity/column_pairs.h"
#include "metrics/fidelity/mean_gap.h"
#include "metrics/fidelity/missing_map.h"
#include "metrics/fidelity/words.h"

enum { PAIRS_SHOWN = 20 };
#define ROWS_OF_NONE 1.88 /* a count of 0 may stand for −ln 0.025 = 3.7 rows: 1.88 standard errors of 1 row at 95 % */

/* A column (a == b) or a pair of columns. */
struct item {
    size_t a, b;
    size_t counts[2]; /* rows with both missing, in the reference and in the subject */
    double rates[2];
    double weight;  /* of a mean over columns, over pairs */
    struct gap gap; /* of the rates; se as if noise had no sign */
    double share;   /* of its linear error that |difference| varies with */
};

struct missingness {
    const struct measure_task *task;
    const struct missing_map *maps[2];
    struct item *items; /* the columns first */
    size_t columns, pairs, total_pairs;
    double difference, sum, bias; /* weighted sums of |a − b|, a + b, bias */
};

static const char *name_of(const struct missingness *m, size_t column)
{
    return m->task->data->schema->columns[column].name;
}

static void fill_item(const struct missingness *m, size_t a, size_t b, double weight, struct item *item)
{
    *item = (struct item){.a = a, .b = b, .weight = weight};
    double rows = 0, both = 0, noise = 0;
    for (size_t t = 0; t < 2; t++) {
        item->counts[t] = a == b ? m->maps[t]->missing[a] : missing_both(m->maps[t], a, b);
        item->rates[t] = (double)item->counts[t] / (double)m->maps[t]->rows;
        both += (double)item->counts[t];
        rows += (double)m->maps[t]->rows;
        noise += 1 / (double)m->maps[t]->rows;
    }
    double se = sqrt(both / rows * (1 - both / rows) * noise);
    item->gap = (struct gap){fabs(item->rates[0] - item->rates[1]), 0, se};
    item->share = se > 0 ? gap_noise_weight(item->gap.distance / se) : 1;
    if (item->gap.distance <= NOISE_LIMIT * se)
        item->gap.bias = HALF_NORMAL_MEAN * se;
}

static int choose_items(struct missingness *m, struct arena *arena, struct error *error)
{
    const size_t *all;
    size_t count;
    struct column_pairs pairs;
    int status = fidelity_columns(m->task, arena, &all, &count, error);
    size_t *holed = status ? NULL : ARENA_ARRAY(arena, size_t, count + 1);
    if (!holed)
        return status ? status : error_memory(error);
    for (size_t i = 0; i < count; i++)
        if (m->maps[0]->missing[all[i]] || m->maps[1]->missing[all[i]])
            holed[m->columns++] = all[i];
    status = column_pairs(m->task, "fidelity.missingness", holed, m->columns, arena, &pairs, error);
    if (status)
        return status;
    m->pairs = pairs.count;
    m->total_pairs = pairs.total;
    m->items = ARENA_ARRAY(arena, struct item, m->columns + m->pairs + 1);
    if (!m->items)
        return error_memory(error);
    for (size_t i = 0; i < m->columns; i++)
        fill_item(m, holed[i], holed[i], 1 / (double)m->columns, &m->items[i]);
    for (size_t i = 0; i < m->pairs; i++)
        fill_item(m, pairs.pairs[i].a, pairs.pairs[i].b, 1 / (double)m->pairs, &m->items[m->columns + i]);
    for (size_t i = 0; i < m->columns + m->pairs; i++) {
        m->difference += m->items[i].weight * m->items[i].gap.distance;
        m->sum += m->items[i].weight * (m->items[i].rates[0] + m->items[i].rates[1]);
        m->bias += m->items[i].weight * m->items[i].gap.bias;
    }
    return 0;
}

/* Σ|a − b|/Σ max(a, b), since max(a, b) = (a + b + |a − b|)/2. */
static double ratio(double difference, double sum)
{
    return 2 * difference / (sum + difference);
}

/* Slope of the ratio in an item's rate of table t; `folded`: of what varies when noise may have turned the sign. */
static double slope(const struct missingness *m, const struct item *item, size_t t, bool folded)
{
    double size = folded ? item->share : 1;
    double sign = item->rates[t] > item->rates[!t] ? size : item->rates[t] < item->rates[!t] ? -size : 0;
    double whole = m->sum + m->difference;
    return item->weight * 2 * (m->sum * sign - m->difference) / (whole * whole);
}

/* Variance of the ratio: slopes summed row by row, and what an item without any missing row in a table may hide. */
static int variance(const struct missingness *m, bool folded, double *out, struct error *error)
{
    *out = 0;
    for (size_t t = 0; t < 2; t++) {
        double rows = (double)m->maps[t]->rows, mean = 0, squares = 0;
        double *sums = calloc(m->maps[t]->rows + 1, sizeof *sums);
        if (!sums)
            return error_memory(error);
        for (size_t i = 0; i < m->columns + m->pairs; i++) {
            const struct item *item = &m->items[i];
            double value = slope(m, item, t, folded);
            missing_add(m->maps[t], item->a, item->b, value, sums);
            if (item->counts[t] == 0)
                *out += (ROWS_OF_NONE * value / rows) * (ROWS_OF_NONE * value / rows);
        }
        for (size_t i = 0; i < m->maps[t]->rows; i++)
            mean += sums[i] / rows;
        for (size_t i = 0; i < m->maps[t]->rows; i++)
            squares += (sums[i] - mean) * (sums[i] - mean);
        *out += squares / (rows * rows);
        free(sums);
    }
    return 0;
}

/* A rate that fewer than min_group real rows make up is not written, nor what would give it away. */
static bool may_show(const struct missingness *m, const struct item *item)
{
    return item->counts[0] == 0 || item->counts[0] >= m->task->min_group;
}

static void describe_item(const struct missingness *m, const struct item *item, cJSON *json)
{
    bool shown = may_show(m, item);
    struct interval interval = gap_interval(item->gap.distance, item->gap.bias, item->share * item->gap.se, m->task->level);
    json_add_number(json, "real", shown ? item->rates[0] : NAN);
    json_add_number(json, "synthetic", item->rates[1]);
    json_add_number(json, "difference", shown ? item->gap.distance : NAN);
    json_add_number(json, "lo", shown ? interval.lo : NAN);
    json_add_number(json, "hi", shown ? fmin(1, interval.hi) : NAN);
    if (!shown)
        json_add_string(json, "note", "missing in too few real rows to show");
}

static int farther(const void *left, const void *right)
{
    const struct item *x = left, *y = right;
    if (x->gap.distance != y->gap.distance)
        return x->gap.distance > y->gap.distance ? -1 : 1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

static double weighted_mean(const struct item *items, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += items[i].weight * items[i].gap.distance;
    return count ? sum : NAN;
}

/* Leaves the pairs sorted by difference. */
static int describe(struct missingness *m, cJSON *details, struct error *error)
{
    struct item *pairs = m->items + m->columns;
    json_add_number(details, "columns_with_missing", (double)m->columns);
    json_add_number(details, "mean_difference", weighted_mean(m->items, m->columns));
    json_add_number(details, "mean_joint_difference", weighted_mean(pairs, m->pairs));
    json_add_number(details, "pairs_compared", (double)m->pairs);
    json_add_number(details, "pairs_there_are", (double)m->total_pairs);
    qsort(pairs, m->pairs, sizeof *pairs, farther);
    cJSON *columns = json_add_array(details, "columns"), *joint = json_add_array(details, "pairs");
    for (size_t i = 0; i < m->columns; i++) {
        cJSON *json = json_push_object(columns);
        json_add_string(json, "column", name_of(m, m->items[i].a));
        describe_item(m, &m->items[i], json);
    }
    for (size_t i = 0; i < m->pairs && i < PAIRS_SHOWN; i++) {
        cJSON *json = json_push_object(joint);
        json_add_string(json, "a", name_of(m, pairs[i].a));
        json_add_string(json, "b", name_of(m, pairs[i].b));
        describe_item(m, &pairs[i], json);
    }
    return columns && joint ? 0 : error_memory(error);
}

static void say(const struct missingness *m, struct result *result)
{
    if (m->columns == 0) {
        snprintf(result->finding, sizeof result->finding, "No cell is missing, neither in the real table nor in this one.");
        return;
    }
    const struct item *worst = &m->items[0];
    for (size_t i = 1; i < m->columns; i++)
        if (m->items[i].gap.distance > worst->gap.distance)
            worst = &m->items[i];
    struct short_name name = short_name(name_of(m, worst->a));
    int used = snprintf(result->finding, sizeof result->finding,
                        "%zu columns have missing cells; their rates differ from the real ones by %.2f percentage points on "
                        "average (mismatch %.0f %%)",
                        m->columns, 100 * weighted_mean(m->items, m->columns), 100 * result->value);
    if (may_show(m, worst))
        snprintf(result->finding + used, sizeof result->finding - (size_t)used,
                 ", most in '%s': %.1f %% missing instead of %.1f %%.", name.text, 100 * worst->rates[1],
                 100 * worst->rates[0]);
    else
        snprintf(result->finding + used, sizeof result->finding - (size_t)used, ", most in '%s'.", name.text);
    if (worst->gap.bias == 0 && worst->gap.distance > 0)
        snprintf(result->remedy, sizeof result->remedy,
                 "Generate the missing cells of '%s' as the real table has them, together with those of other columns.",
                 name.text);
}

static int measure_items(const struct missingness *m, struct result *result, struct error *error)
{
    double folded, full, z = normal_quantile((1 + m->task->level) / 2);
    if (m->columns == 0) { /* rates too small to be met say nothing about how alike they are */
        result->value = result->lo = 0;
        result->hi = result->spread = 1;
        return 0;
    }
    int status = variance(m, true, &folded, error);
    if (status == 0)
        status = variance(m, false, &full, error);
    if (status)
        return status;
    result->value = m->difference > 0 ? ratio(m->difference, m->sum) : 0;
    result->spread = z * sqrt(folded);
    result->lo = fmax(0, ratio(fmax(0, m->difference - m->bias), m->sum) - z * sqrt(full));
    result->hi = fmin(1, result->value + z * sqrt(full));
    return 0;
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct missingness m = {.task = task};
    if (task->reference->rows == 0 || task->subject->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE, "one of the tables has no rows");
    int status = missing_map_get(task, task->reference, &m.maps[0], error);
    if (status == 0)
        status = missing_map_get(task, task->subject, &m.maps[1], error);
    if (status == 0)
        status = choose_items(&m, result->arena, error);
    if (status == 0)
        status = measure_items(&m, result, error);
    if (status)
        return status;
    result->n = task->subject->rows;
    result->method = "delta method, bias-aware";
    if (task->brief) { /* the spread stays: without it nothing missing would be a perfect score */
        result->lo = result->hi = NAN;
        return 0;
    }
    say(&m, result);
    result->details = cJSON_CreateObject();
    return result->details ? describe(&m, result->details, error) : error_memory(error);
}

const struct measure measure_fidelity_missingness = {
    .id = "fidelity.missingness",
    .title = "Missing cells",
    .summary = "Whether cells are missing as often as in the real table, column by column and in two columns at once.",
    .definition =
        "Over the columns with a missing cell in either table, and over their pairs: the mean absolute difference of missing "
        "rates plus that of joint missing rates (share of rows where both are missing), divided by the same means of the "
        "larger "
        "of the two rates. Columns that are complete in both tables take no part. Of more than 5,000 pairs a seeded sample of "
        "5,000 draws is compared.",
    .reading =
        "0 means that cells are missing exactly as often as in the real table, 1 that no missingness is shared: a candidate "
        "whose "
        "columns are all complete while the real ones are not gets 1, however small the rates and however many columns are "
        "complete in both. The details give the differences themselves. With rare missing cells fresh real rows stay well "
        "above 0: compare with the honest case. Where nothing is missing the value is 0, its interval 0 to 1, and it takes no "
        "part in the index.",
    .unit = "share",
    .reference = "this project; the ratio is that of Ruzicka 1958",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_CANDIDATE,
    .worst = 1,
    .best = 0,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "fidelity.missing",
    .run = run,
};
