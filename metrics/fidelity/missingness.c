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
    struct gap gap; /* of the rates; se as if noise had no sign */
    double share;   /* of its linear error that |difference| varies with */
};

struct missingness {
    const struct measure_task *task;
    const struct missing_map *maps[2];
    struct item *items; /* the columns with missing cells first */
    size_t columns, pairs, total_pairs;
    size_t measured; /* columns, those without missing cells too */
};

static const char *name_of(const struct missingness *m, size_t column)
{
    return m->task->data->schema->columns[column].name;
}

static void fill_item(const struct missingness *m, size_t a, size_t b, struct item *item)
{
    *item = (struct item){.a = a, .b = b};
    double rows = 0, both = 0, noise = 0;
    for (size_t t = 0; t < 2; t++) {
        item->counts[t] = a == b ? m->maps[t]->missing[a] : missing_both(m->maps[t], a, b);
        item->rates[t] = (double)item->counts[t] / (double)m->maps[t]->rows;
        both += (double)item->counts[t];
        rows += (double)m->maps[t]->rows;
        noise += 1 / (double)m->maps[t]->rows;
    }
    double se = sqrt(both / rows * (1 - both / rows) * noise);
    item->gap = (struct gap){.distance = fabs(item->rates[0] - item->rates[1]), .se = se};
    item->share = se > 0 ? gap_flat_weight(item->gap.distance / se) : 1;
    if (item->gap.distance <= NOISE_LIMIT * se)
        item->gap.bias = HALF_NORMAL_MEAN * se;
}

static int choose_items(struct missingness *m, struct arena *arena, struct error *error)
{
    const size_t *all;
    struct column_pairs pairs;
    int status = fidelity_columns(m->task, arena, &all, &m->measured, error);
    size_t *holed = status ? NULL : ARENA_ARRAY(arena, size_t, m->measured + 1);
    if (!holed)
        return status ? status : error_memory(error);
    for (size_t i = 0; i < m->measured; i++)
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
        fill_item(m, holed[i], holed[i], &m->items[i]);
    for (size_t i = 0; i < m->pairs; i++)
        fill_item(m, pairs.pairs[i].a, pairs.pairs[i].b, &m->items[m->columns + i]);
    return 0;
}

/* Variance of the sum of the columns' |differences|: signs summed row by row, and what a column without any missing row in one
 * of the tables may hide. `folded`: of what varies where noise may have turned the sign. */
