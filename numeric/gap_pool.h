/* What noise adds to a sum of many total variation distances, learnt from all their cells together: empirical Bayes.
 *
 * A cell that counts a of n and b of m rows adds |a/n − b/m|, and noise alone makes that positive. Whether a difference is
 * noise cannot be seen in one cell; in many it can, since the differences of equal cells have a known distribution and those of
 * unequal ones spread wider. Let r = (p − q)/(p + q). Given its pooled count c = a + b, a cell's a is binomial with chance
 * n(1 + r)/(n(1 + r) + m(1 − r)). The r of the cells of one octave of c (its neighbours weigh less) are taken as draws from one
 * distribution, symmetric about 0, on a grid of |r| from 0 to 1. Its weights are fitted to the cells, binned by c and
 * difference; then E[|p − q| | a, b] replaces |a/n − b/m|. Large c: the difference in standard errors t = d/s, normal, in bins
 * of 0.2; from t = 5 on differences stand more and more as they are.
 *
 * Such a distribution is not well determined (Cai and Low 2011: no estimate of a mean of absolute values is good in the worst
 * case). So the least sum is sought that the cells support: the weights are pulled towards equality until the log-likelihood
 * has fallen by z² times the design effect (cells of overlapping tables depend on each other), which is read off the standard
 * error of the sum.
 *
 * Fitted mixtures: Efron (2016), Stephens (2017). The binning, the grid of r and the pull are ours.
 *
 * Sums are of whole numbers: the order of adding does not matter. */
#ifndef ASSAY_NUMERIC_GAP_POOL_H
#define ASSAY_NUMERIC_GAP_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

enum {
    POOL_EXACT = 16,  /* pooled counts up to this have bins of their own, one for every a */
    POOL_NARROW = 25, /* bins of width 0.2 in |t| */
    POOL_STEPS = 44,  /* with those of growing width above |t| = 5 */
    POOL_STRATA = 42, /* of larger pooled counts, two an octave */
    POOL_FIRST = POOL_EXACT * (POOL_EXACT + 3) / 2,
    POOL_BINS = POOL_FIRST + POOL_STRATA * POOL_STEPS,
    POOL_LEAST = 30 /* cells below which nothing is learnt */
};

struct pool_bin {
    uint64_t cells, pooled, difference; /* number, Σ c, Σ |a m − b n| */
};

struct gap_pool {
    uint64_t n, m;
    struct pool_bin bin[POOL_BINS];
};

void gap_pool_init(struct gap_pool *pool, size_t n, size_t m); /* n, m ≥ 1, below 2^31 */

/* Bin of a cell with these counts, not both 0. */
uint32_t gap_pool_place(const struct gap_pool *pool, uint32_t a, uint32_t b);

static inline void gap_pool_add(struct gap_pool *pool, uint32_t place, uint32_t a, uint32_t b)
{
    uint64_t left = a * pool->m, right = b * pool->n;
    struct pool_bin *bin = &pool->bin[place];
    bin->cells++;
    bin->pooled += (uint64_t)a + b;
    bin->difference += left > right ? left - right : right - left;
}

void gap_pool_merge(struct gap_pool *into, const struct gap_pool *from);

/* Of the sum ½ Σ |a/n − b/m| over the cells of a pool. */
struct pool_noise {
    double bias;      /* expected part of it that is noise */
    double bias_most; /* the most that the cells support at this z */
};

/* se: of the sum, from the influence of rows; z: of the limit. Fewer than POOL_LEAST cells or se 0: ERROR_UNMEASURABLE.
 * O(bins · components²) time a step, about 20 ms in all. */
int gap_pool_noise(const struct gap_pool *pool, double se, double z, struct pool_noise *noise, struct error *error);

#endif
