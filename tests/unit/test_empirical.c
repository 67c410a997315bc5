#include <criterion/criterion.h>

#include "core/random.h"
#include "numeric/empirical.h"
#include "numeric/sort.h"
#include "tests/unit/golden.h"

static const char *const datasets[] = {"german_credit",      "compas",    "law_school", "heart_disease",
                                       "california_housing", "acs_ma2019"};
static const char *const candidates[] = {"holdout", "independent", "copula", "dropped_group"};

static void check_quantity(const double *r, size_t n, const double *s, size_t m, const cJSON *want, const char *where)
{
    double ks, w1, edges[11];
    cr_assert_eq(ks_statistic(r, n, s, m, &ks, NULL), 0);
    cr_near(ks, golden_number(want, "ks"), 1e-9, "%s ks", where);
    cr_assert_eq(wasserstein_distance(r, n, s, m, &w1, NULL), 0);
    cr_near(w1, golden_number(want, "wasserstein"), 1e-9, "%s W1", where);
    struct bins bins = {.edges = edges};
    cr_assert_eq(bins_from_quantiles(r, n, 10, &bins, NULL), 0);
    const cJSON *golden = json_get(want, "jensen_shannon_decile_bins.edges");
    cr_assert_eq(bins.edge_count, (size_t)cJSON_GetArraySize(golden), "%s", where);
    for (size_t i = 0; i < bins.edge_count; i++)
        cr_near(edges[i], golden_value(cJSON_GetArrayItem(golden, (int)i)), 1e-12, "%s edge %zu", where, i);
    double p[14] = {0}, q[14] = {0};
    size_t present = bins_count(&bins) - 1;
    for (size_t i = 0; i < n; i++)
        p[bins_index(&bins, r[i])]++;
    for (size_t i = 0; i < m; i++)
        q[bins_index(&bins, s[i])]++;
    cr_near(jensen_shannon(p, q, present), json_get_number(want, "jensen_shannon_decile_bins.divergence", -1), 1e-9, "%s JSD",
            where);
}

static void check_levels(const struct golden_csv *const tables[2], const char *name, const cJSON *want, const char *where)
{
    uint32_t *codes[2];
    size_t levels = golden_codes(tables, 2, name, codes);
    double *counts = calloc(2 * levels, sizeof *counts);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < tables[t]->rows; i++)
            if (*golden_text(tables[t], i, golden_column(tables[t], name)))
                counts[t * levels + codes[t][i]]++;
    cr_near(total_variation(counts, counts + levels, levels), golden_number(want, "tv"), 1e-9, "%s tv", where);
    cr_near(jensen_shannon(counts, counts + levels, levels), json_get_number(want, "jensen_shannon.divergence", -1), 1e-9,
            "%s JSD", where);
    free(counts);
    free(codes[0]), free(codes[1]);
}

/* Correlations within the candidate: pairs in column order of the numeric columns. */
static void check_correlations(const struct golden_csv *csv, const cJSON *schema, const cJSON *want, const char *where)
{
    const cJSON *column, *pearsons = cJSON_GetObjectItem(want, "pearson"), *spearmans = cJSON_GetObjectItem(want, "spearman");
    double *numbers[40];
    size_t count = 0;
    int at = 0;
    cJSON_ArrayForEach(column, schema)
    {
        const char *type = json_get_string(column, "type", "");
        if (strcmp(type, "categorical"))
            numbers[count++] = golden_numbers(csv, column->string, strcmp(type, "datetime") == 0);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++, at++) {
            double rho;
            size_t pairs;
            cr_near(pearson(numbers[i], numbers[j], csv->rows, &pairs), golden_value(cJSON_GetArrayItem(pearsons, at)), 1e-9,
                    "%s Pearson %d", where, at);
            cr_assert_eq(spearman(numbers[i], numbers[j], csv->rows, &rho, NULL, NULL), 0);
            cr_near(rho, golden_value(cJSON_GetArrayItem(spearmans, at)), 1e-9, "%s Spearman %d", where, at);
        }
    cr_expect_eq(at, cJSON_GetArraySize(pearsons), "%s", where);
    for (size_t i = 0; i < count; i++)
        free(numbers[i]);
}

static void check_candidate(const char *dataset, const char *candidate, const struct golden_csv *train, const cJSON *schema)
{
    char path[200];
    snprintf(path, sizeof path, "pairs/%s/%s.csv", dataset, candidate);
    struct golden_csv csv = golden_csv(path);
    snprintf(path, sizeof path, "values/%s/%s.json", dataset, candidate);
    cJSON *values = golden_json(path);
    const cJSON *column;
    cJSON_ArrayForEach(column, schema)
    {
        char where[200];
        snprintf(where, sizeof where, "%s %s %s", dataset, candidate, column->string);
        const char *type = json_get_string(column, "type", "");
        const cJSON *want = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItem(values, "columns"), column->string);
        if (strcmp(type, "categorical") == 0) {
            check_levels((const struct golden_csv *[]){train, &csv}, column->string, want, where);
            continue;
        }
        double *r = golden_numbers(train, column->string, strcmp(type, "datetime") == 0);
        double *s = golden_numbers(&csv, column->string, strcmp(type, "datetime") == 0);
        check_quantity(r, train->rows, s, csv.rows, want, where);
        free(r), free(s);
    }
    check_correlations(&csv, schema, cJSON_GetObjectItem(values, "within"), candidate);
    cJSON_Delete(values);
    golden_csv_free(&csv);
}

