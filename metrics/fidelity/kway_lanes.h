/* A table's columns packed for the counting engine, kept as an artifact of the table. */
#ifndef ASSAY_METRICS_FIDELITY_KWAY_LANES_H
#define ASSAY_METRICS_FIDELITY_KWAY_LANES_H

#include "metrics/fidelity/views.h"
#include "numeric/counting.h"

/* Indexed by schema column; the codes are those of views.h. Columns that are not measured have no levels and no codes. */
int table_lanes_get(const struct measure_task *task, const struct table *table, const struct packed_table **lanes,
                    struct error *error);

#endif
