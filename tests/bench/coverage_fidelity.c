/* How often the intervals of the fidelity measures hold the value of the populations behind the two tables, and whether a run
 * at 24,000 rows x 15 columns is fast enough. Prints the table that docs/statistics.md shows.
 *
 *   build/bench/coverage_fidelity [runs a scenario, default 100]
 *
 * The populations are those of population.h; true values are exact up to a sum over a fine grid. Measures without a closed
 * form: coverage_tables.c; the regression: coverage_inference.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/population.h"
#include "tests/bench/tally.h"

extern const struct measure measure_fidelity_column_shapes, measure_fidelity_pair_trends, measure_fidelity_wasserstein,
    measure_fidelity_validity;

static double true_shapes(const struct population *p, const struct population *q)
{
    double sum = 0;
    for (size_t j = 0; j < NUMBERS; j++) {
        double largest = 0;
        for (size_t i = 0; i <= GRID; i++)
            largest = fmax(largest, fabs(mixture_cdf(p, j, grid_point(i)) - mixture_cdf(q, j, grid_point(i))));
        sum += 1 - largest;
    }
    for (size_t j = NUMBERS; j < COLUMNS; j++) {
        double distance = 0;
        for (size_t c = 0; c < LEVELS_B; c++) {
            double difference = 0;
            for (size_t k = 0; k < CLASSES; k++)
                difference += p->share[k] * cell_share(p, NULL, j, k, c) - q->share[k] * cell_share(q, NULL, j, k, c);
            distance += fabs(difference) / 2;
        }
        sum += 1 - distance;
    }
    return sum / COLUMNS;
}

static double true_trends(const struct population *p, const struct population *q)
{
    double edges[NUMBERS][9], sum = 0;
    size_t pairs = 0;
    for (size_t j = 0; j < NUMBERS; j++)
        true_edges(p, j, edges[j]);
    for (size_t i = 0; i < COLUMNS; i++)
        for (size_t j = i + 1; j < COLUMNS; j++, pairs++) {
            double distance = 0;
            if (j < NUMBERS)
                distance = fabs(correlation(p, i, j) - correlation(q, i, j)) / 2;
            for (size_t cell = 0; cell < LEVELS_B * LEVELS_B && j >= NUMBERS; cell++)
                distance += fabs(joint(p, edges, i, j, cell / LEVELS_B, cell % LEVELS_B) -
                                 joint(q, edges, i, j, cell / LEVELS_B, cell % LEVELS_B)) /
                            2;
            sum += 1 - distance;
        }
    return sum / (double)pairs;
}

/* Area between the distribution functions of each numeric column. */
static void true_areas(const struct population *p, const struct population *q, double areas[NUMBERS])
{
    for (size_t j = 0; j < NUMBERS; j++) {
        areas[j] = 0;
        for (size_t i = 0; i < GRID * 5; i++) {
            double x = -12 + 36 * ((double)i + 0.5) / (GRID * 5);
            areas[j] += fabs(mixture_cdf(p, j, x) - mixture_cdf(q, j, x)) * 36 / (GRID * 5);
        }
    }
}

static double true_shift(const double areas[NUMBERS], const struct schema *schema)
{
    double sum = 0;
    for (size_t j = 0; j < NUMBERS; j++)
        sum += areas[j] / (schema->columns[j].hi - schema->columns[j].lo);
    return sum / NUMBERS;
}

static void scenario(const char *name, const struct population *p, const struct population *q, size_t n, size_t runs)
{
    static const struct measure *const measures[] = {&measure_fidelity_column_shapes, &measure_fidelity_pair_trends,
                                                     &measure_fidelity_wasserstein};
    static struct tally tally[3];
    memset(tally, 0, sizeof tally);
    double truth[3] = {true_shapes(p, q), true_trends(p, q), 0}, areas[NUMBERS];
    true_areas(p, q, areas);
    for (size_t b = 0; b < runs; b++) {
        struct table *r, *s;
        struct random random;
        random_init(&random, n, name, b, 2);
        struct schema *schema = draw_pair(p, q, n, &random, &r, &s);
        truth[2] = true_shift(areas, schema);
        for (size_t k = 0; k < 3; k++)
            count_run(measures[k], r, s, truth[k], &tally[k]);
        fake_schema_free(schema);
    }
    for (size_t k = 0; k < 3; k++)
        print_tally(name, n, measures[k]->id + strlen("fidelity."), NAN, &tally[k]);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Validity: a share of the rows is bad, in these each of four columns leaves train's range with chance ½. Eight rules (range
 * and presence of four columns): true value 1 − share/4. */
