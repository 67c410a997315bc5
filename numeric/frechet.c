#include "numeric/frechet.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#define EMPTY      1e-12 /* eigenvalues below this share of the greatest are rounding */
#define ROUNDING   1e-12 /* a distance below this share of both traces is 0: sums depend on the order of rows */
#define SMALL_ROOT 1e-9  /* and singular values */

/* LAPACK, as it is in OpenBLAS; column-major. */
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
void dgesdd_(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u, const int *ldu,
             double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info);

int cross_sums_new(size_t width, struct arena *arena, struct cross_sums *sums, struct error *error)
{
    *sums = (struct cross_sums){width, 0, ARENA_ARRAY(arena, double, width + 1),
                                arena_array(arena, width + 1, (width + 1) * sizeof(double))};
    return sums->sum && sums->cross ? 0 : error_memory(error);
}

void cross_sums_add(struct cross_sums *sums, const uint32_t *index, const double *value, size_t count)
{
    sums->rows++;
    for (size_t a = 0; a < count; a++) {
        sums->sum[index[a]] += value[a];
        for (size_t b = 0; b <= a; b++) {
            size_t high = index[a] > index[b] ? index[a] : index[b], low = index[a] > index[b] ? index[b] : index[a];
            sums->cross[high * sums->width + low] += value[a] * value[b];
        }
    }
}

void cross_sums_merge(struct cross_sums *into, const struct cross_sums *other)
{
    into->rows += other->rows;
    for (size_t i = 0; i < into->width; i++)
        into->sum[i] += other->sum[i];
    for (size_t i = 0; i < into->width * into->width; i++)
        into->cross[i] += other->cross[i];
}

/* One sample, on the columns that count. */
struct half {
    size_t rank;
    double *mean, *covariance; /* [width], [width²] */
    double *vectors;           /* eigenvectors, vector k at vectors + k·width, ascending */
    double *values;            /* [width] */
    double *factor;            /* [rank · width]: vectors · √value, those that are not empty */
    double trace;
};

static size_t place_columns(const struct cross_sums *first, const struct cross_sums *second, uint32_t *place)
{
    size_t width = 0;
    for (size_t i = 0; i < first->width; i++) {
        bool used = first->cross[i * first->width + i] > 0 || second->cross[i * first->width + i] > 0;
        place[i] = used ? (uint32_t)width++ : UINT32_MAX;
    }
    return width;
}

static int half_covariance(const struct cross_sums *sums, const uint32_t *place, size_t width, struct arena *arena,
                           struct half *half, struct error *error)
{
    half->mean = ARENA_ARRAY(arena, double, width + 1);
    half->covariance = arena_array(arena, width + 1, (width + 1) * sizeof(double));
    if (!half->mean || !half->covariance)
        return error_memory(error);
    for (size_t i = 0; i < sums->width; i++)
        if (place[i] != UINT32_MAX)
            half->mean[place[i]] = sums->sum[i] / sums->rows;
    for (size_t i = 0; i < sums->width; i++)
        for (size_t j = 0; j <= i; j++) {
            if (place[i] == UINT32_MAX || place[j] == UINT32_MAX)
                continue;
            double about = sums->sum[i] * half->mean[place[j]];
            double c = (sums->cross[i * sums->width + j] - about) / (sums->rows - 1);
            c = i == j && c < 0 ? 0 : c;
            half->covariance[place[i] * width + place[j]] = half->covariance[place[j] * width + place[i]] = c;
            half->trace += i == j ? c : 0;
        }
    return 0;
}

static int eigen(size_t width, double *matrix, double *values, struct arena *arena, struct error *error)
{
    int n = (int)width, info = 0, query = -1, lwork, liwork, integers = 0;
    double size = 0;
    dsyevd_("V", "L", &n, matrix, &n, values, &size, &query, &integers, &query, &info);
    lwork = (int)size, liwork = integers;
    double *work = ARENA_ARRAY(arena, double, (size_t)lwork + 1);
    int *iwork = ARENA_ARRAY(arena, int, (size_t)liwork + 1);
    if (!work || !iwork)
        return error_memory(error);
    dsyevd_("V", "L", &n, matrix, &n, values, work, &lwork, iwork, &liwork, &info);
    return info ? error_set(error, ERROR_INTERNAL, "the eigenvalues of a covariance matrix did not converge (%d)", info) : 0;
}

