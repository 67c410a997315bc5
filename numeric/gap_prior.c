/* The part of gap_pool.h that lays out the mixture and what every bin says about it. */
#include "numeric/gap_prior.h"

#include <math.h>

#include "numeric/interval.h"

#define ATOM_GROWTH 1.25 /* from one |r| to the next */
#define SMALLEST    0.3  /* smallest difference in standard errors that the components tell from 0 */
#define LEAST_SD    0.3  /* of t at |r| near 1, where atoms are farther apart than its spread */
#define KERNEL      0.4  /* what cells an octave of pooled counts away weigh */

static void prior_make(struct prior *prior, double most_pooled)
{
    double smallest = fmin(0.1, SMALLEST / sqrt(most_pooled));
    size_t steps = (size_t)fmin(COMPONENTS_MOST - 2, ceil(log(1 / smallest) / log(ATOM_GROWTH)));
    *prior = (struct prior){.components = steps + 2};
    for (size_t k = 1; k < prior->components; k++)
        prior->atom[k] = pow(ATOM_GROWTH, (double)k - (double)(prior->components - 1));
}

static double step_edge(size_t step)
{
    return step <= POOL_NARROW ? STEP_WIDTH * (double)step
                               : STEP_WIDTH * POOL_NARROW * pow(STEP_GROWTH, (double)(step - POOL_NARROW));
}

/* |p − q| at relative difference r of a cell with this pooled count. */
static double absolute(const struct gap_pool *pool, double pooled, double r)
{
    double n = (double)pool->n, m = (double)pool->m;
    return 2 * pooled * fabs(r) / (n * (1 + r) + m * (1 - r));
}

static double binomial_likelihood(const struct gap_pool *pool, size_t c, size_t a, double r)
{
    double left = (double)pool->n * (1 + r), chance = left / (left + (double)pool->m * (1 - r)), value = 1;
    for (size_t i = 0; i < a; i++)
        value *= chance * (double)(c - i) / (double)(i + 1);
    for (size_t i = a; i < c; i++)
        value *= 1 - chance;
    return value;
}

/* Standard deviation of t at relative difference r: that of a binomial count, in that at r = 0. */
static double relative_sd(const struct gap_pool *pool, double r)
{
    double n = (double)pool->n, m = (double)pool->m;
    return sqrt(1 - r * r) * (n + m) / (n * (1 + r) + m * (1 - r));
}

/* Chance that |t| falls into a step, t normal. */
static double normal_likelihood(size_t step, double mean, double sd)
{
    double lo = step_edge(step), hi = step + 1 == POOL_STEPS ? INFINITY : step_edge(step + 1);
    if (lo > mean + 9 || hi < mean - 9)
        return 0;
    sd = fmax(sd, LEAST_SD);
    return normal_cdf((hi - mean) / sd) - normal_cdf((lo - mean) / sd) + normal_cdf((-lo - mean) / sd) -
           normal_cdf((-hi - mean) / sd);
}

static void row_make(struct prior_fit *fit, const struct pool_bin *bin, size_t c, size_t place, struct prior_row *row)
{
    const struct gap_pool *pool = fit->pool;
    double rows = (double)pool->n * (double)pool->m, pooled = (double)bin->pooled / (double)bin->cells;
    bool exact = c > 0;
    *row = (struct prior_row){.cells = (double)bin->cells,
                              .pooled = (double)bin->pooled,
                              .difference = (double)bin->difference / rows,
                              .se = pool_cell_se(pool, pooled)};
    row->t = row->se > 0 ? row->difference / row->cells / row->se : INFINITY;
    row->group = (size_t)fmin(GROUPS - 1, log2(pooled));
    for (size_t k = 0; k < fit->prior.components; k++)
        for (int side = 0; side < 2; side++) {
            double r = side ? -fit->prior.atom[k] : fit->prior.atom[k], size = absolute(pool, pooled, r);
            double chance =
                exact ? binomial_likelihood(pool, c, place, r) : normal_likelihood(place, size / row->se, relative_sd(pool, r));
            row->likelihood[k] += chance / 2;
            row->size[k] += chance / 2 * size;
        }
    for (size_t k = 0; k < fit->prior.components; k++)
        row->likelihood[k] += 1e-300;
}

static void rows_make(struct prior_fit *fit)
{
    size_t bin = 0;
    for (size_t c = 1; c <= POOL_EXACT; c++)
        for (size_t a = 0; a <= c; a++, bin++)
            if (fit->pool->bin[bin].cells)
                row_make(fit, &fit->pool->bin[bin], c, a, &fit->row[fit->rows++]);
    for (size_t stratum = 0; stratum < POOL_STRATA; stratum++)
        for (size_t step = 0; step < POOL_STEPS; step++, bin++)
            if (fit->pool->bin[bin].cells)
                row_make(fit, &fit->pool->bin[bin], 0, step, &fit->row[fit->rows++]);
}

/* Octaves learn from each other the less the farther apart they are: half as much an octave. */
static void groups_make(struct prior_fit *fit)
{
    for (size_t i = 0; i < fit->rows; i++)
        fit->group[fit->row[i].group].used = true;
    for (size_t from = 0; from < GROUPS; from++) {
        double sum = 0;
        for (size_t to = 0; to < GROUPS; to++)
            sum += fit->kernel[to][from] =
                fit->group[to].used && fit->group[from].used ? pow(KERNEL, fabs((double)to - (double)from)) : 0;
        for (size_t to = 0; to < GROUPS; to++)
            fit->kernel[to][from] = fit->kernel[to][from] < 0.05 * sum ? 0 : fit->kernel[to][from] / sum;
    }
    for (size_t g = 0; g < GROUPS; g++) {
        for (size_t i = 0; i < fit->rows; i++) {
            fit->group[g].cells += fit->kernel[g][fit->row[i].group] * fit->row[i].cells;
            fit->group[g].pooled += fit->kernel[g][fit->row[i].group] * fit->row[i].pooled;
        }
        for (size_t k = 0; k < fit->prior.components; k++)
            fit->group[g].weight[k] = 1 / (double)fit->prior.components;
    }
}

int prior_fit_make(const struct gap_pool *pool, struct arena *arena, struct prior_fit *fit, struct error *error)
{
    double most = 1;
    *fit = (struct prior_fit){.pool = pool, .row = ARENA_ARRAY(arena, struct prior_row, POOL_BINS)};
    if (!fit->row || !(fit->scratch = ARENA_ARRAY(arena, double, POOL_BINS *COMPONENTS_MOST)))
        return error_memory(error);
    for (size_t i = 0; i < POOL_BINS; i++) {
        const struct pool_bin *bin = &pool->bin[i];
        fit->cells += (double)bin->cells;
        fit->pooled += (double)bin->pooled;
        most = bin->cells ? fmax(most, (double)bin->pooled / (double)bin->cells) : most;
    }
    prior_make(&fit->prior, most);
    rows_make(fit);
    groups_make(fit);
    return 0;
}
