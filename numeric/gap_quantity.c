/* The part of gap.h for numeric columns: Kolmogorov-Smirnov and W1. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "numeric/gap.h"

#define KOLMOGOROV_MEAN      0.8687311606361592 /* E sup|B| of a Brownian bridge = √(π/2) ln 2 */
#define COARSE_MOST          3
#define KOLMOGOROV_THRESHOLD 2.0 /* P[sup|B| > 2] = 0.0007 */

/* Both distribution functions and the pooled one after the step at `value`. */
struct step {
    double value, first, second, pooled;
};

/* Walks to the next distinct value of the two samples together; false at the end. */
struct walk {
    const struct gap_sample *first, *second;
    size_t i, j;
};

static int walk_step(struct walk *w, struct step *step)
{
    size_t n = w->first->present, m = w->second->present;
    if (w->i == n && w->j == m)
        return 0;
    const double *a = w->first->sorted, *b = w->second->sorted;
    step->value = w->j == m || (w->i < n && a[w->i] < b[w->j]) ? a[w->i] : b[w->j];
    while (w->i < n && a[w->i] == step->value)
        w->i++;
    while (w->j < m && b[w->j] == step->value)
        w->j++;
    step->first = (double)w->i / (double)n;
    step->second = (double)w->j / (double)m;
    step->pooled = (double)(w->i + w->j) / (double)(n + m);
    return 1;
}

/* √(1/n + 1/m): the noise of F_first − F_second is this times a Brownian bridge. */
static double noise_scale(const struct gap_sample *first, const struct gap_sample *second)
{
    return sqrt(1 / (double)first->present + 1 / (double)second->present);
}

static struct step ks_peak(const struct gap_sample *first, const struct gap_sample *second)
{
    struct walk walk = {first, second, 0, 0};
    struct step step, peak = {NAN, 0, 0, 0};
    while (walk_step(&walk, &step))
        if (isnan(peak.value) || fabs(step.first - step.second) > fabs(peak.first - peak.second))
            peak = step;
    return peak;
}

/* What noise adds to the supremum. Where all of it may be noise: the mean of a Brownian bridge's supremum, or less when there
 * are few distinct values. Else: the mean of the largest excursion over the points that may be the true peak. */
static double ks_bias(const struct gap_sample *first, const struct gap_sample *second, const struct step *peak, double distance)
{
    double scale = noise_scale(first, second);
    double points = 0, left = 0, right = 0;
    struct walk walk = {first, second, 0, 0};
    struct step step;
    while (walk_step(&walk, &step)) {
        points += sqrt(step.pooled * (1 - step.pooled));
        double away = step.pooled - peak->pooled, side = peak->first > peak->second ? 1 : -1;
        if (distance - side * (step.first - step.second) > NOISE_LIMIT * scale * sqrt(fabs(away)))
            continue;
        left = fmax(left, -away);
        right = fmax(right, away);
    }
    double noise = scale * fmin(KOLMOGOROV_MEAN, HALF_NORMAL_MEAN * points);
    return distance <= KOLMOGOROV_THRESHOLD * scale ? noise : fmin(noise, scale * HALF_NORMAL_MEAN * sqrt(left + right));
}

static void add_ks(const struct gap_sample *sample, double at, double share, double sign, double *sums)
{
    double scale = sign * (double)sample->rows / (double)sample->present;
    for (size_t i = 0; i < sample->rows; i++)
        if (!isnan(sample->values[i]))
            sums[i] += scale * ((sample->values[i] <= at) - share);
}

/* own: √ of the supremum's variance in units of that of its influence values; cross: their weight beside other columns: what
 * noise alone makes of two columns goes together more than two times one column's share of it says. Started from a bridge on
 * top of the difference of two shifted normal samples, flattened and set by simulated coverage (ours). */
struct weights {
    double own, cross;
};

/* supremum: in units of the bridge's scale; the noise alone has 0.87 on average. */
static struct weights supremum_weights(double supremum)
{
    static const double at[4] = {0.6, 1, 2.4, 4}, own[4] = {0.24, 0.95, 1, 1}, cross[4] = {0.55, 1.4, 1.2, 1};
    return (struct weights){sqrt(weight_between(at, own, 4, supremum)), sqrt(weight_between(at, cross, 4, supremum))};
}

/* Two or three distinct values: the supremum is the difference at one or two points, not that of a bridge. */
static bool is_coarse(const struct gap_sample *first, const struct gap_sample *second)
{
    struct walk walk = {first, second, 0, 0};
    struct step step;
    size_t points = 0;
    while (points <= COARSE_MOST && walk_step(&walk, &step))
        points++;
    return points <= COARSE_MOST;
}