static int variance(const struct missingness *m, bool folded, double *out, struct error *error)
{
    *out = 0;
    for (size_t t = 0; t < 2; t++) {
        double rows = (double)m->maps[t]->rows, mean = 0, squares = 0;
        double *sums = calloc(m->maps[t]->rows + 1, sizeof *sums);
        if (!sums)
            return error_memory(error);
        for (size_t i = 0; i < m->columns; i++) {
            const struct item *item = &m->items[i];
            double size = folded ? item->share : 1, slope = item->rates[t] >= item->rates[!t] ? size : -size;
            missing_add(m->maps[t], item->a, item->b, slope, sums);
            if (item->counts[t] == 0)
                *out += (ROWS_OF_NONE * slope / rows) * (ROWS_OF_NONE * slope / rows);
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

static double mean_difference(const struct item *items, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += items[i].gap.distance;
    return count ? sum / (double)count : NAN;
}

/* (mean |a − b| of columns + of pairs)/(mean max(a, b) of columns + of pairs): 0 alike, 1 nothing in common. */
static double mismatch(const struct missingness *m)
{
    double differences = 0, larger = 0;
    for (size_t i = 0; i < m->columns + m->pairs; i++) {
        const struct item *item = &m->items[i];
        double count = (double)(i < m->columns ? m->columns : m->pairs);
        differences += item->gap.distance / count;
        larger += fmax(item->rates[0], item->rates[1]) / count;
    }
    return larger > 0 ? differences / larger : 0;
}

/* A rate from which a cell of 1 to min_group − 1 real rows follows is not written: those who miss both columns, one of them or
 * neither (of a single column: who miss it or have it). */
static bool may_show(const struct missingness *m, const struct item *item)
{
    const struct missing_map *real = m->maps[0];
    size_t both = item->counts[0], a = real->missing[item->a], b = real->missing[item->b];
    const size_t cells[] = {both, a - both, b - both, real->rows - a - b + both};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        if (cells[i] > 0 && cells[i] < m->task->min_group)
            return false;
    return true;
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
    json_add_number(json, "noise", shown ? HALF_NORMAL_MEAN * item->gap.se : NAN);
    if (!shown)
        json_add_string(json, "note", "missing or present in too few real rows to show");
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

/* Leaves the pairs sorted by difference. */
static int describe(struct missingness *m, cJSON *details, struct error *error)
{
    struct item *pairs = m->items + m->columns;
    json_add_number(details, "columns_measured", (double)m->measured);
    json_add_number(details, "columns_with_missing", (double)m->columns);
    json_add_number(details, "mean_difference", mean_difference(m->items, m->columns));
    json_add_number(details, "mean_joint_difference", mean_difference(pairs, m->pairs));
    json_add_number(details, "mismatch", mismatch(m));
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

static const struct item *worst_column(const struct missingness *m)
{
    const struct item *worst = &m->items[0];
    for (size_t i = 1; i < m->columns; i++)
        if (m->items[i].gap.distance > worst->gap.distance)
            worst = &m->items[i];
    return worst;
}

/* Columns whose missing cells are all gone, and not by chance; `first`: the one of them that misses most in the real table. */
static size_t count_vanished(const struct missingness *m, const struct item **first)
{
    size_t count = 0;
    *first = NULL;
    for (size_t i = 0; i < m->columns; i++) {
        const struct item *item = &m->items[i];
        if (item->counts[1] || item->gap.bias > 0 || !may_show(m, item))
            continue;
        count++;
        if (!*first || item->rates[0] > (*first)->rates[0])
            *first = item;
    }
    return count;
}

static int say(const struct missingness *m, struct result *result, struct error *error)
{
    if (m->columns == 0) {
        snprintf(result->finding, sizeof result->finding, "No cell is missing, neither in the real table nor in this one.");
        return 0;
    }
    struct strbuf text = {0};
    const struct item *worst = worst_column(m), *gone;
    struct short_name name = short_name(name_of(m, worst->a));
    size_t vanished = count_vanished(m, &gone);
    double points = 100 * mean_difference(m->items, m->columns);
    int decimals = result->value < 0.001 ? 3 : 2;
    strbuf_addf(
        &text,
        "Shares of missing cells differ from the real ones by %.*f percentage points on average over %zu columns (%.*f over "
        "the %zu column%s with missing cells); mismatch %.0f %% (0 %%: alike, 100 %%: nothing in common).",
        decimals, 100 * result->value, m->measured, decimals, points, m->columns, m->columns == 1 ? "" : "s",
        100 * mismatch(m));
    if (worst->gap.distance > 0 && may_show(m, worst))
        strbuf_addf(&text, " Most in '%s': %.2f %% missing instead of %.2f %%; chance alone makes about %.2f points.",
                    name.text, 100 * worst->rates[1], 100 * worst->rates[0], 100 * HALF_NORMAL_MEAN * worst->gap.se);
    else if (worst->gap.distance > 0)
        strbuf_addf(&text, " Most in '%s'.", name.text);
    if (vanished)
        strbuf_addf(&text, " All missing cells are gone in %zu column%s'%s'.", vanished,
                    vanished == 1 ? ": " : "s, the largest ", short_name(name_of(m, gone->a)).text);
    snprintf(result->finding, sizeof result->finding, "%s", strbuf_text(&text));
    bool failed = text.failed;
    strbuf_free(&text);
    if (worst->gap.bias == 0 && worst->gap.distance > 0)
        snprintf(result->remedy, sizeof result->remedy,
                 "Generate the missing cells of '%s' as the real table has them, together with those of other columns.",
                 name.text);
    return failed ? error_memory(error) : 0;
}

/* A table that has no missing cells at all is as far from the reference as the reference's own mean rate. */
static double rate_of_reference(const struct missingness *m)
{
    double sum = 0;
    for (size_t i = 0; i < m->columns; i++)
        sum += m->items[i].rates[0];
    return m->measured ? sum / (double)m->measured : 0;
}

static int measure_columns(const struct missingness *m, struct result *result, struct error *error)
{
    double bias = 0, sum = 0, folded, full, z = normal_quantile((1 + m->task->level) / 2), count = (double)m->measured;
    result->worst = rate_of_reference(m);
    if (m->columns == 0) { /* no rate was met: none of them is above what a count of 0 may stand for */
        result->value = result->lo = 0;
        result->method = "a count of 0 stands for up to 3.7 rows";
        double least = (double)(m->maps[0]->rows < m->maps[1]->rows ? m->maps[0]->rows : m->maps[1]->rows);
        result->hi = fmin(1, z * ROWS_OF_NONE / least);
        return 0;
    }
    int status = variance(m, true, &folded, error);
    if (status == 0)
        status = variance(m, false, &full, error);
    if (status)
        return status;
    for (size_t i = 0; i < m->columns; i++) {
        sum += m->items[i].gap.distance;
        bias += m->items[i].gap.bias;
    }
    struct interval range = gap_range(sum / count, sqrt(folded) / count, m->task->level);
    result->value = sum / count;
    result->lo = range.lo;
    result->hi = fmin(1, range.hi);
    result->method = range.method;
    if (m->task->brief)
        return 0;
    result->population = gap_interval(sum / count, bias / count, sqrt(full) / count, m->task->level);
    result->population.hi = fmin(1, result->population.hi);
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
        status = measure_columns(&m, result, error);
    if (status)
        return status;
    result->n = task->subject->rows;
    if (task->brief) {
        result->lo = result->hi = NAN;
        return 0;
    }
    status = say(&m, result, error);
    if (status)
        return status;
    result->details = cJSON_CreateObject();
    return result->details ? describe(&m, result->details, error) : error_memory(error);
}

const struct measure measure_fidelity_missingness = {
    .id = "fidelity.missingness",
    .title = "Missing cells",
    .summary = "How far the shares of missing cells are from the real ones, averaged over the columns; the details look at two "
               "at once.",
    .definition =
        "Mean over all measured columns of |share of missing cells in the real table - share in this one|. The details have "
        "the "
        "same for pairs of columns (share of rows where both are missing), the mean over the columns that miss something, and "
        "the mismatch: the mean differences of columns and of pairs, divided by the same means of the larger of the two "
        "shares.",
    .reading =
        "0 means that every column misses as many cells as in the real table; 0.01 that shares are one percentage point off on "
        "average over all columns. Columns complete in both tables count as 0, so look at the mismatch and the worst column "
        "too: missing cells that vanished from one column among forty hardly move the mean, and the mismatch is 100 %. The "
        "score "
        "is 0 where the difference is as large as if no cell were missing at all. Where nothing is missing the value is 0 and "
        "takes no part in the index.",
    .unit = "share",
    .reference = "this project; the mismatch is the ratio of Ruzicka 1958",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_CANDIDATE,
    .worst = 0, /* stands in where the reference misses nothing; else result.worst */
    .best = 0,
    .cost = COST_LOW,
    .version = 2,
    .artifacts = "fidelity.missing",
    .run = run,
};
