#include "attacks/tables.h"

#include "core/hash.h"
#include "core/random.h"

int picked_columns(const struct table *table, const size_t *which, size_t n_columns, const uint32_t *pick, size_t n,
                   struct arena *arena, struct neighbour_columns *columns, struct error *error)
{
    struct neighbour_column *column = ARENA_ARRAY(arena, struct neighbour_column, n_columns + 1);

    if (!column)
        return error_memory(error);
    for (size_t c = 0; c < n_columns; c++)
        column[c] = (struct neighbour_column){table->columns[which[c]].number, table->columns[which[c]].code};
    *columns = (struct neighbour_columns){pick ? n : table->rows, n_columns, column, pick};
    return 0;
}

int coded_columns(const struct table *table, const uint32_t *pick, size_t n, struct arena *arena,
                  struct neighbour_columns *columns, struct error *error)
{
    size_t n_columns = schema_measured(table->schema, NULL, 0);
    size_t *measured = ARENA_ARRAY(arena, size_t, n_columns + 1);

    if (!measured)
        return error_memory(error);
    schema_measured(table->schema, measured, n_columns);
    return picked_columns(table, measured, n_columns, pick, n, arena, columns, error);
}

struct making {
    enum neighbour_metric metric;
    const struct table *table;
    const struct neighbour_scale *scale;
};

static int make_scale(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct making *making = context;
    const struct neighbour_scale *scale = NULL;
    struct neighbour_columns columns;
    int status = coded_columns(making->table, NULL, 0, arena, &columns, error);

    if (!status)
        status = neighbour_scale_fit(making->metric, &columns, arena, &scale, error);
    *artifact = (void *)(uintptr_t)scale;
    return status;
}

static int make_table(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct making *making = context;
    const struct neighbour_table *coded = NULL;
    struct neighbour_columns columns;
    int status = coded_columns(making->table, NULL, 0, arena, &columns, error);

    if (!status)
        status = neighbour_encode(making->scale, &columns, arena, &coded, error);
    *artifact = (void *)(uintptr_t)coded;
    return status;
}

int coded_scale(const struct measure_task *task, enum neighbour_metric metric, const struct neighbour_scale **scale,
                struct error *error)
{
    struct making making = {metric, task->reference, NULL};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "neighbour scale", task->reference, NULL, metric, make_scale, NULL, &making,
                              &artifact, error);

    *scale = artifact;
    return status;
}

int coded_table(const struct measure_task *task, enum neighbour_metric metric, const struct table *table,
                const struct neighbour_table **coded, struct error *error)
{
    struct making making = {metric, table, NULL};
    void *artifact = NULL;
    int status = coded_scale(task, metric, &making.scale, error);

    if (!status)
        status = artifact_get(task->artifacts, "neighbour table", table, task->reference, metric, make_table, NULL, &making,
                              &artifact, error);
    *coded = artifact;
    return status;
}

const struct table *stranger_table(const struct measure_task *task)
{
    if (task->kind == SUBJECT_HONEST)
        return task->honest_test;
    return task->data->holdout.table;
}

int equal_part(const struct measure_task *task, const struct table *table, size_t n, struct arena *arena, uint32_t **pick,
               struct error *error)
{
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    bool *chosen = ARENA_ARRAY(arena, bool, table->rows + 1);
    struct random random;
    size_t kept = 0, left = n;

    *pick = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    if (!order || !chosen || !*pick)
        return error_memory(error);
    random_init(&random, task->seed, "equal sizes", 0, 0);
    random_permutation(&random, table->rows, order);
    for (size_t i = 0; i < n; i++)
        chosen[order[i]] = true;
    for (uint32_t row = 0; row < table->rows; row++)
        (*pick)[chosen[row] ? kept++ : left++] = row;
    return 0;
}

/* A coded part of a table. */
static int code_part(const struct measure_task *task, const struct neighbour_scale *scale, const struct table *table, size_t n,
                     struct arena *arena, const struct neighbour_table **coded, struct error *error)
{
    struct neighbour_columns columns;
    uint32_t *pick = NULL;
    int status = equal_part(task, table, n, arena, &pick, error);

    if (!status)
        status = coded_columns(table, pick, n, arena, &columns, error);
    return status ? status : neighbour_encode(scale, &columns, arena, coded, error);
}

struct pairing {
    const struct measure_task *task;
    const struct table *strangers;
    enum neighbour_metric metric;
};

static int make_pair(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct pairing *pairing = context;
    const struct measure_task *task = pairing->task;
    const struct table *train = task->reference, *strangers = pairing->strangers;
    struct equal_tables *pair = ARENA_NEW(arena, struct equal_tables);
    const struct neighbour_scale *scale = NULL;
    int status = pair ? coded_scale(task, pairing->metric, &scale, error) : error_memory(error);

    if (status)
        return status;
    pair->share = train->rows > strangers->rows ? (double)strangers->rows / (double)train->rows : 1;
    if (train->rows > strangers->rows)
        status = code_part(task, scale, train, strangers->rows, arena, &pair->train, error);
    else
        status = coded_table(task, pairing->metric, train, &pair->train, error);
    if (!status && strangers->rows > train->rows)
        status = code_part(task, scale, strangers, train->rows, arena, &pair->strangers, error);
    else if (!status)
        status = coded_table(task, pairing->metric, strangers, &pair->strangers, error);
    *artifact = pair;
    return status;
}

int coded_equals(const struct measure_task *task, enum neighbour_metric metric, const struct equal_tables **pair,
                 struct error *error)
{
    struct pairing pairing = {task, stranger_table(task), metric};
    void *artifact = NULL;
    int status;

    if (!pairing.strangers || pairing.strangers->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    status = artifact_get(task->artifacts, "neighbour pair", task->reference, pairing.strangers, hash_mix(task->seed, metric),
                          make_pair, NULL, &pairing, &artifact, error);
    *pair = artifact;
    return status;
}
