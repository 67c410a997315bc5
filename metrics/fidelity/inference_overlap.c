#include "metrics/fidelity/inference_overlap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "numeric/cholesky.h"
#include "numeric/interval.h"

enum { DRAWS = 1000, BISECTIONS = 16 };

#define RIDGE    1e-9 /* of the diagonal, so that a covariance of less than full rank has a factor */
#define FARTHEST 8.0  /* t is sought in [0, FARTHEST] */
#define CLEARLY  2.0  /* standard errors by which intervals must be apart to count as apart in the populations */
#define ROUNDING 1e-9 /* of the width: what the order of the rows may do to sums */

struct draws {
    const struct overlap_problem *problem;
    double *noise;     /* DRAWS x count */
    double *direction; /* v */
    double *fixed;     /* differences that no t moves: v is 0 there */
    double *shifted;   /* scratch, count */
    double *mean;      /* scratch, DRAWS */
};

double interval_overlap(double difference, double half_first, double half_second)
{
    double rounding = ROUNDING * (half_first + half_second);
    if (fabs(half_first - half_second) <= rounding)
        half_second = half_first;
    if (fabs(difference) <= rounding)
        difference = 0;
    double length = fmin(2 * fmin(half_first, half_second), half_first + half_second - fabs(difference));
    return (length / (2 * half_first) + length / (2 * half_second)) / 2;
}

static double mean_at(const struct overlap_problem *problem, const double *difference)
{
    double sum = 0;
    for (size_t j = 0; j < problem->count; j++)
        sum += fmax(0, interval_overlap(difference[j], problem->half[0][j], problem->half[1][j]));
    return sum / (double)(problem->count + problem->lost);
}

/* The same with the two half-widths of a coefficient in the ratio that the numbers of rows give them. */
static double mean_of_equals(const struct overlap_problem *problem, const double *difference)
{
    double sum = 0, n = (double)problem->rows[0], m = (double)problem->rows[1];
    for (size_t j = 0; j < problem->count; j++) {
        double a = problem->half[0][j], b = problem->half[1][j], one = sqrt((n * a * a + m * b * b) / 2);
        sum += fmax(0, interval_overlap(difference[j], one / sqrt(n), one / sqrt(m)));
    }
    return sum / (double)(problem->count + problem->lost);
}

/* m(t), without noise. */
static double truth_at(const struct draws *d, double t)
{
    for (size_t j = 0; j < d->problem->count; j++)
        d->shifted[j] = d->fixed[j] + t * d->direction[j];
    return mean_at(d->problem, d->shifted);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Fills d->mean with the sorted sample values of populations that differ by fixed + t·centre. */
static void sample_at(const struct draws *d, const double *fixed, const double *centre, double t)
{
    size_t count = d->problem->count;
    for (size_t b = 0; b < DRAWS; b++) {
        for (size_t j = 0; j < count; j++)
            d->shifted[j] = fixed[j] + t * centre[j] + d->noise[b * count + j];
        d->mean[b] = mean_at(d->problem, d->shifted);
    }
    qsort(d->mean, DRAWS, sizeof *d->mean, compare);
}

static double quantile_at(const struct draws *d, double t, double share)
{
    sample_at(d, d->fixed, d->direction, t);
    double place = share * (DRAWS - 1);
    size_t below = (size_t)place;
    return d->mean[below] + (place - (double)below) * (d->mean[below + (below + 1 < DRAWS)] - d->mean[below]);
}

/* The t at which `value` is the given quantile of the sample values, which fall as t grows. */
static double invert(const struct draws *d, double value, double share)
{
    double lo = 0, hi = FARTHEST;
    if (quantile_at(d, lo, share) <= value)
        return lo;
    if (quantile_at(d, hi, share) >= value)
        return hi;
    for (int step = 0; step < BISECTIONS; step++) {
        double middle = (lo + hi) / 2;
        *(quantile_at(d, middle, share) > value ? &lo : &hi) = middle;
    }
    return (lo + hi) / 2;
}

static int draw_noise(struct draws *d, struct arena *arena, struct error *error)
{
    size_t count = d->problem->count;
    double *factor = ARENA_ARRAY(arena, double, count *count), *scratch = ARENA_ARRAY(arena, double, 2 * count);
    if (!factor || !scratch)
        return error_memory(error);
    memcpy(factor, d->problem->covariance, count * count * sizeof *factor);
    for (size_t j = 0; j < count; j++)
        factor[j * count + j] *= 1 + RIDGE;
    cholesky_factor(factor, count, scratch);
    for (size_t b = 0; b < DRAWS; b++) {
        struct random random;
        double *normal = scratch;
        random_init(&random, d->problem->seed, "fidelity.inference", b, 0);
        for (size_t j = 0; j < count; j++)
            normal[j] = random_normal(&random);
        for (size_t j = 0; j < count; j++)
            for (size_t k = 0; k <= j; k++)
                d->noise[b * count + j] += factor[j * count + k] * normal[k];
    }
    return 0;
}

static double standard_deviation(const double *x, size_t n)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    return sqrt(squares / (double)(n - 1));
}

static void choose_direction(const struct draws *d)
{
    const struct overlap_problem *problem = d->problem;
    for (size_t j = 0; j < problem->count; j++) {
        double noise = problem->covariance[j * problem->count + j], difference = problem->difference[j];
        if (fabs(difference) > problem->half[0][j] + problem->half[1][j] + CLEARLY * sqrt(noise))
            d->fixed[j] = difference;
        else
            d->direction[j] = copysign(sqrt(fmax(noise / 4, difference * difference - noise)), difference);
    }
}

static int overlap_interval(const struct overlap_problem *problem, struct arena *arena, struct overlap_answer *answer,
                            struct error *error)
{
    size_t count = problem->count;
    struct draws d = {.problem = problem,
                      .noise = ARENA_ARRAY(arena, double, count *DRAWS),
                      .direction = ARENA_ARRAY(arena, double, count),
                      .fixed = ARENA_ARRAY(arena, double, count),
                      .shifted = ARENA_ARRAY(arena, double, count),
                      .mean = ARENA_ARRAY(arena, double, DRAWS)};
    if (!d.noise || !d.direction || !d.fixed || !d.shifted || !d.mean)
        return error_memory(error);
    int status = draw_noise(&d, arena, error);
    if (status)
        return status;
    choose_direction(&d);
    double tail = (1 - problem->level) / 2;
    answer->hi = truth_at(&d, invert(&d, answer->value, tail));
    answer->hi = fmax(answer->hi, mean_of_equals(problem, d.shifted)); /* at the same t */
    answer->lo = truth_at(&d, invert(&d, answer->value, 1 - tail));
    sample_at(&d, problem->difference, d.direction, 0);
    answer->spread = normal_quantile(1 - tail) * standard_deviation(d.mean, DRAWS);
    answer->lo = fmax(0, fmin(answer->lo, answer->value - answer->spread));
    answer->hi = fmin(1, fmax(answer->hi, answer->value + answer->spread));
    return 0;
}

int overlap_mean(const struct overlap_problem *problem, int brief, struct overlap_answer *answer, struct error *error)
{
    *answer = (struct overlap_answer){mean_at(problem, problem->difference), NAN, NAN, 0};
    if (brief)
        return 0;
    answer->lo = answer->hi = answer->value;
    if (problem->count == 0)
        return 0;
    struct arena *scratch = arena_new();
    int status = scratch ? overlap_interval(problem, scratch, answer, error) : error_memory(error);
    arena_free(scratch);
    return status;
}
