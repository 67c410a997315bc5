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
    double *se;        /* of the differences, 0 where v is */
    double *shifted;   /* scratch, count: differences of populations */
    double *noisy;     /* scratch, count */
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

/* Populations on a path of which t is the place; the mean overlap falls as t grows. */
typedef void path(const struct draws *d, double t);

static void scaled(const struct draws *d, double t)
{
    for (size_t j = 0; j < d->problem->count; j++)
        d->shifted[j] = d->fixed[j] + t * d->direction[j];
}

static void moved(const struct draws *d, double t)
{
    for (size_t j = 0; j < d->problem->count; j++)
        d->shifted[j] = d->fixed[j] + copysign(fmax(0, fabs(d->direction[j]) + t * d->se[j]), d->direction[j]);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Fills d->mean with the sample values of populations that differ by `difference`; their mean. */
static double sample_at(const struct draws *d, const double *difference)
{
    size_t count = d->problem->count;
    double sum = 0;
    for (size_t b = 0; b < DRAWS; b++) {
        for (size_t j = 0; j < count; j++)
            d->noisy[j] = difference[j] + d->noise[b * count + j];
        d->mean[b] = mean_at(d->problem, d->noisy);
        sum += d->mean[b];
    }
    return sum / DRAWS;
}

/* Of the draws as they are. */
static double quantile_of(const struct draws *d, double share)
{
    qsort(d->mean, DRAWS, sizeof *d->mean, compare);
    double place = share * (DRAWS - 1);
    size_t below = (size_t)place;
    return d->mean[below] + (place - (double)below) * (d->mean[below + (below + 1 < DRAWS)] - d->mean[below]);
}

static double quantile_at(const struct draws *d, path *at, double t, double share)
{
    at(d, t);
    sample_at(d, d->shifted);
    return quantile_of(d, share);
}

/* The t in [lo, hi] at which `value` is the given quantile of the sample values. */
static double invert(const struct draws *d, path *at, double lo, double hi, double value, double share)
{
    if (quantile_at(d, at, lo, share) <= value)
        return lo;
    if (quantile_at(d, at, hi, share) >= value)
        return hi;
    for (int step = 0; step < BISECTIONS; step++) {
        double middle = (lo + hi) / 2;
        *(quantile_at(d, at, middle, share) > value ? &lo : &hi) = middle;
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
        else {
            d->direction[j] = copysign(sqrt(fmax(noise / 4, difference * difference - noise)), difference);
            d->se[j] = sqrt(noise);
        }
    }
}

/* For the populations; leaves them in d->shifted. */
static double population_end(const struct draws *d, double value, double share)
{
    scaled(d, invert(d, scaled, 0, FARTHEST, value, share));
    return mean_at(d->problem, d->shifted);
}

/* For the value; beyond the populations that there are, as far off as the value is from the quantile. */
static double value_end(const struct draws *d, double value, double share)
{
    double nearest = 0;
    for (size_t j = 0; j < d->problem->count; j++)
        nearest = fmax(nearest, d->se[j] > 0 ? fabs(d->direction[j]) / d->se[j] : 0);
    moved(d, invert(d, moved, -nearest, FARTHEST, value, share));
    double mean = sample_at(d, d->shifted);
    return mean + value - quantile_of(d, share);
}

static void find_ends(const struct draws *d, double tail, struct overlap_answer *answer)
{
    const struct overlap_problem *problem = d->problem;
    double value = answer->value, most = population_end(d, value, tail);
    most = fmax(most, mean_of_equals(problem, d->shifted));
    double least = population_end(d, value, 1 - tail);
    answer->lo = fmax(0, fmin(value_end(d, value, 1 - tail), value));
    answer->hi = fmin(1, fmax(value_end(d, value, tail), value));
    sample_at(d, problem->difference);
    double spread = normal_quantile(1 - tail) * standard_deviation(d->mean, DRAWS);
    answer->population[0] = fmax(0, fmin(least, value - spread));
    answer->population[1] = fmin(1, fmax(most, value + spread));
}

static int overlap_intervals(const struct overlap_problem *problem, struct arena *arena, struct overlap_answer *answer,
                             struct error *error)
{
    size_t count = problem->count;
    struct draws d = {.problem = problem,
                      .noise = ARENA_ARRAY(arena, double, count *DRAWS),
                      .direction = ARENA_ARRAY(arena, double, count),
                      .fixed = ARENA_ARRAY(arena, double, count),
                      .se = ARENA_ARRAY(arena, double, count),
                      .shifted = ARENA_ARRAY(arena, double, count),
                      .noisy = ARENA_ARRAY(arena, double, count),
                      .mean = ARENA_ARRAY(arena, double, DRAWS)};
    if (!d.noise || !d.direction || !d.fixed || !d.se || !d.shifted || !d.noisy || !d.mean)
        return error_memory(error);
    int status = draw_noise(&d, arena, error);
    if (status)
        return status;
    choose_direction(&d);
    find_ends(&d, (1 - problem->level) / 2, answer);
    return 0;
}

int overlap_mean(const struct overlap_problem *problem, int brief, struct overlap_answer *answer, struct error *error)
{
    *answer = (struct overlap_answer){mean_at(problem, problem->difference), NAN, NAN, {NAN, NAN}};
    if (brief)
        return 0;
    answer->lo = answer->hi = answer->population[0] = answer->population[1] = answer->value;
    if (problem->count == 0)
        return 0;
    struct arena *scratch = arena_new();
    int status = scratch ? overlap_intervals(problem, scratch, answer, error) : error_memory(error);
    arena_free(scratch);
    return status;
}
