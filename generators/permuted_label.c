/* `cart` with the target column permuted: marginals perfect, the label tied to nothing; the control that utility must catch.
 * The labels keep their counts. ERROR_INPUT when no column has the role of the target. */
#include "generators/generator.h"
#include "generators/generator_list.h"
#include "generators/support.h"

static int permuted_label_run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                              struct table **out, struct error *error)
{
    size_t target;
    *out = NULL;
    if (schema_with_role(train->schema, ROLE_TARGET, &target, 1) == 0)
        return error_set(error, ERROR_INPUT, "method 'permuted-label' needs a target column; name one with --target");
    struct table *base = NULL;
    struct arena *arena = arena_new();
    uint32_t *order = arena ? ARENA_ARRAY(arena, uint32_t, rows + 1) : NULL;
    int code = order ? generator_cart.run(train, rows, seed, name, pool, &base, error) : error_memory(error);
    if (!code)
        code = generator_begin(train, rows, name, out, error);
    if (!code) {
        struct random random;
        random_init(&random, seed, "generator.permuted_label", 0, 0);
        random_permutation(&random, rows, order);
        for (size_t j = 0; j < train->n_columns; j++)
            generator_gather(base, j == target ? order : NULL, 0, rows, *out, j);
        table_seal(*out);
    }
    table_free(base);
    arena_free(arena);
    return code;
}

const struct generator generator_permuted_label = {
    .name = "permuted-label",
    .summary = "cart with the target column permuted: the control that utility must catch",
    .reference = "this project",
    .run = permuted_label_run,
};
