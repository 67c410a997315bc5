/* One column of a Gaussian copula: the map between its cells and the unit interval.
 *
 *   [0, p)   missing, p = train's share of missing cells
 *   [p, 1)   quantities: in the order of their values, a value that c of the k present cells hold takes (1 − p)·c/k
 *            levels: one interval a level, the most frequent first (ties: the lower code)
 *
 * A training cell becomes a point drawn uniformly inside its interval, and that point's normal quantile is its score. The way
 * back: levels, and quantities with at most COPULA_STEPS distinct values, by the interval that the point falls into; other
 * quantities by linear interpolation between order statistics, rounded to the column's grid, so that exact values of train
 * are rarely repeated. Cost: O(n log n) to fit, O(log n) a cell back. */
#ifndef ASSAY_GENERATORS_COPULA_COLUMN_H
#define ASSAY_GENERATORS_COPULA_COLUMN_H

#include "core/random.h"
#include "datasets/table.h"

enum { COPULA_STEPS = 20 };

struct copula_column {
    enum column_kind kind; /* KIND_OTHER: no part in the copula */
    double missing;        /* p */
    double *sorted;        /* quantity: present values in ascending order */
    size_t n_sorted;
    bool steps;      /* quantity: few values, no interpolation */
    double scale;    /* quantity: generator_scale */
    uint32_t *level; /* levels: the present ones, most frequent first */
    double *upper;   /* levels: right end of each one's interval */
    size_t n_levels;
    struct arena *arena;
};

/* Learns the column and writes the scores of its cells (train->rows of them). */
int copula_column_fit(struct copula_column *column, const struct table *train, size_t index, struct random *random,
                      double *score, struct error *error);
/* Cell of out at u in (0, 1). */
void copula_column_invert(const struct copula_column *column, double u, struct table *out, size_t index, size_t row);
void copula_column_free(struct copula_column *column);

#endif