Test(empirical, golden)
{
    golden_needed();
    for (size_t d = 0; d < sizeof datasets / sizeof *datasets; d++) {
        char path[200];
        snprintf(path, sizeof path, "pairs/%s/train.csv", datasets[d]);
        struct golden_csv train = golden_csv(path);
        snprintf(path, sizeof path, "pairs/%s/schema.json", datasets[d]);
        cJSON *schema = golden_json(path);
        for (size_t c = 0; c < sizeof candidates / sizeof *candidates; c++)
            check_candidate(datasets[d], candidates[c], &train, cJSON_GetObjectItem(schema, "columns"));
        cJSON_Delete(schema);
        golden_csv_free(&train);
    }
}

/* Known truths of the specification and small closed forms: R = {0,1,2,3}, S = {1,2,3,4}: W1 1, KS 1/4. Disjoint samples: KS 1,
 * W1 the distance of the means. {0, 0, 1} against {0, 1, 1}: one third moves by 1. Unequal sizes: {0, 1} against {0, 0, 1}: ½
 * against 2/3 below 1. Missing values are dropped. */
Test(empirical, distances)
{
    const double nan = NAN;
    const struct {
        double a[5], b[5];
        size_t n, m;
        double ks, w1;
    } cases[] = {
        {{0, 1, 2, 3}, {1, 2, 3, 4}, 4, 4, 0.25, 1},
        {{3, 1, 0, 2}, {4, 1, 3, 2}, 4, 4, 0.25, 1},
        {{0, 1}, {10, 13}, 2, 2, 1, 11},
        {{10, 13}, {0, 1}, 2, 2, 1, 11},
        {{0, 0, 1}, {0, 1, 1}, 3, 3, 1.0 / 3, 1.0 / 3},
        {{0, 1}, {0, 0, 1}, 2, 3, 1.0 / 6, 1.0 / 6},
        {{5, 5, 5}, {5}, 3, 1, 0, 0},
        {{NAN, 2, NAN, 1}, {1, NAN, 2}, 4, 3, 0, 0},
        {{-1e300, 1}, {-1e300, 1}, 2, 2, 0, 0},
        {{-0.0}, {0.0}, 1, 1, 0, 0},
        {{7}, {2}, 1, 1, 1, 5},
        {{1}, {1}, 0, 1, nan, nan},
        {{1}, {1}, 1, 0, nan, nan},
        {{NAN}, {1}, 1, 1, nan, nan},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double ks, w1;
        cr_assert_eq(ks_statistic(cases[i].a, cases[i].n, cases[i].b, cases[i].m, &ks, NULL), 0);
        cr_assert_eq(wasserstein_distance(cases[i].a, cases[i].n, cases[i].b, cases[i].m, &w1, NULL), 0);
        cr_near(ks, cases[i].ks, 1e-15, "KS of case %zu", i);
        cr_near(w1, cases[i].w1, 1e-14, "W1 of case %zu", i);
        if (cases[i].ks == 0)
            cr_expect(ks == 0 && w1 == 0, "case %zu is not exactly 0", i);
    }
}

/* measures.md: p = (.5, .5), q = (.75, .25): TV .25, JSD .048795, root .220896; q = (.5, .25, .25): JSD .155639. */
Test(empirical, shares)
{
    const double half[] = {1, 1, 0}, skew[] = {3, 1, 0}, unseen[] = {2, 1, 1}, none[] = {0, 0, 0}, twice[] = {2, 2, 0},
                 apart[] = {0, 0, 4};
    cr_near(total_variation(half, skew, 3), 0.25, 1e-15, "TV");
    cr_near(jensen_shannon(half, skew, 3), 0.048795, 5e-7, "JSD");
    cr_near(sqrt(jensen_shannon(half, skew, 3)), 0.220896, 5e-7, "root of JSD");
    cr_near(jensen_shannon(half, unseen, 3), 0.155639, 5e-7, "JSD with an unseen level");
    cr_expect_eq(total_variation(half, twice, 3), 0);
    cr_expect_eq(jensen_shannon(half, twice, 3), 0);
    cr_expect_eq(total_variation(half, apart, 3), 1);
    cr_expect_eq(jensen_shannon(half, apart, 3), 1);
    cr_expect(isnan(total_variation(half, none, 3)) && isnan(jensen_shannon(none, half, 3)));
}

