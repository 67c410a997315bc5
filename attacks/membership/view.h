/* What the attacks see of one candidate. Each family has a provider, one file each, that fills its arrays of the view; adding a
 * family: its file, its arrays in struct membership_view, its line here and in view.c. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_VIEW_H
#define ASSAY_ATTACKS_MEMBERSHIP_VIEW_H

#include "attacks/membership/targets.h"

/* Arrays go to the arena, or stay with artifacts of the task. */
typedef int membership_provider(const struct measure_task *task, const struct membership_targets *targets, struct arena *arena,
                                struct membership_view *view, struct error *error);

membership_provider membership_view_distances;
membership_provider membership_view_values;
membership_provider membership_view_density;
membership_provider membership_view_discriminator;

/* The sizes, then every provider in turn. */
int membership_view_make(const struct measure_task *task, const struct membership_targets *targets, struct arena *arena,
                         struct membership_view *view, struct error *error);

#endif
