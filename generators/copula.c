/* Gaussian copula: marginals by copula_column.h, dependence by the correlation matrix of the normal scores.
 *
 *   fit     z_ij = Φ⁻¹(u_ij), R = corr(z)
 *   draw    z = L·ε, ε ~ N(0, I), L·Lᵀ = R, u = Φ(z), the cell by the column's map
 *
 * R of jittered scores is positive semi-definite and may be singular (a repeated column, fewer rows than columns). It is made
 * positive definite by R ← (1 − λ)·R + λ·I with the least λ of 0, 1e-10, 1e-9, … for which every pivot of the Cholesky
 * factorisation is above 1e-12.
 * What it keeps: marginals, missing rates, monotone dependence of pairs (Pearson on normal scores). What it weakens:
 * dependence among unordered levels, since their order by frequency means nothing. Text and id columns are resampled.
 * Cost: O(n·d² + n·d·log n) for d columns; memory 8·n·d bytes. */
#include <math.h>

#include "generators/copula_column.h"
#include "generators/generator.h"
#include "generators/support.h"
#include "numeric/interval.h"

struct copula {
    const struct table *train;
    struct table *out;
    uint64_t seed;
    size_t *index;                 /* table column of each of the d modelled columns */
    struct copula_column *columns; /* d */
    double *scores;                /* d × train->rows, standardised: one column after the other */
    double *factor;                /* d × d, row by row: R, then L in its lower triangle */
    size_t d;
};

/* Mean 0 and length 1, so that a product of two columns is their correlation; all zero when they do not vary (one row). */
static void standardise(double *score, size_t n)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        mean += score[i];
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        score[i] -= mean;
        square += score[i] * score[i];
    }
    for (size_t i = 0; i < n && square > 0; i++)
        score[i] /= sqrt(square);
}

static int fit_column(void *context, size_t j, size_t worker, struct error *error)
{
    (void)worker;
    struct copula *copula = context;
    size_t n = copula->train->rows;
    struct random random;
    random_init(&random, copula->seed, "generator.copula.scores", copula->index[j], 0);
    int code = copula_column_fit(&copula->columns[j], copula->train, copula->index[j], &random, copula->scores + j * n, error);
    if (!code)
        standardise(copula->scores + j * n, n);
    return code;
}

static int correlate_column(void *context, size_t j, size_t worker, struct error *error)
{
    (void)worker;
    (void)error;
    struct copula *copula = context;
    size_t n = copula->train->rows;
    const double *a = copula->scores + j * n;
    for (size_t k = 0; k < j; k++) {
        const double *b = copula->scores + k * n;
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += a[i] * b[i];
        copula->factor[j * copula->d + k] = sum;
    }
    copula->factor[j * copula->d + j] = 1;
    return 0;
}

/* Cholesky of (1 − lambda)·R + lambda·I: lower triangle of `from` to `to`. False when a pivot is too small. */
static bool cholesky(const double *from, double *to, size_t d, double lambda)
{
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = i == j ? 1 : (1 - lambda) * from[i * d + j];
            for (size_t k = 0; k < j; k++)
                sum -= to[i * d + k] * to[j * d + k];
            if (i == j && !(sum > 1e-12))
                return false;
            to[i * d + j] = i == j ? sqrt(sum) : sum / to[j * d + j];
        }
    }
    return true;
}

static int draw_chunk(void *context, size_t chunk, size_t worker, struct error *error)
{
    (void)worker;
    const struct copula *copula = context;
    size_t first = chunk * GENERATOR_CHUNK, end = first + GENERATOR_CHUNK, d = copula->d;
    struct arena *arena = arena_new();
    double *noise = arena ? ARENA_ARRAY(arena, double, d + 1) : NULL;
    if (!noise) {
        arena_free(arena);
        return error_memory(error);
    }
    struct random random;
    random_init(&random, copula->seed, "generator.copula.rows", 0, chunk);
    for (size_t row = first; row < end && row < copula->out->rows; row++) {
        for (size_t j = 0; j < d; j++)
            noise[j] = random_normal(&random);
        for (size_t j = 0; j < d; j++) {
            double z = 0;
            for (size_t k = 0; k <= j; k++)
                z += copula->factor[j * d + k] * noise[k];
            copula_column_invert(&copula->columns[j], normal_cdf(z), copula->out, copula->index[j], row);
        }
    }
    arena_free(arena);
    return 0;
}

static int copula_fit(struct copula *copula, struct arena *arena, struct pool *pool, struct error *error)
{
    size_t d = copula->d;
    int code = pool_run(pool, d, fit_column, copula, error);
    if (!code)
        code = pool_run(pool, d, correlate_column, copula, error);
    if (code)
        return code;
    double *factor = ARENA_ARRAY(arena, double, d *d + 1);
    if (!factor)
        return error_memory(error);
    /* Ends: at lambda = 1 the matrix is the identity. */
    for (double lambda = 0; !cholesky(copula->factor, factor, d, lambda);)
        lambda = lambda > 0 ? fmin(10 * lambda, 1) : 1e-10;
    copula->factor = factor;
    return 0;
}

static int copula_run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                      struct table **out, struct error *error)
{
    struct copula copula = {.train = train, .seed = seed};
    size_t n_columns = train->n_columns;
    int code = generator_begin(train, rows, name, out, error);
    if (code)
        return code;
    copula.out = *out;
    struct arena *arena = arena_new();
    copula.index = arena ? ARENA_ARRAY(arena, size_t, n_columns + 1) : NULL;
    copula.columns = arena ? ARENA_ARRAY(arena, struct copula_column, n_columns + 1) : NULL;
    if (!copula.index || !copula.columns) {
        code = error_memory(error);
        goto out;
    }
    for (size_t j = 0; j < n_columns; j++)
        if (column_kind(&train->schema->columns[j]) != KIND_OTHER)
            copula.index[copula.d++] = j;
    copula.scores = ARENA_ARRAY(arena, double, copula.d * train->rows + 1);
    copula.factor = ARENA_ARRAY(arena, double, copula.d *copula.d + 1);
    code = copula.scores && copula.factor ? copula_fit(&copula, arena, pool, error) : error_memory(error);
    if (!code)
        code = pool_run(pool, (rows + GENERATOR_CHUNK - 1) / GENERATOR_CHUNK, draw_chunk, &copula, error);
    if (!code) {
        generator_resample_other(train, seed, "generator.copula.other", *out);
        table_seal(*out);
    }
out:
    for (size_t j = 0; j < copula.d && copula.columns; j++)
        copula_column_free(&copula.columns[j]);
    arena_free(arena);
    if (code) {
        table_free(*out);
        *out = NULL;
    }
    return code;
}

const struct generator generator_copula = {
    .name = "copula",
    .summary =
        "Gaussian copula with intervals for categories and missing cells: marginals and monotone dependence of pairs kept",
    .reference =
        "Patki, Wedge, Veeramachaneni 2016, \"The Synthetic Data Vault\", section III; Nelsen 2006, \"An introduction to "
        "copulas\", section 2.3",
    .run = copula_run,
};