void gap_ks(const struct gap_sample *first, const struct gap_sample *second, const struct influence *influence, struct gap *gap)
{
    *gap = (struct gap){.distance = ks_statistic_sorted(first->sorted, first->present, second->sorted, second->present)};
    if (!influence || !(gap->distance > 0))
        return;
    struct step peak = ks_peak(first, second);
    double scale = noise_scale(first, second), spread = sqrt(peak.pooled * (1 - peak.pooled));
    double fold = gap_fold_weight(gap->distance / (scale * spread));
    struct weights weights = is_coarse(first, second) ? (struct weights){fold, fold} : supremum_weights(gap->distance / scale);
    double sign = peak.first > peak.second ? weights.cross : -weights.cross;
    double se = sqrt(peak.first * (1 - peak.first) / (double)first->present +
                     peak.second * (1 - peak.second) / (double)second->present);
    gap->bias = ks_bias(first, second, &peak, gap->distance);
    gap->se = weights.own * se;
    gap->excess = (weights.own * weights.own - weights.cross * weights.cross) * se * se;
    add_ks(first, peak.value, peak.first, sign, influence->first);
    add_ks(second, peak.value, peak.second, -sign, influence->second);
}

/* Distinct values in ascending order and, for each, the integral of sign(F_first − F_second), weighted by how much |F_first −
 * F_second| varies, from it to the right end. */
struct sign_integral {
    double *value, *above;
    size_t count;
};

static double sign_integral_at(const struct sign_integral *integral, double x)
{
    size_t lo = 0, hi = integral->count - 1;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (integral->value[middle] < x)
            lo = middle + 1;
        else
            hi = middle;
    }
    return integral->above[lo];
}

/* Adds the centred integral at each row's value; returns the variance of its mean. */
static double add_wasserstein(const struct gap_sample *sample, const struct sign_integral *integral, double factor,
                              double *sums)
{
    double mean = 0, squares = 0, count = (double)sample->present, scale = factor * (double)sample->rows / count;
    for (size_t i = 0; i < sample->present; i++)
        mean += sign_integral_at(integral, sample->sorted[i]) / count;
    for (size_t i = 0; i < sample->rows; i++) {
        if (isnan(sample->values[i]))
            continue;
        double value = sign_integral_at(integral, sample->values[i]) - mean;
        squares += value * value;
        sums[i] += scale * value;
    }
    return squares / (count * count);
}

/* Fills the integral, returns the bias: E|noise| over the stretches where the difference may be noise. */
static double wasserstein_parts(const struct gap_sample *first, const struct gap_sample *second, struct sign_integral *integral)
{
    struct walk walk = {first, second, 0, 0};
    struct step step, previous = {0};
    double bias = 0, scale = noise_scale(first, second);
    while (walk_step(&walk, &step)) {
        if (integral->count) {
            double width = step.value - previous.value, se = scale * sqrt(previous.pooled * (1 - previous.pooled));
            double difference = previous.first - previous.second, t = fabs(difference) / se;
            if (fabs(difference) <= NOISE_LIMIT * se)
                bias += HALF_NORMAL_MEAN * se * width;
            integral->above[integral->count - 1] = copysign(width * (difference != 0 ? gap_flat_weight(t) : 0), difference);
        }
        integral->value[integral->count++] = step.value;
        previous = step;
    }
    for (size_t i = integral->count - 1; i-- > 0;)
        integral->above[i] += integral->above[i + 1];
    return bias;
}

int gap_wasserstein(const struct gap_sample *first, const struct gap_sample *second, double scale,
                    const struct influence *influence, struct gap *gap, struct error *error)
{
    double distance = wasserstein_distance_sorted(first->sorted, first->present, second->sorted, second->present);
    *gap = (struct gap){.distance = distance / scale};
    if (!influence || !(gap->distance > 0))
        return 0;
    size_t points = first->present + second->present;
    double *memory = calloc(2 * points, sizeof *memory);
    if (!memory)
        return error_memory(error);
    struct sign_integral integral = {memory, memory + points, 0};
    gap->bias = wasserstein_parts(first, second, &integral) / scale;
    gap->se = sqrt(add_wasserstein(first, &integral, 1 / scale, influence->first) +
                   add_wasserstein(second, &integral, -1 / scale, influence->second)) /
              scale;
    free(memory);
    return 0;
}
