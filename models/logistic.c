/* The linear learner: logistic regression for classes, ridge regression for values. */
#include "models/design.h"
#include "models/learner.h"
#include "models/linear_fit.h"
#include "models/training.h"

#include <math.h>
#include <stdlib.h>

static const double COST = 1.0, TOLERANCE = 0.001;

struct linear_state {
    double *weights; /* max(classes, 1) x (features + 1) */
    uint8_t *present;
    size_t features;
};

static void linear_free(struct model *model)
{
    struct linear_state *state = model->state;
    if (!state)
        return;
    free(state->weights);
    free(state->present);
    free(state);
    model->state = NULL;
}

static int linear_train(const struct design *design, const struct labels *labels, uint64_t seed, struct model *model,
                        struct error *error)
{
    (void)seed; /* nothing here is random */
    int status = labels_check(labels, design, error);
    if (status != 0)
        return status;
    size_t vectors = labels->classes ? labels->classes : 1;
    struct linear_state *state = calloc(1, sizeof *state);
    *model = (struct model){.learner = &learner_logistic, .state = state, .classes = labels->classes};
    if (!state)
        return error_memory(error);
    state->features = design->layout.features;
    state->weights = calloc(vectors * (state->features + 1), sizeof *state->weights);
    state->present = calloc(vectors, 1);
    struct linear_rows rows = {.design = design, .use = labels->use, .rows = labels->rows, .weight = labels->weight};
    if (!state->weights || !state->present)
        status = error_memory(error);
    else if (labels->classes)
        status = linear_logistic(&rows, labels->label, labels->classes, COST, TOLERANCE, state->weights, state->present, error);
    else
        status = linear_ridge(&rows, labels->value, state->weights, error);
    if (status != 0)
        linear_free(model);
    return status;
}

static double logistic(double margin)
{
    return margin >= 0 ? 1 / (1 + exp(-margin)) : exp(margin) / (1 + exp(margin));
}

/* One-vs-rest probabilities divided by their sum, as liblinear does; a class that training lacked gets 0. */
static void class_probabilities(const struct linear_state *state, const struct design *design, size_t row, size_t classes,
                                double *out)
{
    double sum = 0;
    for (size_t c = 0; c < classes; c++) {
        out[c] = state->present[c] ? logistic(linear_margin(design, row, state->weights + c * (state->features + 1))) : 0;
        sum += out[c];
    }
    for (size_t c = 0; c < classes; c++)
        out[c] /= sum;
}

static int linear_predict(const struct model *model, const struct design *design, double *out, struct error *error)
{
    const struct linear_state *state = model->state;
    if (design->layout.features != state->features)
        return error_set(error, ERROR_INTERNAL, "a model of %zu features was given rows of %zu", state->features,
                         design->layout.features);
    for (size_t i = 0; i < design->rows; i++) {
        if (model->classes)
            class_probabilities(state, design, i, model->classes, out + i * model->classes);
        else
            out[i] = linear_margin(design, i, state->weights);
    }
    return 0;
}

static const double *linear_weights(const struct model *model, size_t class)
{
    const struct linear_state *state = model->state;
    return model->classes && !state->present[class] ? NULL : state->weights + class * (state->features + 1);
}

const struct learner learner_logistic = {
    .name = "logistic",
    .title = "linear model",
    .settings = "classes: L2-regularised logistic regression (liblinear L2R_LR, C = 1, tolerance 0.001), one against the rest; "
                "values: ridge regression (penalty 1 on levels, iterated Hoerl-Kennard-Baldwin on scaled quantities)",
    .train = linear_train,
    .predict = linear_predict,
    .free = linear_free,
    .weights = linear_weights,
};
