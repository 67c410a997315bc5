/* Tables coded for distances, shared by all attacks: each table is coded once for each metric, scaled by train. */
#ifndef ASSAY_ATTACKS_TABLES_H
#define ASSAY_ATTACKS_TABLES_H

#include "metrics/measure.h"
#include "numeric/neighbours.h"

/* The measured columns (schema_measured) of a table as the neighbour engine wants them; pick NULL: all rows, else n rows. The
 * arrays stay the table's own. */
int coded_columns(const struct table *table, const uint32_t *pick, size_t n, struct arena *arena,
                  struct neighbour_columns *columns, struct error *error);

/* The same for any columns of kind quantity or levels. */
int picked_columns(const struct table *table, const size_t *which, size_t n_columns, const uint32_t *pick, size_t n,
                   struct arena *arena, struct neighbour_columns *columns, struct error *error);

/* The scale fitted on train, and a table coded with it; both kept among the task's artifacts. */
int coded_scale(const struct measure_task *task, enum neighbour_metric metric, const struct neighbour_scale **scale,
                struct error *error);
int coded_table(const struct measure_task *task, enum neighbour_metric metric, const struct table *table,
                const struct neighbour_table **coded, struct error *error);

/* Real rows that nobody trained on, disjoint from the subject: the holdout, or in the honest case the part of it that the
 * honest subject was not made of. NULL: there are none. */
const struct table *stranger_table(const struct measure_task *task);

/* A seeded random part of a table: the numbers of its n rows, in order, and after them those of all other rows, in order. */
int equal_part(const struct measure_task *task, const struct table *table, size_t n, struct arena *arena, uint32_t **pick,
               struct error *error);

/* Train and the strangers as two coded tables of the same number of rows, so that both have the same chance to be near: the
 * larger one is cut to a seeded random part. *share: the part of train that is left (1 unless train is larger). Kept among the
 * artifacts. ERROR_UNMEASURABLE when there are no strangers. */
struct equal_tables {
    const struct neighbour_table *train, *strangers;
    double share;
};
int coded_equals(const struct measure_task *task, enum neighbour_metric metric, const struct equal_tables **pair,
                 struct error *error);

#endif
