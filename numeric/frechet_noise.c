/* Bias and standard error of the Fréchet distance (numeric/frechet.h). */
#include <cblas.h>
#include <math.h>

#include "numeric/frechet.h"

struct frechet_probe {
    size_t width, rank;
    const uint32_t *place;
    const double *gradient, *coordinates, *mean;
    double *linear;         /* [width]: 2(m − m_other) − 2·gradient·m */
    double *coefficient;    /* [rank²]: c_ij */
    double *half_inverse;   /* [rank]: 1/(2μ) */
    double *centre;         /* [rank]: coordinates'·m */
    double constant, roots; /* m'gradient m − 2(m − m_other)'m; Σμ */
    double mean_square;     /* |m|² */
    double *y[2];           /* [FRECHET_BATCH · rank]: coordinates of the rows of the batch */
    double *square[2];      /* [FRECHET_BATCH]: |x − m|², and (x − m)'(x' − m) */
    double *product, *form; /* [FRECHET_BATCH · rank] */
    double *dense;          /* [FRECHET_BATCH · width]: first rows of the pairs, centred */
};

static int probe_allocate(struct frechet_probe *probe, struct arena *arena, struct error *error)
{
    size_t w = probe->width + 1, r = probe->rank + 1;
    probe->linear = ARENA_ARRAY(arena, double, w);
    probe->coefficient = arena_array(arena, r, r * sizeof(double));
    probe->half_inverse = ARENA_ARRAY(arena, double, r);
    probe->centre = ARENA_ARRAY(arena, double, r);
    probe->product = arena_array(arena, r, FRECHET_BATCH * sizeof(double));
    probe->form = arena_array(arena, r, FRECHET_BATCH * sizeof(double));
    probe->dense = arena_array(arena, w, FRECHET_BATCH * sizeof(double));
    for (size_t k = 0; k < 2; k++) {
        probe->y[k] = arena_array(arena, r, FRECHET_BATCH * sizeof(double));
        probe->square[k] = ARENA_ARRAY(arena, double, FRECHET_BATCH);
        if (!probe->y[k] || !probe->square[k])
            return error_memory(error);
    }
    return probe->linear && probe->coefficient && probe->half_inverse && probe->centre && probe->product && probe->form &&
                   probe->dense
               ? 0
               : error_memory(error);
}

int frechet_probe_new(const struct frechet *frechet, size_t sample, struct arena *arena, struct frechet_probe **out,
                      struct error *error)
{
    struct frechet_probe *probe = *out = ARENA_NEW(arena, struct frechet_probe);
    if (!probe)
        return error_memory(error);
    *probe = (struct frechet_probe){.width = frechet->width,
                                    .rank = frechet->rank,
                                    .place = frechet->place,
                                    .gradient = frechet->gradient[sample],
                                    .coordinates = frechet->coordinates[sample],
                                    .mean = frechet->mean[sample]};
    int status = probe_allocate(probe, arena, error);
    if (status)
        return status;
    const double *mean = probe->mean, *other = frechet->mean[1 - sample], *root = frechet->root;
    for (size_t i = 0; i < probe->width; i++) {
        double slope = 0;
        for (size_t j = 0; j < probe->width; j++)
            slope += probe->gradient[i * probe->width + j] * mean[j];
        probe->linear[i] = 2 * (mean[i] - other[i]) - 2 * slope;
        probe->constant += slope * mean[i] - 2 * (mean[i] - other[i]) * mean[i];
        probe->mean_square += mean[i] * mean[i];
    }
    for (size_t k = 0; k < probe->rank; k++) {
        for (size_t i = 0; i < probe->width; i++)
            probe->centre[k] += probe->coordinates[k * probe->width + i] * mean[i];
        for (size_t l = 0; l < probe->rank; l++)
            probe->coefficient[k * probe->rank + l] = 1 / (root[k] * root[l] * (root[k] + root[l]));
        probe->half_inverse[k] = 1 / (2 * root[k]);
        probe->roots += root[k];
    }
    return 0;
}

void frechet_own_scale(struct frechet *frechet, size_t sample, size_t columns)
{
    size_t width = frechet->width;
    for (size_t column = 0; column < columns; column++) {
        uint32_t j = frechet->place[column];
        if (j == UINT32_MAX)
            continue;
        double apart = frechet->mean[0][j] - frechet->mean[1][j], slope = -apart * apart;
        for (size_t s = 0; s < 2; s++)
            for (size_t k = 0; k < width; k++)
                slope -= frechet->gradient[s][j * width + k] * frechet->covariance[s][k * width + j];
        frechet->gradient[sample][j * width + j] += slope;
    }
}

