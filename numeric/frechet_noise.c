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
    double *y[3];           /* [FRECHET_BATCH · rank]: coordinates of the rows of the batch, by member */
    double *square;         /* [FRECHET_BATCH]: |x − m|² of first members */
    double *crossed[3];     /* [FRECHET_BATCH]: (x − m)'(x' − m), (x − m)'(x'' − m), (x' − m)'(x'' − m) */
    double *product, *form; /* [FRECHET_BATCH · rank] */
    double *dense[2];       /* [FRECHET_BATCH · width]: first and second members, centred */
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
    probe->square = ARENA_ARRAY(arena, double, FRECHET_BATCH);
    for (size_t k = 0; k < 3; k++) {
        probe->y[k] = arena_array(arena, r, FRECHET_BATCH * sizeof(double));
        probe->crossed[k] = ARENA_ARRAY(arena, double, FRECHET_BATCH);
        if (k < 2 && !(probe->dense[k] = arena_array(arena, w, FRECHET_BATCH * sizeof(double))))
            return error_memory(error);
        if (!probe->y[k] || !probe->crossed[k])
            return error_memory(error);
    }
    return probe->linear && probe->coefficient && probe->half_inverse && probe->centre && probe->product && probe->form &&
                   probe->square
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

/* Coordinates of a row; all but the last of a group are also written out, so that the others can be multiplied with them. */
void frechet_put(struct frechet_probe *probe, size_t group, size_t member, size_t members, const uint32_t *index,
                 const double *value, size_t count)
{
    const size_t earlier = member < 2 ? member : 2; /* members of the group that are there */
    const bool kept = member < 2 && member + 1 < members;
    double *y = probe->y[member] + group * probe->rank;
    double *dense[2] = {probe->dense[0] + group * probe->width, probe->dense[1] + group * probe->width};
    double with_mean = 0, squares = 0, crossed[2] = {0, 0};
    for (size_t k = 0; k < probe->rank; k++)
        y[k] = -probe->centre[k];
    for (size_t i = 0; kept && i < probe->width; i++)
        dense[member][i] = -probe->mean[i];
    for (size_t a = 0; a < count; a++) {
        uint32_t i = probe->place[index[a]];
        if (i == UINT32_MAX)
            continue;
        for (size_t k = 0; k < probe->rank; k++)
            y[k] += value[a] * probe->coordinates[k * probe->width + i];
        with_mean += value[a] * probe->mean[i];
        squares += value[a] * value[a];
        for (size_t before = 0; before < earlier; before++)
            crossed[before] += value[a] * dense[before][i];
        if (kept)
            dense[member][i] += value[a];
    }
    if (member == 0)
        probe->square[group] = squares - 2 * with_mean + probe->mean_square;
    for (size_t before = 0; before < earlier; before++) {
        for (size_t i = 0; i < probe->width; i++)
            crossed[before] -= dense[before][i] * probe->mean[i];
        probe->crossed[member - 1 + before][group] = crossed[before];
    }
}

/* h for every group of the batch, of members a and b whose inner products are `crossed`. */
static void kernel(struct frechet_probe *probe, size_t groups, size_t a, size_t b, const double *crossed, double *h)
{
    size_t rank = probe->rank;
    const double *x = probe->y[a], *y = probe->y[b];
    for (size_t k = 0; k < groups * rank; k++)
        probe->product[k] = x[k] * y[k];
    if (rank)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)groups, (int)rank, (int)rank, 1, probe->product, (int)rank,
                    probe->coefficient, (int)rank, 0, probe->form, (int)rank);
    for (size_t p = 0; p < groups; p++) {
        double sum = probe->roots / 2;
        for (size_t k = p * rank; k < (p + 1) * rank; k++)
            sum += probe->product[k] * probe->form[k] - (x[k] * x[k] + y[k] * y[k]) * probe->half_inverse[k - p * rank];
        h[p] = crossed[p] + sum / 2;
    }
}

void frechet_add(struct frechet_probe *probe, size_t groups, size_t members, struct frechet_noise *noise)
{
    double h[FRECHET_BATCH], first[FRECHET_BATCH], second[FRECHET_BATCH];
    kernel(probe, groups, 0, 0, probe->square, h);
    for (size_t p = 0; p < groups; p++)
        noise->kernel += h[p];
    kernel(probe, groups, 0, 1, probe->crossed[0], h);
    for (size_t p = 0; p < groups; p++)
        noise->pair_squares += h[p] * h[p];
    noise->kernel_rows += (double)groups;
    noise->pairs += (double)groups;
    if (members < 3)
        return;
    kernel(probe, groups, 0, 2, probe->crossed[1], first);
    kernel(probe, groups, 1, 2, probe->crossed[2], second);
    for (size_t p = 0; p < groups; p++)
        noise->cycles += h[p] * first[p] * second[p];
    noise->triples += (double)groups;
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
    into->triples += other->triples;
    into->cycles += other->cycles;
}

struct frechet_error frechet_error(const struct frechet_noise noise[2], const double rows[2])
{
    struct frechet_error out = {0, 0, 0, 0};
    double second = 0, third = 0;
    for (size_t s = 0; s < 2; s++) {
        out.projections += noise[s].squares / (noise[s].rows - 1) / rows[s];
        out.bias += noise[s].kernel / noise[s].kernel_rows / rows[s];
        second += sqrt(noise[s].pair_squares / noise[s].pairs) / rows[s];
        third += noise[s].triples > 0 ? cbrt(fmax(0, noise[s].cycles / noise[s].triples)) / rows[s] : 0;
    }
    out.noise = 2 * second * second;
    out.skew = second > 0 ? 8 * third * third * third / pow(out.noise, 1.5) : 0;
    return out;
}
