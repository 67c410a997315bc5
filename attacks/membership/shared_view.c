#include "attacks/membership/shared_view.h"

#include "attacks/membership/view.h"
#include "attacks/tables.h"

struct making {
    const struct measure_task *task;
    const struct membership_targets *targets;
};

static int make_view(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct making *making = context;
    struct membership_view *view = ARENA_NEW(arena, struct membership_view);

    *artifact = view;
    return view ? membership_view_make(making->task, making->targets, arena, view, error) : error_memory(error);
}

int membership_view_get(const struct measure_task *task, const struct membership_targets *targets,
                        const struct membership_view **view, struct error *error)
{
    struct making making = {task, targets};
    void *artifact = NULL;
    const int status = artifact_get(task->artifacts, "membership view", task->subject, stranger_table(task), task->seed,
                                    make_view, NULL, &making, &artifact, error);

    *view = artifact;
    return status;
}
