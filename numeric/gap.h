/* Distances between two samples together with what an interval for the distance between the two populations needs.
 *
 * KS, total variation, W1 and |difference of correlations| are norms ‖δ‖ of a difference δ of two distributions. The sample
 * value ‖δ̂‖ is biased upward, since E‖δ + noise‖ ≥ ‖δ‖, and most where the populations agree: there the naive bootstrap is
 * wrong (the norm has no derivative at 0). Instead (directional delta method, after Fang and Santos 2019 and Cárcamo, Cuevas
 * and Rodríguez 2020):
 *
 * se: standard error of the distance, the norm's derivative in the direction of the signs of δ̂. Where δ̂ may be noise its
 * absolute value varies less than it does: by 0.6 of it within 1 standard error of 0, rising to all of it at 3 (not for W1,
 * whose stretches vary together).
 *
 * bias: what noise alone adds on the cells (points) whose |δ̂| is within 3 standard errors of 0, as if δ were 0 there.
 *
 * Interval: [distance − bias − z·se, distance + z·se], cut at 0.
 *
 * A cell with a weak true difference counts as noise, so the lower end is too low rather than too high. docs/statistics.md has
 * the simulated coverage.
 *
 * For a mean over columns or pairs the noise of the parts is correlated row by row: every function adds its influence values
 * (of the linear part, mean 0) to one number a row of either table; the variance of the mean follows from the sums. The samples
 * count as independent. An undefined distance is NaN and adds nothing. */
#ifndef ASSAY_NUMERIC_GAP_H
#define ASSAY_NUMERIC_GAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "numeric/empirical.h"
#include "numeric/interval.h"

#define HALF_NORMAL_MEAN 0.7978845608028654 /* E|Z| = √(2/π), Z standard normal */
#define HALF_NORMAL_SD   0.6028102749890869 /* √(1 − 2/π), standard deviation of |Z| */
#define NOISE_LIMIT      3.0                /* standard errors within which a difference counts as noise */

/* That share, for a difference of `t` standard errors. */
static inline double gap_noise_weight(double t)
{
    double rise = (t - 1) / (NOISE_LIMIT - 1);
    return HALF_NORMAL_SD + (1 - HALF_NORMAL_SD) * (rise < 0 ? 0 : rise > 1 ? 1 : rise);
}

struct gap {
    double distance, bias, se;
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
