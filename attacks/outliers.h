/* Outliers: rows far from their nearest training rows, by the same rule for membership's groups and privacy.outliers. */
#ifndef ASSAY_ATTACKS_OUTLIERS_H
#define ASSAY_ATTACKS_OUTLIERS_H

#include "metrics/measure.h"
#include "numeric/neighbours.h"

/* mean[i]: mean rank-Gower distance of a row to its five nearest training rows. rows: coded by the task's rank-Gower scale;
 * NULL: train's own, each without itself. */
int outlier_distances(const struct measure_task *task, const struct neighbour_table *rows, double *mean, struct error *error);

/* *limit: one in ten of the n ≥ 1 training rows has a larger mean. */
int outlier_limit(const double *mean, size_t n, double *limit, struct error *error);

#endif
