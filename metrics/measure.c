#include "metrics/measure.h"

#include <string.h>

const struct measure *measure_find(const char *id)
{
    for (size_t i = 0; i < measure_count; i++)
        if (strcmp(measure_registry[i]->id, id) == 0)
            return measure_registry[i];
    return NULL;
}

const char *dimension_name(enum dimension dimension)
{
    static const char *const names[DIMENSIONS] = {"fidelity", "utility", "fairness", "robustness", "privacy"};

    return dimension < DIMENSIONS ? names[dimension] : "";
}

const char *subject_name(enum subject subject)
{
    static const char *const names[SUBJECTS] = {"candidate", "honest",        "copy", "independent",
                                                "uniform",   "dropped_group", "train"};

    return subject < SUBJECTS ? names[subject] : "";
}
