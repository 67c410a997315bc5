/* Reference generators and controls: one file each, one `const struct generator generator_NAME` in it, listed in generator.c.
 */
#ifndef ASSAY_GENERATORS_GENERATOR_H
#define ASSAY_GENERATORS_GENERATOR_H

#include "core/pool.h"
#include "core/random.h"
#include "datasets/table.h"

struct dp_budget;

struct generator {
    const char *name;    /* "bootstrap", "independent", "uniform", "copula", "cart", "permuted-label", "dropped-group",
                             "leak05", "dp-independent", "dp-tree" */
    const char *summary; /* one sentence */
    const char *reference;
    /* Draws `rows` synthetic rows from a model of train into a new table (same schema). Deterministic in seed, for any pool. */
    int (*run)(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool, struct table **out,
               struct error *error);
    /* Generators with differential privacy (dp.h): the same with a budget; NULL: without. `run` spends ε = 1. */
    int (*run_private)(const struct table *train, size_t rows, uint64_t seed, const struct dp_budget *budget, const char *name,
                       struct pool *pool, struct table **out, struct error *error);
    bool copies_rows; /* hands out whole training rows, ids included */
};

extern const struct generator *const generator_list[];    /* ends with NULL */
const struct generator *generator_find(const char *name); /* NULL: unknown */

#endif
