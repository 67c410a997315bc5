/* Groups of the rows of both tables of a task: shared by the data-level measures of fairness. */
#ifndef ASSAY_METRICS_FAIRNESS_GROUPED_H
#define ASSAY_METRICS_FAIRNESS_GROUPED_H

#include "datasets/partition.h"
#include "metrics/measure.h"

/* Group numbers of the rows of reference and subject, per sensitive column; GROUP_NONE where a row belongs to none. */
struct grouped {
    const struct partition *partitions;
    size_t n;
    uint32_t **reference, **subject;
    size_t reference_rows, subject_rows;
};

int grouped_make(const struct measure_task *task, struct arena *arena, struct grouped *grouped, struct error *error);

/* Rows that a group needs in either table before its shares are compared: max(min_group, 50), where the standard error of a
 * share is at most .071. */
size_t grouped_least_rows(const struct measure_task *task);

/* A group that measures speak of by name: not the pool of small ones. */
bool grouped_named(const struct partition *partition, size_t group);

/* Critical value of `comparisons` simultaneous normal intervals (Šidák 1967). */
double simultaneous_quantile(size_t comparisons, double level);

#endif
