/* Shared by the files that make up metrics/fairness/decisions.h. */
#ifndef ASSAY_METRICS_FAIRNESS_DECISIONS_INTERNAL_H
#define ASSAY_METRICS_FAIRNESS_DECISIONS_INTERNAL_H

#include "metrics/fairness/decisions.h"
#include "numeric/interval.h"

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

/* Where the rates of a column's groups under a model begin in a replicate; after those of the groups stands
 * the one over all their rows, of RATE_ACCURACY alone. */
size_t decisions_rate_place(const struct decisions *d, size_t column, size_t part, size_t learner, size_t source,
                            enum rate rate);

/* Rows that a group's rate is a share of; 0: it is none. */
size_t decisions_rate_trials(enum rate rate, const struct decisions_group *group);

/* Accuracy over the rows of all groups, from scratch->groups; *rows: their number. */
double decisions_accuracy(size_t groups, const struct decisions_scratch *scratch, size_t *rows);

/* The interval of a statistic of the subject's models. */
int decisions_interval(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                       struct interval *interval, struct error *error);

/* Sensitive columns, crossed columns and which of their groups enter. */
int decisions_columns(const struct measure_task *task, struct decisions *d, struct arena *arena, struct error *error);

size_t decisions_least_rows(const struct measure_task *task);

/* Mean over learners of a statistic in `value`, an array over cells, for both sources: over those learners for which it is
 * defined in both; NaN: none. */
void decisions_means(const struct decisions *d, const double *value, size_t column, size_t part, enum statistic statistic,
                     double mean[SOURCES]);

/* The interval of the change of a range of one rate: in this column and part, or the largest of all of the view's where column
 * is EVERY_COLUMN. */
enum { EVERY_COLUMN = -1 };
int decisions_change_interval(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                              ptrdiff_t column, size_t part, struct interval *interval, struct error *error);

/* result->details. */
int decisions_describe(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                       struct result *result, struct error *error);

#endif
