/* Shared by the files that make up metrics/fairness/predictions.h. */
#ifndef ASSAY_METRICS_FAIRNESS_PREDICTIONS_INTERNAL_H
#define ASSAY_METRICS_FAIRNESS_PREDICTIONS_INTERNAL_H

#include "metrics/fairness/predictions.h"

/* Rates of a group that gaps are made of. */
enum prediction_rate {
    PREDICTION_SELECTION,
    PREDICTION_TPR,
    PREDICTION_FPR,
    PREDICTION_PPV,
    PREDICTION_ACCURACY,
    PREDICTION_BALANCED,
    PREDICTION_CALIBRATION,
    PREDICTION_AUC,
    PREDICTION_RATES
};

void prediction_rates_fill(const struct predictions_group *group, double rate[PREDICTION_RATES]);

/* Numbers a replicate. */
size_t predictions_width(const struct predictions_column *column);

/* column->intervals. whole: of all rows. replicate: per bootstrap sample PREDICTIONS_GAPS gaps, then the rates of every group,
 * then those of all rows. */
int predictions_intervals(struct predictions_column *column, const struct predictions_group *whole, size_t replicates,
                          uint64_t seed, double level, const double *replicate, struct error *error);

#endif
