/* The permutation test of energy.h. With s_i = 1 for rows in the first part and −n/m in the second the statistic is
 * −(2/n²)·Σ_{i<j} s_i s_j |z_i − z_j|: all divisions are lanes of one pass over the pairs, the true one being lane 0. */
#include <math.h>

#include "core/random.h"
#include "numeric/energy.h"

#define LANES  ((size_t)(ENERGY_PERMUTATIONS + 1))
#define GROUP  ((size_t)16) /* rows whose distances are held at once */
#define TILE   ((size_t)32) /* rows whose signs stay in the nearest cache */
#define CHUNKS ((size_t)32)

struct permute_job {
    const struct mixed_rows *a, *b;
    size_t n, m;
    uint64_t seed;
    float *sign;      /* [(n + m) · LANES] */
    double *total;    /* [CHUNKS · LANES] */
    double *distance; /* [threads · GROUP · width] */
    size_t width;
    struct mixed_query *query; /* [threads] */
    uint32_t *order;           /* [threads · (n + m)] */
};

static int draw_division(void *context, size_t lane, size_t worker, struct error *error)
{
    (void)error;
    struct permute_job *job = context;
    size_t rows = job->n + job->m;
    uint32_t *order = job->order + worker * rows;
    struct random random;
    random_init(&random, job->seed, "energy.permute", lane, 0);
    if (lane)
        random_permutation(&random, rows, order);
    for (size_t k = 0; k < rows; k++)
        job->sign[(lane ? order[k] : k) * LANES + lane] = k < job->n ? 1.0F : -(float)job->n / (float)job->m;
    return 0;
}

/* Distances of row i of the pooled rows to all rows before it. */
static void distances_before(const struct permute_job *job, size_t i, struct mixed_query *query, double *out)
{
    bool second = i >= job->n;
    mixed_query_set(second ? job->b : job->a, second ? i - job->n : i, query);
    mixed_distances(query, job->a, 0, second ? job->n : i, out);
    if (second)
        mixed_distances(query, job->b, 0, i - job->n, out + job->n);
}

static void add_tile(const struct permute_job *job, size_t i, const double *distance, size_t from, size_t to, double *total)
{
    float sum[LANES];
    const float *sign = job->sign + i * LANES;
    mixed_signed_sums(distance + from, to - from, job->sign + from * LANES, LANES, sum);
    for (size_t b = 0; b < LANES; b++)
        total[b] += (double)sign[b] * (double)sum[b];
}

static int permute_chunk(void *context, size_t index, size_t worker, struct error *error)
{
    (void)error;
    struct permute_job *job = context;
    size_t rows = job->n + job->m;
    double *distance = job->distance + worker * GROUP * job->width, *total = job->total + index * LANES;
    for (size_t first = index * GROUP; first < rows; first += CHUNKS * GROUP) {
        size_t last = first + GROUP < rows ? first + GROUP : rows;
        for (size_t i = first; i < last; i++)
            distances_before(job, i, &job->query[worker], distance + (i - first) * job->width);
        for (size_t from = 0; from < last; from += TILE)
            for (size_t i = from >= first ? from + 1 : first; i < last; i++)
                add_tile(job, i, distance + (i - first) * job->width, from, from + TILE < i ? from + TILE : i, total);
    }
    return 0;
}

static void permute_result(const struct permute_job *job, struct energy_test *test)
{
    double n = (double)job->n, statistic[LANES], mean = 0, squares = 0, cubes = 0;
    size_t reached = 0;
    for (size_t b = 0; b < LANES; b++) {
        double sum = 0;
        for (size_t k = 0; k < CHUNKS; k++)
            sum += job->total[k * LANES + b];
        statistic[b] = -2 * sum / (n * n);
    }
    for (size_t b = 1; b < LANES; b++) {
        mean += statistic[b] / ENERGY_PERMUTATIONS;
        reached += statistic[b] >= statistic[0] - 1e-9;
    }
    for (size_t b = 1; b < LANES; b++) {
        double away = statistic[b] - mean;
        squares += away * away;
        cubes += away * away * away;
    }
    double sd = sqrt(squares / (ENERGY_PERMUTATIONS - 1));
    *test = (struct energy_test){.statistic = statistic[0],
                                 .p = (double)(1 + reached) / (double)LANES,
                                 .sd = sd,
                                 .skew = sd > 0 ? cubes / (ENERGY_PERMUTATIONS * sd * sd * sd) : 0};
}

int energy_permute(const struct mixed_rows *a, size_t n, const struct mixed_rows *b, size_t m, uint64_t seed, struct pool *pool,
                   struct energy_test *test, struct error *error)
{
    size_t threads = pool_threads(pool), rows = n + m;
    struct permute_job job = {.a = a, .b = b, .n = n, .m = m, .seed = seed, .width = n + m + 2 * MIXED_LANES};
    struct arena *arena = arena_new();
    int status = arena ? 0 : error_memory(error);
    *test = (struct energy_test){NAN, NAN, NAN, NAN};
    if (status)
        return status;
    job.sign = arena_array(arena, rows + 1, LANES * sizeof(float));
    job.total = ARENA_ARRAY(arena, double, CHUNKS *LANES);
    job.distance = arena_array(arena, threads * GROUP, job.width * sizeof(double));
    job.query = ARENA_ARRAY(arena, struct mixed_query, threads);
    job.order = arena_array(arena, threads, (rows + 1) * sizeof(uint32_t));
    if (!job.sign || !job.total || !job.distance || !job.query || !job.order)
        status = error_memory(error);
    for (size_t t = 0; status == 0 && t < threads; t++)
        status = mixed_query_new(a, arena, &job.query[t], error);
    if (status == 0)
        status = pool_run(pool, LANES, draw_division, &job, error);
    if (status == 0)
        status = pool_run(pool, CHUNKS, permute_chunk, &job, error);
    if (status == 0)
        permute_result(&job, test);
    arena_free(arena);
    return status;
}
