#include "metrics/fidelity/association_interval.h"

#include <math.h>
#include <stdlib.h>

#include "numeric/square.h"

enum { CHUNKS = 4, GROUPS = 32 };
enum form { FREED, SAMPLE, FORMS }; /* of the strengths: freed of their noise, for the populations; as the sample has them */
#define MAY_BE_NONE   3.0           /* standard deviations of noise below which a square may be 0 */
#define ROOT_VARIANCE 0.25          /* at most, of √max(0, X), in units of X's standard deviation */

struct part {
    double low, high;       /* of d̃² − v */
    double squares;         /* d̃² */
    double variance[FORMS]; /* v */
};

struct interval_job {
    const struct measure_task *task;
    const struct column_pairs *pairs;
    const bool *taken;
    const struct table *tables[2];
    const struct table_view *views[2];
    struct part *parts;             /* one a pair */
    double *groups[FORMS];          /* GROUPS a pair: differences of the tables' group sums */
    double *sums[FORMS][CHUNKS][2]; /* one number a row, by chunk and table: influence on Σ d̃² */
    double *scratch[CHUNKS][2];
};

/* The root of a square: its value, what else it may be, its variance, and how a row's influence on the square is
 * scaled to one on the root. */
struct root {
    double value, other, variance, scale;
};

static struct root root_of(const struct dependence *d, enum form form)
{
    if (isnan(d->strength))
        return (struct root){0, 0, 0, 0};
    double square = form == SAMPLE ? d->strength * d->strength : fmax(0, d->square), value = sqrt(square);
    double variance = fmax(d->linear - d->noise, d->noise);
    struct root root = {value, value, ROOT_VARIANCE * sqrt(variance), 0};
    if (square > 0 && variance / (4 * square) < root.variance)
        root.variance = variance / (4 * square);
    if (square > 0 && d->linear > 0)
        root.scale = sqrt(root.variance / d->linear);
    if (d->square <= MAY_BE_NONE * sqrt(d->noise))
        root.other = 0;
    return root;
}

/* The largest (sign +1) or least (−1) squared difference between what either may be, less the noise of what it is made of. */
static double difference_of(const struct root *a, const struct root *b, double sign)
{
    const double x[2] = {a->value, a->other}, y[2] = {b->value, b->other};
    double square = -sign * INFINITY, noise = 0;
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++) {
            double difference = (x[i] - y[j]) * (x[i] - y[j]);
            if (sign * difference <= sign * square)
                continue;
            square = difference;
            noise = (x[i] == a->value ? a->variance : 0) + (y[j] == b->value ? b->variance : 0);
        }
    return square - noise;
}

/* Adds a table's influence values to the chunk's sums of rows and to the pair's sums of groups: row i is of group i % GROUPS.
 */
static void add_rows(const double *influence, size_t rows, double weight, double share, double *sums, double *groups)
{
    double totals[GROUPS] = {0};
    size_t i = 0;
    for (; i + GROUPS <= rows; i += GROUPS)
        for (size_t g = 0; g < GROUPS; g++) {
            sums[i + g] += weight * influence[i + g];
            totals[g] += influence[i + g];
        }
    for (; i < rows; i++) {
        sums[i] += weight * influence[i];
        totals[i % GROUPS] += influence[i];
    }
    for (size_t g = 0; g < GROUPS; g++)
        groups[g] += share * totals[g];
}

static void add_pair(struct interval_job *job, size_t chunk, size_t pair, enum form form, const struct root roots[2])
{
    double difference = roots[0].value - roots[1].value;
    job->parts[pair].variance[form] = roots[0].variance + roots[1].variance;
    for (size_t t = 0; t < 2; t++) {
        size_t rows = job->tables[t]->rows;
        double scale = (t ? -1 : 1) * roots[t].scale;
        if (scale != 0)
            add_rows(job->scratch[chunk][t], rows, 2 * difference * scale, scale / (double)rows, job->sums[form][chunk][t],
                     job->groups[form] + pair * GROUPS);
    }
}

