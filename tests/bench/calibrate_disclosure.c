/* Are the risks that regulators name zero where nothing leaks, and do their intervals hold the truth where something does?
 * Prints a table of docs/calibration.md.
 *
 *   build/bench/calibrate_disclosure [RUNS, default 200] [TABLE.csv ...]
 *
 * Every run cuts rows of one source at random into train, holdout and candidate. thirds: equal parts; uneven: 1/2, 1/6, 1/3, so
 * that train must be cut to the holdout's size; leak: thirds, and 30 % of the candidate's rows are training rows. Sources: the
 * tables given, or 6,000 rows of the population of population.h (once with two decimals in the continuous columns and once with
 * none). Columns: mean n, attack, control and risk; how often the interval's lower end is above 0 and how often the
 * interval holds the truth (0; leak: R of the mean shares over the runs), ours and the published one; how often p ≤ .05; the
 * Kolmogorov-Smirnov distance by which p-values are smaller than uniform ones, with its 5 % limit; how often the attack was too
 * weak to count. A further measure of this kind is one more line in `measures`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/disclosure/risk.h"
#include "tests/bench/population.h"

static const char *const measures[] = {"privacy.singling_out.univariate", "privacy.singling_out.multivariate"};
enum { MEASURES = sizeof measures / sizeof *measures, ROWS = 6000, MOST_RUNS = 1000 };
enum cut { CUT_THIRDS, CUT_UNEVEN, CUT_LEAK, CUTS };
static const char *const cuts[CUTS] = {"thirds", "uneven", "leak"};
static const double leaked = 0.3;

struct tally {
    size_t runs, small, weak;
    double n, attack, control, risk, p[MOST_RUNS];
    struct interval own[MOST_RUNS], published[MOST_RUNS];
};

struct source {
    const char *name;
    struct dataset *data; /* its train table is cut; schema and roles */
};

