/* Distances between two samples together with what their intervals need: one for the value that two samples of these sizes have
 * on average (gap_range), one for the distance between the two populations (gap_interval).
 *
 * KS, total variation, W1 and |difference of correlations| are norms ‖δ‖ of a difference δ of two distributions. The sample
 * value ‖δ̂‖ is biased upward, since E‖δ + noise‖ ≥ ‖δ‖, and most where the populations agree: there the naive bootstrap is
 * wrong (the norm has no derivative at 0). Instead (directional delta method, after Fang and Santos 2019 and Cárcamo, Cuevas
 * and Rodríguez 2020):
 *
 * se: standard error of the distance, the norm's derivative in the direction of the signs of δ̂, each weighted by how much its
 * absolute value varies: gap_fold_weight for shares and correlations, more where a cell has few rows (gap_cells.h);
 * gap_flat_weight for W1; a supremum has weights of its own (gap_quantity.c).
 *
 * bias: what noise alone adds on the cells (points) whose |δ̂| is within 3 standard errors of 0, as if δ were 0 there.
 *
 * The value's interval keeps the bias. In the populations' one a cell with a weak true difference counts as noise, so the lower
 * end is too low rather than too high. docs/statistics.md has the simulated coverage of both.
 *
 * For a mean over columns or pairs the noise of the parts is correlated row by row: every function adds its influence values
 * (of the linear part, mean 0) to one number a row of either table; the variance of the mean follows from the sums. The samples
 * count as independent. An undefined distance is NaN and adds nothing. */
#ifndef ASSAY_NUMERIC_GAP_H
#define ASSAY_NUMERIC_GAP_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "numeric/empirical.h"
#include "numeric/interval.h"

#define HALF_NORMAL_MEAN 0.7978845608028654 /* E|Z| = √(2/π), Z standard normal */
#define HALF_NORMAL_SD   0.6028102749890869 /* √(1 − 2/π), standard deviation of |Z| */
#define NOISE_LIMIT      3.0                /* standard errors within which a difference counts as noise */

/* Straight between the points (at, value), level beyond them. */
static inline double weight_between(const double *at, const double *value, size_t count, double x)
{
    size_t k = 1;
    if (!(x > at[0]))
        return value[0];
    while (k < count && x > at[k])
        k++;
    return k == count ? value[count - 1] : value[k - 1] + (value[k] - value[k - 1]) * (x - at[k - 1]) / (at[k] - at[k - 1]);
}

/* How much |X| varies in units of X's own standard error, for a normal X seen at |x| = t standard errors: √g(t) with
 * E g(|X|) = Var|X| to within 6 % whatever the mean of X (least squares over means of 0 … 5 standard errors; ours). 0.6 of it
 * on average where the mean is 0, all of it far away. */
static inline double gap_fold_weight(double t)
{
    static const double at[5] = {0, 1, 2, 3, 4.5}, g[5] = {0, 0.316, 1.636, 0.811, 1};
    return sqrt(weight_between(at, g, 5, t));
}

/* The same, flatter and higher where all may be noise: for distances of few parts, where a steep rise would make the standard
 * error as noisy as the distance itself, and columns' noise goes together (set by simulated coverage; ours). */
static inline double gap_flat_weight(double t)
{
    static const double at[2] = {1, 2}, g[2] = {0.5, 1};
    return sqrt(weight_between(at, g, 2, t));
}

/* excess: by how much the variance of the distance exceeds that of its influence values: these are weighted so that covariances
 * with other columns' distances come out right. */
struct gap {
    double distance, bias, se, excess;
};

/* One number a row, of the first and of the second table, to which influence values are added. */
struct influence {
    double *first, *second;
};

/* A numeric column: all rows with NaN where missing, and the present values in ascending order. */
struct gap_sample {
    const double *values, *sorted;
    size_t rows, present;
};

/* Total variation of a coded column; rows with code `left_out` take no part (UINT32_MAX: all take part). influence may be NULL
 * (then bias and se are 0). O(n + m + cells) time and memory. */
int gap_shares(const uint32_t *first, size_t n, const uint32_t *second, size_t m, size_t cells, uint32_t left_out,
               const struct influence *influence, struct gap *gap, struct error *error);

/* Kolmogorov-Smirnov. */
void gap_ks(const struct gap_sample *first, const struct gap_sample *second, const struct influence *influence,
            struct gap *gap);

/* W1 divided by `scale`. */
int gap_wasserstein(const struct gap_sample *first, const struct gap_sample *second, double scale,
                    const struct influence *influence, struct gap *gap, struct error *error);

/* |ρ_first − ρ_second|/2, Pearson over rows where both are present. */
struct gap_pair {
    const double *x, *y;
    size_t rows;
};
void gap_correlation(const struct gap_pair *first, const struct gap_pair *second, const struct influence *influence,
                     struct gap *gap);

/* Standard error of a mean of `parts` gaps from the summed influence values. */
double influence_se(const struct influence *sums, size_t n, size_t m, size_t parts);

/* Where the distance lies on average with other samples of these sizes, bias and all: distance · exp(±z·se/distance). On the
 * log scale, since a distance near its noise varies as it is large; from z·se = distance on the upper end is distance +
 * (e − 1)·z·se. */
struct interval gap_range(double distance, double se, double level);

/* Of the distance of the populations: [distance − bias − z·se, distance + z·se], cut at 0. */
struct interval gap_interval(double distance, double bias, double se, double level);

/* Interval of a mean of distances whose cells were pooled (gap_pool.h): [distance − bias_most − z·se, distance − bias + z·u],
 * u from se and the doubt about the bias, cut at 0. The sample distance, which lies above the one freed of noise, is kept
 * inside. */
struct gap_centre {
    double distance;
    double bias, bias_most; /* what noise adds to it; the most that the data support with an error of 1 − level */
    double se;              /* of the distance */
};
struct interval gap_centre_interval(const struct gap_centre *centre, double level);

#endif
