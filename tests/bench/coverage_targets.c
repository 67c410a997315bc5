/* How often the two intervals of utility.targets, of the mean and of the largest gap, hold what the same models have on 20,000
 * rows. Prints the table of docs/calibration.md.
 *
 *   build/bench/coverage_targets [runs a scenario, default 200] [rows of the holdout, default 1000]
 *
 * Ten pairs of a training table and a candidate (1,000 rows each of the simulated population), and for each of them a tenth of
 * the runs, each with a holdout of its own. fresh: the candidate is of the population too; permuted: `approved` is permuted in
 * it. Truth: over the columns that the run kept. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "datasets/simulate.h"
#include "tests/unit/fake_table.h"

enum { PAIRS = 10, ROWS = 1000, LARGE = 20000 };

extern const struct measure measure_utility_targets;

struct count {
    size_t runs, held, largest_held;
    double truth, value, largest_truth, largest, kept;
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

static void permute_approved(struct table *table, uint64_t seed)
{
    uint32_t *code = fake_codes(table, SIMULATED_APPROVED);
    struct random random;
    random_init(&random, seed, "coverage.targets", 0, 0);
    for (size_t i = table->rows; i > 1; i--) {
        size_t j = random_below(&random, i);
        uint32_t keep = code[i - 1];
        code[i - 1] = code[j];
        code[j] = keep;
    }
}

static void measure_run(const struct dataset *data, const struct table *subject, struct result *result)
{
    const struct parameter_value rows = {1e7};
    struct artifacts *artifacts;
    struct error error = {0};
    artifacts_new(&artifacts, &error);
    *result = (struct result){.value = NAN, .lo = NAN, .hi = NAN, .arena = arena_new()};
    struct measure_task task = {.data = data,
                                .reference = data->train.table,
                                .subject = subject,
                                .kind = SUBJECT_CANDIDATE,
                                .seed = 1,
                                .level = 0.95,
                                .min_group = 10,
                                .parameters = &rows,
                                .artifacts = artifacts};
    if (measure_utility_targets.run(&task, result, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    artifacts_free(artifacts);
}

/* Gap of a column in the details; NaN where it was not kept. */
static double gap_of(const cJSON *details, const char *column)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, json_get(details, "columns"))
    {
        if (strcmp(json_get_string(item, "column", ""), column) == 0)
            return json_get_number(item, "gap", NAN);
    }
    return NAN;
}

static void compare(const struct result *truth, const struct result *result, struct count *count)
{
    double sum = 0, largest = -INFINITY, n = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, json_get(result->details, "columns"))
    {
        double gap = gap_of(truth->details, json_get_string(item, "column", ""));
        if (isnan(gap)) /* kept here by a luck that the large holdout does not confirm: no skill, so nothing to lose */
            continue;
        sum += gap;
        largest = fmax(largest, gap);
        n++;
    }
    count->runs++;
    count->kept += n;
    count->truth += sum / n;
    count->value += result->value;
    count->largest_truth += largest;
    count->largest += json_get_number(result->details, "worst.gap", NAN);
    count->held += result->lo <= sum / n && sum / n <= result->hi;
    count->largest_held += json_get_number(result->details, "worst.lo", NAN) <= largest &&
                           largest <= json_get_number(result->details, "worst.hi", NAN);
}

static void release(struct result *result)
{
    cJSON_Delete(result->details);
    arena_free(result->arena);
}

static void run_pair(bool permuted, size_t pair, size_t runs, size_t rows, struct count *count)
{
    struct schema *schema = NULL;
    struct table *train = people(&schema, ROWS, 100 + pair), *candidate = people(&schema, ROWS, 200 + pair);
    struct table *large = people(&schema, LARGE, 300 + pair);
    if (permuted)
        permute_approved(candidate, pair);
    struct dataset data = {.schema = schema,
                           .train = {.role = "train", .table = train},
                           .holdout = {.role = "holdout", .table = large},
                           .every_target = true,
                           .target = SIZE_MAX};
    struct result truth, result;
    measure_run(&data, candidate, &truth);
    for (size_t run = 0; run < runs; run++) {
        data.holdout.table = people(&schema, rows, 1000 + pair * 1000 + run);
        measure_run(&data, candidate, &result);
        compare(&truth, &result, count);
        release(&result);
        table_free(data.holdout.table);
    }
    release(&truth);
    table_free(train);
    table_free(candidate);
    table_free(large);
    schema_free(schema);
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 200, rows = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
    printf(
        "| candidate | holdout | runs | columns kept | mean gap: truth | mean value | held | largest gap: truth | mean value | "
        "held |\n|---|---|---|---|---|---|---|---|---|---|\n");
    for (int permuted = 0; permuted < 2; permuted++) {
        struct count count = {0};
        for (size_t pair = 0; pair < PAIRS; pair++)
            run_pair(permuted, pair, runs / PAIRS, rows, &count);
        double n = (double)count.runs;
        printf("| %s | %zu | %zu | %.1f | %.4f | %.4f | %.1f %% | %.4f | %.4f | %.1f %% |\n", permuted ? "permuted" : "fresh",
               rows, count.runs, count.kept / n, count.truth / n, count.value / n, 100 * (double)count.held / n,
               count.largest_truth / n, count.largest / n, 100 * (double)count.largest_held / n);
        fflush(stdout);
    }
    return 0;
}
