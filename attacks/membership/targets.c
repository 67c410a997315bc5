#include "attacks/membership/targets.h"

#include <math.h>
#include <string.h>

#include "attacks/membership/alike.h"
#include "attacks/membership/values.h"
#include "attacks/tables.h"
#include "core/random.h"
#include "numeric/sort.h"

#define FLOOR_SHARE 0.01 /* of the median distance between strangers: below it two distances are the same to a log ratio */
#define FLOOR_LEAST 1e-9

/* The cut of the strangers into tested non-members (taken[i] = 1) and reference. */
static int cut_strangers(const struct measure_task *task, const struct table *strangers, uint8_t *taken, struct arena *arena,
                         struct error *error)
{
    size_t target = task->data->target;
    const uint32_t *code = target == SIZE_MAX ? NULL : strangers->columns[target].code;
    uint32_t n_levels = code ? strangers->schema->columns[target].n_levels : 0;
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, strangers->rows + 1);
    uint8_t *next = ARENA_ARRAY(arena, uint8_t, (size_t)n_levels + 1);
    struct random random;

    if (!order || !next)
        return error_memory(error);
    for (uint32_t level = 0; level <= n_levels; level++)
        next[level] = level % 2 == 0;
    random_init(&random, task->seed, "privacy.membership cut", 0, 0);
    random_permutation(&random, strangers->rows, order);
    for (size_t i = 0; i < strangers->rows; i++) {
        uint32_t level = code && code[order[i]] < n_levels ? code[order[i]] : n_levels;

        taken[order[i]] = next[level];
        next[level] ^= 1;
    }
    return 0;
}

static int assign_halves(uint64_t seed, uint64_t replicate, uint8_t *half, size_t n, struct arena *arena, struct error *error)
{
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, n + 1);
    struct random random;

    if (!order)
        return error_memory(error);
    random_init(&random, seed, "privacy.membership halves", replicate, 0);
    random_permutation(&random, n, order);
    for (size_t i = 0; i < n; i++)
        half[order[i]] = i % 2;
    return 0;
}

struct making {
    const struct measure_task *task;
    const struct table *strangers, *reference; /* reference NULL: cut from the strangers */
};

/* Row numbers of the strangers that are tested, and of those that are the reference. */
static int choose_rows(const struct making *making, struct membership_targets *targets, struct arena *arena,
                       struct error *error)
{
    size_t rows = making->strangers->rows, n = 0, p = 0;
    uint32_t *stranger = ARENA_ARRAY(arena, uint32_t, rows + 1);
    uint32_t *reference = ARENA_ARRAY(arena, uint32_t, rows + 1);
    uint8_t *taken = ARENA_ARRAY(arena, uint8_t, rows + 1);
    int status = 0;

    if (!stranger || !taken || !reference)
        return error_memory(error);
    memset(taken, 1, rows);
    if (!making->reference)
        status = cut_strangers(making->task, making->strangers, taken, arena, error);
    for (uint32_t i = 0; i < rows; i++)
        if (taken[i])
            stranger[n++] = i;
        else
            reference[p++] = i;
    targets->stranger = stranger;
    targets->n_members = making->task->reference->rows;
    targets->n_targets = targets->n_members + n;
    targets->reference = making->reference ? making->reference : making->strangers;
    targets->reference_pick = making->reference ? NULL : reference;
    targets->reference_rows = making->reference ? making->reference->rows : p;
    if (!status && n < MEMBERSHIP_MIN_STRANGERS) /* classes with an odd number of rows may tilt the cut */
        status = error_set(error, ERROR_UNMEASURABLE,
                           "membership needs at least %d tested strangers, and a cut within the target's classes leaves %zu of "
                           "%zu: give a larger holdout, or a reference table",
                           MEMBERSHIP_MIN_STRANGERS, n, rows);
    return status;
}

