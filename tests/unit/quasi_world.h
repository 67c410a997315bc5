/* Worlds for the measures that stand on quasi-identifiers: a schema made by the test, train, holdout and subject of it. */
#ifndef ASSAY_TESTS_QUASI_WORLD_H
#define ASSAY_TESTS_QUASI_WORLD_H

#include <criterion/criterion.h>

#include "core/random.h"
#include "tests/unit/fake_table.h"

struct quasi_world {
    struct schema *schema;
    struct table *train, *holdout, *subject;
    struct dataset data;
};

static inline void quasi_world_new(struct quasi_world *world, const struct fake_column *columns, size_t n, size_t train,
                                   size_t holdout, size_t subject)
{
    world->schema = fake_schema(columns, n);
    world->train = fake_table(world->schema, "train", train);
    world->holdout = fake_table(world->schema, "holdout", holdout);
    world->subject = fake_table(world->schema, "subject", subject);
}

/* Once all cells are written. */
static inline void quasi_world_seal(struct quasi_world *world)
{
    fake_seal(world->holdout);
    fake_seal(world->subject);
    fake_fit(world->schema, world->train);
    world->data = (struct dataset){.schema = world->schema,
                                   .train = {.role = "train", .table = world->train},
                                   .holdout = {.role = "holdout", .table = world->holdout},
                                   .target = SIZE_MAX};
    for (size_t c = 0; c < world->schema->n_columns; c++)
        if (world->schema->columns[c].roles & ROLE_TARGET)
            world->data.target = c;
}

static inline void quasi_world_free(struct quasi_world *world)
{
    fake_schema_free(world->schema);
}

static inline void copy_row(struct table *to, size_t row, const struct table *from, size_t source)
{
    for (size_t c = 0; c < to->n_columns; c++)
        if (to->columns[c].number)
            fake_numbers(to, c)[row] = from->columns[c].number[source];
        else
            fake_codes(to, c)[row] = from->columns[c].code[source];
}

/* Runs a measure; release the result with quasi_result_free. */
static inline int quasi_world_run(const struct quasi_world *world, const char *id, size_t threads, struct result *result,
                                  struct error *error)
{
    struct artifacts *artifacts;
    struct pool *pool;
    int status;

    cr_assert(pool_new(&pool, threads, error) == 0 && artifacts_new(&artifacts, error) == 0);
    *result = (struct result){.value = NAN, .lo = NAN, .hi = NAN, .arena = arena_new()};
    status = measure_find(id)->run(&(struct measure_task){.data = &world->data,
                                                          .reference = world->train,
                                                          .subject = world->subject,
                                                          .kind = SUBJECT_CANDIDATE,
                                                          .seed = 1,
                                                          .level = .95,
                                                          .min_group = 10,
                                                          .pool = pool,
                                                          .artifacts = artifacts},
                                   result, error);
    artifacts_free(artifacts);
    pool_free(pool);
    return status;
}

static inline void quasi_result_free(struct result *result)
{
    cJSON_Delete(result->details);
    arena_free(result->arena);
}

#endif
