/* How often each target's values and combinations of values occur in S and in P, and which rare ones S holds. */
#include <math.h>

#include "attacks/membership/rare_values.h"
#include "attacks/membership/values.h"
#include "attacks/membership/view.h"

/* Room for the numbers of each plant; without `planted` for those of PLANT_NONE alone. */
static int room_for_plants(size_t n_targets, bool planted, struct arena *arena, double *out[MEMBERSHIP_PLANTS],
                           struct error *error)
{
    for (int plant = 0; plant < (planted ? MEMBERSHIP_PLANTS : 1); plant++)
        if (!(out[plant] = ARENA_ARRAY(arena, double, n_targets + 1)))
            return error_memory(error);
    return 0;
}

static int fill_shares(const struct marginal_question *question, struct pool *pool, struct arena *arena,
                       struct membership_view *view, struct error *error)
{
    double n = (double)question->table->rows, *shares[MARGINAL_ORDERS][MEMBERSHIP_PLANTS] = {{NULL}};
    struct marginal_shares out[MARGINAL_ORDERS];
    int status = 0;

    for (size_t order = 0; order < MARGINAL_ORDERS && !status; order++) {
        status = room_for_plants(question->targets->rows, question->kept, arena, shares[order], error);
        out[order] = (struct marginal_shares){shares[order][PLANT_NONE], shares[order][PLANT_COPY], shares[order][PLANT_NOISY]};
    }
    if (!status)
        status = marginal_log_shares(question, pool, out, error);
    for (size_t i = 0; i < question->n_members && question->kept && !status; i++) /* as many rows as before */
        shares[0][PLANT_VALUES][i] = shares[0][PLANT_COPY][i] + log((n + 2) / (n + 1));
    for (size_t order = 0; order < MARGINAL_ORDERS; order++) {
        for (int plant = 0; plant < MEMBERSHIP_PLANTS; plant++)
            view->shares_in_candidate[order][plant] = shares[order][plant];
        if (order > 0) /* combinations are as they were */
            view->shares_in_candidate[order][PLANT_VALUES] = shares[order][PLANT_NONE];
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
    struct value_codes candidate;
    int status = membership_values_get(task, targets, &values, error);

    if (!status)
        status = membership_values_encode(task, values, arena, &candidate, error);
    if (!status) {
        uint8_t *const *kept = task->brief ? NULL : values->kept;
        struct marginal_question cells = {&values->book, &values->targets, &candidate, &values->sets, targets->n_members, kept};
        struct rare_question rare = {&values->book, &values->targets, &values->reference, &candidate, targets->n_members, kept};

        for (size_t order = 0; order < MARGINAL_ORDERS; order++)
            view->shares_in_reference[order] = values->shares[order];
        status = fill_shares(&cells, task->pool, arena, view, error);
        if (!status)
            status = fill_rare(&rare, arena, view, error);
    }
    return status;
}
