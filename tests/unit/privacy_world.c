#include "tests/unit/privacy_world.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "core/random.h"

void world_new(struct world *world, size_t n_numbers, size_t n_levels, size_t train, size_t holdout, size_t subject)
{
    struct error error = {0};

    memset(world, 0, sizeof *world);
    world->schema = (struct schema){.n_columns = n_numbers + n_levels, .columns = world->columns};
    for (size_t j = 0; j < world->schema.n_columns; j++) {
        world->columns[j].name = "c";
        world->columns[j].type = j < n_numbers ? COLUMN_NUMERIC : COLUMN_CATEGORICAL;
        world->columns[j].n_levels = world->columns[j].fitted_levels = 5;
    }
    cr_assert_eq(table_new(&world->train, &world->schema, "train", train, &error), 0);
    cr_assert_eq(table_new(&world->holdout, &world->schema, "holdout", holdout, &error), 0);
    cr_assert_eq(table_new(&world->subject, &world->schema, "subject", subject, &error), 0);
    cr_assert_eq(artifacts_new(&world->artifacts, &error), 0);
    world->data = (struct dataset){.schema = &world->schema, .target = SIZE_MAX};
    world->data.train.table = world->train;
    world->data.holdout.table = holdout ? world->holdout : NULL;
    world->task = (struct measure_task){.data = &world->data,
                                        .reference = world->train,
                                        .subject = world->subject,
                                        .kind = SUBJECT_CANDIDATE,
                                        .seed = 1,
                                        .level = .95,
                                        .min_group = 10,
                                        .artifacts = world->artifacts};
}

void world_free(struct world *world)
{
    artifacts_free(world->artifacts);
    table_free(world->train);
    table_free(world->holdout);
    table_free(world->subject);
}

void world_draw(struct world *world, struct table *table, size_t from, uint64_t seed)
{
    struct random random;

    for (size_t i = from; i < table->rows; i++) {
        double factor;

        random_init(&random, seed, table->name, i, 0);
        factor = random_normal(&random);
        for (size_t j = 0; j < world->schema.n_columns; j++) {
            double x = .7 * factor + .7 * random_normal(&random);

            if (table->columns[j].number)
                table_numbers(table, j)[i] = random_uniform(&random) < .03 ? NAN : x;
            else
                table_codes(table, j)[i] = (uint32_t)fmin(4, 5 * pow(.5 * erfc(x), 2));
        }
    }
    table_seal(table);
}

void world_draw_all(struct world *world, uint64_t seed)
{
    world_draw(world, world->train, 0, seed);
    world_draw(world, world->holdout, 0, seed);
    world_draw(world, world->subject, 0, seed);
}

void world_copy_row(struct world *world, struct table *to, size_t row, const struct table *from, size_t source)
{
    for (size_t j = 0; j < world->schema.n_columns; j++)
        if (to->columns[j].number)
            table_numbers(to, j)[row] = from->columns[j].number[source];
        else
            table_codes(to, j)[row] = from->columns[j].code[source];
}

void world_run(struct world *world, const char *id, struct result *result)
{
    const struct measure *measure = measure_find(id);
    struct error error = {0};

    cr_assert(measure, "no measure '%s'", id);
    *result = (struct result){.arena = arena_new()};
    for (size_t k = 0; measure->parameters && measure->parameters[k].name; k++)
        world->parameters[k].value = measure->parameters[k].fallback;
    if (!world->task.parameters)
        world->task.parameters = world->parameters;
    cr_assert_eq(measure->run(&world->task, result, &error), 0, "%s: %s", id, error.message);
}

void world_result_free(struct result *result)
{
    cJSON_Delete(result->details);
    arena_free(result->arena);
}

void dataset_run(const struct dataset *data, struct artifacts *artifacts, size_t candidate, const char *id,
                 struct result *result)
{
    struct measure_task task = {.data = data,
                                .reference = data->train.table,
                                .subject = data->candidates[candidate].table,
                                .kind = SUBJECT_CANDIDATE,
                                .seed = 1,
                                .level = .95,
                                .min_group = 10,
                                .artifacts = artifacts};
    struct error error = {0};

    *result = (struct result){.arena = arena_new()};
    cr_assert_eq(measure_find(id)->run(&task, result, &error), 0, "%s: %s", id, error.message);
}
