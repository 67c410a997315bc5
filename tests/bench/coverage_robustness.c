/* How often the intervals of robustness hold what the same models have on other rows. Prints the table of docs/calibration.md.
 *
 *   build/bench/coverage_robustness [runs a scenario, default 500] [rows of the holdout, default 1000]
 *   [scenario 0 or 1, default both]
 *
 * Five pairs of a training table and a candidate (500 rows each of the simulated population), and for each of them a fifth of
 * the runs, each with a holdout of its own. fresh: the candidate is of the population too; skewed: nobody over 45 years is in
 * it, and 30 % of the approved women are refused. The truth of a run is the mean value over the other holdouts of its pair, as
 * many rows as all of these together. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "datasets/simulate.h"
#include "tests/unit/fake_table.h"

enum { PAIRS = 5, ROWS = 500, MEASURES = 4, MOST_RUNS = 500, OLDEST = 45, SCENARIOS = 2 };

extern const struct measure measure_robustness_noise, measure_robustness_missing, measure_robustness_adversarial,
    measure_robustness_shift;

static const struct measure *const measures[MEASURES] = {&measure_robustness_noise, &measure_robustness_missing,
                                                         &measure_robustness_adversarial, &measure_robustness_shift};

struct count {
    size_t runs, above, below;
    double value, width;
};

static void stop(const struct error *error)
{
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static struct table *people(struct schema **schema, size_t rows, uint64_t seed)
{
    struct table *table;
    struct error error = {0};
    if (simulate_population(rows, seed, "people", schema, &table, &error) != 0)
        stop(&error);
    return table;
}

static struct table *skewed(struct schema **schema, uint64_t seed)
{
    struct table *all = people(schema, 4 * ROWS, seed), *candidate;
    uint32_t use[ROWS];
    size_t n = 0;
    struct error error = {0};
    struct random random;
    random_init(&random, seed, "coverage.robustness", 0, 0);
    for (size_t i = 0; n < ROWS && i < all->rows; i++) {
        if (all->columns[SIMULATED_AGE].number[i] > OLDEST)
            continue;
        if (all->columns[SIMULATED_SEX].code[i] == 0 && random_uniform(&random) < 0.3)
            fake_codes(all, SIMULATED_APPROVED)[i] = 0;
        use[n++] = (uint32_t)i;
    }
    if (table_take(all, use, n, "candidate", &candidate, &error) != 0)
        stop(&error);
    table_free(all);
    return candidate;
}

static void run_all(struct dataset *data, const struct table *subject, struct result results[MEASURES])
{
    struct artifacts *artifacts;
    struct error error = {0};
    artifacts_new(&artifacts, &error);
    for (size_t m = 0; m < MEASURES; m++) {
        results[m] = (struct result){.value = NAN, .lo = NAN, .hi = NAN, .arena = arena_new()};
        struct measure_task task = {.data = data,
                                    .reference = data->train.table,
                                    .subject = subject,
                                    .kind = SUBJECT_CANDIDATE,
                                    .seed = 1,
                                    .level = 0.95,
                                    .min_group = 10,
                                    .artifacts = artifacts};
        if (measures[m]->run(&task, &results[m], &error) != 0)
            stop(&error);
        cJSON_Delete(results[m].details);
        arena_free(results[m].arena);
    }
    artifacts_free(artifacts);
}

static void run_pair(bool skew, size_t pair, size_t runs, size_t rows, struct count counts[MEASURES])
{
    struct schema *schema = NULL;
    struct table *train = people(&schema, ROWS, 100 + pair);
    struct table *candidate = skew ? skewed(&schema, 200 + pair) : people(&schema, ROWS, 200 + pair);
    struct dataset data = {.schema = schema,
                           .train = {.role = "train", .table = train},
                           .holdout = {.role = "holdout"},
                           .target = SIMULATED_APPROVED,
                           .positive = 1};
    static struct result result[MOST_RUNS][MEASURES];
    for (size_t run = 0; run < runs; run++) {
        data.holdout.table = people(&schema, rows, 1000 + pair * 1000 + run);
        run_all(&data, candidate, result[run]);
        table_free(data.holdout.table);
    }
    for (size_t m = 0; m < MEASURES; m++) {
        double sum = 0;
        for (size_t run = 0; run < runs; run++)
            sum += result[run][m].value;
        for (size_t run = 0; run < runs; run++) {
            double truth = (sum - result[run][m].value) / (double)(runs - 1);
            counts[m].above += truth < result[run][m].lo;
            counts[m].below += truth > result[run][m].hi;
            counts[m].width += result[run][m].hi - result[run][m].lo;
        }
        counts[m].runs += runs;
        counts[m].value += sum;
    }
    table_free(train);
    table_free(candidate);
    schema_free(schema);
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 500, rows = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
    size_t only = argc > 3 ? strtoul(argv[3], NULL, 10) : SCENARIOS;
    if (runs / PAIRS < 2 || runs / PAIRS > MOST_RUNS)
        return 1;
    printf("| candidate | measure | runs | mean value | mean width | held | interval too high | too low |\n"
           "|---|---|---|---|---|---|---|---|\n");
    for (size_t skew = 0; skew < SCENARIOS; skew++) {
        struct count counts[MEASURES] = {{0}};
        if (only < SCENARIOS && only != skew)
            continue;
        for (size_t pair = 0; pair < PAIRS; pair++)
            run_pair(skew > 0, pair, runs / PAIRS, rows, counts);
        for (size_t m = 0; m < MEASURES; m++) {
            double n = (double)counts[m].runs, above = (double)counts[m].above / n, below = (double)counts[m].below / n;
            printf("| %s | %s | %zu | %.4f | %.4f | %.1f %% | %.1f %% | %.1f %% |\n", skew ? "skewed" : "fresh",
                   strchr(measures[m]->id, '.') + 1, counts[m].runs, counts[m].value / n, counts[m].width / n,
                   100 * (1 - above - below), 100 * above, 100 * below);
        }
        fflush(stdout);
    }
    return 0;
}
