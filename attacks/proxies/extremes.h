/* A table without the rows that set its ranges: how far does a number hang on them?
 *
 * A range is that of two rows, so other rows of the same source have other ranges, and no count of the rest says how far. Left
 * out are, for each measured number or date, the first row with the least and the first with the greatest value. What that
 * does to a statistic is taken as a standard error: it is the sum of what the jackknife would square row by row, and the
 * changes mostly have one sign (all ranges shrink), so the square of the sum is the larger. */
#ifndef ASSAY_ATTACKS_PROXIES_EXTREMES_H
#define ASSAY_ATTACKS_PROXIES_EXTREMES_H

#include "metrics/measure.h"

/* Kept among the artifacts of `table`. Artifacts made of the rest must not outlive it: `table` is train, or the task's store of
 * artifacts ends before `table` does. ERROR_UNMEASURABLE: no rows are left. */
int without_extremes(const struct measure_task *task, const struct table *table, const struct table **rest,
                     struct error *error);

#endif
