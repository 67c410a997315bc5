/* What each generator keeps and what it destroys, on the simulated population and on small made tables. All seeds are fixed, so
 * that a bound holds or does not; bounds are quantiles of the statistic's own law at 1e-4 or less. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/csv.h"
#include "datasets/simulate.h"
#include "generators/generator.h"
#include "numeric/empirical.h"
#include "tests/unit/table_fixture.h"

enum { ROWS = 4000 };

static struct schema *schema;
static struct table *train;

static void population(void)
{
    schema = NULL;
    cr_assert_eq(simulate_population(ROWS, 11, "train", &schema, &train, NULL), 0);
}

static void no_population(void)
{
    table_free(train);
    schema_free(schema);
}

TestSuite(generators, .init = population, .fini = no_population);

static struct table *make(const char *method, const struct table *from, size_t rows, uint64_t seed, struct pool *pool)
{
    const struct generator *generator = generator_find(method);
    struct error error = {0};
    struct table *out = NULL;
    cr_assert_not_null(generator, "%s", method);
    cr_assert_eq(generator->run(from, rows, seed, "made", pool, &out, &error), 0, "%s: %s", method, error.message);
    cr_assert_eq(out->rows, rows);
    cr_assert_eq(out->schema, from->schema);
    cr_assert_str_eq(out->name, "made");
    return out;
}

/* Upper tail of chi² for the levels (missing one of them) of `out` against shares; classes without a share must stay empty. */
static double fit_levels(const struct table *out, size_t column, const double *share, uint32_t n_levels)
{
    double chi = 0, df = -1, count[64] = {0};
    for (size_t i = 0; i < out->rows; i++) {
        uint32_t code = out->columns[column].code[i];
        count[code == CODE_MISSING ? n_levels : code]++;
    }
    for (uint32_t l = 0; l <= n_levels; l++) {
        double expected = share[l] * (double)out->rows;
        if (expected == 0) {
            cr_expect_eq(count[l], 0, "column %zu level %u appeared", column, l);
            continue;
        }
        chi += (count[l] - expected) * (count[l] - expected) / expected;
        df++;
    }
    return df > 0 ? gsl_cdf_chisq_Q(chi, df) : 1;
}

static void shares(const struct table *table, size_t column, uint32_t n_levels, double *share)
{
    for (uint32_t l = 0; l <= n_levels; l++)
        share[l] = 0;
    for (size_t i = 0; i < table->rows; i++) {
        uint32_t code = table->columns[column].code[i];
        share[code == CODE_MISSING ? n_levels : code] += 1.0 / (double)table->rows;
    }
}

/* The Kolmogorov statistic times √n: below 2.23 with probability 1 − 1e-4 (2 exp(−2 · 2.23²) = 9.6e-5). */
static double kolmogorov(const struct table *a, const struct table *b, size_t column)
{
    double *x = malloc((a->rows + 1) * sizeof *x), *y = malloc((b->rows + 1) * sizeof *y);
    size_t n = empirical_sort(a->columns[column].number, a->rows, x);
    size_t m = empirical_sort(b->columns[column].number, b->rows, y);
    double ks = ks_statistic_sorted(x, n, y, m) * sqrt((double)m);
    free(x);
    free(y);
    return ks;
}

