#include "metrics/measure.h"

#include <string.h>

#include "core/suggest.h"

const struct measure *measure_find(const char *id)
{
    for (size_t i = 0; i < measure_count; i++)
        if (strcmp(measure_registry[i]->id, id) == 0)
            return measure_registry[i];
    return NULL;
}

const char *measure_suggest(const char *word)
{
    struct suggestion suggestion = suggest_start(word);

    for (size_t i = 0; i < measure_count; i++) {
        const char *id = measure_registry[i]->id, *dot = strchr(id, '.');

        if (dot && strcmp(dot + 1, word) == 0)
            return id;
        suggest_offer(&suggestion, id);
    }
    return suggest_best(&suggestion);
}

const char *dimension_name(enum dimension dimension)
{
    static const char *const names[DIMENSIONS] = {"fidelity", "utility", "fairness", "robustness", "privacy"};

    return dimension < DIMENSIONS ? names[dimension] : "";
}

int dimension_find(const char *name)
{
    for (int d = 0; d < DIMENSIONS; d++)
        if (strcmp(dimension_name((enum dimension)d), name) == 0)
            return d;
    return -1;
}

const char *subject_name(enum subject subject)
{
    static const char *const names[SUBJECTS] = {"candidate", "honest",        "copy", "independent",
                                                "uniform",   "dropped_group", "train"};

    return subject < SUBJECTS ? names[subject] : "";
}
