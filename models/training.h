/* What the learners share: their descriptors and the check of labels before training. */
#ifndef ASSAY_MODELS_TRAINING_H
#define ASSAY_MODELS_TRAINING_H

#include "models/design.h"
#include "models/learner.h"

extern const struct learner learner_logistic, learner_boosted, learner_majority;

/* Refuses labels that teach nothing: no rows, a class out of range, one class only, a value that is not finite. */
int labels_check(const struct labels *labels, const struct design *design, struct error *error);

#endif
