/* Which column's exact values tell members from strangers: the value ratio of one column at a time. */
#include <stdlib.h>
#include <string.h>

#include "attacks/membership/targets.h"
#include "attacks/membership/values.h"
#include "attacks/tables.h"
#include "numeric/ranking.h"

struct by_column {
    struct neighbour_columns members, strangers, candidate, reference;
    size_t n_targets;
    const uint8_t *label;
    double *auc;
};

static struct neighbour_columns one(const struct neighbour_columns *columns, size_t j)
{
    return (struct neighbour_columns){columns->rows, 1, columns->column + j, columns->pick};
}

static int log_shares(const struct by_column *by, size_t j, const struct neighbour_columns *table, double *out,
                      struct error *error)
{
    struct neighbour_columns members = one(&by->members, j), strangers = one(&by->strangers, j), counted = one(table, j);
    int status = value_log_shares(&members, &counted, NULL, out, NULL, error);

    return status ? status : value_log_shares(&strangers, &counted, NULL, out + members.rows, NULL, error);
}

static int column_task(void *context, size_t j, size_t worker, struct error *error)
{
    struct by_column *by = context;
    double *score = calloc(by->n_targets + 1, sizeof *score), *reference = calloc(by->n_targets + 1, sizeof *reference);
    int status = score && reference ? log_shares(by, j, &by->candidate, score, error) : error_memory(error);

    (void)worker;
    if (!status)
        status = log_shares(by, j, &by->reference, reference, error);
    for (size_t i = 0; i < by->n_targets && !status; i++)
        score[i] -= reference[i];
    if (!status)
        status = roc_auc(score, by->label, by->n_targets, &by->auc[j], error);
    free(score);
    free(reference);
    return status;
}

int membership_value_columns(const struct measure_task *task, const struct membership_targets *targets, double *auc,
                             struct error *error)
{
    struct by_column by = {.n_targets = targets->n_targets, .auc = auc};
    size_t strangers = targets->n_targets - targets->n_members;
    struct arena *scratch = arena_new();
    uint8_t *label = scratch ? ARENA_ARRAY(scratch, uint8_t, targets->n_targets + 1) : NULL;
    int status = label ? coded_columns(task->reference, NULL, 0, scratch, &by.members, error) : error_memory(error);

    if (!status)
        status = coded_columns(stranger_table(task), targets->stranger, strangers, scratch, &by.strangers, error);
    if (!status)
        status = coded_columns(task->subject, NULL, 0, scratch, &by.candidate, error);
    if (!status)
        status =
            coded_columns(targets->reference, targets->reference_pick, targets->reference_rows, scratch, &by.reference, error);
    if (!status) {
        memset(label, 1, targets->n_members);
        by.label = label;
        status = pool_run(task->pool, by.members.n_columns, column_task, &by, error);
    }
    arena_free(scratch);
    return status;
}
