/* Inside gap_pool.h: the mixture of relative differences and its fit. */
#ifndef ASSAY_NUMERIC_GAP_PRIOR_H
#define ASSAY_NUMERIC_GAP_PRIOR_H

#include <stdbool.h>

#include "core/arena.h"
#include "numeric/gap_pool.h"

enum { COMPONENTS_MOST = 40, GROUPS = 32 };

#define STEP_WIDTH  0.2  /* of the bins below |t| = 5 */
#define STEP_GROWTH 1.15 /* of those above */

/* Values of |r| that the mixture puts weight on: 0, …, 1. */
struct prior {
    size_t components;
    double atom[COMPONENTS_MOST];
};

/* A bin that has cells; under every component its likelihood and, times it, the mean of |p − q|. */
struct prior_row {
    double cells, pooled, difference, se; /* sums; standard error of one difference if p = q */
    double t;                             /* mean |difference| in standard errors */
    size_t group;
    double likelihood[COMPONENTS_MOST], size[COMPONENTS_MOST];
};

/* Weights of the components for the cells of one octave of pooled counts, learnt from the octaves around it too. */
struct prior_group {
    bool used;
    double cells, pooled;
    double weight[COMPONENTS_MOST];
};

struct prior_fit {
    const struct gap_pool *pool;
    struct prior prior;
    struct prior_row *row;
    double *scratch; /* a number for every row and component */
    size_t rows;
    double pooled, cells;
    struct prior_group group[GROUPS];
    double kernel[GROUPS][GROUPS]; /* share of the cells of the second octave that the first learns from; adds up to 1 */
};

/* Standard error of p̂ − q̂ in a cell with p = q and this pooled count. */
double pool_cell_se(const struct gap_pool *pool, double pooled);

/* Makes components, rows and groups; all components weigh the same. */
int prior_fit_make(const struct gap_pool *pool, struct arena *arena, struct prior_fit *fit, struct error *error);

/* Fits the weights of every group from where they are, at this price of mean |r|, by Newton steps on the simplex; returns the
 * log-likelihood they reach. */
double prior_fit_weights(struct prior_fit *fit, double pull);

static inline double prior_mixture(const struct prior_fit *fit, const struct prior_group *group, const double *component)
{
    double sum = 0;
    for (size_t k = 0; k < fit->prior.components; k++)
        sum += group->weight[k] * component[k];
    return sum;
}

#endif
