#include "attacks/membership/view.h"

static membership_provider *const providers[] = {membership_view_distances, membership_view_values, membership_view_density,
                                                 membership_view_discriminator};

int membership_view_make(const struct measure_task *task, const struct membership_targets *targets, struct arena *arena,
                         struct membership_view *view, struct error *error)
{
    int status = 0;

    *view = (struct membership_view){.n_targets = targets->n_targets,
                                     .n_members = targets->n_members,
                                     .candidate_rows = task->subject->rows,
                                     .reference_rows = targets->reference_rows};
    for (size_t i = 0; i < sizeof providers / sizeof *providers && !status; i++)
        status = providers[i](task, targets, arena, view, error);
    return status;
}
