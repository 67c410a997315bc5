/* The plan of an audit: which measures were asked for, and which of them this data can answer at all. */
#ifndef ASSAY_AUDIT_PLAN_H
#define ASSAY_AUDIT_PLAN_H

#include "audit/audit.h"
#include "audit/settings.h"

struct plan {
    const struct measure **measures; /* in the order of the registry */
    size_t n;
    struct settings settings;
    struct arena *arena;
};

int plan_make(const struct audit_options *options, struct arena *arena, struct plan *plan, struct error *error);
/* NULL when the data has what the measure needs, else the reason. subject: the table in the candidate's place (NULL: not
 * asked). */
const char *plan_obstacle(const struct measure *measure, const struct dataset *data, const struct table *subject);

#endif
