#include "metrics/fidelity/missing_map.h"

#include "metrics/fidelity/views.h"

struct map_job {
    const struct measure_task *task;
    const struct table *table;
    const size_t *columns;
    struct missing_map *map;
};

static int map_column(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker, (void)error;
    const struct map_job *job = context;
    size_t column = job->columns[index];
    uint64_t *bits = job->map->bits[column];
    for (size_t i = 0; bits && i < job->table->rows; i++)
        bits[i / 64] |= (uint64_t)table_missing(job->table, column, i) << (i % 64);
    return 0;
}

static int map_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    struct map_job *job = context;
    struct missing_map *map = ARENA_NEW(arena, struct missing_map);
    size_t count = 0;
    int status = fidelity_columns(job->task, arena, &job->columns, &count, error);
    if (status)
        return status;
    if (!map)
        return error_memory(error);
    map->rows = job->table->rows;
    map->words = (map->rows + 63) / 64;
    map->bits = ARENA_ARRAY(arena, uint64_t *, job->table->n_columns + 1);
    map->missing = ARENA_ARRAY(arena, size_t, job->table->n_columns + 1);
    if (!map->bits || !map->missing)
        return error_memory(error);
    for (size_t k = 0; k < count; k++) {
        size_t column = job->columns[k];
        map->missing[column] = job->table->columns[column].missing;
        if (map->missing[column] && !(map->bits[column] = ARENA_ARRAY(arena, uint64_t, map->words)))
            return error_memory(error);
    }
    job->map = map;
    *artifact = map;
    return pool_run(job->task->pool, count, map_column, job, error);
}

int missing_map_get(const struct measure_task *task, const struct table *table, const struct missing_map **map,
                    struct error *error)
{
    struct map_job job = {.task = task, .table = table};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "fidelity.missing", table, NULL, 0, map_make, NULL, &job, &artifact, error);
    *map = artifact;
    return status;
}

size_t missing_both(const struct missing_map *map, size_t a, size_t b)
{
    size_t count = 0;
    const uint64_t *x = map->bits[a], *y = map->bits[b];
    for (size_t i = 0; x && y && i < map->words; i++)
        count += (size_t)__builtin_popcountll(x[i] & y[i]);
    return count;
}

void missing_add(const struct missing_map *map, size_t a, size_t b, double value, double *sums)
{
    const uint64_t *x = map->bits[a], *y = map->bits[b];
    for (size_t i = 0; x && y && i < map->words; i++)
        for (uint64_t rest = x[i] & y[i]; rest; rest &= rest - 1)
            sums[64 * i + (size_t)__builtin_ctzll(rest)] += value;
}
