/* What a gate or a claim is decided on: a number with its interval, of a measure, a dimension or the trust index. */
#ifndef ASSAY_AUDIT_EVIDENCE_H
#define ASSAY_AUDIT_EVIDENCE_H

#include "audit/policy.h"

struct evidence {
    double value, lo, hi, n;
    double level;        /* of lo … hi */
    double unclipped;    /* the value before an anchored score was held within 0 … 1; else the value */
    const char *missing; /* why there is nothing to decide on; NULL: there is */
};

/* `score`: of a measure its anchored score instead of its value. lo and hi may be NaN where nothing is missing. */
struct evidence evidence_find(const cJSON *candidate, enum gate_scope scope, const char *subject, bool score);

#endif