static int half_factor(size_t width, struct half *half, struct arena *arena, struct error *error)
{
    half->vectors = arena_array(arena, width + 1, (width + 1) * sizeof(double));
    half->factor = arena_array(arena, width + 1, (width + 1) * sizeof(double));
    half->values = ARENA_ARRAY(arena, double, width + 1);
    if (!half->vectors || !half->factor || !half->values)
        return error_memory(error);
    memcpy(half->vectors, half->covariance, width * width * sizeof(double));
    int status = eigen(width, half->vectors, half->values, arena, error);
    if (status)
        return status;
    size_t empty = 0;
    while (empty < width && !(half->values[empty] > EMPTY * half->values[width - 1]))
        empty++;
    half->rank = width - empty;
    half->vectors += empty * width;
    half->values += empty;
    for (size_t k = 0; k < half->rank; k++)
        for (size_t i = 0; i < width; i++)
            half->factor[k * width + i] = half->vectors[k * width + i] * sqrt(half->values[k]);
    return 0;
}

/* B1'B2 = P diag(μ) Q': singular vector k of sample 0 at left + k·rank_0, of sample 1 strided in right (rows of Q'). */
struct spectrum {
    size_t count; /* min(rank_0, rank_1) */
    double *root, *left, *right;
    size_t right_stride;
};

static int singular(const struct half half[2], size_t width, bool vectors, struct arena *arena, struct spectrum *out,
                    struct error *error)
{
    int m = (int)half[0].rank, n = (int)half[1].rank, k = m < n ? m : n, info = 0, query = -1;
    const char *job = vectors ? "S" : "N";
    double size = 0;
    *out = (struct spectrum){.count = (size_t)k, .right_stride = (size_t)k};
    out->root = ARENA_ARRAY(arena, double, (size_t)k + 1);
    out->left = arena_array(arena, vectors ? (size_t)m + 1 : 1, ((size_t)k + 1) * sizeof(double));
    out->right = arena_array(arena, vectors ? (size_t)n + 1 : 1, ((size_t)k + 1) * sizeof(double));
    double *product = arena_array(arena, (size_t)m + 1, ((size_t)n + 1) * sizeof(double));
    int *iwork = ARENA_ARRAY(arena, int, 8 * (size_t)k + 8);
    if (!out->root || !out->left || !out->right || !product || !iwork)
        return error_memory(error);
    if (k == 0)
        return 0;
    /* column-major: factor is width x rank, the product m x n */
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, m, n, (int)width, 1, half[0].factor, (int)width, half[1].factor,
                (int)width, 0, product, m);
    int leading = vectors ? k : 1, rows = vectors ? m : 1;
    dgesdd_(job, &m, &n, product, &m, out->root, out->left, &rows, out->right, &leading, &size, &query, iwork, &info);
    int lwork = (int)size;
    double *work = ARENA_ARRAY(arena, double, (size_t)lwork + 1);
    if (!work)
        return error_memory(error);
    dgesdd_(job, &m, &n, product, &m, out->root, out->left, &rows, out->right, &leading, work, &lwork, iwork, &info);
    return info ? error_set(error, ERROR_INTERNAL, "the singular values of a matrix did not converge (%d)", info) : 0;
}

/* gradient = I − Z diag(μ) Z' with Z = vectors·values^-½·(singular vectors); coordinates of the other sample = factor·(singular
 * vectors) of this one. */
