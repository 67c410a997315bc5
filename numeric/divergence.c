#include "numeric/divergence.h"

#include <math.h>
#include <stdlib.h>

#include "numeric/gap_cells.h"

#define CURVATURE 2.772588722239781  /* 4 ln 2 */
#define CHI_SD    0.7071067811865476 /* sd of a chi variable with many degrees of freedom, in units of its noise */

struct noise {
    double n, m;
    double unit;            /* (1/n + 1/m)/(8 ln 2): noise of one degree of freedom where p = q */
    double few[CELL_EXACT]; /* E of a cell's part of D, its pooled count being k and p = q */
    double most, least;
};

/* A cell's part of D. */
static double cell_part(double p, double q)
{
    double middle = (p + q) / 2, part = 0;
    if (p > 0)
        part += p * log2(p / middle);
    if (q > 0)
        part += q * log2(q / middle);
    return part / 2;
}

static void noise_init(struct noise *noise, double n, double m)
{
    double odds = n / m;
    *noise = (struct noise){.n = n, .m = m, .unit = (1 / n + 1 / m) / (2 * CURVATURE)};
    for (int k = 0; k < CELL_EXACT; k++) {
        double chance = pow(1 / (1 + odds), k);
        for (int x = 0; x <= k; x++) {
            noise->few[k] += chance * cell_part(x / n, (k - x) / m);
            chance *= odds * (k - x) / (x + 1);
        }
    }
}

static void noise_add(struct noise *noise, double a, double b)
{
    double p = a / noise->n, q = b / noise->m, pooled = a + b, share = pooled / (noise->n + noise->m);
    double least = ((1 - p) * q / noise->n + (1 - q) * p / noise->m) / ((p + q) * CURVATURE), most = least;
    if (fabs(p - q) <= NOISE_LIMIT * sqrt(share * (1 - share) * (1 / noise->n + 1 / noise->m)))
        most = pooled < CELL_EXACT ? noise->few[(size_t)pooled] : (1 - share) * noise->unit;
    noise->least += least;
    noise->most += most;
}

/* √x and what its curvature takes away: E|θ + Z| = |θ| + (ν − 1)/(2|θ|) for ν independent unit errors. */
static double root_of(double x, double unit, double bias)
{
    if (!(x > 0))
        return 0;
    return sqrt(x) + unit / (2 * sqrt(x)) * (1 + bias / (2 * x));
}

/* What noise alone exceeds with a chance of 0.0013, as if it were chi-squared (Wilson and Hilferty 1931). */
static double noise_limit(const struct noise *noise)
{
    double spread = 2 / (9 * fmax(1, noise->most / noise->unit)), cube = 1 - spread + NOISE_LIMIT * sqrt(spread);
    return fmax(noise->most, noise->unit) * cube * cube * cube;
}

/* Fills the biases; returns how much of its linear standard error the root varies with. */
static double root_bias(const struct noise *noise, struct divergence *out)
{
    double clear = out->divergence - noise->most, limit = noise_limit(noise) - noise->most;
    if (!(clear > limit)) {
        out->bias_most = out->root;
        return CHI_SD + (1 - CHI_SD) * fmax(0, clear / limit);
    }
    out->bias_most = fmax(0, out->root - root_of(clear, noise->unit, noise->most));
    out->bias_least = fmax(0, out->root - root_of(out->divergence - noise->least, noise->unit, noise->least));
    return 1;
}

static int root_noise(const uint32_t *first, size_t n, const uint32_t *second, size_t m, size_t cells, uint32_t left_out,
                      const double *counts, struct noise *noise, const struct influence *influence, struct divergence *out,
                      struct error *error)
{
    double *slope = calloc(2 * cells + 1, sizeof *slope);
    if (!slope)
        return error_memory(error);
    for (size_t c = 0; c < cells; c++) {
        double a = counts[c], b = counts[cells + c], middle = (a / noise->n + b / noise->m) / 2;
        if (a + b == 0)
            continue;
        noise_add(noise, a, b);
        slope[c] = a > 0 ? log2(a / noise->n / middle) / 2 : 0;
        slope[cells + c] = b > 0 ? log2(b / noise->m / middle) / 2 : 0;
    }
    double weight = root_bias(noise, out);
    if (out->root > 0) {
        double factor = weight / (2 * out->root);
        out->se = sqrt(gap_cells_add(first, n, (size_t)noise->n, left_out, slope, factor, influence->first) +
                       gap_cells_add(second, m, (size_t)noise->m, left_out, slope + cells, factor, influence->second));
    }
    free(slope);
    return 0;
}

int divergence_shares(const uint32_t *first, size_t n, const uint32_t *second, size_t m, size_t cells, uint32_t left_out,
                      const struct influence *influence, struct divergence *out, struct error *error)
{
    int status = 0;
    double *counts = calloc(2 * cells + 1, sizeof *counts);
    *out = (struct divergence){NAN, NAN, 0, 0, 0};
    if (!counts)
        return error_memory(error);
    size_t present_n = gap_cells_count(first, n, cells, left_out, counts);
    size_t present_m = gap_cells_count(second, m, cells, left_out, counts + cells);
    if (present_n && present_m) {
        out->divergence = jensen_shannon(counts, counts + cells, cells);
        out->root = sqrt(out->divergence);
        if (influence) {
            struct noise noise;
            noise_init(&noise, (double)present_n, (double)present_m);
            status = root_noise(first, n, second, m, cells, left_out, counts, &noise, influence, out, error);
        }
    }
    free(counts);
    return status;
}
