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
    double *mean = calloc(labels->classes ? labels->classes : 1, sizeof *mean);
    *model = (struct model){.learner = &learner_majority, .state = mean, .classes = labels->classes};
    if (!mean)
        return error_memory(error);
    for (size_t i = 0; i < labels->rows; i++)
        mean[labels->classes ? labels->label[i] : 0] += labels->classes ? 1 : labels->value[i];
    for (size_t c = 0; c < (labels->classes ? labels->classes : 1); c++)
        mean[c] /= (double)labels->rows;
    return 0;
}

static int majority_predict(const struct model *model, const struct design *design, double *out, struct error *error)
{
    (void)error;
    size_t width = model->classes ? model->classes : 1;
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
