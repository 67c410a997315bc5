/* How often the intervals of the fidelity measures hold the value of the populations behind the two tables, and whether a run
 * at 24,000 rows x 15 columns is fast enough. Prints the table that docs/statistics.md shows.
 *
 *   build/bench/coverage_fidelity [runs a scenario, default 100]
 *
 * The populations: a hidden class k (three, shares w) and, given the class, independent columns: four numeric, Normal(mean_k,
 * sd_k), two of them cut to whole numbers, and two categorical. All distribution functions, joint tables and correlations are
 * sums over classes, so that the true values are exact up to a sum over a fine grid. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/random.h"
#include "numeric/interval.h"
#include "tests/unit/fake_table.h"

enum { CLASSES = 3, NUMBERS = 4, LEVELS_A = 3, LEVELS_B = 12, COLUMNS = 6, GRID = 4000 };

struct population {
    double share[CLASSES], mean[NUMBERS][CLASSES], sd[NUMBERS];
    double a[CLASSES][LEVELS_A], b[CLASSES][LEVELS_B];
    bool tied; /* classes drawn anew for every column: no dependence between columns */
};

static bool is_whole(size_t column)
{
    return column >= 2;
}

extern const struct measure measure_fidelity_column_shapes, measure_fidelity_pair_trends, measure_fidelity_wasserstein,
    measure_fidelity_validity;

static struct population base_population(void)
{
    struct population p = {
        .share = {0.5, 0.3, 0.2}, .mean = {{0, 1.5, 3}, {2, 0, 1}, {5, 8, 12}, {1, 1.5, 2}}, .sd = {1, 1.5, 2, 0.8}};
    for (size_t k = 0; k < CLASSES; k++) {
        double sum = 0;
        for (size_t c = 0; c < LEVELS_A; c++)
            p.a[k][c] = c == k ? 0.6 : 0.2;
        for (size_t c = 0; c < LEVELS_B; c++)
            sum += p.b[k][c] = pow(0.6 + 0.1 * (double)k, (double)c);
        for (size_t c = 0; c < LEVELS_B; c++)
            p.b[k][c] /= sum;
    }
    return p;
}

/* Moves the population away by `amount`: means up, class shares flatter, the rarest categories more frequent. */
static struct population moved(double amount)
{
    struct population p = base_population();
    for (size_t j = 0; j < NUMBERS; j++)
        for (size_t k = 0; k < CLASSES; k++)
            p.mean[j][k] += amount * p.sd[j] * (j % 2 ? -1 : 1);
    for (size_t k = 0; k < CLASSES; k++) {
        p.share[k] = (1 - amount) * p.share[k] + amount / CLASSES;
        for (size_t c = 0; c < LEVELS_A; c++)
            p.a[k][c] = (1 - amount) * p.a[k][c] + amount / LEVELS_A;
        for (size_t c = 0; c < LEVELS_B; c++)
            p.b[k][c] = (1 - amount) * p.b[k][c] + amount / LEVELS_B;
    }
    return p;
}

static size_t pick(const double *share, size_t n, double u)
{
    size_t k = 0;
    while (k + 1 < n && u >= share[k])
        u -= share[k++];
    return k;
}

static void draw(const struct population *p, struct table *table, struct random *random)
{
    for (size_t i = 0; i < table->rows; i++) {
        size_t k = pick(p->share, CLASSES, random_uniform(random));
        for (size_t j = 0; j < COLUMNS; j++) {
            if (p->tied)
                k = pick(p->share, CLASSES, random_uniform(random));
            if (j < NUMBERS) {
                double x = p->mean[j][k] + p->sd[j] * random_normal(random);
                fake_numbers(table, j)[i] = is_whole(j) ? floor(x) : x;
            } else {
                fake_codes(table, j)[i] = (uint32_t)(j == NUMBERS ? pick(p->a[k], LEVELS_A, random_uniform(random))
                                                                  : pick(p->b[k], LEVELS_B, random_uniform(random)));
            }
        }
    }
    fake_seal(table);
}

/* P[X_j ≤ x | class k] */
static double cdf(const struct population *p, size_t j, size_t k, double x)
{
    return normal_cdf(((is_whole(j) ? floor(x) + 1 : x) - p->mean[j][k]) / p->sd[j]);
}

static double mixture_cdf(const struct population *p, size_t j, double x)
{
    double sum = 0;
    for (size_t k = 0; k < CLASSES; k++)
        sum += p->share[k] * cdf(p, j, k, x);
    return sum;
}

static double grid_point(size_t i)
{
    return -12 + 36 * (double)i / GRID;
}

/* Share of class k in cell c of column j: categories, or the bins of the reference population's deciles. */
static double cell_share(const struct population *p, const double *edges, size_t j, size_t k, size_t c)
{
    if (j == NUMBERS)
        return c < LEVELS_A ? p->a[k][c] : 0;
    if (j > NUMBERS)
        return c < LEVELS_B ? p->b[k][c] : 0;
    double below = c == 0 ? 0 : cdf(p, j, k, edges[c - 1]), upto = c == 9 ? 1 : cdf(p, j, k, edges[c]);
    return c < 10 ? upto - below : 0;
}

/* Edges e with bins (e_i−1, e_i]: deciles; for whole numbers the bins [e, e') of the sample deciles are (e − 1, e' − 1]. */
static void true_edges(const struct population *p, size_t j, double edges[9])
{
    for (size_t d = 0; d < 9; d++) {
        double lo = -20, hi = 40;
        while (hi - lo > 1e-9) {
            double middle = (lo + hi) / 2;
            *(mixture_cdf(p, j, middle) < (double)(d + 1) / 10 ? &lo : &hi) = middle;
        }
        edges[d] = is_whole(j) ? round(hi) - 1 : hi;
    }
}

