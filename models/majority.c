/* The learner that looks at no feature: class frequencies, or the mean. Every other learner has to beat it. */
#include "models/training.h"

#include <stdlib.h>
#include <string.h>

static void majority_free(struct model *model)
{
    free(model->state);
    model->state = NULL;
}

static int majority_train(const struct design *design, const struct labels *labels, uint64_t seed, struct model *model,
                          struct error *error)
{
    (void)seed;
    int status = labels_check(labels, design, error);
    if (status != 0)
        return status;
    double *mean = calloc(labels_width(labels->classes), sizeof *mean);
    *model = (struct model){.learner = &learner_majority, .state = mean, .classes = labels->classes};
    if (!mean)
        return error_memory(error);
    labels_share(labels, mean);
    return 0;
}

static int majority_predict(const struct model *model, const struct design *design, double *out, struct error *error)
{
    (void)error;
    size_t width = labels_width(model->classes);
    for (size_t i = 0; i < design->rows; i++)
        memcpy(out + i * width, model->state, width * sizeof(double));
    return 0;
}

const struct learner learner_majority = {
    .name = "majority",
    .title = "majority baseline",
    .settings = "no features: class frequencies of the training rows, or their mean",
    .train = majority_train,
    .predict = majority_predict,
    .free = majority_free,
};
