/* Which column's exact values tell members from strangers: the value ratio of one column at a time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/membership/values.h"
#include "numeric/ranking.h"

struct by_column {
    const struct value_codes *targets;
    uint32_t **candidate, **reference; /* rows by column and code */
    double candidate_rows, reference_rows;
    const uint8_t *label;
    double *auc;
};

static int column_task(void *context, size_t j, size_t worker, struct error *error)
{
    const struct by_column *by = context;
    size_t n = by->targets->rows;
    const uint32_t *code = by->targets->code[j];
    double *score = calloc(n + 1, sizeof *score);
    int status;

    (void)worker;
    if (!score)
        return error_memory(error);
    for (size_t i = 0; i < n; i++)
        score[i] = log((by->candidate[j][code[i]] + .5) / (by->candidate_rows + 1)) -
                   log((by->reference[j][code[i]] + .5) / (by->reference_rows + 1));
    status = roc_auc(score, by->label, n, &by->auc[j], error);
    free(score);
    return status;
}

int membership_value_columns(const struct measure_task *task, const struct membership_targets *targets, double *auc,
                             struct error *error)
{
    struct by_column by = {.auc = auc};
    const struct membership_values *values;
    struct value_codes candidate;
    struct arena *scratch = arena_new();
    uint8_t *label = scratch ? ARENA_ARRAY(scratch, uint8_t, targets->n_targets + 1) : NULL;
    int status = label ? membership_values_get(task, targets, &values, error) : error_memory(error);

    if (!status)
        status = membership_values_encode(task, values, scratch, &candidate, error);
    if (!status)
        status = value_count(&values->book, &candidate, scratch, &by.candidate, error);
    if (!status)
        status = value_count(&values->book, &values->reference, scratch, &by.reference, error);
    if (!status) {
        memset(label, 1, targets->n_members);
        by.label = label;
        by.targets = &values->targets;
        by.candidate_rows = (double)candidate.rows;
        by.reference_rows = (double)values->reference.rows;
        status = pool_run(task->pool, values->book.n_columns, column_task, &by, error);
    }
    arena_free(scratch);
    return status;
}
