#include "attacks/membership/shadow_plan.h"

#include <stdlib.h>
#include <string.h>

#include "attacks/tables.h"
#include "core/random.h"
#include "numeric/sort.h"

/* All rows of train, the farthest from its neighbours first. */
static int order_by_distance(const struct measure_task *task, uint32_t *order, struct error *error)
{
    const size_t rows = task->reference->rows;
    const struct neighbour_table *coded = NULL;
    struct neighbour_list list = {0};
    struct neighbour_options options = {.k = rows > SHADOW_NEIGHBOURS ? SHADOW_NEIGHBOURS : rows - 1, .exclude_self = true};
    struct arena *scratch = arena_new();
    double *far = scratch ? ARENA_ARRAY(scratch, double, rows + 1) : NULL;
    int status = far ? coded_table(task, NEIGHBOUR_RANK_GOWER, task->reference, &coded, error) : error_memory(error);

    if (!status)
        status = neighbour_search(coded, coded, options, task->pool, scratch, &list, NULL, error);
    for (size_t i = 0; i < rows && !status; i++)
        for (size_t k = 0; k < list.k; k++)
            far[i] -= list.distance[i * list.k + k] / (double)list.k;
    if (!status)
        status = sort_order(far, rows, order, error);
    arena_free(scratch);
    return status;
}

/* Random ones among the rows behind the worst cases are brought to their places. */
static void draw_targets(const struct shadow_plan *plan, uint32_t *order)
{
    struct random random;

    random_init(&random, plan->seed, "privacy.shadow targets", 0, 0);
    for (size_t i = plan->n_worst; i < plan->n_targets; i++) {
        const size_t other = i + random_below(&random, plan->train_rows - i);
        const uint32_t row = order[i];

        order[i] = order[other];
        order[other] = row;
    }
}

static bool is_target(const struct shadow_plan *plan, uint32_t row)
{
    for (size_t t = 0; t < plan->n_targets; t++)
        if (plan->target[t] == row)
            return true;
    return false;
}

static int ascending(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

void shadow_pick(const struct shadow_plan *plan, size_t shadow, uint32_t *pick, uint32_t *scratch)
{
    const size_t last = plan->train_rows - 1;
    struct random random;

    random_init(&random, plan->seed, "privacy.shadow halves", shadow / 2, 0);
    random_permutation(&random, plan->train_rows, scratch);
    for (size_t i = last; plan->train_rows % 2 == 1 && i > 0 && is_target(plan, scratch[last]); i--) {
        const uint32_t row = scratch[last];

        scratch[last] = scratch[i - 1];
        scratch[i - 1] = row;
    }
    memcpy(pick, scratch + shadow % 2 * plan->half, plan->half * sizeof *pick);
    qsort(pick, plan->half, sizeof *pick, ascending);
}

static int fill_in(struct shadow_plan *plan, struct arena *arena, struct error *error)
{
    uint32_t *pick = ARENA_ARRAY(arena, uint32_t, plan->half + 1), *scratch = ARENA_ARRAY(arena, uint32_t, plan->train_rows);

    plan->in = ARENA_ARRAY(arena, uint8_t, plan->n_shadows * plan->n_targets + 1);
    if (!pick || !scratch || !plan->in)
        return error_memory(error);
    for (size_t s = 0; s < plan->n_shadows; s++) {
        shadow_pick(plan, s, pick, scratch);
        for (size_t t = 0; t < plan->n_targets; t++)
            plan->in[s * plan->n_targets + t] = bsearch(&plan->target[t], pick, plan->half, sizeof *pick, ascending) != NULL;
    }
    return 0;
}

int shadow_plan_make(const struct measure_task *task, size_t n_shadows, size_t random_targets, size_t rows_made,
                     struct arena *arena, struct shadow_plan *plan, struct error *error)
{
    const size_t rows = task->reference->rows, most = rows / 2, half = rows / 2;
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, rows + 1);
    int status = order ? order_by_distance(task, order, error) : error_memory(error);

    if (status)
        return status;
    *plan = (struct shadow_plan){.n_shadows = n_shadows,
                                 .train_rows = rows,
                                 .half = half,
                                 .rows = (rows_made * half + rows / 2) / rows,
                                 .seed = task->seed,
                                 .n_worst = most < SHADOW_WORST ? most : SHADOW_WORST,
                                 .target = order};
    if (plan->rows == 0)
        plan->rows = 1;
    plan->n_targets = plan->n_worst + (random_targets < most - plan->n_worst ? random_targets : most - plan->n_worst);
    draw_targets(plan, order);
    return fill_in(plan, arena, error);
}
