#include "numeric/gap.h"

#include <math.h>
#include <stdlib.h>

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

/* Of p̂ − q̂ where p = q, for a pooled count. */
static double pooled_se(const struct cell_noise *noise, double pooled)
{
    double p = pooled / (noise->n + noise->m);
    return sqrt(p * (1 - p) * (1 / noise->n + 1 / noise->m));
}

void cell_noise_init(struct cell_noise *noise, size_t n, size_t m)
{
    noise->n = (double)n;
    noise->m = (double)m;
    double odds = noise->n / noise->m;
    for (int k = 0; k < 33; k++) {
        double chance = pow(1 / (1 + odds), k), sum = 0, squares = 0, folded = 0, se = pooled_se(noise, k);
        for (int x = 0; x <= k; x++) {
            double a = x / noise->n, b = (k - x) / noise->m, weight = gap_fold_weight(fabs(a - b) / se);
            sum += chance * fabs(a - b);
            squares += chance * (a - b) * (a - b);
            folded += chance * weight * weight * (a / noise->n + b / noise->m) * (a != b);
            chance *= odds * (k - x) / (x + 1);
        }
        double step = k ? sum - noise->few[k - 1] : 0;
        noise->few[k] = sum;
        noise->fold[k] = folded > 0 ? sqrt((squares - sum * sum + k * step * step) / folded) : 1;
    }
}

double cell_bias(const struct cell_noise *noise, uint32_t a, uint32_t b, double *weight)
{
    double pooled = (double)a + (double)b, se = pooled_se(noise, pooled), difference = fabs(a / noise->n - b / noise->m);
    *weight = se > 0 ? gap_fold_weight(difference / se) : 1;
    if (pooled < 33)
        *weight *= noise->fold[(size_t)pooled];
    if (difference > NOISE_LIMIT * se)
        return 0;
    return pooled < 33 ? noise->few[(size_t)pooled] : HALF_NORMAL_MEAN * se;
}

/* Adds ½(sign of the row's cell − mean sign) to the rows of one table, scaled to the share of rows that take part. Returns the
 * variance of its mean. */
static double add_shares(const uint32_t *codes, size_t rows, size_t present, uint32_t left_out, const double *sign,
                         double *sums)
{
    double mean = 0, squares = 0, scale = (double)rows / (double)present;
    for (size_t i = 0; i < rows; i++)
        mean += codes[i] == left_out ? 0 : sign[codes[i]] / 2;
    mean /= (double)present;
    for (size_t i = 0; i < rows; i++) {
        if (codes[i] == left_out)
            continue;
        double value = sign[codes[i]] / 2 - mean;
        squares += value * value;
        sums[i] += value * scale;
    }
    return squares / ((double)present * (double)present);
}

static size_t count_cells(const uint32_t *codes, size_t rows, uint32_t left_out, uint32_t *counts)
{
    size_t present = 0;
    for (size_t i = 0; i < rows; i++) {
        if (codes[i] == left_out)
            continue;
        counts[codes[i]]++;
        present++;
    }
    return present;
}

int gap_shares(const uint32_t *first, size_t n, const uint32_t *second, size_t m, size_t cells, uint32_t left_out,
               const struct influence *influence, struct gap *gap, struct error *error)
{
    *gap = (struct gap){.distance = NAN};
    uint32_t *counts = calloc(2 * cells + 1, sizeof *counts);
    double *sign = influence ? calloc(cells + 1, sizeof *sign) : NULL;
    if (!counts || (influence && !sign)) {
        free(counts);
        free(sign);
        return error_memory(error);
    }
    size_t present_n = count_cells(first, n, left_out, counts), present_m = count_cells(second, m, left_out, counts + cells);
    if (present_n && present_m) {
        struct cell_noise noise;
        double sum = 0;
        cell_noise_init(&noise, present_n, present_m);
        for (size_t c = 0; c < cells; c++) {
            double difference = (double)counts[c] * noise.m - (double)counts[cells + c] * noise.n;
            sum += fabs(difference);
            if (!influence || counts[c] + counts[cells + c] == 0)
                continue;
            double weight, bias = cell_bias(&noise, counts[c], counts[cells + c], &weight);
            sign[c] = difference > 0 ? weight : difference < 0 ? -weight : 0;
            gap->bias += bias / 2;
        }
        gap->distance = sum / (2 * noise.n * noise.m);
    }
    if (influence && present_n && present_m)
        gap->se = sqrt(add_shares(first, n, present_n, left_out, sign, influence->first) +
                       add_shares(second, m, present_m, left_out, sign, influence->second));
    free(counts);
    free(sign);
    return 0;
}

struct correlation_parts {
    double mean_x, mean_y, sd_x, sd_y, rho;
    size_t pairs;
};

static struct correlation_parts correlation_parts(const struct gap_pair *pair)
{
    struct correlation_parts p = {.rho = pearson(pair->x, pair->y, pair->rows, NULL)};
    double xx = 0, yy = 0;
    for (size_t i = 0; i < pair->rows; i++) {
        if (isnan(pair->x[i]) || isnan(pair->y[i]))
            continue;
        p.pairs++;
        p.mean_x += pair->x[i];
        p.mean_y += pair->y[i];
    }
    p.mean_x /= (double)p.pairs;
    p.mean_y /= (double)p.pairs;
    for (size_t i = 0; i < pair->rows; i++) {
        if (isnan(pair->x[i]) || isnan(pair->y[i]))
            continue;
        xx += (pair->x[i] - p.mean_x) * (pair->x[i] - p.mean_x);
        yy += (pair->y[i] - p.mean_y) * (pair->y[i] - p.mean_y);
    }
    p.sd_x = sqrt(xx / (double)p.pairs);
    p.sd_y = sqrt(yy / (double)p.pairs);
    return p;
}

/* Influence of a row on Pearson's correlation: z_x z_y − ρ(z_x² + z_y²)/2 (Devlin, Gnanadesikan, Kettenring 1975); 0 for a row
 * with a missing value. */
static double correlation_influence(const struct gap_pair *pair, const struct correlation_parts *p, size_t row)
{
    double x = pair->x[row], y = pair->y[row];
    if (isnan(x) || isnan(y))
        return 0;
    double zx = (x - p->mean_x) / p->sd_x, zy = (y - p->mean_y) / p->sd_y;
    return zx * zy - p->rho * (zx * zx + zy * zy) / 2;
}

static double correlation_variance(const struct gap_pair *pair, const struct correlation_parts *p)
{
    double squares = 0, count = (double)p->pairs;
    for (size_t i = 0; i < pair->rows; i++) {
        double value = correlation_influence(pair, p, i);
        squares += value * value;
    }
    return squares / (count * count);
}

static void add_correlation(const struct gap_pair *pair, const struct correlation_parts *p, double factor, double *sums)
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
    struct correlation_parts p = correlation_parts(first), q = correlation_parts(second);
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