static void validity_scenario(double share, size_t n, size_t runs)
{
    static const struct fake_column columns[4] = {{.name = "u", .type = COLUMN_NUMERIC, .decimals = 3},
                                                  {.name = "v", .type = COLUMN_NUMERIC, .decimals = 3},
                                                  {.name = "w", .type = COLUMN_NUMERIC, .decimals = 3},
                                                  {.name = "x", .type = COLUMN_NUMERIC, .decimals = 3}};
    struct schema *schema = fake_schema(columns, 4);
    struct table *r = fake_table(schema, "train", 2), *s = fake_table(schema, "candidate", n);
    static struct tally tally;
    memset(&tally, 0, sizeof tally);
    for (size_t j = 0; j < 4; j++)
        fake_numbers(r, j)[1] = 1;
    fake_fit(schema, r);
    for (size_t b = 0; b < runs; b++) {
        struct random random;
        random_init(&random, n, "validity", b, (uint64_t)(share * 1e6));
        for (size_t i = 0; i < n; i++) {
            bool bad = random_uniform(&random) < share;
            for (size_t j = 0; j < 4; j++)
                fake_numbers(s, j)[i] = bad && random_uniform(&random) < 0.5 ? 2 : 0.5;
        }
        fake_seal(s);
        count_run(&measure_fidelity_validity, r, s, 1 - share / 4, &tally);
    }
    fake_schema_free(schema);
    char name[32];
    snprintf(name, sizeof name, "bad %g", share);
    print_tally(name, n, "validity", 1 - share / 4, &tally);
}

/* Three copies of the first five columns: 15 columns, 105 pairs, 24,000 rows. */
static void speed(void)
{
    static const struct measure *const measures[] = {&measure_fidelity_column_shapes, &measure_fidelity_pair_trends,
                                                     &measure_fidelity_wasserstein};
    struct fake_column columns[15];
    struct random random;
    struct pool *pool = NULL;
    random_init(&random, 1, "speed", 0, 0);
    for (size_t c = 0; c < 15; c++)
        columns[c] = (struct fake_column){
            .name = "c", .type = c % 2 ? COLUMN_CATEGORICAL : COLUMN_NUMERIC, .levels = c % 2 ? (uint32_t)c * 4 : 0};
    struct schema *schema = fake_schema(columns, 15);
    struct table *table[2] = {fake_table(schema, "train", 24000), fake_table(schema, "candidate", 24000)};
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < 24000; i++)
            for (size_t c = 0; c < 15; c++)
                if (c % 2)
                    fake_codes(table[t], c)[i] = (uint32_t)random_below(&random, c * 4);
                else
                    fake_numbers(table[t], c)[i] = random_normal(&random);
    fake_fit(schema, table[0]);
    fake_seal(table[1]);
    pool_new(&pool, 2, NULL);
    printf("\n24,000 + 24,000 rows x 15 columns, 2 threads, seconds (brief: value alone):\n");
    for (size_t k = 0; k < 3; k++)
        for (int brief = 1; brief >= 0; brief--) {
            struct fake_run run;
            double start = seconds();
            fake_run(&run, measures[k], table[0], table[1], pool, brief);
            printf("%-24s %-6s %.3f\n", measures[k]->id, brief ? "brief" : "full", seconds() - start);
            fake_run_free(&run);
        }
    pool_free(pool);
    fake_schema_free(schema);
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 100;
    const size_t sizes[] = {500, 1000, 2500};
    struct population base = base_population(), weak = moved(0.04), middle = moved(0.1), strong = moved(0.5);
    struct population apart = base_population();
    apart.tied = true;
    const struct {
        const char *name;
        const struct population *q;
    } cases[] = {{"same", &base}, {"weak", &weak}, {"middle", &middle}, {"strong", &strong}, {"independent", &apart}};
    print_head();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (size_t s = 0; s < 3; s++)
            scenario(cases[k].name, &base, cases[k].q, sizes[s], runs);
    for (size_t s = 0; s < 3; s++) {
        validity_scenario(0, sizes[s], runs);
        validity_scenario(0.005, sizes[s], runs);
        validity_scenario(0.2, sizes[s], runs);
    }
    speed();
    return 0;
}
