#include "metrics/fidelity/mean_gap.h"

#include <math.h>

#define CHUNKS 8

int gap_columns_get(const struct measure_task *task, bool quantities_only, struct arena *arena, struct gap_columns *columns,
                    struct error *error)
{
    const size_t *all;
    size_t count;
    *columns = (struct gap_columns){.task = task};
    int status = fidelity_columns(task, arena, &all, &count, error);
    if (status)
        return status;
    size_t *chosen = ARENA_ARRAY(arena, size_t, count + 1);
    if (!chosen)
        return error_memory(error);
    for (size_t i = 0; i < count; i++)
        if (!quantities_only || column_kind(&task->data->schema->columns[all[i]]) == KIND_QUANTITY)
            chosen[columns->count++] = all[i];
    columns->column = chosen;
    return table_views_get(task, &columns->reference, &columns->subject, error);
}

const struct column_schema *gap_column_schema(const struct gap_columns *columns, size_t index)
{
    return &columns->task->data->schema->columns[columns->column[index]];
}

bool gap_column_is_quantity(const struct gap_columns *columns, size_t index)
{
    return column_kind(gap_column_schema(columns, index)) == KIND_QUANTITY;
}

struct gap_present gap_column_present(const struct gap_columns *columns, size_t index)
{
    const struct table *reference = columns->task->reference, *subject = columns->task->subject;
    size_t column = columns->column[index];
    return (struct gap_present){reference->rows - reference->columns[column].missing,
                                subject->rows - subject->columns[column].missing};
}

const char *gap_column_absence(const struct gap_columns *columns, size_t index)
{
    struct gap_present present = gap_column_present(columns, index);
    if (present.real && present.candidate)
        return NULL;
    return present.real        ? "no value present in the candidate"
           : present.candidate ? "no value present in the real table"
                               : "no value present in either table";
}

struct gap_job {
    const struct measure_task *task;
    gap_part *part;
    void *context;
    struct mean_gap *mean;
    size_t chunks;
    struct influence sums[CHUNKS]; /* NULL arrays in a brief run */
};

static int gap_chunk(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker;
    struct gap_job *job = context;
    size_t from = job->mean->count * index / job->chunks, to = job->mean->count * (index + 1) / job->chunks;
    const struct influence *sums = job->sums[index].first ? &job->sums[index] : NULL;
    for (size_t i = from; i < to; i++) {
        int status = job->part(job->context, i, sums, &job->mean->parts[i], error);
        if (status)
            return status;
    }
    return 0;
}

static int sums_allocate(struct gap_job *job, struct arena *arena, size_t n, size_t m, struct error *error)
{
    for (size_t k = 0; k < job->chunks; k++) {
        job->sums[k] = (struct influence){ARENA_ARRAY(arena, double, n + 1), ARENA_ARRAY(arena, double, m + 1)};
        if (!job->sums[k].first || !job->sums[k].second)
            return error_memory(error);
    }
    return 0;
}

static void sums_add(const struct influence *sums, const struct influence *more, size_t n, size_t m)
{
    for (size_t i = 0; i < n; i++)
        sums->first[i] += more->first[i];
    for (size_t i = 0; i < m; i++)
        sums->second[i] += more->second[i];
}

/* Adds the chunks' sums into those of the first, in their order, and what was added before. */
static void sums_merge(struct gap_job *job, const struct influence *added, size_t n, size_t m)
{
    for (size_t k = 1; k < job->chunks; k++)
        sums_add(&job->sums[0], &job->sums[k], n, m);
    if (added)
        sums_add(&job->sums[0], added, n, m);
}

static void set_intervals(struct mean_gap *mean, double se, double level)
{
    struct interval range = gap_range(mean->distance, se, level);
    mean->se = se;
    mean->lo = range.lo;
    mean->hi = range.hi;
    mean->method = range.method;
    mean->population = gap_interval(mean->distance, mean->bias, se, level);
}

