#include "numeric/energy.h"

#include <math.h>

#define CHUNKS ((size_t)32)

struct sums_job {
    const struct mixed_rows *a, *b;
    struct energy_sums *sums;
    size_t chunks;
    double *columns;           /* [chunks · b->stride]: sums over the rows of a chunk */
    double *buffer;            /* [threads · b->stride] */
    struct mixed_query *query; /* [threads] */
};

static size_t chunk_count(size_t rows)
{
    return rows < CHUNKS ? rows : CHUNKS;
}

/* Row i of chunk c is c + k·chunks, so that chunks of a triangle take equally long. */
static int sums_chunk(void *context, size_t index, size_t worker, struct error *error)
{
    (void)error;
    struct sums_job *job = context;
    const struct mixed_rows *b = job->b;
    bool triangle = job->a == b;
    double *columns = job->columns + index * b->stride, *buffer = job->buffer + worker * b->stride;
    for (size_t i = index; i < job->a->rows; i += job->chunks) {
        size_t from = triangle ? i + 1 : 0;
        mixed_query_set(job->a, i, &job->query[worker]);
        mixed_distances(&job->query[worker], b, from, b->rows, buffer);
        job->sums->first[i] = mixed_sum(buffer, from, b->rows, columns);
    }
    return 0;
}

static int sums_run(struct sums_job *job, struct pool *pool, struct arena *arena, struct error *error)
{
    size_t threads = pool_threads(pool), n = job->a->rows, m = job->b->rows, stride = job->b->stride;
    struct arena *scratch = arena_new();
    struct energy_sums *sums = job->sums;
    int status = 0;
    *sums = (struct energy_sums){0, ARENA_ARRAY(arena, double, n + 1), ARENA_ARRAY(arena, double, m + 1)};
    if (!scratch || !sums->first || !sums->second) {
        arena_free(scratch);
        return error_memory(error);
    }
    job->chunks = chunk_count(n);
    job->columns = ARENA_ARRAY(scratch, double, (job->chunks + 1) * stride);
    job->buffer = ARENA_ARRAY(scratch, double, threads *stride + 1);
    job->query = ARENA_ARRAY(scratch, struct mixed_query, threads);
    if (!job->columns || !job->buffer || !job->query)
        status = error_memory(error);
    for (size_t t = 0; status == 0 && t < threads; t++)
        status = mixed_query_new(job->b, scratch, &job->query[t], error);
    if (status == 0)
        status = pool_run(pool, job->chunks, sums_chunk, job, error);
    for (size_t k = 0; status == 0 && k < job->chunks; k++)
        for (size_t j = 0; j < m; j++)
            sums->second[j] += job->columns[k * stride + j];
    arena_free(scratch);
    return status;
}

int energy_between(const struct mixed_rows *a, const struct mixed_rows *b, struct pool *pool, struct arena *arena,
                   struct energy_sums *sums, struct error *error)
{
    struct mixed_rows other = *b; /* a pointer of its own: the same sample on both sides is no triangle here */
    struct sums_job job = {.a = a, .b = &other, .sums = sums};
    int status = sums_run(&job, pool, arena, error);
    for (size_t i = 0; status == 0 && i < a->rows; i++)
        sums->total += sums->first[i];
    return status;
}

int energy_within(const struct mixed_rows *a, struct pool *pool, struct arena *arena, struct energy_sums *sums,
                  struct error *error)
{
    struct sums_job job = {.a = a, .b = a, .sums = sums};
    int status = sums_run(&job, pool, arena, error);
    for (size_t i = 0; status == 0 && i < a->rows; i++) {
        sums->first[i] += sums->second[i];
        sums->total += sums->first[i];
    }
    sums->second = sums->first;
    return status;
}

/* Variance of 2·mean distance to the other sample − 2·mean distance to the other rows of one's own, over the rows. */
static double projection_variance(const double *other, size_t others, const double *own, size_t rows)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < rows; i++) {
        double x = 2 * (other[i] / (double)others - own[i] / (double)(rows - 1)), step = x - mean;
        mean += step / (double)(i + 1);
        squares += step * (x - mean);
    }
    return squares / (double)(rows - 1);
}

struct energy energy_statistic(const struct energy_sums *between, const struct energy_sums *first,
                               const struct energy_sums *second, size_t n, size_t m)
{
    double rows_a = (double)n, rows_b = (double)m;
    struct energy e = {.between = between->total / (rows_a * rows_b),
                       .within_first = first->total / (rows_a * rows_a),
                       .within_second = second->total / (rows_b * rows_b),
                       .u = NAN,
                       .se = NAN};
    e.v = 2 * e.between - e.within_first - e.within_second;
    if (e.v < 1e-12 * e.between)
        e.v = 0;
    if (n > 1 && m > 1) {
        e.u = 2 * e.between - e.within_first * rows_a / (rows_a - 1) - e.within_second * rows_b / (rows_b - 1);
        e.se = sqrt(projection_variance(between->first, m, first->first, n) / rows_a +
                    projection_variance(between->second, n, second->first, m) / rows_b);
    }
    return e;
}
