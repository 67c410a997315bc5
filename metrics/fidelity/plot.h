/* Plot data of one column for the report, within the disclosure rules: nothing that fewer than `min_group` real rows share. */
#ifndef ASSAY_METRICS_FIDELITY_PLOT_H
#define ASSAY_METRICS_FIDELITY_PLOT_H

#include "metrics/fidelity/views.h"

/* Adds "plot" to the item. A numeric column or date: `edges` and the shares of present reference and subject values in the bins
 * between them; values beyond the outer edges are counted in the outer bins. Edges: where the reference has few distinct
 * values, midway between those that at least min_group rows share; else 20 bins of equal probability between the 1 % and 99 %
 * quantiles, rounded to three digits of their spread; bins with too few real rows are merged with a neighbour. A column of
 * levels: up to 12 levels that at least min_group real rows share, most frequent first, the rest pooled as "other (<k)" or,
 * when it holds more frequent levels too, "other". No plot for a column without enough real rows. */
int plot_add(const struct measure_task *task, size_t column, const struct table_view *reference,
             const struct table_view *subject, cJSON *item, struct error *error);

#endif
