/* What the density ratio needs beside the nearest rows. */
#include "attacks/membership/density.h"
#include "attacks/membership/view.h"

int membership_view_density(const struct measure_task *task, const struct membership_targets *targets, struct arena *arena,
                            struct membership_view *view, struct error *error)
{
    size_t n_columns = schema_measured(task->reference->schema, NULL, 0);

    (void)targets;
    (void)arena;
    (void)error;
    view->kernel_steepness = (double)n_columns / density_bandwidth(task->reference->rows, n_columns);
    return 0;
}
