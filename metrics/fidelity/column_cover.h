/* How much of one column of a reference a subject covers: the reference's categories or quantile bins that it has values in. */
#ifndef ASSAY_METRICS_FIDELITY_COLUMN_COVER_H
#define ASSAY_METRICS_FIDELITY_COLUMN_COVER_H

#include "metrics/fidelity/views.h"

/* Cells: categories; for quantities the bins between train's quantiles, one below and one above. A cell counts when the
 * reference has a value in it. */
struct column_cover {
    size_t column;
    size_t cells;                  /* 0: the reference has no value, nothing to cover */
    size_t hit;                    /* cells with a value of the subject */
    size_t once;                   /* cells with exactly one */
    size_t frequent, frequent_hit; /* levels: those that at least min_group rows of the reference share */
    double outside;  /* share of the subject's values in none of the reference's categories, or out of its range; NaN: none */
    double range;    /* quantities: covered share of the reference's range; else NaN */
    double deciles;  /* quantities: covered share of the bins between train's deciles; else NaN */
    double variance; /* of hit/cells, both tables drawn anew */
    double limit;    /* its most, given the reference's cells: what k values leave open, each cell for itself */
    const uint32_t *real; /* values in each cell */
    uint32_t *subject;
    double *edges; /* quantities: of the bins */
    size_t edge_count;
};

/* From `arena`. O(rows + cells), O(cells log rows) for quantities. */
int column_cover(const struct measure_task *task, const struct table_view *reference, const struct table_view *subject,
                 size_t column, struct arena *arena, struct column_cover *cover, struct error *error);

/* Adds `weight` to the number of every subject row that is alone in its cell, one that the reference has. */
void column_cover_alone(const struct measure_task *task, const struct table_view *subject, const struct column_cover *cover,
                        double weight, double *sums);

#endif
