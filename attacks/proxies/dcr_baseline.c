/* proxy.dcr_baseline: SDMetrics' DCRBaselineProtection with a seeded baseline. A proxy, not an attack.
 *
 * min(median(S)/median(U), 1): the median distance of the candidate's rows to their nearest training row over that of as many
 * uniform random rows (generators/uniform.c). The random rows are the same for all tables of one size. Interval: each median's
 * after Woodruff, their ratio from both by MOVER on the logarithms (Zou and Donner 2008); where an end is 0 the ratio of the
 * ends themselves, which is wider. What hangs on the rows that set train's ranges (extremes.h) is added in quadrature. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/distances.h"
#include "attacks/proxies/extremes.h"
#include "core/hash.h"
#include "generators/generator.h"
#include "numeric/interval.h"

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

struct medians {
    struct distance_quantile subject, random;
};

static int find_medians(const struct measure_task *task, struct medians *medians, struct error *error)
{
    const struct nearest *subject = NULL, *random = NULL;
    int status = nearest_rows(task, PARTY_SUBJECT, PARTY_REFERENCE, &subject, error);

    if (!status)
        status = random_nearest(task, &random, error);
    if (!status)
        status = quantile_of_nearest(subject, .5, task->level, &medians->subject, error);
    return status ? status : quantile_of_nearest(random, .5, task->level, &medians->random, error);
}

/* What hangs on the rows that set train's ranges, as a standard error of the ratio's logarithm; 0 where a median is 0. */
static int range_error(const struct measure_task *task, const struct medians *medians, double *sd, struct error *error)
{
    struct measure_task other = *task;
    const struct drawn_in *drawn = NULL;
    struct medians drawn_medians = {0};
    double a = medians->subject.value, b = medians->random.value;
    int status = draw_extremes_in(task, task->reference, &drawn, error);

    *sd = 0;
    if (status)
        return status;
    other.reference = drawn->table;
    status = find_medians(&other, &drawn_medians, error);
    if (!status && a > 0 && drawn_medians.subject.value > 0 && drawn_medians.random.value > 0)
        *sd = drawn->spread * log(drawn_medians.subject.value / drawn_medians.random.value * b / a);
    return status;
}

/* End of the ratio from the ends of both medians towards it, x of the subject's and y of the random rows'; sign −1 or 1. */
static double ratio_end(const struct medians *medians, double x, double y, double ranges, double sign)
{
    double a = medians->subject.value, b = medians->random.value;

    if (a <= 0 || x <= 0 || y <= 0)
        return y > 0 ? x / y : INFINITY;
    return a / b * exp(sign * hypot(hypot(log(x / a), log(y / b)), ranges));
}

static void write_result(const struct medians *medians, double range_sd, double level, struct result *result)
{
    const struct distance_quantile *subject = &medians->subject, *random = &medians->random;
    double ranges = normal_quantile((1 + level) / 2) * range_sd;

    result->value = fmin(subject->value / random->value, 1);
    result->lo = fmin(ratio_end(medians, subject->lo, random->hi, ranges, -1), result->value);
    result->hi = fmax(fmin(ratio_end(medians, subject->hi, random->lo, ranges, 1), 1), result->value);
    result->method = "Woodruff, MOVER, and ranges";
    snprintf(
        result->finding, sizeof result->finding,
        "The median distance to train is %.4f for the candidate's rows and %.4f for uniform random rows. This is a proxy and "
        "cannot clear the candidate: it grows with lost fidelity, falls for honest rows, and is a median, which copies of "
        "half the rows need not move.",
        subject->value, random->value);
}

static int dcr_baseline_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct medians medians = {0};
    double range_sd;
    int status = find_medians(task, &medians, error);

    if (!status && !(medians.random.value > 0))
        status =
            error_set(error, ERROR_UNMEASURABLE, "half of the uniform random rows equal a training row: there is no scale");
    if (!status)
        status = range_error(task, &medians, &range_sd, error);
    if (status)
        return status;
    write_result(&medians, range_sd, task->level, result);
    result->n = task->subject->rows;
    if (task->brief)
        return 0;
    result->details = cJSON_CreateObject();
    if (!result->details)
        return error_memory(error);
    json_add_number(result->details, "median_candidate", medians.subject.value);
    json_add_number(result->details, "median_random", medians.random.value);
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
    .artifacts = "neighbour scale, neighbour table, nearest rows, uniform rows, extremes drawn in",
    .run = dcr_baseline_run,
};
