#include "numeric/gap.h"

#include <math.h>
#include <stdlib.h>

#include "numeric/correlation.h"
#include "numeric/gap_cells.h"

double influence_se(const struct influence *sums, size_t n, size_t m, size_t parts)
{
    double variance = 0;
    const double *const side[2] = {sums->first, sums->second};
    const size_t rows[2] = {n, m};
    for (size_t s = 0; s < 2; s++) {
        double squares = 0, count = (double)rows[s];
        for (size_t i = 0; i < rows[s]; i++)
            squares += side[s][i] * side[s][i];
        variance += rows[s] ? squares / (count * count) : 0;
    }
    return parts ? sqrt(variance) / (double)parts : NAN;
}

struct interval gap_range(double distance, double se, double level)
{
    struct interval out = {NAN, NAN, level, "delta method, log scale"};
    double half = normal_quantile((1 + level) / 2) * se;
    if (isnan(distance) || isnan(half))
        return out;
    double x = distance > half ? half / distance : 1;
    out.lo = distance > 0 ? distance * exp(-half / distance) : 0;
    out.hi = half > 0 ? distance + half * expm1(x) / x : distance;
    return out;
}

struct interval gap_interval(double distance, double bias, double se, double level)
{
    struct interval out = {NAN, NAN, level, "delta method, bias-aware"};
    double half = normal_quantile((1 + level) / 2) * se;
    if (isnan(distance) || isnan(half))
        return out;
    out.lo = fmax(0, distance - bias - half);
    out.hi = distance + half;
    return out;
}

struct interval gap_centre_interval(const struct gap_centre *centre, double level)
{
    struct interval out = {NAN, NAN, level, "empirical Bayes, bias-aware"};
    double z = normal_quantile((1 + level) / 2), most = centre->bias_most - centre->bias;
    double upper = hypot(centre->se, most / normal_quantile(level)); /* the bias may be as much smaller as it may be larger */
    if (isnan(centre->distance) || isnan(upper))
        return out;
    out.lo = fmax(0, fmin(centre->distance, centre->distance - centre->bias_most - z * centre->se));
    out.hi = fmax(centre->distance, centre->distance - centre->bias + z * upper);
    return out;
}

int gap_shares(const uint32_t *first, size_t n, const uint32_t *second, size_t m, size_t cells, uint32_t left_out,
               const struct influence *influence, struct gap *gap, struct error *error)
{
    *gap = (struct gap){.distance = NAN};
    double *counts = calloc(2 * cells + 1, sizeof *counts);
    double *slope = influence ? calloc(cells + 1, sizeof *slope) : NULL; /* half the sign of the difference, weighted */
    if (!counts || (influence && !slope)) {
        free(counts);
        free(slope);
        return error_memory(error);
    }
    size_t present_n = gap_cells_count(first, n, cells, left_out, counts);
    size_t present_m = gap_cells_count(second, m, cells, left_out, counts + cells);
    if (present_n && present_m) {
        struct cell_noise noise;
        double sum = 0;
        cell_noise_init(&noise, present_n, present_m);
        for (size_t c = 0; c < cells; c++) {
            double difference = counts[c] * noise.m - counts[cells + c] * noise.n;
            sum += fabs(difference);
            if (!influence || counts[c] + counts[cells + c] == 0)
                continue;
            double weight, bias = cell_bias(&noise, counts[c], counts[cells + c], &weight);
            slope[c] = (difference > 0 ? weight : difference < 0 ? -weight : 0) / 2;
            gap->bias += bias / 2;
        }
        gap->distance = sum / (2 * noise.n * noise.m);
    }
    if (influence && present_n && present_m)
        gap->se = sqrt(gap_cells_add(first, n, present_n, left_out, slope, 1, influence->first) +
                       gap_cells_add(second, m, present_m, left_out, slope, 1, influence->second));
    free(counts);
    free(slope);
    return 0;
}

static double correlation_variance(const struct gap_pair *pair, const struct correlation *p)
{
    double squares = 0, count = (double)p->pairs;
    for (size_t i = 0; i < pair->rows; i++) {
        double value = correlation_influence(pair, p, i);
        squares += value * value;
    }
    return squares / (count * count);
}

static void add_correlation(const struct gap_pair *pair, const struct correlation *p, double factor, double *sums)
{
    double scale = factor * (double)pair->rows / (double)p->pairs;
    for (size_t i = 0; i < pair->rows && factor != 0; i++)
        sums[i] += scale * correlation_influence(pair, p, i);
}

void gap_correlation(const struct gap_pair *first, const struct gap_pair *second, const struct influence *influence,
                     struct gap *gap)
{
    *gap = (struct gap){.distance = NAN};
    if (!influence) {
        double rho = pearson(first->x, first->y, first->rows, NULL);
        gap->distance = fabs(rho - pearson(second->x, second->y, second->rows, NULL)) / 2;
        return;
    }
    struct correlation p = correlation_make(first), q = correlation_make(second);
    gap->distance = fabs(p.rho - q.rho) / 2;
    if (isnan(gap->distance))
        return;
    double se = sqrt(correlation_variance(first, &p) + correlation_variance(second, &q)) / 2;
    double weight = gap->distance > 0 ? gap_fold_weight(gap->distance / se) : 0, sign = p.rho > q.rho ? 0.5 : -0.5;
    add_correlation(first, &p, sign * weight, influence->first);
    add_correlation(second, &q, -sign * weight, influence->second);
    gap->se = se * weight;
    gap->bias = gap->distance > 0 && gap->distance <= NOISE_LIMIT * se ? HALF_NORMAL_MEAN * se : 0;
}
