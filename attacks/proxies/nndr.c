/* proxy.nndr: nearest-neighbour distance ratios of the candidate's rows. A proxy, not an attack.
 *
 * ratio = d1/d2 of the two nearest real rows. 0/0 is 1: a row that equals two real rows is no nearer to one person than to
 * another, and the ratio of any other tie is 1 as well. value = mean ratio to train minus mean ratio to as many strangers.
 * Interval: jackknife over the rows of all three tables; leaving a real row out moves d1/d2 to d2/d3 or d1/d3. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "attacks/proxies/distances.h"
#include "attacks/proxies/leave_out.h"
#include "numeric/empirical.h"
#include "numeric/interval.h"
#include "numeric/sort.h"

struct ratios {
    double mean, tail;
};

static double ratio_of(double first, double second)
{
    return second > 0 ? first / second : 1;
}

/* Ratios, and what leaving out any row of the table searched does to weight · their mean: `variance` is added to. */
static int take_ratios(const struct nearest *nearest, double *ratio, struct ratios *out, double *variance, struct error *error)
{
    const struct neighbour_list *list = &nearest->list;
    double *change = calloc(nearest->others + 1, sizeof *change), *sorted = calloc(list->rows + 1, sizeof *sorted);
    double share = 1 / (double)list->rows;
    int status = change && sorted ? 0 : error_memory(error);

    *out = (struct ratios){0};
    for (size_t i = 0; i < list->rows && !status; i++) {
        const double *d = list->distance + i * list->k;
        const uint32_t *row = list->row + i * list->k;

        sorted[i] = ratio[i] = ratio_of(d[0], d[1]);
        out->mean += ratio[i] * share;
        change[row[0]] += share * (ratio_of(d[1], d[2]) - ratio[i]);
        change[row[1]] += share * (ratio_of(d[0], d[2]) - ratio[i]);
    }
    if (!status) {
        sort_doubles(sorted, list->rows);
        out->tail = quantile_sorted(sorted, list->rows, .05);
        *variance += leave_out_variance(change, nearest->others);
    }
    free(change);
    free(sorted);
    return status;
}

static int add_details(const struct ratios *train, const struct ratios *strangers, struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    if (!result->details)
        return error_memory(error);
    json_add_number(result->details, "mean_train", train->mean);
    json_add_number(result->details, "mean_holdout", strangers->mean);
    json_add_number(result->details, "p05_train", train->tail);
    json_add_number(result->details, "p05_holdout", strangers->tail);
    return 0;
}

/* The subject's rows: each has a ratio to train and one to the strangers. */
static double subject_variance(const double *train, const double *strangers, size_t n, double *part, double *change)
{
    for (size_t i = 0; i < n; i++)
        part[i] = train[i] - strangers[i];
    leave_out_parts(part, n, 1, change);
    return leave_out_variance(change, n);
}

static int compare(const struct measure_task *task, struct ratios *train, struct ratios *strangers, double *variance,
                   struct error *error)
{
    const struct nearest *to_train = NULL, *to_strangers = NULL;
    struct arena *scratch = arena_new();
    size_t n = task->subject->rows;
    double *a = scratch ? ARENA_ARRAY(scratch, double, n) : NULL, *b = scratch ? ARENA_ARRAY(scratch, double, n) : NULL;
    double *part = scratch ? ARENA_ARRAY(scratch, double, n) : NULL, *change = scratch ? ARENA_ARRAY(scratch, double, n) : NULL;
    int status =
        a && b && part && change ? nearest_rows(task, PARTY_SUBJECT, PARTY_TRAIN, &to_train, error) : error_memory(error);

    *variance = 0;
    if (!status)
        status = nearest_rows(task, PARTY_SUBJECT, PARTY_STRANGERS, &to_strangers, error);
    if (!status)
        status = take_ratios(to_train, a, train, variance, error);
    if (!status)
        status = take_ratios(to_strangers, b, strangers, variance, error);
    if (!status)
        *variance += subject_variance(a, b, n, part, change);
    arena_free(scratch);
    return status;
}

static int nndr_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct ratios train, strangers;
    struct interval interval;
    double variance;
    int status = compare(task, &train, &strangers, &variance, error);

    if (status)
        return status;
    result->value = train.mean - strangers.mean;
    interval = interval_wald(result->value, sqrt(variance), task->level, "jackknife");
    interval_clip(&interval, -1, 1);
    result->lo = interval.lo;
    result->hi = interval.hi;
    result->method = interval.method;
    result->n = task->subject->rows;
    snprintf(result->finding, sizeof result->finding,
             "The nearest training row of a candidate row is on average %.3f times as far as the next one, the nearest holdout "
             "row %.3f times. This is a proxy and cannot clear the candidate: it is an average, which few copied rows hardly "
             "move.",
             train.mean, strangers.mean);
    return task->brief ? 0 : add_details(&train, &strangers, result, error);
}

const struct measure measure_proxy_nndr = {
    .id = "proxy.nndr",
    .title = "Nearest-neighbour distance ratio",
    .summary =
        "How much smaller the ratio of a candidate row's two nearest distances is towards train. A proxy, not an attack.",
    .definition =
        "For every candidate row d1/d2, the distances to the nearest and the second nearest training row (0/0 is 1); its mean, "
        "minus the mean of the same towards as many holdout rows. Gower distance, numbers over train's range.",
    .reading =
        "0 is what rows of strangers show. Below 0: candidate rows sit closer to one training row than rows of strangers "
        "do to one holdout row. c copied rows move it by at most -c.",
    .unit = "ratio",
    .reference = "Lowe 2004 (IJCV 60, section 7.1); Zhao et al. 2021 (CTAB-GAN, section 4.2); the difference: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_TARGET,
    .target = 0,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .proxy = true,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table, neighbour pair, nearest rows",
    .run = nndr_run,
};
