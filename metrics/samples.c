#include "metrics/samples.h"
#include "numeric/bootstrap.h"

/* Samples of more cells than this are drawn anew each time instead of kept: 16 MB, 200 samples of 83,886 rows. */
static const size_t MOST_CELLS = (size_t)1 << 24;

static const char stream[] = "protocol.bootstrap";

struct samples {
    uint8_t *count; /* replicates x rows */
};

struct drawing {
    const struct measure_task *task;
    size_t rows, replicates, count;
    const struct samples *samples; /* being made, or finished; NULL: not kept */
    uint32_t *weight;              /* workers x rows */
    sample_statistic *statistic;
    void *context;
    double *out;
};

static uint32_t *draw(const struct drawing *d, size_t replicate, size_t worker)
{
    uint32_t *weight = d->weight + worker * d->rows;
    struct random random;
    random_init(&random, d->task->seed, stream, replicate, 0);
    bootstrap_multiplicities(&random, d->rows, weight);
    return weight;
}

/* A row is drawn 256 times or more with a probability under 1/256!, 1e-507: a byte holds the count. */
static int keep_one(void *context, size_t index, size_t worker, struct error *error)
{
    const struct drawing *d = context;
    const uint32_t *weight = draw(d, index, worker);
    (void)error;
    for (size_t i = 0; i < d->rows; i++)
        d->samples->count[index * d->rows + i] = (uint8_t)(weight[i] < UINT8_MAX ? weight[i] : UINT8_MAX);
    return 0;
}

static int make_samples(void *context, struct arena *arena, void **artifact, struct error *error)
{
    struct drawing *d = context;
    struct samples *samples = ARENA_NEW(arena, struct samples);
    if (!samples)
        return error_memory(error);
    samples->count = arena_array(arena, d->replicates, d->rows);
    if (!samples->count)
        return error_memory(error);
    d->samples = samples;
    *artifact = samples;
    return pool_run(d->task->pool, d->replicates, keep_one, d, error);
}

static int one_replicate(void *context, size_t index, size_t worker, struct error *error)
{
    const struct drawing *d = context;
    uint32_t *weight = d->weight + worker * d->rows;
    if (d->samples)
        for (size_t i = 0; i < d->rows; i++)
            weight[i] = d->samples->count[index * d->rows + i];
    else
        weight = draw(d, index, worker);
    return d->statistic(d->context, weight, worker, d->out + index * d->count, error);
}

int samples_run(const struct measure_task *task, size_t rows, size_t replicates, size_t count, sample_statistic *statistic,
                void *context, double *out, struct error *error)
{
    struct drawing d = {.task = task,
                        .rows = rows,
                        .replicates = replicates,
                        .count = count,
                        .statistic = statistic,
                        .context = context,
                        .out = out};
    struct arena *arena = arena_new();
    void *made = NULL;
    int status = arena ? 0 : error_memory(error);
    if (status == 0) {
        d.weight = arena_array(arena, rows + 1, pool_threads(task->pool) * sizeof(uint32_t));
        status = d.weight ? 0 : error_memory(error);
    }
    if (status == 0 && rows > 0 && replicates <= MOST_CELLS / rows)
        status = artifact_get(task->artifacts, "protocol.samples", task->data->train.table, NULL, rows * 1024 + replicates,
                              make_samples, NULL, &d, &made, error);
    d.samples = made;
    if (status == 0)
        status = pool_run(task->pool, replicates, one_replicate, &d, error);
    arena_free(arena);
    return status;
}
