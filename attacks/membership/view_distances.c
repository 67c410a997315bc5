/* Distances and copies: the rows of S and of P nearest to each target, and how many equal it. */
#include <math.h>
#include <string.h>

#include "attacks/membership/noisy.h"
#include "attacks/membership/view.h"
#include "attacks/tables.h"
#include "numeric/sort.h"

#define FLOOR_SHARE 0.01 /* of the median distance between strangers: below it two distances are the same to a log ratio */
#define FLOOR_LEAST 1e-9
#define CHUNK       4096

/* What does not depend on the candidate. */
struct reference_distances {
    double *near;
    uint32_t *equal;
    double floor;
    double *noisy_distance;
    uint8_t *noisy_equal;
};

/* The nearest rows of each target among those of another table. near: [n_targets · MEMBERSHIP_NEIGHBOURS] */
static int nearest_of_targets(const struct measure_task *task, const struct membership_targets *targets,
                              const struct neighbour_table *other, double *near, struct error *error)
{
    struct neighbour_options options = {.k = MEMBERSHIP_NEIGHBOURS};
    struct arena *scratch = arena_new();
    const struct neighbour_table *members = NULL;
    struct neighbour_list list = {0};
    int status = scratch ? coded_table(task, NEIGHBOUR_RANK_GOWER, task->reference, &members, error) : error_memory(error);

    if (!status)
        status = neighbour_search(members, other, options, task->pool, scratch, &list, NULL, error);
    if (!status)
        memcpy(near, list.distance, list.rows * list.k * sizeof *near);
    if (!status)
        status = neighbour_search(targets->ranked, other, options, task->pool, scratch, &list, NULL, error);
    if (!status)
        memcpy(near + targets->n_members * list.k, list.distance, list.rows * list.k * sizeof *near);
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

/* 1 % of the median distance from the tested non-members to P. */
static int floor_of(const struct membership_targets *targets, const double *near, struct arena *arena, double *least,
                    struct error *error)
{
    size_t n = targets->n_targets - targets->n_members;
    double *sorted = ARENA_ARRAY(arena, double, n + 1);

    if (!sorted)
        return error_memory(error);
    for (size_t i = 0; i < n; i++)
        sorted[i] = near[(targets->n_members + i) * MEMBERSHIP_NEIGHBOURS];
    sort_doubles(sorted, n);
    *least = fmax(FLOOR_SHARE * sorted[n / 2], FLOOR_LEAST);
    return 0;
}

struct noise {
    const struct neighbour_table *ranked, *exact;
    const struct membership_noisy *noisy;
    struct reference_distances *out;
    size_t rows;
};

static int noise_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct noise *noise = context;

    (void)worker;
    for (size_t i = index * CHUNK; i < noise->rows && i < (index + 1) * CHUNK; i++) {
        double distance = neighbour_distance(noise->ranked, i, noise->noisy->ranked, i);

        if (isnan(distance))
            return error_memory(error);
        noise->out->noisy_distance[i] = distance;
        /* a rank distance of 0 is not yet equality: values between the same fitted ones share a rank */
        noise->out->noisy_equal[i] = !(distance > 0) && !(neighbour_distance(noise->exact, i, noise->noisy->exact, i) > 0);
    }
    return 0;
}

static int measure_noise(const struct measure_task *task, struct reference_distances *out, struct error *error)
{
    struct noise noise = {.out = out, .rows = task->reference->rows};
    int status = membership_noisy_get(task, &noise.noisy, error);

    if (!status)
        status = coded_table(task, NEIGHBOUR_RANK_GOWER, task->reference, &noise.ranked, error);
    if (!status)
        status = coded_table(task, NEIGHBOUR_GOWER, task->reference, &noise.exact, error);
    return status ? status : pool_run(task->pool, (noise.rows + CHUNK - 1) / CHUNK, noise_task, &noise, error);
}

struct making {
    const struct measure_task *task;
    const struct membership_targets *targets;
};