static void stop(const struct error *error)
{
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static void count(const struct result *result, struct tally *t)
{
    const cJSON *d = result->details;
    struct risk_counts counts = {
        {(size_t)json_get_number(d, "n", 0), (size_t)json_get_number(d, "successes", 0), 0},
        {(size_t)json_get_number(d, "baseline_n", 0), (size_t)json_get_number(d, "baseline_successes", 0), 0},
        {(size_t)json_get_number(d, "control_n", 0), (size_t)json_get_number(d, "control_successes", 0), 0}};
    struct risk published = risk_assess(&counts, 0.95, true);
    t->n += (double)result->n;
    t->attack += json_get_number(d, "attack", NAN);
    t->control += json_get_number(d, "control", NAN);
    t->risk += result->value;
    t->weak += result->unreliable != NULL;
    t->own[t->runs] = (struct interval){.lo = result->lo, .hi = result->hi};
    t->published[t->runs] = (struct interval){.lo = published.lo, .hi = published.hi};
    t->p[t->runs] = json_get_number(d, "p_value", NAN);
    t->small += t->p[t->runs++] <= 0.05;
}

static void judge(const struct source *source, struct table *const parts[3], uint64_t seed, struct tally *tallies)
{
    struct dataset data = *source->data;
    struct artifacts *artifacts = NULL;
    struct error error = {0};
    data.train.table = parts[0];
    data.holdout.table = parts[1];
    if (artifacts_new(&artifacts, &error))
        stop(&error);
    for (size_t m = 0; m < MEASURES; m++) {
        const struct measure *measure = measure_find(measures[m]);
        struct parameter_value parameters[16];
        struct result result = {.arena = arena_new()};
        struct measure_task task = {.data = &data,
                                    .reference = parts[0],
                                    .subject = parts[2],
                                    .kind = SUBJECT_CANDIDATE,
                                    .seed = seed,
                                    .level = 0.95,
                                    .min_group = 10,
                                    .parameters = parameters,
                                    .artifacts = artifacts};
        for (size_t k = 0; measure->parameters && measure->parameters[k].name; k++)
            parameters[k].value = measure->parameters[k].fallback;
        int status = measure->run(&task, &result, &error);
        if (status && status != ERROR_UNMEASURABLE)
            stop(&error);
        if (!status)
            count(&result, &tallies[m]);
        cJSON_Delete(result.details);
        arena_free(result.arena);
    }
    artifacts_free(artifacts);
}

static void run_once(const struct source *source, enum cut cut, uint64_t seed, struct tally *tallies)
{
    const struct table *table = source->data->train.table;
    size_t third = table->rows / 3, train = cut == CUT_UNEVEN ? table->rows / 2 : third,
           holdout = cut == CUT_UNEVEN ? table->rows / 6 : third,
           copied = cut == CUT_LEAK ? (size_t)(leaked * (double)third) : 0;
    uint32_t *order = malloc((table->rows + 1) * sizeof *order), *candidate;
    struct table *parts[3] = {NULL};
    struct random random;
    struct error error = {0};
    if (!order)
        exit(1);
    random_init(&random, seed, "calibrate.disclosure", 0, 0);
    random_permutation(&random, table->rows, order);
    candidate = order + train + holdout;
    memcpy(candidate, order, copied * sizeof *candidate);
    if (table_take(table, order, train, "train", &parts[0], &error) ||
        table_take(table, order + train, holdout, "holdout", &parts[1], &error) ||
        table_take(table, candidate, third, "candidate", &parts[2], &error))
        stop(&error);
    judge(source, parts, seed, tallies);
    for (size_t k = 0; k < 3; k++)
        table_free(parts[k]);
    free(order);
}

static int compare(const void *left, const void *right)
{
    const double *x = left, *y = right;
    return (*x > *y) - (*x < *y);
}

/* Largest excess of the p-values' distribution function over the straight line. */
static double excess(double *p, size_t runs)
{
    double largest = 0;
    qsort(p, runs, sizeof *p, compare);
    for (size_t b = 0; b < runs; b++)
        largest = fmax(largest, (double)(b + 1) / (double)runs - p[b]);
    return largest;
}

/* Per cent of the intervals that lie above 0 and that hold the truth. */
static void print_intervals(const struct interval *intervals, size_t runs, double truth)
{
    size_t above = 0, held = 0;
    double hi = 0;
    for (size_t b = 0; b < runs; b++) {
        above += intervals[b].lo > 0;
        held += intervals[b].lo <= truth && truth <= intervals[b].hi;
        hi += intervals[b].hi / (double)runs;
    }
    printf(" %.1f %% | %.1f %% | %.3f |", 100 * (double)above / (double)runs, 100 * (double)held / (double)runs, hi);
}

static void calibrate(const struct source *source, size_t runs)
{
    static struct tally tallies[MEASURES];
    for (size_t cut = 0; cut < CUTS; cut++) {
        memset(tallies, 0, sizeof tallies);
        for (size_t b = 0; b < runs && b < MOST_RUNS; b++)
            run_once(source, (enum cut)cut, b, tallies);
        for (size_t m = 0; m < MEASURES; m++) {
            struct tally *t = &tallies[m];
            double n = (double)t->runs, truth = cut == CUT_LEAK ? (t->attack - t->control) / (n - t->control) : 0;
            printf("| %s, %s | %s | %zu | %.0f | %.3f | %.3f | %.3f |", source->name, cuts[cut], strchr(measures[m], '.') + 1,
                   t->runs, t->n / n, t->attack / n, t->control / n, t->risk / n);
            print_intervals(t->own, t->runs, truth);
            print_intervals(t->published, t->runs, truth);
            printf(" %.1f %% | %.3f (%.3f) | %.0f %% |\n", 100 * (double)t->small / n, excess(t->p, t->runs), 1.224 / sqrt(n),
                   100 * (double)t->weak / n);
            fflush(stdout);
        }
    }
}

/* Rows of the base population with `decimals` in the continuous columns. */
static void draw_source(int decimals, struct source *source)
{
    struct population p = base_population();
    struct random random;
    struct schema *schema = fake_schema(population_columns(), COLUMNS);
    struct table *table = fake_table(schema, "population", ROWS);
    double unit = pow(10, decimals);
    random_init(&random, (uint64_t)decimals, "calibrate.disclosure.population", 0, 0);
    draw(&p, table, &random);
    for (size_t j = 0; j < NUMBERS; j++) {
        schema->columns[j].decimals = is_whole(j) ? 0 : decimals;
        for (size_t i = 0; i < ROWS; i++)
            fake_numbers(table, j)[i] = round(unit * table->columns[j].number[i]) / unit;
    }
    fake_fit(schema, table);
    source->data = ARENA_NEW(schema->arena, struct dataset);
    *source->data = (struct dataset){.schema = schema, .train = {.role = "train", .table = table}, .target = SIZE_MAX};
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 200;
    printf("| source | measure | runs | n | attack | control | risk | lo > 0 | held | hi | published lo > 0 | held | hi | "
           "p <= .05 | KS | too weak |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (int decimals = 2; decimals >= 0 && argc <= 2; decimals -= 2) {
        struct source source = {decimals ? "population, 2 decimals" : "population, whole numbers", NULL};
        draw_source(decimals, &source);
        calibrate(&source, runs);
        fake_schema_free(source.data->schema);
    }
    for (int k = 2; k < argc; k++) {
        const char *slash = strrchr(argv[k], '/');
        struct source source = {slash ? slash + 1 : argv[k], NULL};
        struct dataset_options options = {.train = argv[k]};
        struct error error = {0};
        if (dataset_read(&source.data, &options, &error))
            stop(&error);
        calibrate(&source, runs);
        dataset_free(source.data);
    }
    return 0;
}
