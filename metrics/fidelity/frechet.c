#include "numeric/frechet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/random.h"
#include "metrics/fidelity/encoded.h"
#include "metrics/fidelity/words.h"
#include "numeric/square.h"

#define WIDTH_LIMIT  ((size_t)400)  /* columns before rare levels are pooled */
#define WIDTH_MOST   ((size_t)2000) /* columns that are computed with at all */
#define CHUNK_ROWS   ((size_t)8192)
#define CHUNKS_MOST  ((size_t)16)
#define CHUNK_CELLS  ((size_t)4000000)   /* of all chunks' matrices together */
#define KERNEL_WORK  ((size_t)200000000) /* multiplications a table for the bias */
#define PAIRS_LEAST  ((size_t)256)
#define TRIPLES_MOST ((size_t)2048) /* a table, for the skewness */

/* Of train: artifact "fidelity.frechet.layout". */
struct frame {
    const struct encoding *encoding;
    struct encoded_layout layout;
    size_t entries; /* of a row, at most */
};

static int frame_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct measure_task *task = context;
    struct frame *frame = ARENA_NEW(arena, struct frame);
    if (!frame)
        return error_memory(error);
    *artifact = frame;
    int status = encoding_get(task, &frame->encoding, error);
    if (status)
        return status;
    frame->entries = frame->encoding->n_numbers + frame->encoding->n_categories;
    return encoded_layout_make(frame->encoding, task->data->train.table, WIDTH_LIMIT, arena, &frame->layout, error);
}

struct sums_job {
    const struct frame *frame;
    const struct table *table;
    struct pool *pool;
    size_t chunks;
    struct cross_sums *parts;
    uint32_t *index; /* [chunks · (entries + 1)] */
    double *value;
};

static int sums_chunk(void *context, size_t chunk, size_t worker, struct error *error)
{
    (void)worker, (void)error;
    struct sums_job *job = context;
    size_t rows = job->table->rows, from = rows * chunk / job->chunks, to = rows * (chunk + 1) / job->chunks;
    uint32_t *index = job->index + chunk * (job->frame->entries + 1);
    double *value = job->value + chunk * (job->frame->entries + 1);
    for (size_t i = from; i < to; i++) {
        size_t count = encoded_row(job->frame->encoding, &job->frame->layout, job->table, i, index, value);
        cross_sums_add(&job->parts[chunk], index, value, count);
    }
    return 0;
}

static int sums_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    struct sums_job *job = context;
    size_t width = job->frame->layout.width, most = CHUNK_CELLS / (width * width + 1) + 1;
    struct arena *scratch = arena_new();
    struct cross_sums *sums = ARENA_NEW(arena, struct cross_sums);
    int status = scratch && sums ? cross_sums_new(width, arena, sums, error) : error_memory(error);
    *artifact = sums;
    job->chunks = (job->table->rows + CHUNK_ROWS - 1) / CHUNK_ROWS;
    job->chunks = job->chunks < CHUNKS_MOST ? job->chunks : CHUNKS_MOST;
    job->chunks = job->chunks < most ? job->chunks : most;
    if (status == 0) {
        job->parts = ARENA_ARRAY(scratch, struct cross_sums, job->chunks + 1);
        job->index = arena_array(scratch, job->chunks + 1, (job->frame->entries + 1) * sizeof(uint32_t));
        job->value = arena_array(scratch, job->chunks + 1, (job->frame->entries + 1) * sizeof(double));
        if (!job->parts || !job->index || !job->value)
            status = error_memory(error);
    }
    for (size_t k = 0; status == 0 && k < job->chunks; k++)
        status = cross_sums_new(width, scratch, &job->parts[k], error);
    if (status == 0)
        status = pool_run(job->pool, job->chunks, sums_chunk, job, error);
    for (size_t k = 0; status == 0 && k < job->chunks; k++)
        cross_sums_merge(sums, &job->parts[k]);
    arena_free(scratch);
    return status;
}

static int sums_get(const struct measure_task *task, const struct frame *frame, const struct table *table,
                    const struct cross_sums **sums, struct error *error)
{
    struct sums_job job = {.frame = frame, .table = table, .pool = task->pool};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "fidelity.frechet", table, NULL, 0, sums_make, NULL, &job, &artifact, error);
    *sums = artifact;
    return status;
}