static int make_reference(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct making *making = context;
    const struct membership_targets *targets = making->targets;
    size_t n = targets->n_targets;
    struct reference_distances *out = ARENA_NEW(arena, struct reference_distances);
    int status;

    if (!out)
        return error_memory(error);
    out->near = ARENA_ARRAY(arena, double, n *MEMBERSHIP_NEIGHBOURS + 1);
    out->equal = ARENA_ARRAY(arena, uint32_t, n + 1);
    out->noisy_distance = ARENA_ARRAY(arena, double, targets->n_members + 1);
    out->noisy_equal = ARENA_ARRAY(arena, uint8_t, targets->n_members + 1);
    if (!out->near || !out->equal || !out->noisy_distance || !out->noisy_equal)
        return error_memory(error);
    status = nearest_of_targets(making->task, targets, targets->reference_ranked, out->near, error);
    if (!status)
        status = equal_of_targets(making->task, targets, targets->reference_exact, out->equal, error);
    if (!status)
        status = floor_of(targets, out->near, arena, &out->floor, error);
    if (!status)
        status = measure_noise(making->task, out, error);
    *artifact = out;
    return status;
}

/* Median distance of the rows of P to their nearest row of S; of two middle values the greater. */
static int median_to_candidate(const struct measure_task *task, const struct membership_targets *targets,
                               const struct neighbour_table *candidate, double *median, struct error *error)
{
    struct neighbour_options options = {.k = 1};
    struct arena *scratch = arena_new();
    struct neighbour_list list = {0};
    int status = scratch
                     ? neighbour_search(targets->reference_ranked, candidate, options, task->pool, scratch, &list, NULL, error)
                     : error_memory(error);

    if (!status) {
        sort_doubles(list.distance, list.rows);
        *median = list.rows > 0 ? list.distance[list.rows / 2] : 0;
    }
    arena_free(scratch);
    return status;
}

/* Rows of S within the radius of each target. */
static int count_balls(const struct measure_task *task, const struct membership_targets *targets,
                       const struct neighbour_table *candidate, struct arena *arena, struct membership_view *view,
                       struct error *error)
{
    size_t n = targets->n_members, m = task->subject->rows;
    uint32_t *count = ARENA_ARRAY(arena, uint32_t, targets->n_targets + 1);
    double *radius = ARENA_ARRAY(arena, double, m + 1);
    const struct neighbour_table *members = NULL;
    struct neighbour_balls balls;
    int status = count && radius ? median_to_candidate(task, targets, candidate, &view->radius, error) : error_memory(error);

    for (size_t i = 0; i < m && !status; i++)
        radius[i] = view->radius;
    if (!status)
        status = coded_table(task, NEIGHBOUR_RANK_GOWER, task->reference, &members, error);
    if (!status)
        status = neighbour_count_balls(members, candidate, radius, task->pool, arena, &balls, error);
    if (!status)
        memcpy(count, balls.closed, n * sizeof *count);
    if (!status)
        status = neighbour_count_balls(targets->ranked, candidate, radius, task->pool, arena, &balls, error);
    if (!status)
        memcpy(count + n, balls.closed, (targets->n_targets - n) * sizeof *count);
    view->in_ball = count;
    return status;
}

int membership_view_distances(const struct measure_task *task, const struct membership_targets *targets, struct arena *arena,
                              struct membership_view *view, struct error *error)
{
    struct making making = {task, targets};
    const struct neighbour_table *ranked = NULL, *exact = NULL;
    double *near = ARENA_ARRAY(arena, double, targets->n_targets *MEMBERSHIP_NEIGHBOURS + 1);
    uint32_t *equal = ARENA_ARRAY(arena, uint32_t, targets->n_targets + 1);
    const struct reference_distances *reference;
    void *artifact = NULL;
    int status = near && equal ? 0 : error_memory(error);

    if (!status)
        status = artifact_get(task->artifacts, "membership distances", task->reference, stranger_table(task), task->seed,
                              make_reference, NULL, &making, &artifact, error);
    if (!status)
        status = coded_table(task, NEIGHBOUR_RANK_GOWER, task->subject, &ranked, error);
    if (!status)
        status = coded_table(task, NEIGHBOUR_GOWER, task->subject, &exact, error);
    if (!status)
        status = nearest_of_targets(task, targets, ranked, near, error);
    if (!status)
        status = equal_of_targets(task, targets, exact, equal, error);
    if (status)
        return status;
    reference = artifact;
    status = count_balls(task, targets, ranked, arena, view, error);
    view->near_candidate = near;
    view->near_reference = reference->near;
    view->in_candidate = equal;
    view->in_reference = reference->equal;
    view->noisy_distance = reference->noisy_distance;
    view->noisy_equal = reference->noisy_equal;
    view->floor = reference->floor;
    return status;
}
