/* Is the claim check honest, and what can it see? Prints the tables of docs/canary.md.
 *
 *   build/bench/calibrate_epsilon [runs, default 200]
 *
 * Private generators at epsilon = 1, with their noise and with a tenth of it, which is sold as epsilon = 1 all the same (and
 * has 10). Tables: "codes", 500 rows with a code of their own each, of 4,000 public ones, and a column of four kinds; 1,000
 * holdout rows with other codes; 2,000 synthetic rows. "people", 2,000 rows of six columns (population.h) with as many holdout
 * and synthetic rows. Each run counts how often privacy.epsilon exceeds 1; and how often the one-run bound does, with canaries
 * drawn for the same table (400). */
#include <stdio.h>
#include <stdlib.h>

#include "attacks/canary/canary.h"
#include "generators/dp.h"
#include "tests/bench/population.h"

enum { CODES = 4000 };

extern const struct measure measure_privacy_epsilon;

struct world {
    const char *name;
    size_t train_rows, holdout_rows, rows, canaries;
    struct schema *schema;
    struct table *train, *holdout;
};

struct tally {
    size_t runs, above;
    double sum;
};

static void draw_codes(struct world *world, struct random *random)
{
    static const struct fake_column columns[] = {{.name = "code", .type = COLUMN_CATEGORICAL, .levels = CODES},
                                                 {.name = "kind", .type = COLUMN_CATEGORICAL, .levels = 4}};
    static uint32_t order[CODES];
    struct table *tables[2];
    size_t next = 0;
    world->schema = fake_schema(columns, 2);
    world->train = tables[0] = fake_table(world->schema, "train", world->train_rows);
    world->holdout = tables[1] = fake_table(world->schema, "holdout", world->holdout_rows);
    random_permutation(random, CODES, order);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < tables[t]->rows; i++) {
            fake_codes(tables[t], 0)[i] = order[next++];
            fake_codes(tables[t], 1)[i] = (uint32_t)random_below(random, 4);
        }
    fake_fit(world->schema, world->train);
    fake_seal(world->holdout);
    world->schema->columns[0].fitted_levels = CODES; /* the public domain */
}

static void draw_people(struct world *world, struct random *random)
{
    struct population p = base_population();
    world->schema = fake_schema(population_columns(), COLUMNS);
    world->train = fake_table(world->schema, "train", world->train_rows);
    world->holdout = fake_table(world->schema, "holdout", world->holdout_rows);
    draw(&p, world->train, random);
    draw(&p, world->holdout, random);
    fake_fit(world->schema, world->train);
    fake_seal(world->holdout);
}

static void stop(const struct error *error)
{
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static struct table *generate(const char *method, const struct table *train, size_t rows, uint64_t seed, double noise_scale,
                              struct pool *pool)
{
    struct dp_budget budget = {1, noise_scale};
    struct table *out = NULL;
    struct error error = {0};
    if (generator_find(method)->run_private(train, rows, seed, &budget, method, pool, &out, &error))
        stop(&error);
    return out;
}

static double measured(const struct world *world, const struct table *candidate, uint64_t seed, struct pool *pool)
{
    struct dataset data = {.schema = world->schema,
                           .train = {.role = "train", .table = world->train},
                           .holdout = {.role = "holdout", .table = world->holdout},
                           .target = SIZE_MAX};
    struct result result = {.arena = arena_new()};
    struct measure_task task = {.data = &data,
                                .reference = world->train,
                                .subject = candidate,
                                .kind = SUBJECT_CANDIDATE,
                                .brief = true,
                                .seed = seed,
                                .level = 0.95,
                                .min_group = 10,
                                .pool = pool};
    struct error error = {0};
    if (artifacts_new(&task.artifacts, &error) || measure_privacy_epsilon.run(&task, &result, &error))
        stop(&error);
    arena_free(result.arena);
    artifacts_free(task.artifacts);
    return result.value;
}

static double guessed(const struct world *world, const char *method, double noise_scale, uint64_t seed, struct pool *pool)
{
    struct canaries canaries;
    struct canary_verdict verdict;
    struct table *planted = NULL, *candidate;
    struct error error = {0};
    if (canaries_draw(world->train, world->canaries, seed + 1000, &canaries, &error) ||
        canaries_plant(world->train, &canaries, false, seed, &planted, &error))
        stop(&error);
    candidate = generate(method, planted, world->rows, seed, noise_scale, pool);
    if (canaries_check(&canaries, candidate, world->train, 1, 0, .05, pool, &verdict, &error))
        stop(&error);
    table_free(planted);
    table_free(candidate);
    canaries_free(&canaries);
    return verdict.guess[verdict.best].epsilon;
}

static void add(struct tally *tally, double bound)
{
    tally->runs++;
    tally->above += bound > 1;
    tally->sum += bound;
}

static void simulate(struct world *world, bool codes, const char *method, double noise_scale, size_t runs, struct pool *pool)
{
    struct tally by_measure = {0}, by_canaries = {0};
    for (size_t run = 0; run < runs; run++) {
        struct random random;
        random_init(&random, 99, "calibrate.epsilon", run, 0);
        if (codes)
            draw_codes(world, &random);
        else
            draw_people(world, &random);
        struct table *candidate = generate(method, world->train, world->rows, run, noise_scale, pool);
        add(&by_measure, measured(world, candidate, run, pool));
        add(&by_canaries, guessed(world, method, noise_scale, run, pool));
        table_free(candidate);
        fake_schema_free(world->schema);
    }
    printf("| %s | %s | %g | %zu | %.1f %% | %.2f | %.1f %% | %.2f |\n", world->name, method, noise_scale, runs,
           100 * (double)by_measure.above / (double)runs, by_measure.sum / (double)runs,
           100 * (double)by_canaries.above / (double)runs, by_canaries.sum / (double)runs);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const char *const methods[] = {"dp-independent", "dp-tree"};
    static const double scales[] = {1, .1};
    const size_t runs = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 200;
    struct world worlds[] = {{.name = "codes", .train_rows = 500, .holdout_rows = 1000, .rows = 2000, .canaries = 400},
                             {.name = "people", .train_rows = 2000, .holdout_rows = 2000, .rows = 2000, .canaries = 400}};
    struct pool *pool = NULL;
    if (pool_new(&pool, 1, NULL))
        return 1;
    printf("| table | method | noise | runs | privacy.epsilon > 1 | mean bound | one run > 1 | mean bound |\n"
           "|---|---|---|---|---|---|---|---|\n");
    for (size_t w = 0; w < 2; w++)
        for (size_t m = 0; m < 2; m++)
            for (size_t s = 0; s < 2; s++)
                simulate(&worlds[w], w == 0, methods[m], scales[s], runs, pool);
    pool_free(pool);
    return 0;
}
