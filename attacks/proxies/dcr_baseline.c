/* proxy.dcr_baseline: SDMetrics' DCRBaselineProtection with a seeded baseline. A proxy, not an attack.
 *
 * min(median(S)/median(U), 1): the median distance of the candidate's rows to their nearest training row over that of as many
 * uniform random rows (generators/uniform.c). The random rows are the same for all tables of one size. Interval: each median's
 * after Woodruff, their ratio from both by MOVER on the logarithms (Zou and Donner 2008); where an end is 0 the ratio of the
 * ends themselves, which is wider. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/distances.h"
#include "core/hash.h"
#include "generators/generator.h"

static int make_random(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct measure_task *task = context;
    struct table *table = NULL;
    int status = generator_find("uniform")->run(task->reference, task->subject->rows, task->seed, "proxy.dcr_baseline",
                                                task->pool, &table, error);

    (void)arena;
    *artifact = table;
    return status;
}

static void release_random(void *table)
{
    table_free(table);
}

/* Distances of the random rows to train; they take the subject's place. */
static int random_nearest(const struct measure_task *task, const struct nearest **nearest, struct error *error)
{
    struct measure_task other = *task;
    void *table = NULL;
    int status = artifact_get(task->artifacts, "uniform rows", task->reference, NULL, hash_mix(task->subject->rows, task->seed),
                              make_random, release_random, &other, &table, error);

    other.subject = table;
    return status ? status : nearest_rows(&other, PARTY_SUBJECT, PARTY_REFERENCE, nearest, error);
}

/* End of a/b from the ends of both towards it: `a` and `b` the medians, x the end of a, y the opposite end of b. */
static double ratio_end(double a, double b, double x, double y, double sign)
{
    if (a <= 0 || b <= 0 || x <= 0 || y <= 0)
        return y > 0 ? x / y : INFINITY;
    return a / b * exp(sign * hypot(log(x / a), log(y / b)));
}

static void write_result(const struct distance_quantile *subject, const struct distance_quantile *random, struct result *result)
{
    result->value = fmin(subject->value / random->value, 1);
    result->lo = fmin(ratio_end(subject->value, random->value, subject->lo, random->hi, -1), result->value);
    result->hi = fmax(fmin(ratio_end(subject->value, random->value, subject->hi, random->lo, 1), 1), result->value);
    result->method = "Woodruff, MOVER";
    snprintf(
        result->finding, sizeof result->finding,
        "The median distance to train is %.4f for the candidate's rows and %.4f for uniform random rows. This is a proxy and "
        "cannot clear the candidate: it grows with lost fidelity, falls for honest rows, and is a median, which copies of "
        "half the rows need not move.",
        subject->value, random->value);
}

static int dcr_baseline_run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct nearest *subject = NULL, *random = NULL;
    struct distance_quantile own, baseline;
    int status = nearest_rows(task, PARTY_SUBJECT, PARTY_REFERENCE, &subject, error);

    if (!status)
        status = random_nearest(task, &random, error);
    if (!status)
        status = quantile_of_nearest(subject, .5, task->level, &own, error);
    if (!status)
        status = quantile_of_nearest(random, .5, task->level, &baseline, error);
    if (!status && !(baseline.value > 0))
        status =
            error_set(error, ERROR_UNMEASURABLE, "half of the uniform random rows equal a training row: there is no scale");
    if (status)
        return status;
    write_result(&own, &baseline, result);
    result->n = task->subject->rows;
    if (task->brief)
        return 0;
    result->details = cJSON_CreateObject();
    if (!result->details)
        return error_memory(error);
    json_add_number(result->details, "median_candidate", own.value);
    json_add_number(result->details, "median_random", baseline.value);
    return 0;
}

const struct measure measure_proxy_dcr_baseline = {
    .id = "proxy.dcr_baseline",
    .title = "DCR baseline protection (SDMetrics)",
    .summary = "SDMetrics' ratio of the candidate's median distance to train to that of random rows. A proxy, not an attack.",
    .definition =
        "min(a/b, 1): a the median distance from a candidate row to its nearest training row, b the same of as many rows "
        "drawn uniformly from train's domain. Gower distance, numbers over train's range.",
    .reading =
        "Near 1: the candidate lies as far from train as noise does, which is no merit. Fresh real rows lie far below 1, "
        "since real rows are near real rows: compare with the honest case.",
    .unit = "ratio",
    .reference = "SDMetrics, DCRBaselineProtection (without subsampling); seeded random rows and interval: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .proxy = true,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table, nearest rows, uniform rows",
    .run = dcr_baseline_run,
};
