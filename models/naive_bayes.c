/* Naive Bayes for classes: inside a class every quantity is Gaussian, every level has its share, and all inputs are independent
 * of each other (Hand and Yu 2001, International Statistical Review 69).
 *
 * Variances are those of the class (divisor n) plus SMOOTHING times the variance of train, which is 1 in a design: a class
 * whose values are all alike must not rule out every other value. Shares of levels are Laplace's, (count + 1)/(n + levels),
 * over the levels that train knows. Missing numbers and levels that train lacks say nothing: they are skipped. */
#include "models/design.h"
#include "models/training.h"

#include <math.h>
#include <stdlib.h>

static const double SMOOTHING = 1e-3;

/* One quantity in one class: the log density at x is constant − (x − mean)²·half_precision. */
struct gaussian {
    double mean, half_precision, constant;
};

struct bayes_state {
    struct arena *arena;
    size_t quantities, features;
    double *prior;             /* per class: log share of the rows; −inf for a class that training lacks */
    struct gaussian *gaussian; /* classes x quantities */
    double *level;             /* classes x features: log share; levels alone are filled */
};

static void gaussian_fit(const struct design *design, const struct labels *labels, size_t quantity, uint32_t class,
                         struct gaussian *out)
{
    size_t q = design->layout.quantities, n = 0;
    double mean = 0, squares = 0;
    for (size_t i = 0; i < labels->rows; i++) {
        double x = design->number[labels_row(labels, i) * q + quantity];
        if (labels->label[i] != class || isnan(x))
            continue;
        double step = x - mean;
        mean += step / (double)++n;
        squares += step * (x - mean);
    }
    /* Without a value in the class nothing is known but train's own scale: mean 0, variance 1. */
    double variance = n > 0 ? squares / (double)n + SMOOTHING : 1;
    *out = (struct gaussian){mean, 0.5 / variance, -0.5 * log(2 * M_PI * variance)};
}

static void levels_fit(const struct design *design, const struct labels *labels, struct bayes_state *state)
{
    const struct layout *layout = &design->layout;
    for (size_t i = 0; i < labels->rows; i++)
        for (size_t k = 0; k < layout->factors; k++) {
            uint32_t level = design->level[labels_row(labels, i) * layout->factors + k];
            if (level != FEATURE_NONE)
                state->level[labels->label[i] * layout->features + layout->first[k] + level] += 1;
        }
    for (size_t c = 0; c < labels->classes; c++)
        for (size_t k = 0; k < layout->factors; k++) {
            double *share = state->level + c * layout->features, total = 0;
            for (uint32_t l = layout->first[k]; l < layout->first[k + 1]; l++)
                total += share[l] + 1;
            for (uint32_t l = layout->first[k]; l < layout->first[k + 1]; l++)
                share[l] = log((share[l] + 1) / total);
        }
}

static void bayes_free(struct model *model)
{
    struct bayes_state *state = model->state;
    if (state)
        arena_free(state->arena);
    model->state = NULL;
}

static int bayes_train(const struct design *design, const struct labels *labels, uint64_t seed, struct model *model,
                       struct error *error)
{
    (void)seed;
    const struct layout *layout = &design->layout;
    *model = (struct model){.learner = &learner_naive_bayes, .classes = labels->classes};
    if (labels->classes == 0)
        return error_set(error, ERROR_UNMEASURABLE, "naive Bayes predicts classes, not numbers");
    int status = labels_check(labels, design, error);
    if (status != 0)
        return status;
    struct arena *arena = arena_new();
    struct bayes_state *state = arena ? ARENA_NEW(arena, struct bayes_state) : NULL;
    if (!state) {
        arena_free(arena);
        return error_memory(error);
    }
    model->state = state;
    *state = (struct bayes_state){.arena = arena,
                                  .quantities = layout->quantities,
                                  .features = layout->features,
                                  .prior = ARENA_ARRAY(arena, double, labels->classes),
                                  .gaussian =
                                      arena_array(arena, labels->classes, (layout->quantities + 1) * sizeof(struct gaussian)),
                                  .level = arena_array(arena, labels->classes, (layout->features + 1) * sizeof(double))};
    if (!state->prior || !state->gaussian || !state->level) {
        bayes_free(model);
        return error_memory(error);
    }
    labels_share(labels, state->prior);
    for (uint32_t c = 0; c < labels->classes; c++) {
        state->prior[c] = log(state->prior[c]);
        for (size_t k = 0; k < layout->quantities && isfinite(state->prior[c]); k++)
            gaussian_fit(design, labels, k, c, &state->gaussian[c * layout->quantities + k]);
    }
    levels_fit(design, labels, state);
    return 0;
}

/* Log of prior times likelihood. */
static double class_weight(const struct bayes_state *state, const struct design *design, size_t row, size_t class)
{
    const struct layout *layout = &design->layout;
    const double *number = design->number + row * layout->quantities;
    const struct gaussian *gaussian = state->gaussian + class * layout->quantities;
    double sum = state->prior[class];
    for (size_t k = 0; k < layout->quantities; k++) {
        double away = number[k] - gaussian[k].mean;
        if (!isnan(number[k]))
            sum += gaussian[k].constant - away * away * gaussian[k].half_precision;
    }
    for (size_t k = 0; k < layout->factors; k++) {
        uint32_t level = design->level[row * layout->factors + k];
        if (level != FEATURE_NONE)
            sum += state->level[class * layout->features + layout->first[k] + level];
    }
    return sum;
}

static int bayes_predict(const struct model *model, const struct design *design, double *out, struct error *error)
{
    const struct bayes_state *state = model->state;
    size_t classes = model->classes;
    if (design->layout.features != state->features || design->layout.quantities != state->quantities)
        return error_set(error, ERROR_INTERNAL, "a model of %zu features was given rows of %zu", state->features,
                         design->layout.features);
    for (size_t i = 0; i < design->rows; i++) {
        double *row = out + i * classes, most = -INFINITY, sum = 0;
        for (size_t c = 0; c < classes; c++) {
            row[c] = isfinite(state->prior[c]) ? class_weight(state, design, i, c) : -INFINITY;
            most = fmax(most, row[c]);
        }
        for (size_t c = 0; c < classes; c++)
            sum += row[c] = exp(row[c] - most);
        for (size_t c = 0; c < classes; c++)
            row[c] /= sum;
    }
    return 0;
}

const struct learner learner_naive_bayes = {
    .name = "naive_bayes",
    .title = "naive Bayes",
    .settings = "Gaussian quantities (variance + 0.001 of train's), levels with Laplace smoothing 1, missing numbers skipped; "
                "classes only",
    .classes_only = true,
    .train = bayes_train,
    .predict = bayes_predict,
    .free = bayes_free,
};
