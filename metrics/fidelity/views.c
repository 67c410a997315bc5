#include "metrics/fidelity/views.h"

#include "numeric/empirical.h"

int fidelity_columns(const struct measure_task *task, struct arena *arena, const size_t **columns, size_t *count,
                     struct error *error)
{
    size_t capacity = task->data->schema->n_columns, *list = ARENA_ARRAY(arena, size_t, capacity + 1);
    if (!list)
        return error_memory(error);
    *count = schema_measured(task->data->schema, list, capacity);
    *columns = list;
    return 0;
}

struct view_job {
    const struct table *table;
    struct table_view *view;
    const size_t *columns;
    uint32_t **codes; /* writable code arrays, one a measured column */
};

static void code_quantity(const struct table *table, size_t column, struct column_view *view, uint32_t *codes)
{
    const struct column_schema *schema = &table->schema->columns[column];
    const double *number = table->columns[column].number;
    double edges[11];
    struct bins bins = {.edges = edges};
    bins_from_sorted(schema->sorted, schema->n_sorted, 10, &bins);
    view->levels = bins_count(&bins);
    for (size_t i = 0; i < table->rows; i++)
        codes[i] = (uint32_t)bins_index(&bins, number[i]);
    view->present = empirical_sort(number, table->rows, view->sorted);
}

static int view_column(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker, (void)error;
    struct view_job *job = context;
    size_t column = job->columns[index];
    const struct table *table = job->table;
    struct column_view *view = &job->view->columns[column];
    uint32_t *codes = job->codes[index];
    if (column_kind(&table->schema->columns[column]) == KIND_QUANTITY) {
        code_quantity(table, column, view, codes);
    } else {
        uint32_t missing = table->schema->columns[column].n_levels;
        const uint32_t *code = table->columns[column].code;
        view->levels = (size_t)missing + 1;
        for (size_t i = 0; i < table->rows; i++)
            codes[i] = code[i] < missing ? code[i] : missing;
    }
    view->code = codes;
    return 0;
}

struct view_request {
    const struct measure_task *task;
    const struct table *table;
};

static int view_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct view_request *request = context;
    const struct table *table = request->table;
    struct view_job job = {.table = table, .view = ARENA_NEW(arena, struct table_view)};
    size_t count = 0;
    int status = fidelity_columns(request->task, arena, &job.columns, &count, error);
    if (status)
        return status;
    job.codes = ARENA_ARRAY(arena, uint32_t *, count + 1);
    if (!job.view || !job.codes || !(job.view->columns = ARENA_ARRAY(arena, struct column_view, table->n_columns + 1)))
        return error_memory(error);
    job.view->rows = table->rows;
    for (size_t k = 0; k < count; k++) {
        struct column_view *view = &job.view->columns[job.columns[k]];
        bool quantity = column_kind(&table->schema->columns[job.columns[k]]) == KIND_QUANTITY;
        job.codes[k] = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
        view->sorted = quantity ? ARENA_ARRAY(arena, double, table->rows + 1) : NULL;
        if (!job.codes[k] || (quantity && !view->sorted))
            return error_memory(error);
    }
    *artifact = job.view;
    return pool_run(request->task->pool, count, view_column, &job, error);
}

int table_view_get(const struct measure_task *task, const struct table *table, const struct table_view **view,
                   struct error *error)
{
    struct view_request request = {task, table};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "fidelity.view", table, NULL, 0, view_make, NULL, &request, &artifact, error);
    *view = artifact;
    return status;
}

struct gap_sample view_sample(const struct table *table, const struct table_view *view, size_t column)
{
    const struct column_view *c = &view->columns[column];
    return (struct gap_sample){table->columns[column].number, c->sorted, table->rows, c->present};
}

int table_views_get(const struct measure_task *task, const struct table_view **reference, const struct table_view **subject,
                    struct error *error)
{
    int status = table_view_get(task, task->reference, reference, error);
    return status ? status : table_view_get(task, task->subject, subject, error);
}
