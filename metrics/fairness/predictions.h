/* Predictions of any model, audited by group: rates, gaps between groups, and their intervals. */
#ifndef ASSAY_METRICS_FAIRNESS_PREDICTIONS_H
#define ASSAY_METRICS_FAIRNESS_PREDICTIONS_H

#include "core/arena.h"
#include "core/pool.h"
#include "numeric/fairness.h"
#include "numeric/interval.h"
#include "numeric/scores.h"

/* One row a prediction. score: probability of label 1, NULL: not known. */
struct predictions {
    size_t n;
    const uint8_t *label, *decision;
    const double *score;
};

enum predictions_gap {
    GAP_PARITY,
    GAP_PARITY_RATIO,
    GAP_OPPORTUNITY,
    GAP_FPR,
    GAP_ODDS,
    GAP_ODDS_MEAN,
    GAP_ODDS_RATIO,
    GAP_PREDICTIVE,
    GAP_ACCURACY,
    GAP_WORST_ACCURACY,
    GAP_WORST_BALANCED,
    GAP_EQUITY_ACCURACY,
    GAP_CALIBRATION, /* this and what follows: with scores only, else NaN */
    GAP_EQUITY_AUC,
    PREDICTIONS_GAPS
};

/* Key in JSON and words in the table. */
struct predictions_gap_name {
    const char *key, *title;
};
extern const struct predictions_gap_name predictions_gap_names[PREDICTIONS_GAPS];

struct predictions_group {
    struct group_rates rates;
    double auc, calibration_error, bias; /* bias: mean score − share of label 1; NaN without scores */
};

/* A pool of small groups (its number `pool`, or SIZE_MAX) is described and enters no gap. Equity-scaled measures stand against
 * all rows. */
struct predictions_column {
    const uint32_t *group;
    size_t groups, pool;
    struct predictions_group *group_results; /* arrays from the arena */
    double gaps[PREDICTIONS_GAPS];
    double null[PREDICTIONS_GAPS]; /* what chance makes: mean of 50 permutations of the groups among the rows */
    struct interval intervals[PREDICTIONS_GAPS];
};

/* Of all rows together. */
int predictions_overall(const struct predictions *predictions, struct predictions_group *overall,
                        struct classification_scores *scores, struct error *error);

/* Fills column: groups' results, gaps, what chance makes of them, and intervals by bootstrap samples of the rows: ratios on
 * the log scale, numeric/range_interval.h; of a ratio where a rate is 0 what holds the basic and the percentile interval. */
int predictions_column(const struct predictions *predictions, size_t replicates, uint64_t seed, double level,
                       struct arena *arena, struct predictions_column *column, struct error *error);

#endif
