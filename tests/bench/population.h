/* Populations with known truth for simulations of coverage: a hidden class k (three, shares w) and, given the class,
 * independent columns: four numeric, Normal(mean_k, sd_k), two of them cut to whole numbers, and two categorical. Distribution
 * functions, joint tables and correlations are sums over classes, exact up to a sum over a fine grid. */
#ifndef ASSAY_TESTS_BENCH_POPULATION_H
#define ASSAY_TESTS_BENCH_POPULATION_H

#include "core/random.h"
#include "numeric/interval.h"
#include "tests/unit/fake_table.h"

enum { CLASSES = 3, NUMBERS = 4, LEVELS_A = 3, LEVELS_B = 12, COLUMNS = 6, GRID = 4000 };

struct population {
    double share[CLASSES], mean[NUMBERS][CLASSES], sd[NUMBERS];
    double a[CLASSES][LEVELS_A], b[CLASSES][LEVELS_B];
    bool tied;                        /* classes drawn anew for every column: no dependence between columns */
    double missing[COLUMNS][CLASSES]; /* chance that a cell is missing */
};

static inline bool is_whole(size_t column)
{
    return column >= 2;
}

static inline struct population base_population(void)
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
static inline struct population moved(double amount)
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

static inline size_t pick(const double *share, size_t n, double u)
{
    size_t k = 0;
    while (k + 1 < n && u >= share[k])
        u -= share[k++];
    return k;
}

static inline void draw_cell(const struct population *p, struct table *table, size_t i, size_t j, size_t k,
                             struct random *random)
{
    bool missing = p->missing[j][k] > 0 && random_uniform(random) < p->missing[j][k];
    if (j < NUMBERS) {
        double x = p->mean[j][k] + p->sd[j] * random_normal(random);
        fake_numbers(table, j)[i] = missing ? NAN : is_whole(j) ? floor(x) : x;
    } else {
        size_t level =
            j == NUMBERS ? pick(p->a[k], LEVELS_A, random_uniform(random)) : pick(p->b[k], LEVELS_B, random_uniform(random));
        fake_codes(table, j)[i] = missing ? CODE_MISSING : (uint32_t)level;
    }
}

/* The first `columns` cells of row i; returns its class, where all have their own that of the last. */
static inline size_t draw_row(const struct population *p, struct table *table, size_t i, size_t columns, struct random *random)
{
    size_t k = pick(p->share, CLASSES, random_uniform(random));
    for (size_t j = 0; j < columns; j++) {
        if (p->tied)
            k = pick(p->share, CLASSES, random_uniform(random));
        draw_cell(p, table, i, j, k, random);
    }
    return k;
}

static inline void draw(const struct population *p, struct table *table, struct random *random)
{
    for (size_t i = 0; i < table->rows; i++)
        draw_row(p, table, i, COLUMNS, random);
    fake_seal(table);
}

static inline const struct fake_column *population_columns(void)
{
    static const struct fake_column columns[COLUMNS] = {{.name = "u", .type = COLUMN_NUMERIC, .decimals = 3},
                                                        {.name = "v", .type = COLUMN_NUMERIC, .decimals = 3},
                                                        {.name = "w", .type = COLUMN_NUMERIC},
                                                        {.name = "x", .type = COLUMN_NUMERIC},
                                                        {.name = "a", .type = COLUMN_CATEGORICAL, .levels = LEVELS_A},
                                                        {.name = "b", .type = COLUMN_CATEGORICAL, .levels = LEVELS_B}};
    return columns;
}

/* Fits a schema of its own on the first of the two tables that are drawn; free with fake_schema_free. */
static inline struct schema *draw_pair(const struct population *p, const struct population *q, size_t n, struct random *random,
                                       struct table **r, struct table **s)
{
    struct schema *schema = fake_schema(population_columns(), COLUMNS);
    *r = fake_table(schema, "train", n);
    *s = fake_table(schema, "candidate", n);
    draw(p, *r, random);
    draw(q, *s, random);
    fake_fit(schema, *r);
    return schema;
}

/* P[X_j ≤ x | class k] */
static inline double cdf(const struct population *p, size_t j, size_t k, double x)
{
    return normal_cdf(((is_whole(j) ? floor(x) + 1 : x) - p->mean[j][k]) / p->sd[j]);
}

static inline double mixture_cdf(const struct population *p, size_t j, double x)
{
    double sum = 0;
    for (size_t k = 0; k < CLASSES; k++)
        sum += p->share[k] * cdf(p, j, k, x);
    return sum;
}

static inline double grid_point(size_t i)
{
    return -12 + 36 * (double)i / GRID;
}

/* Share of class k in cell c of column j: categories, or the bins of the reference population's deciles. */
static inline double cell_share(const struct population *p, const double *edges, size_t j, size_t k, size_t c)
{
    if (j == NUMBERS)
        return c < LEVELS_A ? p->a[k][c] : 0;
    if (j > NUMBERS)
        return c < LEVELS_B ? p->b[k][c] : 0;
    double below = c == 0 ? 0 : cdf(p, j, k, edges[c - 1]), upto = c == 9 ? 1 : cdf(p, j, k, edges[c]);
    return c < 10 ? upto - below : 0;
}

/* Edges e with bins (e_i−1, e_i]: deciles; for whole numbers the bins [e, e') of the sample deciles are (e − 1, e' − 1]. */
static inline void true_edges(const struct population *p, size_t j, double edges[9])
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

static inline double joint(const struct population *p, const double edges[NUMBERS][9], size_t i, size_t j, size_t c, size_t d)
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

static inline double correlation(const struct population *p, size_t i, size_t j)
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

#endif
