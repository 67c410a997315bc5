/* Every column uniform over train's domain: the dependence and the marginals go, the domain stays.
 *
 * Levels: each level that train holds with equal probability. Quantities: uniform between train's least and greatest value,
 * rounded to the column's grid (so the two end values have half a step's weight). Missing cells keep train's rate: missingness
 * is no value of the domain, and a candidate that lost it would differ from train in a second way at once. Text and id columns
 * are resampled. */
#include <math.h>

#include "generators/generator.h"
#include "generators/support.h"

static void uniform_quantity(const struct generator_task *task, size_t column, double missing, struct random *random)
{
    const double *from = task->train->columns[column].number;
    double lo = INFINITY, hi = -INFINITY, scale = generator_scale(task->train, column);
    for (size_t i = 0; i < task->train->rows; i++) {
        lo = fmin(lo, from[i]);
        hi = fmax(hi, from[i]);
    }
    double *to = table_numbers(task->out, column);
    for (size_t i = 0; i < task->out->rows; i++) {
        bool gone = random_uniform(random) < missing;
        double share = random_uniform(random);
        /* A weighted mean cannot overflow where hi − lo would. */
        to[i] = gone ? NAN : generator_round(lo * (1 - share) + hi * share, scale);
    }
}

static int uniform_levels(const struct generator_task *task, size_t column, double missing, struct random *random,
                          struct error *error)
{
    uint32_t n_levels = task->train->schema->columns[column].n_levels, present = 0;
    struct arena *arena = arena_new();
    uint32_t *level = arena ? ARENA_ARRAY(arena, uint32_t, n_levels + 1) : NULL;
    if (!level) {
        arena_free(arena);
        return error_memory(error);
    }
    generator_count_levels(task->train, column, level);
    for (uint32_t i = 0; i < n_levels; i++)
        if (level[i] > 0)
            level[present++] = i;
    uint32_t *to = table_codes(task->out, column);
    for (size_t i = 0; i < task->out->rows; i++) {
        bool gone = random_uniform(random) < missing;
        to[i] = gone ? CODE_MISSING : level[random_below(random, present)];
    }
    arena_free(arena);
    return 0;
}

static int uniform_column(void *context, size_t column, size_t worker, struct error *error)
{
    (void)worker;
    const struct generator_task *task = context;
    const struct table *train = task->train;
    struct random random;
    random_init(&random, task->seed, "generator.uniform", column, 0);
    size_t gone = 0;
    for (size_t i = 0; i < train->rows; i++)
        gone += table_missing(train, column, i);
    double missing = (double)gone / (double)train->rows;
    switch (column_kind(&train->schema->columns[column])) {
    case KIND_QUANTITY:
        uniform_quantity(task, column, missing, &random);
        return 0;
    case KIND_LEVELS:
        return uniform_levels(task, column, missing, &random, error);
    default:
        generator_resample(train, &random, task->out, column);
        return 0;
    }
}

static int uniform_run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                       struct table **out, struct error *error)
{
    return generator_columns(train, rows, seed, name, pool, uniform_column, out, error);
}

const struct generator generator_uniform = {
    .name = "uniform",
    .summary =
        "every column uniform over train's domain: marginals and dependence gone; the control that column shapes must catch",
    .reference = "this project",
    .run = uniform_run,
};
