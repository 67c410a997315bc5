#include "numeric/gap_pool.h"

#include <math.h>
#include <string.h>

#include "numeric/gap.h"
#include "numeric/gap_prior.h"

enum { PULLS_MOST = 9 };

#define CLEARER 5.0  /* standard errors from which differences stand more and more as they are */
#define CLEAR   15.0 /* and entirely */
#define FALL    2.0  /* of the log-likelihood, in z²/2: the weights have more than one degree of freedom */

void gap_pool_init(struct gap_pool *pool, size_t n, size_t m)
{
    memset(pool, 0, sizeof *pool);
    pool->n = n;
    pool->m = m;
}

void gap_pool_merge(struct gap_pool *into, const struct gap_pool *from)
{
    for (size_t i = 0; i < POOL_BINS; i++) {
        into->bin[i].cells += from->bin[i].cells;
        into->bin[i].pooled += from->bin[i].pooled;
        into->bin[i].difference += from->bin[i].difference;
    }
}

double pool_cell_se(const struct gap_pool *pool, double pooled)
{
    double n = (double)pool->n, m = (double)pool->m, share = pooled / (n + m);
    return sqrt(share * (1 - share) * (1 / n + 1 / m));
}

uint32_t gap_pool_place(const struct gap_pool *pool, uint32_t a, uint32_t b)
{
    uint32_t c = a + b;
    if (c <= POOL_EXACT)
        return (c - 1) * (c + 2) / 2 + a;
    double se = pool_cell_se(pool, c), difference = fabs(a / (double)pool->n - b / (double)pool->m);
    double t = se > 0 ? difference / se : 0;
    int stratum = (int)(2 * log2(c / (double)(POOL_EXACT + 1))), step = POOL_STEPS - 1;
    if (t < STEP_WIDTH * POOL_NARROW)
        step = (int)(t / STEP_WIDTH);
    else
        step = POOL_NARROW + (int)fmin(POOL_STEPS - POOL_NARROW - 1, log(t / (STEP_WIDTH * POOL_NARROW)) / log(STEP_GROWTH));
    stratum = stratum < POOL_STRATA ? stratum : POOL_STRATA - 1;
    return (uint32_t)(POOL_FIRST + stratum * POOL_STEPS + step);
}

/* Expected part of ½ Σ |p̂ − q̂| that is noise, with the weights as they are. */
static double fit_bias(const struct prior_fit *fit)
{
    double bias = 0;
    for (size_t i = 0; i < fit->rows; i++) {
        const struct prior_row *row = &fit->row[i];
        const struct prior_group *group = &fit->group[row->group];
        double doubt = fmin(1, (CLEAR - row->t) / (CLEAR - CLEARER)); /* step by step: a sharp limit would favour one side */
        double mean = prior_mixture(fit, group, row->size) / prior_mixture(fit, group, row->likelihood);
        if (doubt > 0)
            bias += doubt * (row->difference - row->cells * mean) / 2;
    }
    return bias;
}

/* Variance of the sum by that of the sum if the cells were independent. */
static double design_effect(const struct prior_fit *fit, double se)
{
    double variance = 0;
    for (size_t i = 0; i < fit->rows; i++)
        variance += fit->row[i].cells * pow(fit->row[i].se * gap_fold_weight(fit->row[i].t) / 2, 2);
    return fmax(1, se * se / variance);
}

/* The largest bias whose log-likelihood is within `fall` of the best: the pull is bisected. */
static double most_bias(struct prior_fit *fit, double best, double bias, double fall)
{
    double lo = log(1e-2 * fit->cells / fit->pooled), hi = log(1e2 * fit->cells / fit->pooled), most = bias;
    for (size_t step = 0; step < PULLS_MOST; step++) {
        double middle = (lo + hi) / 2, fell = best - prior_fit_weights(fit, exp(middle));
        if (fell < 1.1 * fall)
            most = fmax(most, fit_bias(fit));
        if (fabs(fell - fall) < 0.1 * fall)
            break;
        *(fell > fall ? &hi : &lo) = middle;
    }
    return most;
}

int gap_pool_noise(const struct gap_pool *pool, double se, double z, struct pool_noise *noise, struct error *error)
{
    uint64_t cells = 0;
    for (size_t i = 0; i < POOL_BINS; i++)
        cells += pool->bin[i].cells;
    if (cells < POOL_LEAST || !(se > 0))
        return error_set(error, ERROR_UNMEASURABLE, "too few cells to learn what is noise in their differences");
    struct arena *arena = arena_new();
    struct prior_fit *fit = arena ? ARENA_NEW(arena, struct prior_fit) : NULL;
    int status = fit ? prior_fit_make(pool, arena, fit, error) : error_memory(error);
    if (status == 0) {
        double best = prior_fit_weights(fit, 0);
        noise->bias = fit_bias(fit);
        noise->bias_most = most_bias(fit, best, noise->bias, FALL * design_effect(fit, se) * z * z / 2);
    }
    arena_free(arena);
    return status;
}
