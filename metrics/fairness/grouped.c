#include "metrics/fairness/grouped.h"

#include <math.h>

#include "numeric/interval.h"

int grouped_make(const struct measure_task *task, struct arena *arena, struct grouped *grouped, struct error *error)
{
    struct partition *partitions;
    int status = partitions_fit(task->data, task->min_group, arena, &partitions, &grouped->n, error);
    if (status != 0)
        return status;
    grouped->partitions = partitions;
    grouped->reference_rows = task->reference->rows;
    grouped->subject_rows = task->subject->rows;
    grouped->reference = ARENA_ARRAY(arena, uint32_t *, grouped->n + 1);
    grouped->subject = ARENA_ARRAY(arena, uint32_t *, grouped->n + 1);
    if (!grouped->reference || !grouped->subject)
        return error_memory(error);
    for (size_t p = 0; p < grouped->n; p++) {
        grouped->reference[p] = ARENA_ARRAY(arena, uint32_t, task->reference->rows + 1);
        grouped->subject[p] = ARENA_ARRAY(arena, uint32_t, task->subject->rows + 1);
        if (!grouped->reference[p] || !grouped->subject[p])
            return error_memory(error);
        partition_apply(&partitions[p], task->reference, grouped->reference[p]);
        partition_apply(&partitions[p], task->subject, grouped->subject[p]);
    }
    return 0;
}

size_t grouped_least_rows(const struct measure_task *task)
{
    return task->min_group > 50 ? task->min_group : 50;
}

bool grouped_named(const struct partition *partition, size_t group)
{
    return group != partition->other;
}

double simultaneous_quantile(size_t comparisons, double level)
{
    return normal_quantile(0.5 + pow(level, 1 / (double)comparisons) / 2);
}