static double column_pearson(const struct table *table, size_t a, size_t b)
{
    size_t pairs;
    return pearson(table->columns[a].number, table->columns[b].number, table->rows, &pairs);
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* How many rows of `out` are rows of train, cell by cell. */
static size_t train_rows(const struct table *out)
{
    uint64_t *known = fixture_row_hashes(train), *made = fixture_row_hashes(out);
    size_t found = 0;
    qsort(known, train->rows, sizeof *known, compare_u64);
    for (size_t i = 0; i < out->rows; i++)
        found += bsearch(&made[i], known, train->rows, sizeof *known, compare_u64) != NULL;
    free(known);
    free(made);
    return found;
}

static double missing_rate(const struct table *table, size_t column)
{
    return (double)table->columns[column].missing / (double)table->rows;
}

/* Columns drawn one by one, and the copula's: each marginal, missing included, is train's. cart's first column likewise; its
 * later ones depend on leaves, so their fit is looser. */
Test(generators, marginals_are_kept)
{
    static const struct {
        const char *method;
        double most_ks, least_p;
    } cases[] = {{"bootstrap", 2.23, 1e-4}, {"independent", 2.23, 1e-4}, {"copula", 2.23, 1e-4},
                 {"leak05", 2.23, 1e-4},    {"cart", 2.5, 1e-5},         {"permuted-label", 2.5, 1e-5}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct table *out = make(cases[k].method, train, ROWS, 1, NULL);
        for (size_t j = 0; j < schema->n_columns; j++) {
            const char *name = schema->columns[j].name;
            double p = missing_rate(train, j), se = sqrt(p * (1 - p) / ROWS);
            cr_expect_leq(fabs(missing_rate(out, j) - p), 3.9 * se, "%s %s", cases[k].method, name);
            if (out->columns[j].number) {
                double ks = kolmogorov(train, out, j);
                cr_expect_lt(ks, cases[k].most_ks, "%s %s: %.3f", cases[k].method, name, ks);
            } else {
                double share[64];
                shares(train, j, schema->columns[j].n_levels, share);
                p = fit_levels(out, j, share, schema->columns[j].n_levels);
                cr_expect_gt(p, cases[k].least_p, "%s %s: p %.2g", cases[k].method, name, p);
            }
        }
        table_free(out);
    }
}

/* Uniform over the domain: levels equally likely, means in the middle, missing at train's rate, nothing outside. */
Test(generators, uniform_destroys_marginals)
{
    struct table *out = make("uniform", train, ROWS, 1, NULL);
    for (size_t j = 0; j < schema->n_columns; j++) {
        const struct column_schema *column = &schema->columns[j];
        double gone = missing_rate(train, j), share[64], mean = 0;
        cr_expect_leq(fabs(missing_rate(out, j) - gone), 3.9 * sqrt(gone * (1 - gone) / ROWS), "%s", column->name);
        if (!out->columns[j].number) {
            for (uint32_t l = 0; l < column->n_levels; l++)
                share[l] = (1 - gone) / column->n_levels;
            share[column->n_levels] = gone;
            cr_expect_gt(fit_levels(out, j, share, column->n_levels), 1e-4, "%s", column->name);
            continue;
        }
        double n = (double)(ROWS - out->columns[j].missing), middle = (column->lo + column->hi) / 2;
        for (size_t i = 0; i < ROWS; i++) {
            double value = out->columns[j].number[i], scale = pow(10, column->decimals);
            if (isnan(value))
                continue;
            cr_assert(value >= column->lo && value <= column->hi, "%s: %g", column->name, value);
            cr_assert_eq(value, round(value * scale) / scale, "%s: %.17g", column->name, value);
            mean += value / n;
        }
        cr_expect_lt(fabs(mean - middle), 3.9 * (column->hi - column->lo) / sqrt(12 * n), "%s: %g, not %g", column->name, mean,
                     middle);
    }
    cr_expect_gt(kolmogorov(train, out, SIMULATED_INCOME), 20.0);
    table_free(out);
}

static const struct fixture_column gauss_columns[] = {
    {.name = "x", .type = COLUMN_NUMERIC, .decimals = 6},  {.name = "y", .type = COLUMN_NUMERIC, .decimals = 6},
    {.name = "z", .type = COLUMN_NUMERIC, .decimals = 2},  {.name = "f", .type = COLUMN_CATEGORICAL, .n_levels = 4},
    {.name = "a", .type = COLUMN_BOOLEAN, .n_levels = 2},  {.name = "b", .type = COLUMN_BOOLEAN, .n_levels = 2},
    {.name = "xor", .type = COLUMN_BOOLEAN, .n_levels = 2}};

/* corr(x, y) = .7; z = exp(x), 2 decimals; f = quarter of x; xor = a ≠ b. */
static struct table *planted(struct schema **made)
{
    *made = fixture_schema(gauss_columns, 7);
    struct table *table = fixture_table(*made, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        struct random random;
        random_init(&random, 5, "test.planted", 0, i);
        double x = random_normal(&random), e = random_normal(&random);
        table_numbers(table, 0)[i] = x;
        table_numbers(table, 1)[i] = 0.7 * x + sqrt(1 - 0.49) * e;
        table_numbers(table, 2)[i] = round(100 * exp(x)) / 100;
        table_codes(table, 3)[i] = x < -0.7 ? 0 : x < 0 ? 1 : x < 0.7 ? 2 : 3;
        uint32_t a = random_u32(&random) & 1, b = random_u32(&random) & 1;
        table_codes(table, 4)[i] = a;
        table_codes(table, 5)[i] = b;
        table_codes(table, 6)[i] = a ^ b;
    }
    table_seal(table);
    return table;
}

/* Share of rows where f is the quarter that x lies in, and where xor is right. */
static void rules_kept(const struct table *table, double *quarter, double *parity)
{
    *quarter = *parity = 0;
    for (size_t i = 0; i < table->rows; i++) {
        double x = table->columns[0].number[i];
        uint32_t f = x < -0.7 ? 0 : x < 0 ? 1 : x < 0.7 ? 2 : 3;
        *quarter += (table->columns[3].code[i] == f) / (double)table->rows;
        uint32_t xor = table->columns[4].code[i] ^ table->columns[5].code[i];
        *parity += (table->columns[6].code[i] == xor) / (double)table->rows;
    }
}

/* Expected for independent columns: quarter Σ share² = .2501, parity ½. The copula keeps correlations and no rule; trees keep
 * rules (a leaf straddles a quarter's edge in at most 3 of some 800 leaves), parity only in part: its first split wins nothing,
 * so that a greedy search spends rows on noise before it meets the rule. */
Test(generators, dependence)
{
    static const struct {
        const char *method;
        double correlation, most_off, quarter_lo, quarter_hi, parity_lo, parity_hi;
    } cases[] = {
        {"bootstrap", 0.7, 0.05, 1, 1, 1, 1},        {"cart", 0.7, 0.05, 0.98, 1, 0.7, 1},
        {"copula", 0.7, 0.05, 0.2, 0.6, 0.45, 0.55}, {"independent", 0, 0.06, 0.22, 0.28, 0.47, 0.53},
        {"uniform", 0, 0.06, 0.2, 0.3, 0.47, 0.53},
    };
    struct schema *made;
    struct table *table = planted(&made);
    cr_expect_lt(fabs(column_pearson(table, 0, 1) - 0.7), 0.03);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct table *out = make(cases[k].method, table, ROWS, 2, NULL);
        double quarter, parity, r = column_pearson(out, 0, 1);
        rules_kept(out, &quarter, &parity);
        cr_expect_lt(fabs(r - cases[k].correlation), cases[k].most_off, "%s: correlation %.3f", cases[k].method, r);
        cr_expect(quarter >= cases[k].quarter_lo - 1e-9 && quarter <= cases[k].quarter_hi + 1e-9, "%s: quarter %.3f",
                  cases[k].method, quarter);
        cr_expect(parity >= cases[k].parity_lo - 1e-9 && parity <= cases[k].parity_hi + 1e-9, "%s: parity %.3f",
                  cases[k].method, parity);
        table_free(out);
    }
    table_free(table);
    schema_free(made);
}

