#include "models/learner.h"
#include "models/training.h"

#include <math.h>
#include <string.h>

const struct learner *const learner_list[] = {&learner_logistic, &learner_boosted, &learner_majority, NULL};

const struct learner *learner_find(const char *name)
{
    for (size_t i = 0; learner_list[i]; i++)
        if (strcmp(learner_list[i]->name, name) == 0)
            return learner_list[i];
    return NULL;
}

static int check_classes(const struct labels *labels, struct error *error)
{
    bool two = false;
    for (size_t i = 0; i < labels->rows; i++) {
        if (labels->label[i] >= labels->classes)
            return error_set(error, ERROR_INTERNAL, "class %u of row %zu is not among %zu classes", labels->label[i], i,
                             labels->classes);
        two = two || labels->label[i] != labels->label[0];
    }
    if (!two)
        return error_set(error, ERROR_UNMEASURABLE, "all %zu training rows have the same class", labels->rows);
    return 0;
}

int labels_check(const struct labels *labels, const struct design *design, struct error *error)
{
    if (labels->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no row has a label to train on");
    if (!labels->use && labels->rows != design->rows)
        return error_set(error, ERROR_INTERNAL, "%zu labels for %zu rows", labels->rows, design->rows);
    if (labels->classes)
        return check_classes(labels, error);
    for (size_t i = 0; i < labels->rows; i++)
        if (!isfinite(labels->value[i]))
            return error_set(error, ERROR_INTERNAL, "the label of training row %zu is not a finite number", i);
    return 0;
}
