#include "numeric/bootstrap.h"

#include <math.h>
#include <string.h>

struct bootstrap_job {
    uint64_t seed;
    const char *stream;
    size_t count;
    bootstrap_statistic *statistic;
    void *context;
    double *out;
};

static int bootstrap_replicate(void *context, size_t index, size_t worker, struct error *error)
{
    struct bootstrap_job *job = context;
    struct random random;
    random_init(&random, job->seed, job->stream, index, 0);
    return job->statistic(job->context, &random, worker, job->out + index * job->count, error);
}

int bootstrap_run(struct pool *pool, uint64_t seed, const char *stream, size_t replicates, size_t count,
                  bootstrap_statistic *statistic, void *context, double *out, struct error *error)
{
    struct bootstrap_job job = {seed, stream, count, statistic, context, out};
    return pool_run(pool, replicates, bootstrap_replicate, &job, error);
}

void bootstrap_rows(struct random *random, size_t n, uint32_t *rows)
{
    for (size_t i = 0; i < n; i++)
        rows[i] = (uint32_t)random_below(random, n);
}

void bootstrap_multiplicities(struct random *random, size_t n, uint32_t *counts)
{
    memset(counts, 0, n * sizeof *counts);
    for (size_t i = 0; i < n; i++)
        counts[random_below(random, n)]++;
}

void bootstrap_summary(const double *replicates, size_t count, double estimate, double *bias, double *deviation)
{
    double sum = 0, squares = 0;
    size_t n = 0;
    *bias = *deviation = NAN;
    for (size_t i = 0; i < count; i++)
        if (!isnan(replicates[i])) {
            sum += replicates[i];
            n++;
        }
    if (n < 2)
        return;
    double mean = sum / (double)n;
    for (size_t i = 0; i < count; i++)
        if (!isnan(replicates[i]))
            squares += (replicates[i] - mean) * (replicates[i] - mean);
    *bias = mean - estimate;
    *deviation = sqrt(squares / (double)(n - 1));
}
