/* Views of a table that the measures of single columns and pairs share, kept as artifacts of the table: present values in
 * order, and every column as codes. Bin edges are train's deciles (schema), whatever table is looked at. */
#ifndef ASSAY_METRICS_FIDELITY_VIEWS_H
#define ASSAY_METRICS_FIDELITY_VIEWS_H

#include "metrics/measure.h"
#include "numeric/gap.h"

/* Indexed by schema column; columns of another kind, or not measured, have present = 0 and code = NULL. */
struct column_view {
    double *sorted; /* quantity: present values in ascending order */
    size_t present;
    const uint32_t *code; /* quantity: bin of train's deciles; levels: code; missing is the last code, levels − 1 */
    size_t levels;
};

struct table_view {
    size_t rows;
    struct column_view *columns;
};

/* Columns that fidelity measures work on (kind quantity or levels; not ignored, not a key), from the arena. */
int fidelity_columns(const struct measure_task *task, struct arena *arena, const size_t **columns, size_t *count,
                     struct error *error);
int table_view_get(const struct measure_task *task, const struct table *table, const struct table_view **view,
                   struct error *error);
/* Both views of a task: of the reference and of the subject. */
int table_views_get(const struct measure_task *task, const struct table_view **reference, const struct table_view **subject,
                    struct error *error);
struct gap_sample view_sample(const struct table *table, const struct table_view *view, size_t column);

#endif
