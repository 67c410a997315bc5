/* Scores of predictions: classification from class probabilities, regression from values. scikit-learn's definitions.
 *
 * An undefined score is NaN (one class present: no AUC; a constant y: no R²; y = 0 somewhere: no MAPE). */
#ifndef ASSAY_NUMERIC_SCORES_H
#define ASSAY_NUMERIC_SCORES_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* The predicted class: with two classes 1 when its probability is ≥ ½, else the most probable, ties to the lower class. */
uint32_t predicted_class(const double *probability, size_t classes);

struct classification_scores {
    size_t n, classes;
    double accuracy;
    double balanced_accuracy; /* mean recall over the classes that occur in the labels */
    double macro_f1;          /* mean over the classes that occur in labels or predictions */
    double roc_auc;           /* two classes: of class 1; more: one-vs-rest, mean over the classes that occur */
    double average_precision; /* likewise */
    double log_loss;          /* natural logarithm, probabilities clipped to [2.2e-16, 1 − 2.2e-16] (scikit-learn 1.2) */
    double brier;             /* two classes: mean (p₁ − y)², 0 … 1; more: summed over classes, 0 … 2 */
    double calibration_error; /* 10 bins min(⌊10p⌋, 9) of p₁ (two classes) or of the top label's p; Σ n_b/n |mean y − mean p| */
};

/* label[i] in 0 … classes − 1; probability: n × classes, row by row, rows sum to 1. classes ≥ 2. n = 0: every score NaN. */
int classification_scores(const uint32_t *label, const double *probability, size_t n, size_t classes,
                          struct classification_scores *scores, struct error *error);

/* Rows whose probability lies in a tenth of the scale: how many, how many of them have the outcome, the sum of their
 * probabilities. Bin min(⌊10p⌋, 9). */
enum { CALIBRATION_BINS = 10 };
struct calibration_bin {
    size_t n, hits;
    double sum;
};
void calibration_bins(const uint8_t *outcome, const double *probability, size_t n,
                      struct calibration_bin bins[CALIBRATION_BINS]);

/* The calibration error alone: outcome 0/1 against the probability of 1. NaN when n = 0. */
double calibration_error(const uint8_t *outcome, const double *probability, size_t n);

struct regression_scores {
    size_t n;
    double mae, mse, rmse;
    double r2;                 /* 1 − Σ(y − p)²/Σ(y − ȳ)² */
    double explained_variance; /* 1 − var(y − p)/var(y): R² without the bias */
    double mape;               /* mean |y − p|/|y|, as a share */
    double mean_error;         /* mean (p − y): the bias */
};
void regression_scores(const double *y, const double *predicted, size_t n, struct regression_scores *scores);

#endif