/* The noise of both tables, in chunks: task 2c + s is chunk c of table s. */
struct noise_job {
    const struct frame *frame;
    const struct table *tables[2];
    const struct frechet *frechet;
    uint64_t seed;
    size_t chunks;
    struct frechet_noise *parts; /* [2 · chunks] */
};

/* Rows (and pairs) a table for the terms that cost rank² a row. */
static size_t kernel_rows(const struct noise_job *job, size_t rows)
{
    size_t rank = job->frechet->rank, most = KERNEL_WORK / (rank * rank + 1);
    most = most < PAIRS_LEAST ? PAIRS_LEAST : most;
    return rows < most ? rows : most;
}

/* Triples a chunk, in whole batches: an eighth of that work. */
static size_t triple_rows(const struct noise_job *job)
{
    size_t rank = job->frechet->rank, most = KERNEL_WORK / 8 / (rank * rank + 1);
    most = most < PAIRS_LEAST ? PAIRS_LEAST : most > TRIPLES_MOST ? TRIPLES_MOST : most;
    return (most / job->chunks + FRECHET_BATCH - 1) / FRECHET_BATCH * FRECHET_BATCH;
}

static void add_pairs(const struct noise_job *job, const struct table *table, size_t from, size_t to, bool drawn,
                      struct frechet_probe *probe, uint32_t *index, double *value, struct frechet_noise *noise)
{
    size_t put = 0, triples = from + triple_rows(job);
    for (size_t i = from; i < to; i++) {
        size_t members = i < triples && table->rows > 2 ? 3 : 2;
        struct random random;
        random_init(&random, job->seed, "fidelity.frechet", 0, i);
        size_t row = drawn ? random_below(&random, table->rows) : i;
        size_t step = 1 + random_below(&random, table->rows - 1), rows[3] = {row, (row + step) % table->rows, row};
        if (members == 3) { /* neither of the two */
            size_t third = 1 + random_below(&random, table->rows - 2);
            rows[2] = (row + third + (third >= step)) % table->rows;
        }
        for (size_t member = 0; member < members; member++) {
            size_t count = encoded_row(job->frame->encoding, &job->frame->layout, table, rows[member], index, value);
            frechet_put(probe, put, member, members, index, value, count);
        }
        if (++put == FRECHET_BATCH || i + 1 == to) {
            frechet_add(probe, put, members, noise);
            put = 0;
        }
    }
}

static int noise_chunk(void *context, size_t task, size_t worker, struct error *error)
{
    (void)worker;
    struct noise_job *job = context;
    size_t sample = task % 2, chunk = task / 2, entries = job->frame->entries;
    const struct table *table = job->tables[sample];
    size_t rows = table->rows, kernels = kernel_rows(job, rows);
    struct frechet_noise *noise = &job->parts[task];
    struct arena *arena = arena_new();
    struct frechet_probe *probe;
    int status = arena ? frechet_probe_new(job->frechet, sample, arena, &probe, error) : error_memory(error);
    uint32_t *index = status ? NULL : ARENA_ARRAY(arena, uint32_t, entries + 1);
    double *value = status ? NULL : ARENA_ARRAY(arena, double, entries + 1);
    if (status == 0 && (!index || !value))
        status = error_memory(error);
    if (status == 0) {
        for (size_t i = rows * chunk / job->chunks; i < rows * (chunk + 1) / job->chunks; i++) {
            size_t count = encoded_row(job->frame->encoding, &job->frame->layout, table, i, index, value);
            frechet_influence(probe, index, value, count, noise);
        }
        add_pairs(job, table, kernels * chunk / job->chunks, kernels * (chunk + 1) / job->chunks, kernels < rows, probe, index,
                  value, noise);
    }
    arena_free(arena);
    return status;
}

