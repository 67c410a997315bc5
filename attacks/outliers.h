/* Outliers: rows far from their nearest rows, by one rule for membership's groups and privacy.outliers. */
#ifndef ASSAY_ATTACKS_OUTLIERS_H
#define ASSAY_ATTACKS_OUTLIERS_H

#include "core/pool.h"
#include "numeric/neighbours.h"

/* mean[i]: mean distance of a row to its five nearest rows of `others`; of one table to itself, without the row itself. */
int outlier_distances(const struct neighbour_table *rows, const struct neighbour_table *others, struct pool *pool, double *mean,
                      struct error *error);

/* *limit: one in ten of the n ≥ 1 rows has a larger mean. */
int outlier_limit(const double *mean, size_t n, double *limit, struct error *error);

#endif
