/* What the learners share: their descriptors, the check of labels before training, shares of classes. */
#ifndef ASSAY_MODELS_TRAINING_H
#define ASSAY_MODELS_TRAINING_H

#include "models/design.h"
#include "models/learner.h"

extern const struct learner learner_logistic, learner_boosted, learner_majority, learner_tree, learner_naive_bayes, learner_knn;

/* Refuses labels that teach nothing: no rows, a class out of range, one class only, a value that is not finite. */
int labels_check(const struct labels *labels, const struct design *design, struct error *error);

/* The row of the design that label i is about. */
size_t labels_row(const struct labels *labels, size_t i);

/* Numbers a prediction: classes, or 1. */
size_t labels_width(size_t classes);

/* Weight of the row of label i. */
double labels_weight(const struct labels *labels, size_t i);

/* Class shares of the labels by weight, or their mean. share: labels_width(classes) numbers. */
void labels_share(const struct labels *labels, double *share);

/* Sums of weights by class become probabilities, with one row of `share` added: the m-estimate with m = 1 (Cestnik 1990,
 * Estimating probabilities, ECAI). A class of share 0 keeps 0. */
void shares_smooth(double *count, const double *share, size_t classes);

#endif