void frechet_influence(const struct frechet_probe *probe, const uint32_t *index, const double *value, size_t count,
                       struct frechet_noise *noise)
{
    double sum = probe->constant;
    for (size_t a = 0; a < count; a++) {
        uint32_t i = probe->place[index[a]];
        if (i == UINT32_MAX) /* a column of zeros */
            continue;
        const double *gradient = probe->gradient + i * probe->width;
        double inner = 0;
        for (size_t b = 0; b < a; b++)
            if (probe->place[index[b]] != UINT32_MAX)
                inner += gradient[probe->place[index[b]]] * value[b];
        sum += value[a] * (2 * inner + gradient[i] * value[a] + probe->linear[i]);
    }
    double step = sum - noise->influence;
    noise->rows++;
    noise->influence += step / noise->rows;
    noise->squares += step * (sum - noise->influence);
}

/* Coordinates of a row; the first of a pair is also written out, so that the second can be multiplied with it. */
void frechet_put(struct frechet_probe *probe, size_t pair, size_t member, const uint32_t *index, const double *value,
                 size_t count)
{
    double *y = probe->y[member] + pair * probe->rank, *dense = probe->dense + pair * probe->width;
    double with_mean = 0, squares = 0, crossed = 0;
    for (size_t k = 0; k < probe->rank; k++)
        y[k] = -probe->centre[k];
    for (size_t i = 0; member == 0 && i < probe->width; i++)
        dense[i] = -probe->mean[i];
    for (size_t a = 0; a < count; a++) {
        uint32_t i = probe->place[index[a]];
        if (i == UINT32_MAX)
            continue;
        for (size_t k = 0; k < probe->rank; k++)
            y[k] += value[a] * probe->coordinates[k * probe->width + i];
        with_mean += value[a] * probe->mean[i];
        squares += value[a] * value[a];
        crossed += member ? value[a] * dense[i] : 0;
        dense[i] += member ? 0 : value[a];
    }
    if (member == 0) {
        probe->square[0][pair] = squares - 2 * with_mean + probe->mean_square;
        return;
    }
    for (size_t i = 0; i < probe->width; i++)
        crossed -= dense[i] * probe->mean[i];
    probe->square[1][pair] = crossed;
}

/* h for every pair of the batch, of y[0] with y[other]. */
static void kernel(struct frechet_probe *probe, size_t pairs, size_t other, double *h)
{
    size_t rank = probe->rank;
    for (size_t k = 0; k < pairs * rank; k++)
        probe->product[k] = probe->y[0][k] * probe->y[other][k];
    if (rank)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)pairs, (int)rank, (int)rank, 1, probe->product, (int)rank,
                    probe->coefficient, (int)rank, 0, probe->form, (int)rank);
    for (size_t p = 0; p < pairs; p++) {
        double sum = probe->roots / 2;
        for (size_t k = p * rank; k < (p + 1) * rank; k++)
            sum +=
                probe->product[k] * probe->form[k] -
                (probe->y[0][k] * probe->y[0][k] + probe->y[other][k] * probe->y[other][k]) * probe->half_inverse[k - p * rank];
        h[p] = probe->square[other][p] + sum / 2;
    }
}

void frechet_add(struct frechet_probe *probe, size_t pairs, struct frechet_noise *noise)
{
    double h[FRECHET_BATCH];
    kernel(probe, pairs, 0, h);
    for (size_t p = 0; p < pairs; p++)
        noise->kernel += h[p];
    kernel(probe, pairs, 1, h);
    for (size_t p = 0; p < pairs; p++)
        noise->pair_squares += h[p] * h[p];
    noise->kernel_rows += (double)pairs;
    noise->pairs += (double)pairs;
}

void frechet_noise_merge(struct frechet_noise *into, const struct frechet_noise *other)
{
    double rows = into->rows + other->rows, step = other->influence - into->influence;
    if (other->rows > 0) {
        into->squares += other->squares + step * step * into->rows * other->rows / rows;
        into->influence += step * other->rows / rows;
        into->rows = rows;
    }
    into->kernel_rows += other->kernel_rows;
    into->kernel += other->kernel;
    into->pairs += other->pairs;
    into->pair_squares += other->pair_squares;
}

void frechet_error(const struct frechet_noise noise[2], const double rows[2], double *bias, double *se)
{
    double variance = 0, agree = 0;
    *bias = 0;
    for (size_t s = 0; s < 2; s++) {
        variance += noise[s].squares / (noise[s].rows - 1) / rows[s];
        agree += sqrt(noise[s].pair_squares / noise[s].pairs) / rows[s];
        *bias += noise[s].kernel / noise[s].kernel_rows / rows[s];
    }
    /* The gradient is noisy itself: where the populations agree that alone gives twice the variance there is. */
    *se = sqrt(fmax(2 * agree * agree, variance - 2 * agree * agree));
}