static int bound(const struct measure_task *task, const struct frame *frame, struct frechet *frechet, struct result *result,
                 double *bias, struct error *error)
{
    struct noise_job job = {
        .frame = frame, .tables = {task->reference, task->subject}, .frechet = frechet, .seed = task->seed, .chunks = 8};
    struct frechet_noise noise[2] = {{0}};
    if (task->reference == task->data->train.table)
        frechet_own_scale(frechet, 0, frame->encoding->n_numbers);
    else if (task->subject == task->data->train.table)
        frechet_own_scale(frechet, 1, frame->encoding->n_numbers);
    const double rows[2] = {(double)task->reference->rows, (double)task->subject->rows};
    job.parts = ARENA_ARRAY(result->arena, struct frechet_noise, 2 * job.chunks);
    int status = job.parts ? pool_run(task->pool, 2 * job.chunks, noise_chunk, &job, error) : error_memory(error);
    if (status)
        return status;
    for (size_t k = 0; k < 2 * job.chunks; k++)
        frechet_noise_merge(&noise[k % 2], &job.parts[k]);
    struct frechet_error e = frechet_error(noise, rows);
    struct quadratic q = {frechet->value, e.bias, e.noise, e.projections, e.skew};
    struct interval interval = quadratic_interval(&q, task->level);
    *bias = e.bias;
    result->lo = interval.lo;
    result->hi = interval.hi;
    result->method = interval.method;
    double se = sqrt(fmax(e.noise, e.projections - e.noise));
    result->population = interval_square(frechet->value, frechet->value - *bias, se, task->level);
    result->population.method = "delta method, bias-corrected";
    return 0;
}

/* What one column adds to the distance of means (with all its 0/1 columns), and its variances in the two tables. */
struct part {
    double mean, variance[2];
};

static struct part part_of(const struct cross_sums *const sums[2], const uint32_t *slot, size_t count)
{
    struct part part = {0};
    for (size_t k = 0; k < count; k++) {
        if (k && slot[k] == slot[k - 1])
            continue;
        double mean[2];
        for (size_t s = 0; s < 2; s++) {
            double n = sums[s]->rows, square = sums[s]->cross[slot[k] * sums[s]->width + slot[k]];
            mean[s] = sums[s]->sum[slot[k]] / n;
            part.variance[s] += fmax(0, (square - n * mean[s] * mean[s]) / (n - 1));
        }
        part.mean += (mean[0] - mean[1]) * (mean[0] - mean[1]);
    }
    return part;
}

