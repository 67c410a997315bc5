/* The tables behind the preset policies. */
#ifndef ASSAY_AUDIT_PRESETS_H
#define ASSAY_AUDIT_PRESETS_H

#include "audit/policy.h"

struct preset_bound {
    const char *subject; /* NULL ends */
    enum gate_on on;
    double bound;
};

struct preset {
    const char *name, *summary;
    double weights[DIMENSIONS];
    struct preset_bound bounds[9]; /* where it differs from preset_gates */
};

extern const struct gate preset_gates[]; /* of "balanced" */
extern const size_t preset_gate_count;
extern const struct preset presets[];
extern const size_t preset_count;

#endif
