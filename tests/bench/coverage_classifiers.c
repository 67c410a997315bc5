/* Measures that train a classifier on two tables: how often their intervals hold the expected value, and what a run costs.
 *
 *   build/bench/coverage_classifiers [runs a scenario, default 100] [rows, default 1000] [ID] [population]
 *
 * The population: a hidden class k of three and, given the class, two normal columns, a whole-number column, a column with 3
 * and one with 12 levels. `moved`: means and shares moved by a part; `independent`: a class of its own for every column. The
 * truth of the discriminator is the mean over all runs, learner by learner (what these learners attain with so many rows), then
 * the larger of the two or 0.5. That of propensity is the mean of value less bias over 20 pairs of 10,000 rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/random.h"
#include "datasets/simulate.h"
#include "tests/unit/fake_table.h"

void openblas_set_num_threads(int threads);

enum { CLASSES = 3, MOST_RUNS = 2000, LARGE_RUNS = 20, LARGE_ROWS = 10000 };

static const struct fake_column columns[] = {{.name = "x", .type = COLUMN_NUMERIC},
                                             {.name = "y", .type = COLUMN_NUMERIC},
                                             {.name = "n", .type = COLUMN_NUMERIC},
                                             {.name = "g", .type = COLUMN_CATEGORICAL, .levels = 3},
                                             {.name = "h", .type = COLUMN_CATEGORICAL, .levels = 12}};

struct scenario {
    const char *name;
    double moved;
    bool independent;
};

static const struct scenario scenarios[] = {
    {"same", 0, false}, {"weak", 0.05, false}, {"middle", 0.15, false}, {"strong", 0.5, false}, {"independent", 0, true}};

static void draw_row(const struct scenario *scenario, struct table *table, size_t row, struct random *random)
{
    size_t k[5];
    for (size_t c = 0; c < 5; c++)
        if (c == 0 || scenario->independent) {
            double u = random_uniform(random) + 0.3 * scenario->moved;
            k[c] = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
        } else {
            k[c] = k[0];
        }
    fake_numbers(table, 0)[row] = 1.5 * (double)k[0] + scenario->moved + random_normal(random);
    fake_numbers(table, 1)[row] = 2 - 2 * (double)k[1] + 1.5 * random_normal(random);
    fake_numbers(table, 2)[row] = floor(5 + 3 * (double)k[2] + 2 * random_normal(random));
    fake_codes(table, 3)[row] = random_uniform(random) < 0.6 ? (uint32_t)k[3] : (uint32_t)random_below(random, CLASSES);
    uint32_t h = 0;
    while (h < 11 && random_uniform(random) < 0.6 + 0.1 * (double)k[4])
        h++;
    fake_codes(table, 4)[row] = h;
}

static struct table *draw(struct schema *schema, const struct scenario *scenario, size_t rows, uint64_t run, const char *name)
{
    struct table *table = fake_table(schema, name, rows);
    struct random random;
    random_init(&random, 11, name, run, 0);
    for (size_t i = 0; i < rows; i++)
        draw_row(scenario, table, i, &random);
    return table;
}

/* One pair of tables: value and interval, and the AUC of either learner. */
struct sample {
    double value, lo, hi, bias, auc[2];
};

static int one_run(const struct measure *measure, const struct scenario *scenario, size_t rows, uint64_t run,
                   struct sample *sample)
{
    struct schema *schema = fake_schema(columns, sizeof columns / sizeof *columns);
    struct table *train = draw(schema, &scenarios[0], rows, run, "train"), *other = draw(schema, scenario, rows, run, "other");
    struct fake_run result;
    fake_fit(schema, train);
    fake_seal(other);
    fake_run(&result, measure, train, other, NULL, false);
    if (result.status)
        fprintf(stderr, "%s\n", result.error.message);
    *sample = (struct sample){
        result.result.value, result.result.lo, result.result.hi, json_get_number(result.result.details, "bias", 0), {0, 0}};
    for (int l = 0; l < 2; l++) {
        const cJSON *list = cJSON_GetObjectItem(result.result.details, "learners");
        sample->auc[l] = json_get_number(cJSON_GetArrayItem(list, l), "auc", NAN);
    }
    int status = result.status;
    fake_run_free(&result);
    fake_schema_free(schema);
    return status;
}

