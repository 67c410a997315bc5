/* Who belongs to which group: levels of sensitive columns, and the outliers. */
#include <stdlib.h>
#include <string.h>

#include "attacks/membership/groups.h"
#include "attacks/outliers.h"
#include "attacks/tables.h"
#include "datasets/partition.h"

struct making {
    const struct measure_task *task;
    const struct membership_targets *targets;
};

/* The groups of one partition before small ones are pooled. */
struct raw {
    uint32_t *of; /* [n_targets] */
    size_t groups;
    const char *const *names;
    uint32_t pool; /* among them; GROUP_NONE: none so far */
};

/* Groups with fewer members or tested non-members than min_group go into the pool, which goes when it is as small itself. */
static int add_groups(const struct making *making, const struct raw *raw, const char *column, struct membership_group *out,
                      size_t *n, struct arena *arena, struct error *error)
{
    const size_t least = making->task->min_group, all = making->targets->n_targets, members = making->targets->n_members;
    size_t *count = ARENA_ARRAY(arena, size_t, 2 * (raw->groups + 1) + 1);
    const uint32_t pool = (uint32_t)raw->groups;

    if (!count)
        return error_memory(error);
    for (size_t i = 0; i < all; i++)
        if (raw->of[i] != GROUP_NONE)
            count[2 * raw->of[i] + (i >= members)]++;
    for (size_t i = 0; i < all; i++) {
        const uint32_t g = raw->of[i];
        const bool small = g != GROUP_NONE && (count[2 * g] < least || count[2 * g + 1] < least);

        if (small || (g != GROUP_NONE && g == raw->pool)) {
            raw->of[i] = pool;
            count[2 * pool + (i >= members)]++;
        }
    }
    for (uint32_t g = 0; g <= pool; g++) {
        const char *name = g < pool ? raw->names[g] : arena_format(arena, "other (<%zu)", least);

        if (!name)
            return error_memory(error);
        if (g != raw->pool && count[2 * g] >= least && count[2 * g + 1] >= least && count[2 * g] > 0 && count[2 * g + 1] > 0)
            out[(*n)++] = (struct membership_group){column, name, raw->of, g, count[2 * g], count[2 * g + 1]};
    }
    return 0;
}

static int add_column(const struct making *making, const struct partition *partition, struct membership_group *out, size_t *n,
                      struct arena *arena, struct error *error)
{
    const struct membership_targets *targets = making->targets;
    const struct table *strangers = stranger_table(making->task);
    struct raw raw = {ARENA_ARRAY(arena, uint32_t, targets->n_targets + 1), partition->groups, partition->names,
                      partition->other};
    uint32_t *group = ARENA_ARRAY(arena, uint32_t, strangers->rows + 1);

    if (!raw.of || !group)
        return error_memory(error);
    partition_apply(partition, making->task->reference, raw.of);
    partition_apply(partition, strangers, group);
    for (size_t i = targets->n_members; i < targets->n_targets; i++)
        raw.of[i] = group[targets->stranger[i - targets->n_members]];
    return add_groups(making, &raw, partition->name, out, n, arena, error);
}

static int add_outliers(const struct making *making, struct membership_groups *groups, struct membership_group *out,
                        struct arena *arena, struct error *error)
{
    static const char *const names[] = {"outliers"};
    const struct membership_targets *targets = making->targets;
    const size_t n = targets->n_targets, members = targets->n_members;
    double *mean = ARENA_ARRAY(arena, double, n + 1);
    struct raw raw = {ARENA_ARRAY(arena, uint32_t, n + 1), 1, names, GROUP_NONE};
    const size_t before = groups->n;
    const struct neighbour_table *train = NULL;
    int status = mean && raw.of ? coded_table(making->task, NEIGHBOUR_RANK_GOWER, making->task->reference, &train, error)
                                : error_memory(error);

    if (!status)
        status = outlier_distances(train, train, making->task->pool, mean, error);
    if (!status)
        status = outlier_distances(targets->ranked, train, making->task->pool, mean + members, error);
    if (!status)
        status = outlier_limit(mean, members, &groups->outlier_distance, error);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        raw.of[i] = mean[i] > groups->outlier_distance ? 0 : GROUP_NONE;
    status = add_groups(making, &raw, NULL, out, &groups->n, arena, error);
    if (groups->n > before && out[before].id != 0)
        groups->n = before; /* too few outliers: no pool of them alone */
    return status;
}

static size_t most_groups(const struct partition *partition, size_t n)
{
    size_t most = 2;

    for (size_t k = 0; k < n; k++)
        most += partition[k].groups + 1;
    return most;
}

static int make_groups(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct making *making = context;
    struct membership_groups *groups = ARENA_NEW(arena, struct membership_groups);
    struct partition *partition = NULL;
    struct membership_group *out = NULL;
    size_t n = 0;
    int status = groups ? partitions_fit(making->task->data, making->task->min_group, arena, &partition, &n, error)
                        : error_memory(error);

    if (!status && !(out = ARENA_ARRAY(arena, struct membership_group, most_groups(partition, n))))
        status = error_memory(error);
    for (size_t k = 0; k < n && !status; k++)
        status = add_column(making, &partition[k], out, &groups->n, arena, error);
    if (!status)
        status = add_outliers(making, groups, out, arena, error);
    if (groups)
        groups->group = out;
    *artifact = groups;
    return status;
}

int membership_groups_get(const struct measure_task *task, const struct membership_targets *targets,
                          const struct membership_groups **groups, struct error *error)
{
    struct making making = {task, targets};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "membership groups", task->reference, stranger_table(task),
                              task->seed + task->min_group, make_groups, NULL, &making, &artifact, error);

    *groups = artifact;
    return status;
}
