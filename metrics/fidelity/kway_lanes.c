#include "metrics/fidelity/kway_lanes.h"

struct lanes_request {
    const struct measure_task *task;
    const struct table *table;
};

static int lanes_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct lanes_request *request = context;
    size_t rows = request->table->rows, columns = request->table->n_columns;
    const struct table_view *view;
    struct packed_table *lanes = ARENA_NEW(arena, struct packed_table);
    int status = table_view_get(request->task, request->table, &view, error);
    if (status)
        return status;
    if (!lanes || !(lanes->column = ARENA_ARRAY(arena, struct packed_column, columns + 1)))
        return error_memory(error);
    lanes->rows = rows;
    lanes->columns = columns;
    for (size_t c = 0; status == 0 && c < columns; c++)
        if (view->columns[c].code)
            status = column_pack(view->columns[c].code, rows, view->columns[c].levels, arena, &lanes->column[c], error);
    *artifact = lanes;
    return status;
}

int table_lanes_get(const struct measure_task *task, const struct table *table, const struct packed_table **lanes,
                    struct error *error)
{
    struct lanes_request request = {task, table};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "fidelity.lanes", table, NULL, 0, lanes_make, NULL, &request, &artifact, error);
    *lanes = artifact;
    return status;
}