static int one_pair(struct interval_job *job, size_t chunk, size_t pair, struct error *error)
{
    struct dependence d[2];
    struct root roots[FORMS][2];
    for (size_t t = 0; t < 2; t++) {
        int status =
            association_pair(job->tables[t], job->views[t], &job->pairs->pairs[pair], job->scratch[chunk][t], &d[t], error);
        if (status)
            return status;
        for (size_t form = 0; form < FORMS; form++)
            roots[form][t] = root_of(&d[t], (enum form)form);
    }
    for (size_t form = 0; form < FORMS; form++)
        add_pair(job, chunk, pair, (enum form)form, roots[form]);
    const struct root *freed = roots[FREED];
    struct part *part = &job->parts[pair];
    part->squares = (freed[0].value - freed[1].value) * (freed[0].value - freed[1].value);
    part->low = fmin(part->squares - part->variance[FREED], difference_of(&freed[0], &freed[1], -1));
    part->high = difference_of(&freed[0], &freed[1], 1);
    return 0;
}

static int chunk_run(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker;
    struct interval_job *job = context;
    size_t from = job->pairs->count * index / CHUNKS, to = job->pairs->count * (index + 1) / CHUNKS;
    for (size_t i = from; i < to; i++) {
        int status = job->taken[i] ? one_pair(job, index, i, error) : 0;
        if (status)
            return status;
    }
    return 0;
}

/* tr Σ² and tr Σ³ of the noise of all differences: G² times the mean squared product of two groups' differences, G³ times the
 * mean cyclic product of three; tr Σ² at least Σ v². */
static void traces_of(const struct interval_job *job, enum form form, double *second, double *third)
{
    double product[GROUPS][GROUPS], squares = 0, cycles = 0, diagonal = 0;
    const double *groups = job->groups[form];
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t h = g + 1; h < GROUPS; h++) {
            double sum = 0;
            for (size_t i = 0; i < job->pairs->count; i++)
                sum += groups[i * GROUPS + g] * groups[i * GROUPS + h];
            product[g][h] = sum;
            squares += sum * sum;
        }
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t h = g + 1; h < GROUPS; h++)
            for (size_t k = h + 1; k < GROUPS; k++)
                cycles += product[g][h] * product[h][k] * product[g][k];
    for (size_t i = 0; i < job->pairs->count; i++)
        diagonal += job->parts[i].variance[form] * job->parts[i].variance[form];
    *second = fmax(diagonal, squares * 2 * GROUPS / (GROUPS - 1.0));
    *third = cycles * 6 * GROUPS * GROUPS / ((GROUPS - 1.0) * (GROUPS - 2.0));
}

static double linear_variance(const struct interval_job *job, enum form form)
{
    double variance = 0;
    for (size_t t = 0; t < 2; t++) {
        double squares = 0, rows = (double)job->tables[t]->rows;
        for (size_t i = 0; i < job->tables[t]->rows; i++) {
            double sum = 0;
            for (size_t k = 0; k < CHUNKS; k++)
                sum += job->sums[form][k][t][i];
            squares += sum * sum;
        }
        variance += squares / (rows * rows);
    }
    return variance;
}

/* τ as a lower end needs it: noise alone is skewed, and its upper limit is that of a chi-squared variable of the same mean and
 * variance (Wilson and Hilferty 1931). */
static double skewed(double noise, double mean, double z)
{
    if (!(mean > 0) || !(noise > 0))
        return noise;
    double spread = 2 / (9 * 2 * mean * mean / noise), cube = 1 - spread + z * sqrt(spread);
    double above = mean * (cube * cube * cube - 1) / z;
    return fmax(noise, above * above);
}

/* One end; sign −1 lower, +1 upper. Where the distance is clear its root, not its square, is spread evenly: the end that is
 * farther out counts. */
static double end_of(double square, double lambda, double noise, double z, double sign)
{
    double centre = square + 2 * z * z * lambda, inner = 4 * lambda * square + 4 * z * z * lambda * lambda + noise;
    double end = centre + sign * z * sqrt(fmax(0, inner));
    end = end > 0 ? sqrt(end) : 0;
    if (square > 0) {
        double even = sqrt(square) + sign * z * sqrt(4 * lambda * square + noise) / (2 * sqrt(square));
        end = sign > 0 ? (square > z * sqrt(noise) ? fmax(end, even) : end) : fmin(end, fmax(0, even));
    }
    return fmin(1, end);
}

