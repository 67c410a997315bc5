/* How often the intervals of the model-level measures of fairness hold what the same models have on 200,000 rows. Prints the
 * table of docs/calibration.md.
 *
 *   build/bench/coverage_fairness [runs a scenario, default 500] [rows of the holdout, default 5000]
 *
 * Ten pairs of a training table and a candidate (2,500 rows each of the simulated population), and for each of them a tenth of
 * the runs, each with a holdout of its own. fresh: the candidate is of the population too; biased: 30 % of the approved women
 * in it are not; harsh: 60 %. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/random.h"
#include "datasets/simulate.h"
#include "tests/unit/fake_table.h"

enum { PAIRS = 10, ROWS = 2500, LARGE = 200000, MEASURES = 9 };

extern const struct measure measure_fairness_demographic_parity, measure_fairness_equal_opportunity,
    measure_fairness_amplification, measure_fairness_equalized_odds, measure_fairness_predictive_parity,
    measure_fairness_calibration, measure_fairness_worst_group, measure_fairness_equity_scaled, measure_fairness_intersections;

static const struct measure *const measures[MEASURES] = {
    &measure_fairness_demographic_parity, &measure_fairness_equal_opportunity, &measure_fairness_equalized_odds,
    &measure_fairness_predictive_parity,  &measure_fairness_calibration,       &measure_fairness_worst_group,
    &measure_fairness_equity_scaled,      &measure_fairness_intersections,     &measure_fairness_amplification};

static const struct scenario {
    const char *name, *sensitive;
    double refused; /* share of the approved women of the candidate who are not approved there */
    bool sex, origin;
} scenarios[] = {{"fresh", "sex", 0, true, false},    {"biased", "sex", 0.3, true, false}, {"harsh", "sex", 0.6, true, false},
                 {"fresh", "origin", 0, false, true}, {"biased", "both", 0.3, true, true}, {"harsh", "both", 0.6, true, true}};

struct count {
    size_t runs, above, below;
    double value, truth, width;
};

static struct table *people(struct schema **schema, size_t rows, uint64_t seed)
{
    struct table *table;
    struct error error = {0};
    if (simulate_population(rows, seed, "people", schema, &table, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return table;
}

static void refuse_women(struct table *candidate, double share, uint64_t seed)
{
    struct random random;
    random_init(&random, seed, "coverage.fairness", 0, 0);
    for (size_t i = 0; i < candidate->rows; i++)
        if (candidate->columns[SIMULATED_SEX].code[i] == 0 && random_uniform(&random) < share)
            fake_codes(candidate, SIMULATED_APPROVED)[i] = 0;
}

/* All measures on one holdout, one store of artifacts; status of those that cannot be measured is kept by value NaN. */
static void run_all(struct dataset *data, const struct table *subject, bool brief, struct result results[MEASURES])
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
                                    .brief = brief,
                                    .seed = 1,
                                    .level = 0.95,
                                    .min_group = 10,
                                    .artifacts = artifacts};
        if (measures[m]->run(&task, &results[m], &error) != 0)
            results[m].value = NAN;
        cJSON_Delete(results[m].details);
        arena_free(results[m].arena);
    }
    artifacts_free(artifacts);
}

static void run_pair(const struct scenario *scenario, size_t pair, size_t runs, size_t rows, struct count counts[MEASURES])
{
    struct schema *schema = NULL;
    struct table *train = people(&schema, ROWS, 100 + pair), *candidate = people(&schema, ROWS, 200 + pair);
    struct table *large = people(&schema, LARGE, 300 + pair);
    schema->columns[SIMULATED_SEX].roles = scenario->sex ? ROLE_SENSITIVE : 0;
    schema->columns[SIMULATED_ORIGIN].roles = scenario->origin ? ROLE_SENSITIVE : 0;
    refuse_women(candidate, scenario->refused, pair);
    struct dataset data = {.schema = schema,
                           .train = {.role = "train", .table = train},
                           .holdout = {.role = "holdout", .table = large},
                           .target = SIMULATED_APPROVED,
                           .positive = 1};
    struct result truth[MEASURES], result[MEASURES];
    run_all(&data, candidate, true, truth);
    for (size_t run = 0; run < runs; run++) {
        data.holdout.table = people(&schema, rows, 1000 + pair * 1000 + run);
        run_all(&data, candidate, false, result);
        for (size_t m = 0; m < MEASURES; m++) {
            if (isnan(result[m].value) || isnan(truth[m].value))
                continue;
            counts[m].runs++;
            counts[m].above += truth[m].value < result[m].lo;
            counts[m].below += truth[m].value > result[m].hi;
            counts[m].value += result[m].value;
            counts[m].truth += truth[m].value;
            counts[m].width += result[m].hi - result[m].lo;
        }
        table_free(data.holdout.table);
    }
    table_free(train);
    table_free(candidate);
    table_free(large);
    schema_free(schema);
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 500, rows = argc > 2 ? strtoul(argv[2], NULL, 10) : 5000;
    size_t only = argc > 3 ? strtoul(argv[3], NULL, 10) : sizeof scenarios / sizeof scenarios[0];
    printf("| candidate | columns | measure | runs | truth | mean value | mean width | held | interval too high | too low |\n"
           "|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t s = 0; s < sizeof scenarios / sizeof scenarios[0]; s++) {
        struct count counts[MEASURES] = {{0}};
        if (only < sizeof scenarios / sizeof scenarios[0] && only != s)
            continue;
        for (size_t pair = 0; pair < PAIRS; pair++)
            run_pair(&scenarios[s], pair, runs / PAIRS, rows, counts);
        for (size_t m = 0; m < MEASURES; m++) {
            double n = (double)counts[m].runs, above = (double)counts[m].above / n, below = (double)counts[m].below / n;
            if (counts[m].runs > 0)
                printf("| %s | %s | %s | %zu | %.4f | %.4f | %.4f | %.1f %% | %.1f %% | %.1f %% |\n", scenarios[s].name,
                       scenarios[s].sensitive, measures[m]->id + 9, counts[m].runs, counts[m].truth / n, counts[m].value / n,
                       counts[m].width / n, 100 * (1 - above - below), 100 * above, 100 * below);
        }
        fflush(stdout);
    }
    return 0;
}
