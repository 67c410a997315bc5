/* Trust indices: after Belgodere et al., "Auditing and Generating Synthetic Data with Controllable Trust Trade-offs" (arXiv
 * 2304.10819): polarity, ECDF normalisation over a pool, weighted geometric mean per dimension, weighted geometric mean over
 * dimensions. The anchored mode, target polarity, replicate rule and the handling of missing values are this project's own.
 *
 *   aligned  a = +m, −m or −|m − t|
 *   u_j(c)   = #{c' : a_j(c') <= a_j(c)} / N          (pool; ties take the largest rank)
 *            = max(k, 1/2) / N over a fixed reference  (reference mode)
 *   pi_T     = exp(Σ_j beta_j ln u_j),  tau = exp(Σ_T omega_T ln pi_T)
 *
 * The pool index is relative: it ranks candidates and never gates. Arrays are row-major, measures x observations. */
#ifndef ASSAY_AUDIT_TRUST_H
#define ASSAY_AUDIT_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/error.h"

enum trust_polarity { TRUST_HIGHER, TRUST_LOWER, TRUST_TARGET };

struct trust_measure {
    const char *id;
    size_t dimension; /* 0 … dimensions−1 */
    enum trust_polarity polarity;
    double target;
    double resolution;   /* values are rounded to its multiples first; 0: as they are */
    double weight;       /* within its dimension; 0 removes the measure */
    const double *value; /* observations; NaN or infinite = missing */
};

struct trust_pool {
    size_t observations;
    size_t candidates;
    const size_t *candidate; /* which candidate an observation belongs to; NULL: observation = candidate */
    size_t dimensions;
    const double *omega; /* weight of each dimension; 0 removes it */
    size_t n_measures;
    const struct trust_measure *measures;
    double alpha;            /* key = mean − alpha · sd over a candidate's replicates */
    const bool *eligible;    /* candidates; NULL: all. The others are ranked after all eligible ones */
    const double *reference; /* n_measures x n_reference raw values: fixed-reference mode; NULL: the pool itself */
    size_t n_reference;
};

struct trust_index {
    double *aligned;         /* n_measures x observations; NaN = missing */
    double *rank_count;      /* k: n_measures x observations; u = k / size */
    double *u;               /* n_measures x observations; NaN for a measure that is missing everywhere */
    bool *dropped;           /* n_measures: missing for all, or weight 0 */
    size_t size;             /* N */
    double *beta;            /* n_measures: normalised weights */
    double *pi;              /* dimensions x observations; NaN = not assessed */
    double *omega;           /* dimensions: normalised over what is assessed */
    double *tau;             /* observations */
    double *mean, *sd, *key; /* candidates */
    size_t *rank;            /* candidates: 1, 1, 3 */
};

/* ERROR_UNMEASURABLE: fewer than two observations (without a reference), or all identical; ERROR_INPUT: negative or all-zero
 * weights. */
int trust_pool_index(const struct trust_pool *pool, struct arena *arena, struct trust_index *index, struct error *error);

/* Weighted geometric mean of scores in [0, 1]; NaN scores are left out and the weights renormalised; all out: NaN. */
double trust_geometric_mean(const double *scores, const double *weights, size_t n);

/* omega_T = (1 − lambda)/D + lambda · [T in S]/|S|. */
void trust_emphasis(const bool *emphasised, size_t dimensions, double lambda, double *omega);

/* "1, 1, 3" ranks by descending key; |difference| < 1e-12 ties; the ineligible after all eligible ones. */
void trust_rank(const double *key, const bool *eligible, size_t n, size_t *rank);

/* Share of the weight simplex (grid of step 1/steps) that each observation wins, ties split. pi: dimensions x observations.
 * Dimensions with NaN for any observation are left out. wins: observations, sums to *points. */
int trust_weight_sweep(const double *pi, size_t dimensions, size_t observations, size_t steps, double *wins, size_t *points,
                       struct error *error);

/* Marks the observations that no other dominates (>= in every dimension, > in one). */
void trust_pareto(const double *pi, size_t dimensions, size_t observations, bool *on_front);

#endif
