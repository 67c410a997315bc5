/* Shared by the files that make up metrics/fairness/decisions.h. */
#ifndef ASSAY_METRICS_FAIRNESS_DECISIONS_INTERNAL_H
#define ASSAY_METRICS_FAIRNESS_DECISIONS_INTERNAL_H

#include "metrics/fairness/decisions.h"

/* Room for one worker; each array has decisions.most_groups + 1 entries. */
struct decisions_scratch {
    struct group_rates *rates;
    struct group_mean *means;
    struct decisions_group *groups;
    double *values;
};
int decisions_scratch_new(const struct decisions *d, struct decisions_scratch *scratch, struct arena *arena,
                          struct error *error);

/* Rates of all groups of a column under one model into scratch->groups. group: numbers of the scored rows, as they are or
 * permuted; weight NULL: each row once. */
void decisions_rates(const struct decisions *d, const struct decisions_column *column, size_t part, size_t learner,
                     size_t source, const uint32_t *group, const uint32_t *weight, const struct decisions_scratch *scratch);

/* A statistic of the rates in scratch->groups; NaN where fewer than two groups enter. */
double decisions_statistic(const struct decisions_column *column, size_t entry, enum statistic statistic,
                           const struct decisions_scratch *scratch);

/* Where the flags of a part and learner begin in column->enters[rate]. */
size_t decisions_entry(const struct decisions *d, const struct decisions_column *column, size_t part, size_t learner);

/* Sensitive columns, crossed columns and which of their groups enter. */
int decisions_columns(const struct measure_task *task, struct decisions *d, struct arena *arena, struct error *error);

size_t decisions_least_rows(const struct measure_task *task);

/* Mean over learners of a statistic in `value`, an array over cells, for both sources: over those learners for which it is
 * defined in both; NaN: none. */
void decisions_means(const struct decisions *d, const double *value, size_t column, size_t part, enum statistic statistic,
                     double mean[SOURCES]);

/* The interval of a statistic, or of its change, from replicates: the wider of basic and percentile on either side. */
int decisions_interval(const struct measure_task *task, const struct decisions *d, struct decisions_view view, double value,
                       const double *replicates, double *lo, double *hi, struct error *error);

/* result->details. */
int decisions_describe(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                       struct result *result, struct error *error);

#endif