static void combine_populations(const struct interval_job *job, double value, struct association_interval *out)
{
    double low = 0, high = 0, squares = 0, mean = 0, count = 0, z = normal_quantile((1 + job->task->level) / 2), second, third;
    for (size_t i = 0; i < job->pairs->count; i++) {
        low += job->parts[i].low;
        high += job->parts[i].high;
        squares += job->parts[i].squares;
        mean += job->parts[i].variance[FREED];
        count += job->taken[i];
    }
    traces_of(job, FREED, &second, &third);
    double noise = 2 * second / (count * count), linear = linear_variance(job, FREED) / (count * count);
    double lambda = squares > 0 ? linear * count / (4 * squares) : 0;
    out->population = (struct interval){NAN, NAN, job->task->level, "influence functions, bias-aware"};
    out->population.lo = fmin(value, end_of(low / count, lambda, skewed(noise, mean / count, z), z, -1));
    out->population.hi = fmax(value, end_of(high / count, lambda, noise, z, 1));
}

/* E√X ≈ √EX·(1 − Var X/(8 (EX)²)), EX no less than what noise makes. */
static double mean_root(double mean, double least, double variance)
{
    double centre = fmax(mean, least), ratio = centre > 0 ? fmin(1, variance / (centre * centre)) : 0;
    return sqrt(fmax(0, mean)) * (1 - ratio / 8);
}

static void combine_sample(const struct interval_job *job, double value, struct association_interval *out)
{
    double mean = 0, count = 0, second, third;
    for (size_t i = 0; i < job->pairs->count; i++) {
        mean += job->parts[i].variance[SAMPLE];
        count += job->taken[i];
    }
    traces_of(job, SAMPLE, &second, &third);
    struct quadratic q = {.value = value * value,
                          .bias = mean / count,
                          .noise = 2 * second / (count * count),
                          .projections = linear_variance(job, SAMPLE) / (count * count),
                          .skew = second > 0 ? 8 * third / pow(2 * second, 1.5) : 0};
    struct interval square = quadratic_interval(&q, job->task->level);
    double variance = fmax(q.noise, q.projections - q.noise);
    out->sample = square;
    out->sample.lo = fmin(value, mean_root(square.lo, q.bias, variance));
    out->sample.hi = fmax(value, fmin(1, mean_root(square.hi, q.bias, variance)));
}

static int allocate(struct interval_job *job, struct arena *arena, struct error *error)
{
    job->parts = ARENA_ARRAY(arena, struct part, job->pairs->count + 1);
    if (!job->parts)
        return error_memory(error);
    for (size_t form = 0; form < FORMS; form++)
        if (!(job->groups[form] = ARENA_ARRAY(arena, double, job->pairs->count *GROUPS + 1)))
            return error_memory(error);
    for (size_t k = 0; k < CHUNKS; k++)
        for (size_t t = 0; t < 2; t++) {
            size_t rows = job->tables[t]->rows;
            job->sums[FREED][k][t] = ARENA_ARRAY(arena, double, rows + 1);
            job->sums[SAMPLE][k][t] = ARENA_ARRAY(arena, double, rows + 1);
            job->scratch[k][t] = ARENA_ARRAY(arena, double, rows + 1);
            if (!job->sums[FREED][k][t] || !job->sums[SAMPLE][k][t] || !job->scratch[k][t])
                return error_memory(error);
        }
    return 0;
}

int association_interval(const struct measure_task *task, const struct column_pairs *pairs, const bool *taken, double value,
                         struct association_interval *out, struct error *error)
{
    struct interval_job job = {.task = task, .pairs = pairs, .taken = taken, .tables = {task->reference, task->subject}};
    struct arena *arena = arena_new();
    int status = arena ? 0 : error_memory(error);
    if (status == 0)
        status = table_views_get(task, &job.views[0], &job.views[1], error);
    if (status == 0)
        status = allocate(&job, arena, error);
    if (status == 0)
        status = pool_run(task->pool, CHUNKS, chunk_run, &job, error);
    if (status == 0) {
        combine_populations(&job, value, out);
        combine_sample(&job, value, out);
    }
    arena_free(arena);
    return status;
}
