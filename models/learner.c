#include "models/learner.h"
#include "models/training.h"

#include <math.h>
#include <string.h>

const struct learner *const learner_list[] = {&learner_logistic, &learner_boosted, &learner_majority, NULL};
const struct learner *const learner_more[] = {&learner_tree, &learner_naive_bayes, &learner_knn, NULL};

const struct learner *learner_find(const char *name)
{
    const struct learner *const *const lists[] = {learner_list, learner_more};
    for (size_t list = 0; list < 2; list++)
        for (const struct learner *const *at = lists[list]; *at; at++)
            if (strcmp((*at)->name, name) == 0)
                return *at;
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

size_t labels_row(const struct labels *labels, size_t i)
{
    return labels->use ? labels->use[i] : i;
}

size_t labels_width(size_t classes)
{
    return classes ? classes : 1;
}

double labels_weight(const struct labels *labels, size_t i)
{
    return labels->weight ? labels->weight[labels->label[i]] : 1;
}

void labels_balance(const struct labels *labels, double *weight)
{
    double present = 0;
    memset(weight, 0, labels->classes * sizeof *weight);
    for (size_t i = 0; i < labels->rows; i++)
        weight[labels->label[i]] += 1;
    for (size_t c = 0; c < labels->classes; c++)
        present += weight[c] > 0;
    for (size_t c = 0; c < labels->classes; c++)
        weight[c] = weight[c] > 0 ? (double)labels->rows / (present * weight[c]) : 1;
}

void labels_share(const struct labels *labels, double *share)
{
    size_t width = labels_width(labels->classes);
    double total = 0;
    memset(share, 0, width * sizeof *share);
    for (size_t i = 0; i < labels->rows; i++) {
        double w = labels_weight(labels, i);
        share[labels->classes ? labels->label[i] : 0] += labels->classes ? w : labels->value[i];
        total += w;
    }
    for (size_t c = 0; c < width; c++)
        share[c] /= total;
}

void shares_smooth(double *count, const double *share, size_t classes)
{
    double total = 0;
    for (size_t c = 0; c < classes; c++)
        total += count[c];
    for (size_t c = 0; c < classes; c++)
        count[c] = (count[c] + share[c]) / (total + 1);
}