static int differentiate(const struct half *half, const struct spectrum *spectrum, bool left, size_t width, size_t rank,
                         struct arena *arena, double **gradient, double **coordinates, struct error *error)
{
    double *singular_vectors = arena_array(arena, half->rank + 1, (rank + 1) * sizeof(double)); /* half->rank x rank */
    double *scaled = arena_array(arena, width + 1, (half->rank + 1) * sizeof(double));
    double *map = arena_array(arena, width + 1, (rank + 1) * sizeof(double)), *weighted;
    weighted = arena_array(arena, width + 1, (rank + 1) * sizeof(double));
    *gradient = arena_array(arena, width + 1, (width + 1) * sizeof(double));
    *coordinates = arena_array(arena, width + 1, (rank + 1) * sizeof(double));
    if (!singular_vectors || !scaled || !map || !weighted || !*gradient || !*coordinates)
        return error_memory(error);
    for (size_t k = 0; k < rank; k++)
        for (size_t r = 0; r < half->rank; r++)
            singular_vectors[k * half->rank + r] =
                left ? spectrum->left[k * half->rank + r] : spectrum->right[r * spectrum->right_stride + k];
    for (size_t r = 0; r < half->rank; r++)
        for (size_t i = 0; i < width; i++)
            scaled[r * width + i] = half->vectors[r * width + i] / sqrt(half->values[r]);
    int w = (int)width, h = (int)half->rank, k = (int)rank;
    for (size_t i = 0; i < width; i++)
        (*gradient)[i * width + i] = 1;
    if (rank == 0)
        return 0;
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, w, k, h, 1, scaled, w, singular_vectors, h, 0, map, w);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, w, k, h, 1, half->factor, w, singular_vectors, h, 0, *coordinates,
                w);
    for (size_t j = 0; j < rank; j++)
        for (size_t i = 0; i < width; i++)
            weighted[j * width + i] = map[j * width + i] * spectrum->root[j];
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, w, w, k, -1, weighted, w, map, w, 1, *gradient, w);
    return 0;
}

static int derivatives_of(const struct half half[2], const struct spectrum *spectrum, struct arena *arena, struct frechet *out,
                          struct error *error)
{
    out->root = spectrum->root;
    while (out->rank < spectrum->count && spectrum->root[out->rank] > SMALL_ROOT * spectrum->root[0])
        out->rank++;
    for (size_t s = 0; s < 2; s++) {
        out->mean[s] = half[s].mean;
        out->covariance[s] = half[s].covariance;
        int status = differentiate(&half[s], spectrum, s == 0, out->width, out->rank, arena, &out->gradient[s],
                                   &out->coordinates[1 - s], error);
        if (status)
            return status;
    }
    return 0;
}

int frechet_distance(const struct cross_sums *first, const struct cross_sums *second, bool derivatives, struct arena *arena,
                     struct frechet *out, struct error *error)
{
    const struct cross_sums *const sample[2] = {first, second};
    struct half half[2] = {{0}};
    struct spectrum spectrum;
    int status = 0;
    *out = (struct frechet){.place = ARENA_ARRAY(arena, uint32_t, first->width + 1)};
    if (!out->place)
        return error_memory(error);
    out->width = place_columns(first, second, out->place);
    for (size_t s = 0; status == 0 && s < 2; s++) {
        status = half_covariance(sample[s], out->place, out->width, arena, &half[s], error);
        if (status == 0 && out->width)
            status = half_factor(out->width, &half[s], arena, error);
    }
    if (status == 0)
        status = singular(half, out->width, derivatives, arena, &spectrum, error);
    if (status)
        return status;
    for (size_t i = 0; i < out->width; i++)
        out->mean_part += (half[0].mean[i] - half[1].mean[i]) * (half[0].mean[i] - half[1].mean[i]);
    for (size_t k = 0; k < spectrum.count; k++)
        out->trace_root += spectrum.root[k];
    out->trace_first = half[0].trace;
    out->trace_second = half[1].trace;
    double traces = half[0].trace + half[1].trace;
    out->value = out->mean_part + traces - 2 * out->trace_root;
    if (out->value <= ROUNDING * traces)
        out->value = 0;
    return derivatives ? derivatives_of(half, &spectrum, arena, out, error) : 0;
}
