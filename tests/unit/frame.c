#include "tests/unit/frame.h"

#include <math.h>
#include <stdlib.h>

struct frame *frame_new(const struct frame_column *columns)
{
    struct arena *arena = arena_new();
    struct frame *frame = ARENA_NEW(arena, struct frame);
    struct schema *schema = ARENA_NEW(arena, struct schema);
    size_t n = 0;
    while (columns[n].name)
        n++;
    if (!frame || !schema)
        abort();
    frame->arena = arena;
    frame->data.schema = schema;
    frame->data.arena = arena;
    frame->data.target = SIZE_MAX;
    schema->arena = arena;
    schema->n_columns = n;
    schema->columns = ARENA_ARRAY(arena, struct column_schema, n);
    if (!schema->columns)
        abort();
    for (size_t c = 0; c < n; c++) {
        struct column_schema *column = &schema->columns[c];
        *column = (struct column_schema){.name = columns[c].name,
                                         .type = columns[c].type,
                                         .roles = columns[c].roles,
                                         .lo = NAN,
                                         .hi = NAN,
                                         .n_levels = columns[c].levels,
                                         .fitted_levels = columns[c].levels};
        column->levels = ARENA_ARRAY(arena, const char *, columns[c].levels + 1);
        for (uint32_t k = 0; k < columns[c].levels; k++)
            column->levels[k] = arena_format(arena, "%u", k);
        if ((columns[c].roles & ROLE_TARGET) && frame->data.target == SIZE_MAX) {
            frame->data.target = c;
            frame->data.positive = columns[c].levels > 0 ? columns[c].levels - 1 : 0;
        }
    }
    return frame;
}

struct table *frame_table(struct frame *frame, const char *name, size_t rows)
{
    struct table *table = NULL;
    if (table_new(&table, frame->data.schema, name, rows, NULL) != 0)
        abort();
    return table;
}

void frame_free(struct frame *frame)
{
    arena_free(frame->arena);
}

int frame_run(const struct frame *frame, const struct measure *measure, enum subject kind, const struct table *subject,
              size_t threads, struct result *result, struct error *error)
{
    struct pool *pool;
    struct artifacts *artifacts;
    if (pool_new(&pool, threads, error) != 0 || artifacts_new(&artifacts, error) != 0)
        abort();
    struct parameter_value parameters[8] = {{0}};
    for (size_t k = 0; measure->parameters && measure->parameters[k].name; k++)
        parameters[k].value = measure->parameters[k].fallback;
    *result = (struct result){.value = NAN, .lo = NAN, .hi = NAN, .arena = arena_new()};
    struct measure_task task = {.data = &frame->data,
                                .reference = frame->data.train.table,
                                .subject = subject,
                                .kind = kind,
                                .honest_test = kind == SUBJECT_HONEST ? frame->data.holdout.table : NULL,
                                .seed = 1,
                                .level = 0.95,
                                .min_group = 10,
                                .parameters = parameters,
                                .pool = pool,
                                .artifacts = artifacts};
    int status = measure->run(&task, result, error);
    artifacts_free(artifacts);
    pool_free(pool);
    return status;
}

void frame_release(struct result *result)
{
    cJSON_Delete(result->details);
    arena_free(result->arena);
}