/* Both intervals from the parts' summed bias and the mean's standard error. */
static int close_intervals(const struct gap_job *job, const struct mean_gap_pool *pooled, double bias, double se,
                           struct error *error)
{
    struct mean_gap *mean = job->mean;
    double parts = (double)mean->defined, level = job->task->level;
    struct pool_noise noise = {0};
    int status = ERROR_UNMEASURABLE;
    mean->bias = bias / parts;
    set_intervals(mean, se, level);
    if (pooled) {
        double own = influence_se(&pooled->sums, job->task->reference->rows, job->task->subject->rows, 1);
        status = gap_pool_noise(&pooled->cells, own, normal_quantile(level), &noise, error);
    }
    if (status == 0) {
        struct gap_centre centre = {mean->distance, noise.bias / parts, (noise.bias_most + bias - pooled->bias) / parts, se};
        mean->population = gap_centre_interval(&centre, level);
    }
    return status == ERROR_UNMEASURABLE ? 0 : status;
}

void mean_gap_widen(const struct measure_task *task, double variance, struct mean_gap *mean)
{
    if (!task->brief)
        set_intervals(mean, sqrt(mean->se * mean->se + variance), task->level);
}

int mean_gap_compute(const struct measure_task *task, size_t count, gap_part *part, void *context, struct arena *arena,
                     struct mean_gap *mean, struct error *error)
{
    return mean_gap_compute_with(task, count, part, context, NULL, arena, mean, error);
}

int mean_gap_compute_with(const struct measure_task *task, size_t count, gap_part *part, void *context,
                          const struct mean_gap_pool *pooled, struct arena *arena, struct mean_gap *mean, struct error *error)
{
    size_t n = task->reference->rows, m = task->subject->rows;
    struct gap_job job = {task, part, context, mean, count < CHUNKS ? count : CHUNKS, {{0}}};
    struct arena *scratch = arena_new();
    *mean = (struct mean_gap){
        .parts = ARENA_ARRAY(arena, struct gap, count + 1), .count = count, .distance = NAN, .lo = NAN, .hi = NAN};
    int status = mean->parts && scratch ? 0 : error_memory(error);
    if (status == 0 && !task->brief)
        status = sums_allocate(&job, scratch, n, m, error);
    if (status == 0)
        status = pool_run(task->pool, job.chunks, gap_chunk, &job, error);
    double sum = 0, bias = 0, excess = 0;
    for (size_t i = 0; status == 0 && i < count; i++) {
        if (isnan(mean->parts[i].distance))
            continue;
        mean->defined++;
        sum += mean->parts[i].distance;
        bias += mean->parts[i].bias;
        excess += mean->parts[i].excess;
    }
    if (status == 0 && mean->defined) {
        mean->distance = sum / (double)mean->defined;
        if (!task->brief) {
            sums_merge(&job, pooled ? &pooled->sums : NULL, n, m);
            double parts = (double)mean->defined, rows = influence_se(&job.sums[0], n, m, mean->defined);
            status = close_intervals(&job, pooled, bias, sqrt(fmax(0, rows * rows + excess / (parts * parts))), error);
        }
    }
    arena_free(scratch);
    return status;
}

size_t mean_gap_worst(const struct mean_gap *mean)
{
    size_t worst = 0;
    for (size_t i = 1; i < mean->count; i++)
        if (isnan(mean->parts[worst].distance) || mean->parts[i].distance > mean->parts[worst].distance)
            worst = i;
    return worst;
}

void mean_gap_result(const struct measure_task *task, const struct mean_gap *mean, bool similarity, struct result *result)
{
    struct interval population = mean->population;
    result->value = similarity ? 1 - mean->distance : mean->distance;
    result->lo = similarity ? fmax(0, 1 - mean->hi) : mean->lo;
    result->hi = similarity ? 1 - mean->lo : mean->hi;
    result->population = population;
    if (similarity) {
        result->population.lo = fmax(0, 1 - population.hi);
        result->population.hi = 1 - population.lo;
    }
    if (task->brief)
        result->lo = result->hi = NAN;
    result->method = mean->method;
    result->n = task->subject->rows;
}

void gap_describe(const struct measure_task *task, const struct gap *gap, bool similarity, const char *key, cJSON *item)
{
    json_add_number(item, key, similarity ? 1 - gap->distance : gap->distance);
    if (task->brief || isnan(gap->distance))
        return;
    struct interval interval = gap_interval(gap->distance, gap->bias, gap->se, task->level);
    json_add_number(item, "lo", similarity ? fmax(0, 1 - interval.hi) : interval.lo);
    json_add_number(item, "hi", similarity ? 1 - interval.lo : interval.hi);
}