static double joint(const struct population *p, const double edges[NUMBERS][9], size_t i, size_t j, size_t c, size_t d)
{
    double both = 0, one = 0, other = 0;
    for (size_t k = 0; k < CLASSES; k++) {
        double x = cell_share(p, i < NUMBERS ? edges[i] : NULL, i, k, c);
        double y = cell_share(p, j < NUMBERS ? edges[j] : NULL, j, k, d);
        both += p->share[k] * x * y;
        one += p->share[k] * x;
        other += p->share[k] * y;
    }
    return p->tied ? one * other : both;
}

static double correlation(const struct population *p, size_t i, size_t j)
{
    double mean[2] = {0, 0}, variance[2] = {0, 0}, covariance = 0;
    const size_t column[2] = {i, j};
    double centre[2][CLASSES];
    for (size_t s = 0; s < 2; s++) {
        for (size_t k = 0; k < CLASSES; k++) {
            double sum = 0, squares = 0, sd = p->sd[column[s]];
            /* moments of floor(X) by the sum over whole numbers, of X itself in closed form */
            for (int v = -40; v < 60 && is_whole(column[s]); v++) {
                double chance = cdf(p, column[s], k, v) - cdf(p, column[s], k, v - 1);
                sum += v * chance;
                squares += (double)v * v * chance;
            }
            centre[s][k] = is_whole(column[s]) ? sum : p->mean[column[s]][k];
            mean[s] += p->share[k] * centre[s][k];
            variance[s] += p->share[k] * (is_whole(column[s]) ? squares : sd * sd + centre[s][k] * centre[s][k]);
        }
        variance[s] -= mean[s] * mean[s];
    }
    for (size_t k = 0; k < CLASSES; k++)
        covariance += p->share[k] * (centre[0][k] - mean[0]) * (centre[1][k] - mean[1]);
    return p->tied ? 0 : covariance / sqrt(variance[0] * variance[1]);
}

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

struct tally {
    double value, squares, se, width;
    size_t held, missed_low, missed_high;
};

static void count_run(const struct measure *measure, const struct table *r, const struct table *s, double truth,
                      struct tally *t)
{
    struct fake_run run;
    fake_run(&run, measure, r, s, NULL, false);
    t->value += run.result.value;
    t->squares += run.result.value * run.result.value;
    t->se += run.result.spread / normal_quantile(0.975);
    t->width += run.result.hi - run.result.lo;
    t->missed_low += truth > run.result.hi + 1e-12;
    t->missed_high += truth < run.result.lo - 1e-12;
    t->held += truth <= run.result.hi + 1e-12 && truth >= run.result.lo - 1e-12;
    fake_run_free(&run);
}

static void print_tally(const char *name, size_t n, const struct measure *measure, double truth, const struct tally *t,
                        size_t runs)
{
    double n_runs = (double)runs, mean = t->value / n_runs;
    double sd = sqrt(fmax(0, (t->squares / n_runs - mean * mean) * n_runs / (n_runs - 1)));
    printf("| %-11s | %4zu | %-13s | %.4f | %.4f | %.4f | %.4f | %.4f | %5.1f %% | %4.1f %% | %4.1f %% |\n", name, n,
           measure->id + strlen("fidelity."), truth, mean, sd, t->se / n_runs, t->width / n_runs,
           100 * (double)t->held / n_runs, 100 * (double)t->missed_high / n_runs, 100 * (double)t->missed_low / n_runs);
}

static void scenario(const char *name, const struct population *p, const struct population *q, size_t n, size_t runs)
{
    static const struct fake_column columns[COLUMNS] = {{.name = "u", .type = COLUMN_NUMERIC, .decimals = 3},
                                                        {.name = "v", .type = COLUMN_NUMERIC, .decimals = 3},
                                                        {.name = "w", .type = COLUMN_NUMERIC},
                                                        {.name = "x", .type = COLUMN_NUMERIC},
                                                        {.name = "a", .type = COLUMN_CATEGORICAL, .levels = LEVELS_A},
                                                        {.name = "b", .type = COLUMN_CATEGORICAL, .levels = LEVELS_B}};
    static const struct measure *const measures[] = {&measure_fidelity_column_shapes, &measure_fidelity_pair_trends,
                                                     &measure_fidelity_wasserstein};
    struct tally tally[3] = {{0}};
    double truth[3] = {true_shapes(p, q), true_trends(p, q), 0}, shift = 0, areas[NUMBERS];
    true_areas(p, q, areas);
    for (size_t b = 0; b < runs; b++) {
        struct schema *schema = fake_schema(columns, COLUMNS);
        struct table *r = fake_table(schema, "train", n), *s = fake_table(schema, "candidate", n);
        struct random random;
        random_init(&random, n, name, b, 0);
        draw(p, r, &random);
        draw(q, s, &random);
        fake_fit(schema, r);
        truth[2] = true_shift(areas, schema);
        shift += truth[2];
        for (size_t k = 0; k < 3; k++)
            count_run(measures[k], r, s, truth[k], &tally[k]);
        fake_schema_free(schema);
    }
    truth[2] = shift / (double)runs;
    for (size_t k = 0; k < 3; k++)
        print_tally(name, n, measures[k], truth[k], &tally[k], runs);
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
    struct tally tally = {0};
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
    print_tally(name, n, &measure_fidelity_validity, 1 - share / 4, &tally, runs);
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
    printf("| populations | rows | measure       | truth  | mean   | sd     | se     | width  | held    | above  | below  |\n"
           "|-------------|------|---------------|--------|--------|--------|--------|--------|---------|--------|--------|\n");
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
