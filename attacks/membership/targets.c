#include "attacks/membership/targets.h"

#include <string.h>

#include "attacks/membership/alike.h"
#include "attacks/tables.h"
#include "core/random.h"

enum { CUT_LEVELS = 2 };

size_t membership_cut_within(const struct measure_task *task)
{
    const size_t target = task->data->target;
    const struct column_schema *column = target == SIZE_MAX ? NULL : &task->data->schema->columns[target];

    return column && column_kind(column) == KIND_LEVELS && column->fitted_levels <= CUT_LEVELS ? target : SIZE_MAX;
}

/* The cut of the strangers into tested non-members (taken[i] = 1) and reference. */
static int cut_strangers(const struct measure_task *task, const struct table *strangers, uint8_t *taken, struct arena *arena,
                         struct error *error)
{
    const size_t target = membership_cut_within(task);
    const uint32_t *code = target == SIZE_MAX ? NULL : strangers->columns[target].code;
    uint32_t n_levels = code ? strangers->schema->columns[target].fitted_levels : 0;
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, strangers->rows + 1);
    uint8_t next[CUT_LEVELS + 1] = {1, 0, 1};
    struct random random;

    if (!order)
        return error_memory(error);
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
    return status;
}

/* The tested non-members and P, coded. */
static int code_rows(const struct making *making, struct membership_targets *targets, struct arena *arena, struct error *error)
{
    const struct measure_task *task = making->task;
    const struct neighbour_scale *rank_scale, *exact_scale;
    struct neighbour_columns tested, reference;
    int status = coded_scale(task, NEIGHBOUR_RANK_GOWER, &rank_scale, error);

    if (!status)
        status = coded_scale(task, NEIGHBOUR_GOWER, &exact_scale, error);
    if (!status)
        status =
            coded_columns(making->strangers, targets->stranger, targets->n_targets - targets->n_members, arena, &tested, error);
    if (!status)
        status = coded_columns(targets->reference, targets->reference_pick, targets->reference_rows, arena, &reference, error);
    if (!status)
        status = neighbour_encode(rank_scale, &tested, arena, &targets->ranked, error);
    if (!status)
        status = neighbour_encode(exact_scale, &tested, arena, &targets->exact, error);
    if (!status)
        status = neighbour_encode(rank_scale, &reference, arena, &targets->reference_ranked, error);
    if (!status)
        status = neighbour_encode(exact_scale, &reference, arena, &targets->reference_exact, error);
    return status;
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
    if (!status)
        status = membership_check_reference(making->task, making->strangers, error);
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
        status = code_rows(making, targets, arena, error);
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
    if (making.reference && making.reference->rows < MEMBERSHIP_MIN_REFERENCE)
        return error_set(error, ERROR_UNMEASURABLE,
                         "the reference has %zu rows and %d are needed to stand for the source: give a larger one, or none",
                         making.reference->rows, MEMBERSHIP_MIN_REFERENCE);
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
