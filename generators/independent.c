/* Every column of train resampled alone, missing cells included: the marginals stay, every dependence goes. */
#include "generators/generator.h"
#include "generators/support.h"

static int independent_column(void *context, size_t column, size_t worker, struct error *error)
{
    (void)worker;
    (void)error;
    const struct generator_task *task = context;
    struct random random;
    random_init(&random, task->seed, "generator.independent", column, 0);
    generator_resample(task->train, &random, task->out, column);
    return 0;
}

static int independent_run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                           struct table **out, struct error *error)
{
    return generator_columns(train, rows, seed, name, pool, independent_column, out, error);
}

const struct generator generator_independent = {
    .name = "independent",
    .summary = "every column resampled alone: marginals kept, dependence gone; the control that fidelity of pairs must catch",
    .reference = "this project",
    .run = independent_run,
};
