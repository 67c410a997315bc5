/* The part of gap.h and divergence.h that works cell by cell. */
#include "numeric/gap_cells.h"

#include <math.h>
#include <string.h>

#include "numeric/gap.h"

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
    for (int k = 0; k < CELL_EXACT; k++) {
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

double cell_bias(const struct cell_noise *noise, double a, double b, double *weight)
{
    double pooled = a + b, se = pooled_se(noise, pooled), difference = fabs(a / noise->n - b / noise->m);
    *weight = se > 0 ? gap_fold_weight(difference / se) : 1;
    if (pooled < CELL_EXACT)
        *weight *= noise->fold[(size_t)pooled];
    if (difference > NOISE_LIMIT * se)
        return 0;
    return pooled < CELL_EXACT ? noise->few[(size_t)pooled] : HALF_NORMAL_MEAN * se;
}

size_t gap_cells_count(const uint32_t *codes, size_t rows, size_t cells, uint32_t left_out, double *counts)
{
    size_t present = 0;
    memset(counts, 0, cells * sizeof *counts);
    for (size_t i = 0; i < rows; i++) {
        if (codes[i] == left_out)
            continue;
        counts[codes[i]]++;
        present++;
    }
    return present;
}

double gap_cells_add(const uint32_t *codes, size_t rows, size_t present, uint32_t left_out, const double *slope, double factor,
                     double *sums)
{
    double mean = 0, squares = 0, count = (double)present, scale = factor * (double)rows / count;
    for (size_t i = 0; i < rows; i++)
        mean += codes[i] == left_out ? 0 : slope[codes[i]];
    mean /= count;
    for (size_t i = 0; i < rows; i++) {
        if (codes[i] == left_out)
            continue;
        double value = slope[codes[i]] - mean;
        squares += value * value;
        sums[i] += value * scale;
    }
    return factor * factor * squares / (count * count);
}