/* numpy.quantile([1, 2, 4, 8], p) = 1, 1.75, 3, 5, 8 at 0, .25, .5, .75, 1 (position 3p between order statistics) */
Test(empirical, quantiles_and_bins)
{
    const double values[] = {8, NAN, 1, 4, 2}, p[] = {0, 0.25, 0.5, 0.75, 1, 1.5}, want[] = {1, 1.75, 3, 5, 8, NAN};
    double got[6], edges[11];
    cr_assert_eq(quantiles(values, 5, p, 6, got, NULL), 0);
    for (size_t i = 0; i < 6; i++)
        cr_near(got[i], want[i], 1e-15, "quantile %zu", i);
    cr_expect(isnan(quantile_sorted(values, 0, 0.5)));
    struct bins bins = {.edges = edges};
    const struct {
        double values[11];
        size_t n, edges, count;
        double at[6];
        size_t index[6];
    } cases[] = {
        {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 11, 11, 13, {-1, 0, 0.5, 9.5, 10, 10.1}, {0, 1, 1, 10, 10, 11}},
        {{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1}, 11, 2, 4, {-1, 0, 0.5, 1, 2, NAN}, {0, 1, 1, 1, 2, 3}},
        {{5, 5}, 2, 1, 4, {4, 5, 6, NAN, 5, 5}, {0, 1, 2, 3, 1, 1}},
        {{NAN, NAN}, 2, 0, 3, {-1, 0, 1, NAN, NAN, NAN}, {0, 0, 0, 2, 2, 2}},
    };
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(bins_from_quantiles(cases[i].values, cases[i].n, 10, &bins, NULL), 0);
        cr_expect_eq(bins.edge_count, cases[i].edges, "case %zu has %zu edges", i, bins.edge_count);
        cr_expect_eq(bins_count(&bins), cases[i].count, "case %zu", i);
        for (size_t j = 0; j < 6; j++)
            cr_expect_eq(bins_index(&bins, cases[i].at[j]), cases[i].index[j], "case %zu value %zu: %zu", i, j,
                         bins_index(&bins, cases[i].at[j]));
    }
}

/* x = 1 … 5, y = 2, 1, 4, 3, 5: Σd² = 4, Spearman 1 − 6·4/(5·24) = .8; Pearson the same since y is a permutation of x. */
Test(empirical, ranks_and_correlations)
{
    const double ties[] = {3, NAN, 1, 3, 2, 3}, want[] = {4, NAN, 1, 4, 2, 4};
    double ranks[6], rho;
    size_t pairs;
    cr_assert_eq(midranks(ties, 6, ranks, NULL), 0);
    for (size_t i = 0; i < 6; i++)
        cr_near(ranks[i], want[i], 0, "rank %zu", i);
    const double x[] = {1, 2, 3, 4, 5, NAN, 7}, y[] = {2, 1, 4, 3, 5, 9, NAN}, tenths[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1},
                 steep[] = {2, 1, 40, 30, 5000, 0, 0}, down[] = {-1, -2, -3, -4, -5, 0, 0};
    cr_near(pearson(x, y, 7, &pairs), 0.8, 1e-15, "Pearson");
    cr_expect_eq(pairs, 5);
    cr_assert_eq(spearman(x, steep, 5, &rho, &pairs, NULL), 0);
    cr_near(rho, 0.8, 1e-15, "Spearman");
    cr_near(pearson(x, down, 5, NULL), -1, 1e-15, "exactly falling");
    cr_expect(isnan(pearson(x, tenths, 5, NULL)), "a constant has no correlation");
    cr_expect(isnan(pearson(x, y, 1, NULL)), "one row has no correlation");
    cr_expect(isnan(pearson(x, y, 0, NULL)));
}

static int compare_u64(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* The radix sorts against the C library's sort, on sizes around its switch and values of all magnitudes with ties. */
Test(empirical, sorting)
{
    const size_t sizes[] = {0, 1, 2, 63, 64, 65, 1000, 20000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        size_t n = sizes[k];
        double *values = calloc(n + 1, sizeof *values), *copy = calloc(n + 1, sizeof *copy);
        uint32_t *order = calloc(n + 1, sizeof *order);
        uint64_t *keys = calloc(n + 1, sizeof *keys), *want = calloc(n + 1, sizeof *want);
        struct random random;
        random_init(&random, k, "sorting", 0, 0);
        for (size_t i = 0; i < n; i++) {
            keys[i] = want[i] = random_u64(&random) >> random_below(&random, 64);
            values[i] = ldexp(random_normal(&random), (int)random_below(&random, 200) - 100);
            if (i % 3 == 0)
                values[i] = (double)random_below(&random, 5) - 2;
        }
        memcpy(copy, values, n * sizeof *values);
        cr_assert_eq(sort_order(values, n, order, NULL), 0);
        sort_doubles(copy, n);
        for (size_t i = 0; i < n; i++) {
            cr_assert_eq(copy[i], values[order[i]]);
            cr_assert(i == 0 || copy[i - 1] < copy[i] || (copy[i - 1] == copy[i] && order[i - 1] < order[i]));
        }
        cr_assert_eq(sort_u64(keys, n, NULL), 0);
        qsort(want, n, sizeof *want, compare_u64);
        cr_assert_arr_eq(keys, want, n * sizeof *keys);
        free(values), free(copy), free(order), free(keys), free(want);
    }
}