static int cmp_slot(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int describe_columns(const struct measure_task *task, const struct frame *frame, const struct cross_sums *const sums[2],
                            struct arena *arena, cJSON *details, const char **moved, double *most, struct error *error)
{
    const struct encoding *encoding = frame->encoding;
    cJSON *list = json_add_array(details, "columns");
    uint32_t *slot = ARENA_ARRAY(arena, uint32_t, encoding->width + 3);
    if (!list || !slot)
        return error_memory(error);
    for (size_t k = 0; k < frame->entries; k++) {
        bool number = k < encoding->n_numbers;
        const struct encoded_category *category = number ? NULL : &encoding->categories[k - encoding->n_numbers];
        size_t count = number ? 2 : (size_t)category->levels + 2;
        for (size_t c = 0; c < count; c++)
            slot[c] = number ? (uint32_t)(k + c * encoding->n_numbers) : frame->layout.slot[k - encoding->n_numbers][c];
        qsort(slot, count, sizeof *slot, cmp_slot);
        struct part part = part_of(sums, slot, count);
        const char *name = task->data->schema->columns[number ? encoding->numbers[k].column : category->column].name;
        cJSON *item = json_push_object(list);
        if (!item)
            return error_memory(error);
        json_add_string(item, "column", name);
        json_add_number(item, "mean_part", part.mean);
        json_add_number(item, "variance_reference", part.variance[0]);
        json_add_number(item, "variance_subject", part.variance[1]);
        if (k == 0 || part.mean > *most) {
            *most = part.mean;
            *moved = name;
        }
    }
    return 0;
}

static int describe(const struct measure_task *task, const struct frame *frame, const struct cross_sums *const sums[2],
                    const struct frechet *frechet, double bias, struct result *result, struct error *error)
{
    const char *moved = "";
    double most = 0, means = frechet->value > 0 ? frechet->mean_part : 0, covariance = fmax(0, frechet->value - means);
    cJSON *details = result->details = cJSON_CreateObject();
    if (!details)
        return error_memory(error);
    json_add_number(details, "mean_part", means);
    json_add_number(details, "covariance_part", covariance);
    json_add_number(details, "trace_reference", frechet->trace_first);
    json_add_number(details, "trace_subject", frechet->trace_second);
    json_add_number(details, "bias", bias);
    json_add_number(details, "corrected", frechet->value - bias);
    json_add_number(details, "encoded_columns", (double)frame->layout.width);
    json_add_number(details, "pooled_levels", (double)frame->layout.pooled);
    int status = describe_columns(task, frame, sums, result->arena, details, &moved, &most, error);
    if (status)
        return status;
    struct short_name name = short_name(moved);
    if (frechet->value == 0)
        snprintf(result->finding, sizeof result->finding, "Means and covariances of whole rows are those of the real ones.");
    else
        snprintf(result->finding, sizeof result->finding,
                 "Means and covariances (spread, and how columns move together) of whole rows are a Fréchet distance of %.3g "
                 "apart, %.3g "
                 "of it in the means and %.3g in the covariances; noise alone adds about %.2g%s. The column whose mean or "
                 "shares moved "
                 "most is '%s'.",
                 frechet->value, means, covariance, bias, result->population.lo > 0 ? "" : ", which can explain all of it",
                 name.text);
    if (frechet->value > 3 * bias + (result->hi - result->value))
        snprintf(result->remedy, sizeof result->remedy,
                 covariance > means ? "Look at pairs of columns: spread or dependence is off."
                                    : "Look at single columns, first at '%s': averages or shares are off.",
                 name.text);
    return 0;
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct cross_sums *sums[2];
    struct frechet frechet;
    struct measure_task context = *task;
    void *artifact = NULL;
    double bias = 0;
    int status = artifact_get(task->artifacts, "fidelity.frechet.layout", task->data->train.table, NULL, 0, frame_make, NULL,
                              &context, &artifact, error);
    const struct frame *frame = artifact;
    if (status)
        return status;
    if (task->reference->rows < 2 || task->subject->rows < 2)
        return error_set(error, ERROR_UNMEASURABLE, "each table needs two rows, they have %zu and %zu", task->reference->rows,
                         task->subject->rows);
    if (frame->layout.width > WIDTH_MOST)
        return error_set(error, ERROR_UNMEASURABLE, "the encoded rows have %zu columns, more than the %zu this measure takes",
                         frame->layout.width, WIDTH_MOST);
    status = sums_get(task, frame, task->reference, &sums[0], error);
    if (status == 0)
        status = sums_get(task, frame, task->subject, &sums[1], error);
    if (status == 0)
        status = frechet_distance(sums[0], sums[1], !task->brief, result->arena, &frechet, error);
    if (status)
        return status;
    result->value = frechet.value;
    result->lo = result->hi = NAN;
    result->n = task->subject->rows;
    if (task->brief)
        return 0;
    status = bound(task, frame, &frechet, result, &bias, error);
    return status ? status : describe(task, frame, sums, &frechet, bias, result, error);
}

const struct measure measure_fidelity_frechet = {
    .id = "fidelity.frechet",
    .title = "Means and covariances of whole rows",
    .summary = "How far apart the two tables are in the means and covariances of all columns together.",
    .definition = "Fréchet distance |m1 − m2|² + tr(C1 + C2 − 2(C1^½ C2 C1^½)^½) of the means m and covariances C of real and "
                  "synthetic rows "
                  "whose numbers are standardised by the training table and whose categories and missing marks are 0/1 "
                  "columns. Above 400 such "
                  "columns the rarest training levels of a category are pooled.",
    .reading = "0 only when all means, spreads and correlations agree; 1 is as much as one number shifted by one standard "
               "deviation. It sees "
               "what two columns do together and nothing of higher order. Fresh real rows have more than 0, and the more "
               "columns the more: "
               "compare with them and with the independent control.",
    .unit = "squared distance",
    .reference =
        "Dowson and Landau 1982, J. Multivariate Anal. 12, 450; Heusel et al. 2017; the encoding and the interval are this "
        "project's",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = INFINITY,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_INDEPENDENT,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "fidelity.encoding, fidelity.frechet",
    .run = run,
};
