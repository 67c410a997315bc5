/* The view of a subject, made once for all measures that attack it. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_SHARED_VIEW_H
#define ASSAY_ATTACKS_MEMBERSHIP_SHARED_VIEW_H

#include "attacks/membership/targets.h"

/* Kept among the artifacts until the audit lets go of the subject. Errors: those of membership_view_make. */
int membership_view_get(const struct measure_task *task, const struct membership_targets *targets,
                        const struct membership_view **view, struct error *error);

#endif
