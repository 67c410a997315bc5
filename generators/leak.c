/* 5 % training rows verbatim (drawn without replacement), the rest rows of `copula`, shuffled: a leak that proxies such as the
 * share of rows nearer to train do not see, and membership attacks see at low false positive rates only. */
#include <math.h>

#include "generators/generator.h"
#include "generators/generator_list.h"
#include "generators/support.h"

static const double LEAKED_SHARE = 0.05;

static int leak_run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                    struct table **out, struct error *error)
{
    struct table *base = NULL;
    struct arena *arena = arena_new();
    uint32_t *position = arena ? ARENA_ARRAY(arena, uint32_t, rows + 1) : NULL;
    uint32_t *scratch = arena ? ARENA_ARRAY(arena, uint32_t, train->rows + 1) : NULL;
    *out = NULL;
    int code = position && scratch ? generator_copula.run(train, rows, seed, name, pool, &base, error) : error_memory(error);
    if (code)
        goto out;
    size_t leaked = (size_t)fmin(round(LEAKED_SHARE * (double)rows), (double)train->rows);
    struct random random;
    random_init(&random, seed, "generator.leak", 0, 0);
    /* The copula's rows are exchangeable, so its order needs no shuffle: training rows overwrite random places of it. */
    random_permutation(&random, rows, position);
    random_permutation(&random, train->rows, scratch);
    for (size_t i = 0; i < leaked; i++)
        for (size_t j = 0; j < train->n_columns; j++)
            generator_gather(train, scratch + i, position[i], 1, base, j);
    table_seal(base);
    *out = base;
out:
    arena_free(arena);
    return code;
}

const struct generator generator_leak = {
    .name = "leak05",
    .summary = "copula with 5 % of its rows replaced by training rows, verbatim: what membership attacks must find",
    .reference = "this project",
    .run = leak_run,
    .copies_rows = true,
};
