/* --set MEASURE.PARAMETER=VALUE: parameters of measures other than their own defaults. */
#ifndef ASSAY_AUDIT_SETTINGS_H
#define ASSAY_AUDIT_SETTINGS_H

#include "core/arena.h"
#include "metrics/measure.h"

struct setting {
    const struct measure *measure;
    const struct parameter *parameter;
    double value;
};

struct settings {
    struct setting *items;
    size_t n;
};

/* ERROR_INPUT with what there is instead: an unknown measure or parameter, no number, one out of range, the same set twice. */
int settings_read(const char *const *words, size_t n, struct arena *arena, struct settings *settings, struct error *error);

/* What was set, else the parameter's own default. */
double settings_value(const struct settings *settings, const struct measure *measure, const struct parameter *parameter);

/* "set": {measure: {parameter: value}} of what was set. */
void settings_describe(const struct settings *settings, cJSON *selection);

#endif
