/* Learners: what utility, fairness, robustness and attacks train. One file each, one `const struct learner` in it.
 *
 * A design is the encoded form of a table: fitted on TRAIN alone (scaler, vocabulary, missing indicators) and applied to all
 * tables, so that all protocols see the same features. A model is trained on some rows of a design and predicts for others.
 * Single-threaded inside; callers run several trainings and predictions as tasks of the pool. A model may predict in several
 * threads at a time (XGBoost: by its in-place prediction).
 *
 * train refuses what teaches nothing with ERROR_UNMEASURABLE and the reason: no labelled row, one class only, a kind of target
 * that the learner is not made for (naive Bayes: numbers). A class that
 * training lacks but others have gets a probability of (almost) 0. 24,000 x 15 mixed columns train in about 0.2 s. */
#ifndef ASSAY_MODELS_LEARNER_H
#define ASSAY_MODELS_LEARNER_H

#include <stdbool.h>

#include "core/pool.h"
#include "datasets/dataset.h"

/* Feature layout fitted on train: which columns are features, scaler per quantity (mean, sd over present values; missing -> 0
 * plus a 0/1 indicator where train has any missing), one 0/1 feature a train level (missing is a level of its own; an unseen
 * level: all zeros). Ignored and key columns, text, ids and columns constant in train carry no feature. A design keeps its own
 * copy of the layout: the encoder may go first. */
struct encoder;

/* exclude: column indices that are not features (the target among them). */
int encoder_fit(struct encoder **encoder, const struct table *train, const size_t *exclude, size_t n_exclude,
                struct error *error);
size_t encoder_features(const struct encoder *encoder);
size_t encoder_column(const struct encoder *encoder, size_t input); /* table column of an input: quantities, then factors */
void encoder_free(struct encoder *encoder);

struct design; /* rows x features, sparse one-hot + dense numeric; owns its memory */
int design_new(struct design **design, const struct encoder *encoder, const struct table *table, struct error *error);
size_t design_rows(const struct design *design);
void design_free(struct design *design);

/* What is to be learnt: labels 0 … classes−1 (classification, classes >= 2) or values (classes = 0, regression). */
struct labels {
    size_t rows, classes;
    const uint32_t *label; /* classification */
    const double *value;   /* regression */
    const uint32_t
        *use; /* rows of the design that have a label (target present), NULL: all; `rows` entries in label/value go with them */
    const double *weight; /* classification: of a row of each class, > 0; NULL: 1. Probabilities are those of such a mixture. */
};

/* Weights that make all classes with rows count the same, n/(classes with rows · rows of the class); 1 for the others. */
void labels_balance(const struct labels *labels, double *weight);

struct model {
    const struct learner *learner;
    void *state;
    size_t classes;
};

struct learner {
    const char *name; /* "logistic" (ridge-linear for regression), "boosted", "majority", "tree", "naive_bayes", "knn" */
    const char *title;
    const char *settings; /* documented fixed settings, one line */
    bool classes_only;    /* no regression */
    int (*train)(const struct design *design, const struct labels *labels, uint64_t seed, struct model *model,
                 struct error *error);
    /* out: rows x classes probabilities (row-major), rows values for regression. */
    int (*predict)(const struct model *model, const struct design *design, double *out, struct error *error);
    void (*free)(struct model *model);
    /* Linear learners: features + 1 weights, the intercept last, of a class (values: class 0); NULL: training lacked the class.
     * The most probable class is that of the largest inner product. Other learners: the function is NULL. */
    const double *(*weights)(const struct model *model, size_t class);
};

/* What every measure of models trains: logistic, boosted, majority; ends with NULL. */
extern const struct learner *const learner_list[];
/* What utility trains besides, to say that its answer is not that of one kind of model: tree, naive_bayes, knn; ends with NULL.
 */
extern const struct learner *const learner_more[];
const struct learner *learner_find(const char *name); /* in both lists */

#endif
