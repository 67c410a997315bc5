#include "metrics/fidelity/balls.h"

#include "core/random.h"
#include "metrics/fidelity/views.h"

/* Columns of a table for the engine, in the order of the measured ones. */
static int columns_of(const struct measure_task *task, const struct table *table, struct arena *arena,
                      struct neighbour_columns *out, struct error *error)
{
    const size_t *list;
    size_t count;
    int status = fidelity_columns(task, arena, &list, &count, error);
    if (status)
        return status;
    struct neighbour_column *columns = ARENA_ARRAY(arena, struct neighbour_column, count + 1);
    if (!columns)
        return error_memory(error);
    for (size_t k = 0; k < count; k++) {
        const struct column *column = &table->columns[list[k]];
        bool quantity = column_kind(&table->schema->columns[list[k]]) == KIND_QUANTITY;
        columns[k] = (struct neighbour_column){quantity ? column->number : NULL, quantity ? NULL : column->code};
    }
    *out = (struct neighbour_columns){table->rows, count, columns, NULL};
    return 0;
}

static int scale_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct measure_task *task = context;
    const struct neighbour_scale **scale = arena_alloc(arena, sizeof(const struct neighbour_scale *));
    struct neighbour_columns columns;
    if (!scale)
        return error_memory(error);
    *artifact = (void *)scale;
    int status = columns_of(task, task->data->train.table, arena, &columns, error);
    return status ? status : neighbour_scale_fit(NEIGHBOUR_EUCLIDEAN, &columns, arena, scale, error);
}

struct table_request {
    const struct measure_task *task;
    const struct table *table;
    const struct neighbour_scale *scale;
};

static int table_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct table_request *request = context;
    struct ball_table *made = ARENA_NEW(arena, struct ball_table);
    uint32_t *order = arena_array(arena, request->table->rows + 1, sizeof *order);
    struct random random;
    if (!made || !order)
        return error_memory(error);
    *artifact = made;
    made->scale = request->scale;
    int status = columns_of(request->task, request->table, arena, &made->columns, error);
    if (status)
        return status;
    random_init(&random, request->task->seed, "fidelity.balls", request->table->rows, 0);
    random_permutation(&random, request->table->rows, order);
    made->columns.pick = order;
    made->columns.rows = request->table->rows < BALLS_ROWS_MOST ? request->table->rows : BALLS_ROWS_MOST;
    return balls_part(made, 0, made->columns.rows, request->task->pool, arena, &made->all, error);
}

int ball_table_get(const struct measure_task *task, const struct table *table, const struct ball_table **balls,
                   struct error *error)
{
    struct measure_task context = *task;
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "fidelity.balls.scale", task->data->train.table, NULL, 0, scale_make, NULL,
                              &context, &artifact, error);
    if (status)
        return status;
    struct table_request request = {task, table, *(const struct neighbour_scale **)artifact};
    status = artifact_get(task->artifacts, "fidelity.balls", table, NULL, 0, table_make, NULL, &request, &artifact, error);
    *balls = artifact;
    return status;
}

int balls_part(const struct ball_table *table, size_t from, size_t to, struct pool *pool, struct arena *arena,
               struct balls *balls, struct error *error)
{
    struct neighbour_columns columns = table->columns;
    struct neighbour_list list;
    struct arena *scratch = arena_new();
    columns.rows = to - from;
    columns.pick += from;
    *balls = (struct balls){.count = to - from, .radius = ARENA_ARRAY(arena, double, to - from + 1)};
    int status =
        scratch && balls->radius ? neighbour_encode(table->scale, &columns, arena, &balls->rows, error) : error_memory(error);
    if (status == 0)
        status = neighbour_search(balls->rows, balls->rows, (struct neighbour_options){.k = BALLS_K, .exclude_self = true},
                                  pool, scratch, &list, NULL, error);
    for (size_t i = 0; status == 0 && i < balls->count; i++)
        balls->radius[i] = list.distance[i * BALLS_K + BALLS_K - 1];
    arena_free(scratch);
    return status;
}

/* Shares of rows that some ball holds, of balls that hold some row, and Σ balls a row/(k · rows). */
static void tally(const struct neighbour_balls *balls, size_t rows, size_t centres, double held[2], double holding[2],
                  double density[2])
{
    size_t count[2][3] = {{0}};
    for (size_t i = 0; i < rows; i++) {
        count[0][0] += balls->closed[i] > 0;
        count[1][0] += balls->open[i] > 0;
        count[0][2] += balls->closed[i];
        count[1][2] += balls->open[i];
    }
    for (size_t i = 0; i < centres; i++) {
        count[0][1] += balls->holds_closed[i];
        count[1][1] += balls->holds_open[i];
    }
    for (size_t k = 0; k < 2; k++) {
        held[k] = (double)count[k][0] / (double)rows;
        holding[k] = (double)count[k][1] / (double)centres;
        density[k] = (double)count[k][2] / (double)(BALLS_K * rows);
    }
}

int balls_compare(const struct balls *reference, const struct balls *subject, struct pool *pool, struct arena *arena,
                  struct ball_shares *shares, struct error *error)
{
    struct neighbour_balls forward, backward;
    double unused[2][2];
    int status = neighbour_count_balls(subject->rows, reference->rows, reference->radius, pool, arena, &forward, error);
    if (status == 0)
        status = neighbour_count_balls(reference->rows, subject->rows, subject->radius, pool, arena, &backward, error);
    if (status)
        return status;
    tally(&forward, subject->count, reference->count, shares->share[BALLS_PRECISION], shares->share[BALLS_COVERAGE],
          shares->share[BALLS_DENSITY]);
    tally(&backward, reference->count, subject->count, shares->share[BALLS_RECALL], unused[0], unused[1]);
    double precision = shares->share[BALLS_PRECISION][0], recall = shares->share[BALLS_RECALL][0];
    shares->f = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
    return 0;
}
