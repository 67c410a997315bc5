/* The learners that tell S from P, asked about the targets. */
#include "attacks/membership/discriminator.h"
#include "attacks/membership/view.h"
#include "attacks/tables.h"

int membership_view_discriminator(const struct measure_task *task, const struct membership_targets *targets,
                                  struct arena *arena, struct membership_view *view, struct error *error)
{
    struct table_rows candidate = {task->subject, NULL, task->subject->rows};
    struct table_rows reference = {targets->reference, targets->reference_pick, targets->reference_rows};
    struct table_rows members = {task->reference, NULL, targets->n_members};
    struct table_rows strangers = {stranger_table(task), targets->stranger, targets->n_targets - targets->n_members};
    size_t matched = targets->reference_pick ? membership_cut_within(task) : SIZE_MAX;
    double *odds[DISCRIMINATORS];

    for (size_t d = 0; d < DISCRIMINATORS; d++)
        if (!(odds[d] = ARENA_ARRAY(arena, double, targets->n_targets + 1)))
            return error_memory(error);
    view->logistic_odds = odds[DISCRIMINATOR_LOGISTIC];
    view->boosted_odds = odds[DISCRIMINATOR_BOOSTED];
    return discriminator_scores(&candidate, &reference, &members, &strangers, task->seed, matched, task->pool, odds, error);
}