static double truth_of(const struct measure *measure, const struct scenario *scenario, const struct sample *samples,
                       size_t runs)
{
    struct sample large;
    if (measure->direction == DIRECTION_TARGET) {
        double truth = 0.5;
        for (int l = 0; l < 2; l++) {
            double sum = 0;
            for (size_t i = 0; i < runs; i++)
                sum += samples[i].auc[l];
            printf("%.4f ", sum / (double)runs);
            truth = fmax(truth, sum / (double)runs);
        }
        return truth;
    }
    double sum = 0;
    for (uint64_t run = 0; run < LARGE_RUNS; run++) {
        if (one_run(measure, scenario, LARGE_ROWS, MOST_RUNS + run, &large))
            return NAN;
        sum += large.value - large.bias;
    }
    return sum / LARGE_RUNS;
}

static int cover(const struct measure *measure, const struct scenario *scenario, size_t rows, size_t runs)
{
    static struct sample samples[MOST_RUNS];
    double sum = 0, squares = 0, width = 0;
    size_t above = 0, below = 0;
    for (size_t r = 0; r < runs; r++) {
        int status = one_run(measure, scenario, rows, r, &samples[r]);
        if (status)
            return status;
    }
    double truth = truth_of(measure, scenario, samples, runs);
    for (size_t r = 0; r < runs; r++) {
        sum += samples[r].value;
        squares += samples[r].value * samples[r].value;
        width += samples[r].hi - samples[r].lo;
        above += samples[r].lo > truth;
        below += samples[r].hi < truth;
    }
    double n = (double)runs, mean = sum / n;
    printf("| %-11s | %5zu | %-22s | %.6f | %.6f | %.6f | %.6f | %5.1f %% | %4.1f %% | %4.1f %% |\n", scenario->name, rows,
           measure->id, truth, mean, sqrt(fmax(0, squares / n - mean * mean)), width / n,
           100 * (n - (double)above - (double)below) / n, 100 * (double)above / n, 100 * (double)below / n);
    fflush(stdout);
    return 0;
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A run at 24,000 rows x 15 columns of the simulated population, with two threads. */
static int time_run(const struct measure *measure)
{
    struct schema *schema = NULL;
    struct table *tables[2] = {NULL, NULL};
    struct pool *pool = NULL;
    struct error error = {0};
    int status = pool_new(&pool, 2, &error);
    for (size_t t = 0; t < 2 && !status; t++)
        status = simulate_population(24000, 1 + t, t ? "other" : "train", &schema, &tables[t], &error);
    for (size_t repeat = 0; repeat < 3 && !status; repeat++) {
        struct fake_run result;
        double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        fake_run(&result, measure, tables[0], tables[1], pool, false);
        status = result.status;
        printf("%s, 24000 x 15 against as many: %.3f s, %.3f CPU seconds, value %.6g [%.6g, %.6g]\n", measure->id,
               seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, result.result.value, result.result.lo,
               result.result.hi);
        fake_run_free(&result);
    }
    for (size_t t = 0; t < 2; t++)
        table_free(tables[t]);
    schema_free(schema);
    pool_free(pool);
    return status;
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? strtoull(argv[1], NULL, 10) : 100, rows = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000;
    const char *const ids[] = {"fidelity.discriminator", "fidelity.propensity"};
    int status = 0;
    openblas_set_num_threads(1);
    printf("| populations | rows  | measure                | truth    | mean     | sd       | width    | held    | above  | "
           "below  |\n"
           "|-------------|-------|------------------------|----------|----------|----------|----------|---------|--------|----"
           "----|\n");
    for (size_t m = 0; m < 2; m++) {
        const struct measure *measure = measure_find(ids[m]);
        if (!measure || (argc > 3 && strcmp(argv[3], ids[m])))
            continue;
        for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios && !status; s++)
            if (argc <= 4 || strcmp(argv[4], scenarios[s].name) == 0)
                status = cover(measure, &scenarios[s], rows, runs < MOST_RUNS ? runs : MOST_RUNS);
        if (!status && argc <= 4)
            status = time_run(measure);
    }
    return status;
}
