/* How often each target's values and combinations of values occur in S and in P, and which rare ones S holds. */
#include "attacks/membership/rare_values.h"
#include "attacks/membership/values.h"
#include "attacks/membership/view.h"
#include "core/random.h"

/* Room for the numbers of each plant; without `planted` for those of PLANT_NONE alone. */
static int room_for_plants(size_t n_targets, bool planted, struct arena *arena, double *out[MEMBERSHIP_PLANTS],
                           struct error *error)
{
    for (int plant = 0; plant < (planted ? MEMBERSHIP_PLANTS : 1); plant++)
        if (!(out[plant] = ARENA_ARRAY(arena, double, n_targets + 1)))
            return error_memory(error);
    return 0;
}

/* Rows of S, at random, whose values those of the members replace, one by one. */
static int choose_places(const struct measure_task *task, size_t n_columns, size_t n_members, struct arena *arena,
                         uint32_t ***place, struct error *error)
{
    uint32_t **rows = ARENA_ARRAY(arena, uint32_t *, n_columns + 1);
    struct random random;

    if (!rows)
        return error_memory(error);
    for (size_t j = 0; j < n_columns; j++) {
        if (!(rows[j] = ARENA_ARRAY(arena, uint32_t, n_members + 1)))
            return error_memory(error);
        random_init(&random, task->seed, "privacy.membership places", j, 0);
        for (size_t i = 0; i < n_members; i++)
            rows[j][i] = (uint32_t)random_below(&random, task->subject->rows);
    }
    *place = rows;
    return 0;
}

static int fill_shares(const struct marginal_question *question, struct pool *pool, struct arena *arena,
                       struct membership_view *view, struct error *error)
{
    double *shares[MARGINAL_ORDERS][MEMBERSHIP_PLANTS] = {{NULL}};
    struct marginal_shares out[MARGINAL_ORDERS];
    int status = 0;

    for (size_t order = 0; order < MARGINAL_ORDERS && !status; order++) {
        status = room_for_plants(question->targets->rows, question->kept, arena, shares[order], error);
        out[order] = (struct marginal_shares){shares[order][PLANT_NONE], shares[order][PLANT_COPY], shares[order][PLANT_NOISY],
                                              shares[order][PLANT_VALUES]};
    }
    if (!status)
        status = marginal_log_shares(question, pool, out, error);
    for (size_t order = 0; order < MARGINAL_ORDERS; order++) {
        for (int plant = 0; plant < MEMBERSHIP_PLANTS; plant++)
            view->shares_in_candidate[order][plant] = shares[order][plant];
        view->sets_counted[order] = question->sets->count[order];
        view->sets_possible[order] = question->sets->possible[order];
    }
    return status;
}

static int fill_rare(const struct rare_question *question, struct arena *arena, struct membership_view *view,
                     struct error *error)
{
    double *rare[MEMBERSHIP_PLANTS] = {NULL};
    int status = room_for_plants(question->targets->rows, question->kept, arena, rare, error);

    if (!status)
        status = rare_value_scores(question, rare[PLANT_NONE], rare[PLANT_COPY], rare[PLANT_NOISY], error);
    rare[PLANT_VALUES] = rare[PLANT_COPY];
    for (int plant = 0; plant < MEMBERSHIP_PLANTS; plant++)
        view->rare_values[plant] = rare[plant];
    return status;
}

int membership_view_values(const struct measure_task *task, const struct membership_targets *targets, struct arena *arena,
                           struct membership_view *view, struct error *error)
{
    const struct membership_values *values;
    struct value_codes candidate = {0};
    uint32_t **place = NULL;
    int status = membership_values_get(task, targets, &values, error);

    if (!status)
        status = membership_values_encode(task, values, arena, &candidate, error);
    if (!status && !task->brief)
        status = choose_places(task, candidate.n_columns, targets->n_members, arena, &place, error);
    if (!status) {
        uint8_t *const *kept = task->brief ? NULL : values->kept;
        struct marginal_question cells = {&values->book, &values->targets, &candidate, &values->sets, targets->n_members, kept,
                                          place};
        struct rare_question rare = {&values->book, &values->targets, &values->reference, &candidate, targets->n_members, kept};

        for (size_t order = 0; order < MARGINAL_ORDERS; order++)
            view->shares_in_reference[order] = values->shares[order];
        status = fill_shares(&cells, task->pool, arena, view, error);
        if (!status)
            status = fill_rare(&rare, arena, view, error);
    }
    return status;
}
