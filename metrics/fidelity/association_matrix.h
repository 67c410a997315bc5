/* Strengths of dependence of the pairs of columns of one table, kept as an artifact of the table. */
#ifndef ASSAY_METRICS_FIDELITY_ASSOCIATION_MATRIX_H
#define ASSAY_METRICS_FIDELITY_ASSOCIATION_MATRIX_H

#include "metrics/fidelity/column_pairs.h"
#include "metrics/fidelity/views.h"
#include "numeric/dependence.h"

enum association_kind { ASSOCIATION_CORRELATION, ASSOCIATION_RATIO, ASSOCIATION_CRAMER };

enum association_kind association_kind(const struct schema *schema, const struct column_pair *pair);

/* One pair of one table; influence: one number a row, or NULL (numeric/dependence.h). */
int association_pair(const struct table *table, const struct table_view *view, const struct column_pair *pair,
                     double *influence, struct dependence *out, struct error *error);

/* The strengths of all pairs, in their order. */
int association_matrix(const struct measure_task *task, const struct table *table, const struct column_pairs *pairs,
                       const double **strengths, struct error *error);

#endif