/* A function of two coded or plain tables done for the members and for the tested non-members, into one array of targets. */
static int nearest_of_targets(const struct measure_task *task, const struct membership_targets *targets,
                              const struct neighbour_table *other, double *distance, struct error *error)
{
    struct neighbour_options options = {.k = 1};
    struct arena *scratch = arena_new();
    const struct neighbour_table *members = NULL;
    struct neighbour_list list = {0};
    int status = scratch ? coded_table(task, NEIGHBOUR_RANK_GOWER, task->reference, &members, error) : error_memory(error);

    if (!status)
        status = neighbour_search(members, other, options, task->pool, scratch, &list, NULL, error);
    if (!status)
        memcpy(distance, list.distance, list.rows * sizeof *distance);
    if (!status)
        status = neighbour_search(targets->ranked, other, options, task->pool, scratch, &list, NULL, error);
    if (!status)
        memcpy(distance + targets->n_members, list.distance, list.rows * sizeof *distance);
    arena_free(scratch);
    return status;
}

static int equal_of_targets(const struct measure_task *task, const struct membership_targets *targets,
                            const struct neighbour_table *other, uint32_t *count, struct error *error)
{
    const struct neighbour_table *members = NULL;
    int status = coded_table(task, NEIGHBOUR_GOWER, task->reference, &members, error);

    if (status)
        return status;
    neighbour_equal_rows(members, other, count);
    neighbour_equal_rows(targets->exact, other, count + targets->n_members);
    return 0;
}

static int values_of_targets(const struct measure_task *task, const struct membership_targets *targets,
                             const struct neighbour_columns *other, struct arena *arena, double *out, double *with_copy,
                             struct error *error)
{
    size_t n = targets->n_members;
    struct neighbour_columns members, strangers;
    int status = coded_columns(task->reference, NULL, 0, arena, &members, error);

    if (!status)
        status = coded_columns(stranger_table(task), targets->stranger, targets->n_targets - n, arena, &strangers, error);
    if (!status)
        status = value_log_shares(&members, other, task->pool, out, with_copy, error);
    if (!status)
        status = value_log_shares(&strangers, other, task->pool, out + n, with_copy ? with_copy + n : NULL, error);
    return status;
}

static int fill_reference(const struct making *making, struct membership_targets *targets, struct arena *arena,
                          struct error *error)
{
    const struct measure_task *task = making->task;
    size_t n = targets->n_targets, p = targets->reference_rows;
    const struct neighbour_scale *rank_scale, *exact_scale;
    const struct neighbour_table *ranked, *exact;
    struct neighbour_columns tested, reference;
    double *distance = ARENA_ARRAY(arena, double, n + 1), *values = ARENA_ARRAY(arena, double, n + 1);
    uint32_t *equal = ARENA_ARRAY(arena, uint32_t, n + 1);
    int status = distance && values && equal ? 0 : error_memory(error);

    if (!status)
        status = coded_scale(task, NEIGHBOUR_RANK_GOWER, &rank_scale, error);
    if (!status)
        status = coded_scale(task, NEIGHBOUR_GOWER, &exact_scale, error);
    if (!status)
        status = coded_columns(making->strangers, targets->stranger, n - targets->n_members, arena, &tested, error);
    if (!status)
        status = coded_columns(targets->reference, targets->reference_pick, p, arena, &reference, error);
    if (!status)
        status = neighbour_encode(rank_scale, &tested, arena, &targets->ranked, error);
    if (!status)
        status = neighbour_encode(exact_scale, &tested, arena, &targets->exact, error);
    if (!status)
        status = neighbour_encode(rank_scale, &reference, arena, &ranked, error);
    if (!status)
        status = neighbour_encode(exact_scale, &reference, arena, &exact, error);
    if (!status)
        status = nearest_of_targets(task, targets, ranked, distance, error);
    if (!status)
        status = equal_of_targets(task, targets, exact, equal, error);
    if (!status)
        status = values_of_targets(task, targets, &reference, arena, values, NULL, error);
    targets->to_reference = distance;
    targets->in_reference = equal;
    targets->values_in_reference = values;
    return status;
}

