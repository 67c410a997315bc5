/* How often the intervals of the proxies hold what the value is on average. Prints the table of docs/calibration.md.
 *
 *   build/bench/coverage_proxies [runs a scenario, default 300] [rows of each table, default 500] [measure]
 *
 * Every run draws train, holdout and candidate anew from a population of population.h, with missing cells. fresh: the
 * candidate's rows come from the same one; copies: a fifth of them are training rows drawn with replacement; moved: they come
 * from a population with other means and shares. The truth is the mean of the value over the runs; for fresh rows it is 0 in
 * dcr_quantiles, nndr and nnaa. */
#include <stdlib.h>

#include "tests/bench/population.h"
#include "tests/bench/tally.h"

enum scenario { FRESH, COPIES, MOVED, SCENARIOS };
static const char *const scenarios[] = {"fresh", "copies", "moved"};

struct draw {
    struct schema *schema;
    struct table *train, *holdout, *candidate;
};

static struct population gapped(double amount)
{
    struct population p = amount > 0 ? moved(amount) : base_population();
    for (size_t k = 0; k < CLASSES; k++)
        p.missing[1][k] = 0.05;
    return p;
}

/* Categories, two whole numbers and two with one decimal, so that equal rows occur. */
static void round_numbers(struct table *table)
{
    for (size_t j = 0; j < 2; j++)
        for (size_t i = 0; i < table->rows; i++)
            fake_numbers(table, j)[i] = round(2 * table->columns[j].number[i]) / 2;
}

static void copy_rows(const struct table *from, struct table *to, size_t n, struct random *random)
{
    for (size_t i = 0; i < n; i++) {
        size_t row = random_below(random, from->rows);
        for (size_t j = 0; j < COLUMNS; j++)
            if (j < NUMBERS)
                fake_numbers(to, j)[i] = from->columns[j].number[row];
            else
                fake_codes(to, j)[i] = from->columns[j].code[row];
    }
}

static struct draw draw_tables(enum scenario scenario, size_t rows, size_t run)
{
    struct population p = gapped(0), q = gapped(scenario == MOVED ? 0.3 : 0);
    struct draw d = {.schema = fake_schema(population_columns(), COLUMNS)};
    struct random random;
    random_init(&random, rows, "coverage.proxies", run, scenario);
    d.schema->columns[2].roles = d.schema->columns[3].roles = d.schema->columns[5].roles = ROLE_QUASI;
    d.train = fake_table(d.schema, "train", rows);
    d.holdout = fake_table(d.schema, "holdout", rows);
    d.candidate = fake_table(d.schema, "candidate", rows);
    draw(&p, d.train, &random);
    draw(&p, d.holdout, &random);
    draw(&q, d.candidate, &random);
    round_numbers(d.train);
    round_numbers(d.holdout);
    round_numbers(d.candidate);
    if (scenario == COPIES)
        copy_rows(d.train, d.candidate, rows / 5, &random);
    fake_fit(d.schema, d.train);
    fake_seal(d.holdout);
    fake_seal(d.candidate);
    return d;
}

static void run_measure(const struct measure *measure, const struct draw *d, struct artifacts *artifacts, struct tally *tally)
{
    struct dataset data = {.schema = d->schema, .target = SIZE_MAX};
    struct result result = {.arena = arena_new()};
    struct error error = {0};
    data.train.table = d->train;
    data.holdout.table = d->holdout;
    struct measure_task task = {.data = &data,
                                .reference = d->train,
                                .subject = d->candidate,
                                .kind = SUBJECT_CANDIDATE,
                                .plain = true,
                                .seed = 1,
                                .level = 0.95,
                                .min_group = 10,
                                .artifacts = artifacts};
    if (measure->run(&task, &result, &error)) {
        fprintf(stderr, "%s: %s\n", measure->id, error.message);
        exit(1);
    }
    tally_add(tally, &result, NAN);
    cJSON_Delete(result.details);
    arena_free(result.arena);
}

static double truth_of(const struct measure *measure, enum scenario scenario)
{
    return scenario == FRESH && measure->direction == DIRECTION_TARGET ? measure->target : NAN;
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 300;
    size_t rows = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 500;
    struct tally *tallies = calloc(measure_count, sizeof *tallies);
    if (!tallies)
        return 1;
    print_head();
    for (enum scenario scenario = FRESH; scenario < SCENARIOS; scenario++) {
        for (size_t m = 0; m < measure_count; m++)
            tallies[m].runs = 0;
        for (size_t b = 0; b < runs; b++) {
            struct draw d = draw_tables(scenario, rows, b);
            struct artifacts *artifacts;
            artifacts_new(&artifacts, NULL);
            for (size_t m = 0; m < measure_count; m++)
                if (measure_registry[m]->proxy &&
                    (argc < 4 || strcmp(argv[3], measure_registry[m]->id + strlen("proxy.")) == 0))
                    run_measure(measure_registry[m], &d, artifacts, &tallies[m]);
            artifacts_free(artifacts);
            fake_schema_free(d.schema);
        }
        for (size_t m = 0; m < measure_count; m++)
            if (tallies[m].runs > 0)
                print_tally(scenarios[scenario], rows, measure_registry[m]->id + strlen("proxy."),
                            truth_of(measure_registry[m], scenario), &tallies[m]);
    }
    free(tallies);
    return 0;
}
