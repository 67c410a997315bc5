/* Whole rows of train drawn with replacement: every statistic of train within sampling error, and no privacy at all. */
#include "generators/generator.h"
#include "generators/support.h"

static int bootstrap_run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                         struct table **out, struct error *error)
{
    (void)pool;
    struct arena *arena = arena_new();
    uint32_t *source = arena ? ARENA_ARRAY(arena, uint32_t, rows + 1) : NULL;
    int code = source ? generator_begin(train, rows, name, out, error) : error_memory(error);
    if (code)
        goto out;
    struct random random;
    random_init(&random, seed, "generator.bootstrap", 0, 0);
    generator_draw(&random, train->rows, rows, source);
    for (size_t column = 0; column < train->n_columns; column++)
        generator_gather(train, source, 0, rows, *out, column);
    table_seal(*out);
out:
    arena_free(arena);
    return code;
}

const struct generator generator_bootstrap = {
    .name = "bootstrap",
    .summary = "whole training rows drawn with replacement: the control that privacy must catch",
    .reference = "Efron 1979, \"Bootstrap methods: another look at the jackknife\"",
    .run = bootstrap_run,
    .copies_rows = true,
};