static int fill_floor(struct membership_targets *targets, struct arena *arena, struct error *error)
{
    size_t n = targets->n_targets - targets->n_members;
    double *sorted = ARENA_ARRAY(arena, double, n + 1);

    if (!sorted)
        return error_memory(error);
    memcpy(sorted, targets->to_reference + targets->n_members, n * sizeof *sorted);
    sort_doubles(sorted, n);
    targets->floor = fmax(FLOOR_SHARE * sorted[n / 2], FLOOR_LEAST);
    return 0;
}

static int make_targets(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct making *making = context;
    struct membership_targets *targets = ARENA_NEW(arena, struct membership_targets);
    uint64_t seed = making->task->seed;
    uint8_t *half;
    int status = targets ? choose_rows(making, targets, arena, error) : error_memory(error);

    if (!status)
        status = membership_check_alike(making->task, making->strangers, error);
    if (status)
        return status;
    half = ARENA_ARRAY(arena, uint8_t, targets->n_targets + 1);
    if (!half)
        return error_memory(error);
    targets->half = half;
    status = assign_halves(seed, 0, half, targets->n_members, arena, error);
    if (!status)
        status = assign_halves(seed, 1, half + targets->n_members, targets->n_targets - targets->n_members, arena, error);
    if (!status)
        status = fill_reference(making, targets, arena, error);
    if (!status)
        status = fill_floor(targets, arena, error);
    *artifact = targets;
    return status;
}

int membership_targets_get(const struct measure_task *task, const struct membership_targets **targets, struct error *error)
{
    struct making making = {task, stranger_table(task), task->data->reference.table};
    size_t needed = making.reference ? MEMBERSHIP_MIN_STRANGERS : 2 * MEMBERSHIP_MIN_STRANGERS + 1;
    void *artifact = NULL;
    int status;

    if (!making.strangers)
        return error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    if (making.strangers->rows < needed || task->reference->rows < MEMBERSHIP_MIN_STRANGERS)
        return error_set(
            error, ERROR_UNMEASURABLE,
            "membership needs at least %d training rows and %zu real rows that nobody trained on, not %zu and %zu: "
            "give a larger holdout%s",
            MEMBERSHIP_MIN_STRANGERS, needed, task->reference->rows, making.strangers->rows,
            making.reference ? "" : ", or a reference table");
    status = artifact_get(task->artifacts, "membership targets", task->reference, making.strangers, task->seed, make_targets,
                          NULL, &making, &artifact, error);
    *targets = artifact;
    return status;
}

int membership_view_make(const struct measure_task *task, const struct membership_targets *targets, struct arena *arena,
                         struct membership_view *view, struct error *error)
{
    size_t n = targets->n_targets;
    const struct neighbour_table *ranked = NULL, *exact = NULL;
    struct neighbour_columns candidate;
    double *distance = ARENA_ARRAY(arena, double, n + 1), *values = ARENA_ARRAY(arena, double, n + 1);
    double *with_copy = ARENA_ARRAY(arena, double, n + 1);
    uint32_t *equal = ARENA_ARRAY(arena, uint32_t, n + 1);
    int status = distance && values && with_copy && equal ? 0 : error_memory(error);

    if (!status)
        status = coded_table(task, NEIGHBOUR_RANK_GOWER, task->subject, &ranked, error);
    if (!status)
        status = coded_table(task, NEIGHBOUR_GOWER, task->subject, &exact, error);
    if (!status)
        status = coded_columns(task->subject, NULL, 0, arena, &candidate, error);
    if (!status)
        status = nearest_of_targets(task, targets, ranked, distance, error);
    if (!status)
        status = equal_of_targets(task, targets, exact, equal, error);
    if (!status)
        status = values_of_targets(task, targets, &candidate, arena, values, with_copy, error);
    *view = (struct membership_view){n,
                                     targets->n_members,
                                     task->subject->rows,
                                     targets->reference_rows,
                                     distance,
                                     targets->to_reference,
                                     equal,
                                     targets->in_reference,
                                     values,
                                     with_copy,
                                     targets->values_in_reference,
                                     targets->floor};
    return status;
}
