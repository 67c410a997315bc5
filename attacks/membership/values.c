#include "attacks/membership/values.h"

#include "attacks/membership/noisy.h"
#include "attacks/tables.h"

struct making {
    const struct measure_task *task;
    const struct membership_targets *targets;
};

enum { MEMBERS, STRANGERS, REFERENCE, PARTS };

static int code_tables(const struct making *making, struct membership_values *values, struct arena *arena, struct error *error)
{
    const struct measure_task *task = making->task;
    const struct membership_targets *targets = making->targets;
    struct neighbour_columns part[PARTS];
    int status = coded_columns(task->reference, NULL, 0, arena, &part[MEMBERS], error);

    if (!status)
        status = coded_columns(stranger_table(task), targets->stranger, targets->n_targets - targets->n_members, arena,
                               &part[STRANGERS], error);
    if (!status)
        status =
            coded_columns(targets->reference, targets->reference_pick, targets->reference_rows, arena, &part[REFERENCE], error);
    if (!status)
        status = value_book_fit(part, PARTS, task->pool, arena, &values->book, error);
    if (!status)
        status = value_encode(&values->book, part, REFERENCE, task->pool, arena, &values->targets, error);
    if (!status)
        status = value_encode(&values->book, part + REFERENCE, 1, task->pool, arena, &values->reference, error);
    return status;
}

static int mark_kept(const struct making *making, struct membership_values *values, struct arena *arena, struct error *error)
{
    struct arena *scratch = arena_new();
    const struct membership_noisy *noisy;
    struct neighbour_columns columns;
    struct value_codes codes = {0};
    int status = scratch ? membership_noisy_get(making->task, &noisy, error) : error_memory(error);

    if (!status)
        status = coded_columns(noisy->table, NULL, 0, scratch, &columns, error);
    if (!status)
        status = value_encode(&values->book, &columns, 1, making->task->pool, scratch, &codes, error);
    if (!status && !(values->kept = ARENA_ARRAY(arena, uint8_t *, values->book.n_columns + 1)))
        status = error_memory(error);
    for (size_t j = 0; j < values->book.n_columns && !status; j++)
        if (!(values->kept[j] = ARENA_ARRAY(arena, uint8_t, codes.rows + 1)))
            status = error_memory(error);
        else
            for (size_t i = 0; i < codes.rows; i++)
                values->kept[j][i] = codes.code[j][i] == values->targets.code[j][i];
    arena_free(scratch);
    return status;
}

static int count_reference(const struct making *making, struct membership_values *values, struct arena *arena,
                           struct error *error)
{
    struct marginal_question question = {.book = &values->book,
                                         .targets = &values->targets,
                                         .table = &values->reference,
                                         .sets = &values->sets,
                                         .n_members = making->targets->n_members};
    struct marginal_shares shares[MARGINAL_ORDERS] = {{NULL, NULL, NULL, NULL}};

    for (size_t order = 0; order < MARGINAL_ORDERS; order++) {
        values->shares[order] = ARENA_ARRAY(arena, double, values->targets.rows + 1);
        if (!values->shares[order])
            return error_memory(error);
        shares[order].plain = values->shares[order];
    }
    return marginal_log_shares(&question, making->task->pool, shares, error);
}

static int make_values(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct making *making = context;
    struct membership_values *values = ARENA_NEW(arena, struct membership_values);
    int status = values ? code_tables(making, values, arena, error) : error_memory(error);

    if (!status)
        status = mark_kept(making, values, arena, error);
    if (!status)
        status = marginal_sets_choose(values->book.n_columns, making->task->seed, arena, &values->sets, error);
    if (!status)
        status = count_reference(making, values, arena, error);
    *artifact = values;
    return status;
}

int membership_values_get(const struct measure_task *task, const struct membership_targets *targets,
                          const struct membership_values **values, struct error *error)
{
    struct making making = {task, targets};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "membership values", task->reference, stranger_table(task), task->seed,
                              make_values, NULL, &making, &artifact, error);

    *values = artifact;
    return status;
}

int membership_values_encode(const struct measure_task *task, const struct membership_values *values, struct arena *arena,
                             struct value_codes *codes, struct error *error)
{
    struct neighbour_columns candidate;
    int status = coded_columns(task->subject, NULL, 0, arena, &candidate, error);

    return status ? status : value_encode(&values->book, &candidate, 1, task->pool, arena, codes, error);
}