/* Values lie on the column's grid; the copula interpolates, so it seldom repeats a value of a near-unique column, while cart
 * does nothing else. */
Test(generators, exact_values)
{
    static const struct {
        const char *method;
        double least, most;
    } cases[] = {{"bootstrap", 1, 1}, {"cart", 1, 1}, {"independent", 1, 1}, {"copula", 0, 0.1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct table *out = make(cases[k].method, train, ROWS, 3, NULL);
        const struct column_schema *balance = &schema->columns[SIMULATED_BALANCE];
        double repeated = 0;
        for (size_t i = 0; i < ROWS; i++) {
            double value = out->columns[SIMULATED_BALANCE].number[i];
            cr_assert_eq(value, round(value * 100) / 100, "%s: %.17g", cases[k].method, value);
            size_t lo = 0, hi = balance->n_sorted;
            while (lo < hi) {
                size_t middle = (lo + hi) / 2;
                if (balance->sorted[middle] < value)
                    lo = middle + 1;
                else
                    hi = middle;
            }
            repeated += (lo < balance->n_sorted && balance->sorted[lo] == value) / (double)ROWS;
        }
        cr_expect(repeated >= cases[k].least - 1e-9 && repeated <= cases[k].most, "%s: %.4f", cases[k].method, repeated);
        table_free(out);
    }
}

Test(generators, rows_of_train)
{
    static const struct {
        const char *method;
        size_t rows, least, most;
    } cases[] = {
        {"bootstrap", ROWS, ROWS, ROWS}, {"bootstrap", 100, 100, 100}, {"dropped-group", ROWS, ROWS, ROWS},
        {"leak05", ROWS, 200, 202},      {"leak05", 1000, 50, 51},     {"copula", ROWS, 0, 2},
        {"independent", ROWS, 0, 2},     {"uniform", ROWS, 0, 2},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct table *out = make(cases[k].method, train, cases[k].rows, 4, NULL);
        size_t found = train_rows(out);
        cr_expect(found >= cases[k].least && found <= cases[k].most, "%s: %zu rows of train", cases[k].method, found);
        table_free(out);
    }
}

/* The leaked rows are 50 different ones, and lie anywhere: the mean position of 50 of 1,000 has a standard error of 40. */
Test(generators, leak_is_spread_and_without_replacement)
{
    struct table *out = make("leak05", train, 1000, 4, NULL);
    uint64_t *known = fixture_row_hashes(train), *made = fixture_row_hashes(out), leaked[60] = {0};
    size_t n = 0;
    double place = 0;
    qsort(known, ROWS, sizeof *known, compare_u64);
    for (size_t i = 0; i < 1000; i++)
        if (bsearch(&made[i], known, ROWS, sizeof *known, compare_u64)) {
            place += (double)i;
            cr_assert_lt(n, sizeof leaked / sizeof *leaked);
            leaked[n++] = made[i];
        }
    qsort(leaked, n, sizeof *leaked, compare_u64);
    for (size_t i = 1; i < n; i++)
        cr_expect_neq(leaked[i - 1], leaked[i]);
    cr_expect_lt(fabs(place / (double)n - 500), 4 * 40.0);
    free(known);
    free(made);
    table_free(out);
}

/* Counts of sex × approved as chi² with 1 degree of freedom; here credit score against the label, by mean difference. */
static double label_gap(const struct table *table)
{
    double sum[2] = {0}, n[2] = {0};
    for (size_t i = 0; i < table->rows; i++) {
        uint32_t label = table->columns[SIMULATED_APPROVED].code[i];
        sum[label] += table->columns[SIMULATED_CREDIT_SCORE].number[i];
        n[label]++;
    }
    return sum[1] / n[1] - sum[0] / n[0];
}

/* Same rows as cart of the same seed but for the label; as many labels of each kind; the score's gap between the labels is
 * zero within 3.9 standard errors (sd 78, halves of 4,000: 2.5) where cart has about 70 points. */
Test(generators, permuted_label)
{
    struct table *cart = make("cart", train, ROWS, 6, NULL), *out = make("permuted-label", train, ROWS, 6, NULL);
    size_t ones[2] = {0}, moved = 0;
    for (size_t i = 0; i < ROWS; i++) {
        ones[0] += cart->columns[SIMULATED_APPROVED].code[i];
        ones[1] += out->columns[SIMULATED_APPROVED].code[i];
        moved += cart->columns[SIMULATED_APPROVED].code[i] != out->columns[SIMULATED_APPROVED].code[i];
    }
    cr_expect_eq(ones[0], ones[1]);
    cr_expect_gt(moved, (size_t)ROWS / 3);
    cr_expect_gt(label_gap(cart), 50.0, "%g", label_gap(cart));
    cr_expect_lt(fabs(label_gap(out)), 9.8, "%g", label_gap(out));
    memcpy(table_codes(out, SIMULATED_APPROVED), cart->columns[SIMULATED_APPROVED].code, ROWS * sizeof(uint32_t));
    cr_expect(fixture_equal(out, cart));
    table_free(cart);
    table_free(out);
}
