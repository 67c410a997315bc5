/* fidelity.jensen_shannon: closed forms, golden values, what noise adds, edges. */
#include <criterion/criterion.h>

#include "numeric/divergence.h"
#include "tests/unit/golden_tables.h"

extern const struct measure measure_fidelity_jensen_shannon;

static const struct fake_column level_column[] = {{.name = "g", .type = COLUMN_CATEGORICAL, .levels = 4}};

/* Writes counts[k] rows of code k, then rows without value. */
static void write_counts(struct table *table, const size_t *counts, size_t levels)
{
    size_t at = 0;
    for (size_t k = 0; k < levels; k++)
        for (size_t i = 0; i < counts[k]; i++)
            fake_codes(table, 0)[at++] = (uint32_t)k;
    while (at < table->rows)
        fake_codes(table, 0)[at++] = CODE_MISSING;
}

static double column_number(const struct fake_run *run, int column, const char *key)
{
    return golden_number(cJSON_GetArrayItem(cJSON_GetObjectItem(run->result.details, "columns"), column), key);
}

/* The spec's truths, and by hand: nothing in common 1; missing cells are left out. Expected: H(m) − (H(p) + H(q))/2 in bits. */
Test(jensen_shannon, known_values)
{
    const struct {
        size_t p[3], q[3];
        double divergence, root;
    } cases[] = {{{200, 200, 0}, {300, 100, 0}, 0.048795, 0.220896},
                 {{200, 200, 0}, {200, 100, 100}, 0.155639, 0.394511},
                 {{400, 0, 0}, {0, 200, 200}, 1, 1},
                 {{100, 100, 100}, {133, 133, 133}, 0, 0},
                 {{150, 50, 0}, {75, 25, 0}, 0, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct schema *schema = fake_schema(level_column, 1);
        struct table *r = fake_table(schema, "train", 400), *s = fake_table(schema, "candidate", 400);
        struct fake_run run;
        write_counts(r, cases[k].p, 3);
        write_counts(s, cases[k].q, 3);
        fake_fit(schema, r);
        fake_seal(s);
        fake_run(&run, &measure_fidelity_jensen_shannon, r, s, NULL, false);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        cr_near(run.result.value, cases[k].root, 6e-7, "case %zu", k);
        cr_near(golden_number(run.result.details, "mean_divergence"), cases[k].divergence, 6e-7, "case %zu", k);
        cr_expect(cases[k].root > 0 || run.result.value == 0);
        cr_expect(run.result.lo <= run.result.value && run.result.value <= run.result.hi && run.result.hi <= 1);
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}

/* scipy.spatial.distance.jensenshannon on the golden pairs, missing left out and missing as a category. */
Test(jensen_shannon, golden)
{
    golden_needed();
    for (size_t d = 0; d < GOLDEN_DATASETS; d++)
        for (size_t c = 0; c < GOLDEN_CANDIDATES; c++) {
            struct golden_pair pair = golden_pair(golden_datasets[d], golden_candidates[c]);
            struct fake_run run;
            const cJSON *item;
            double root = 0, divergence = 0;
            int levels = 0;
            fake_run(&run, &measure_fidelity_jensen_shannon, pair.train, pair.candidate, NULL, false);
            cr_assert_eq(run.status, 0, "%s", run.error.message);
            cJSON_ArrayForEach(item, cJSON_GetObjectItem(run.result.details, "columns"))
            {
                const char *name = json_get_string(item, "column", "");
                const cJSON *want = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItem(pair.want, "columns"), name);
                bool level = strcmp(json_get_string(item, "kind", ""), "levels") == 0;
                const cJSON *plain = cJSON_GetObjectItem(want, level ? "jensen_shannon" : "jensen_shannon_decile_bins");
                const cJSON *with = cJSON_GetObjectItem(want, "jensen_shannon_missing_as_category");
                cr_near(golden_number(item, "divergence"), golden_number(plain, "divergence"), 1e-9, "%s %s",
                        golden_datasets[d], name);
                cr_near(golden_number(item, "distance"), golden_number(plain, "root"), 1e-9, "%s %s", golden_datasets[d], name);
                if (with)
                    cr_near(golden_number(item, "divergence_with_missing"), golden_number(with, "divergence"), 1e-9, "%s %s",
                            golden_datasets[d], name);
                if (level) {
                    levels++;
                    root += golden_number(item, "distance");
                    divergence += golden_number(item, "divergence");
                }
            }
            cr_near(root / levels, json_get_number(pair.want, "means.jensen_shannon_root_categorical", -1), 1e-9, "mean");
            cr_near(divergence / levels, json_get_number(pair.want, "means.jensen_shannon_categorical", -1), 1e-9, "mean");
            fake_run_free(&run);
            golden_pair_free(&pair);
        }
}

/* Two levels with shares p, q of n, m rows. Where they clearly differ: the delta method's standard error and the second-order
 * bias, in closed form; where they agree, all of the root may be noise. */
Test(jensen_shannon, noise_of_two_shares)
{
    const struct {
        size_t n, ones_n, m, ones_m;
    } cases[] = {{2000, 400, 1000, 600}, {5000, 2500, 5000, 1000}, {2000, 1000, 1000, 500}, {2000, 1000, 1000, 510}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        size_t n = cases[k].n, m = cases[k].m;
        uint32_t *codes = calloc(n + m, sizeof *codes);
        struct influence sums = {calloc(n, sizeof(double)), calloc(m, sizeof(double))};
        struct divergence d;
        double p = (double)cases[k].ones_n / (double)n, q = (double)cases[k].ones_m / (double)m, middle = (p + q) / 2;
        for (size_t i = 0; i < cases[k].ones_n; i++)
            codes[i] = 1;
        for (size_t i = 0; i < cases[k].ones_m; i++)
            codes[n + i] = 1;
        cr_assert_eq(divergence_shares(codes, n, codes + n, m, 2, UINT32_MAX, &sums, &d, NULL), 0);
        double a = log2(p / middle) / 2 - log2((1 - p) / (1 - middle)) / 2;
        double b = log2(q / middle) / 2 - log2((1 - q) / (1 - middle)) / 2;
        double se = sqrt(a * a * p * (1 - p) / (double)n + b * b * q * (1 - q) / (double)m) / (2 * d.root);
        if (k < 2) {
            double bias = 0;
            for (int c = 0; c < 2; c++) {
                double x = c ? p : 1 - p, y = c ? q : 1 - q;
                bias += ((1 - x) * y / (double)n + (1 - y) * x / (double)m) / ((x + y) * 4 * log(2));
            }
            /* the root of what is left, and the little that its curvature takes away */
            double left = sqrt(d.divergence - bias), unit = (1 / (double)n + 1 / (double)m) / (8 * log(2));
            cr_near(d.se, se, 1e-12, "case %zu: se", k);
            cr_near(d.bias_least, d.root - left - unit / (2 * left) * (1 + bias / (2 * left * left)), 1e-12, "case %zu", k);
            cr_near(d.bias_most, d.bias_least, 1e-12, "case %zu", k);
            cr_near(influence_se(&sums, n, m, 1), se, 1e-12, "case %zu: sums", k);
        } else {
            cr_expect(d.bias_most == d.root && d.bias_least == 0, "case %zu", k);
            cr_expect(k == 2 ? d.root == 0 && d.se == 0 : d.se < se && d.se > 0.7 * se, "case %zu", k);
        }
        free(codes), free(sums.first), free(sums.second);
    }
}

/* Every level once in either table, none in common: the lower end must not think that noise, the upper end must hold 1. */
Test(jensen_shannon, ten_thousand_categories)
{
    const struct fake_column column = {.name = "g", .type = COLUMN_CATEGORICAL, .levels = 20000};
    struct schema *schema = fake_schema(&column, 1);
    struct table *r = fake_table(schema, "train", 10000), *s = fake_table(schema, "candidate", 10000);
    for (uint32_t i = 0; i < 10000; i++) {
        fake_codes(r, 0)[i] = i;
        fake_codes(s, 0)[i] = 10000 + i;
    }
    fake_fit(schema, r);
    fake_seal(s);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_jensen_shannon, r, s, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_near(run.result.value, 1, 1e-12, "value");
    cr_expect(run.result.hi >= 1 - 1e-12 && run.result.lo <= 1, "%g %g", run.result.lo, run.result.hi);
    fake_run_free(&run);
    fake_run(&run, &measure_fidelity_jensen_shannon, r, r, NULL, false);
    cr_expect_eq(run.result.value, 0);
    fake_run_free(&run);
    fake_schema_free(schema);
}

/* A column that lost its values, one that never had any, a constant, an unseen category; one row; no row. */
Test(jensen_shannon, odd_columns)
{
    enum { GONE, NEVER, CONSTANT, UNSEEN };
    static const struct fake_column columns[] = {{.name = "gone", .type = COLUMN_NUMERIC},
                                                 {.name = "never", .type = COLUMN_CATEGORICAL, .levels = 1},
                                                 {.name = "constant", .type = COLUMN_DATETIME},
                                                 {.name = "unseen", .type = COLUMN_CATEGORICAL, .levels = 3}};
    for (size_t rows = 0; rows <= 4; rows += rows ? 3 : 1) {
        struct schema *schema = fake_schema(columns, 4);
        struct table *r = fake_table(schema, "train", 4), *s = fake_table(schema, "candidate", rows);
        for (size_t i = 0; i < 4; i++) {
            fake_numbers(r, GONE)[i] = (double)i;
            fake_codes(r, NEVER)[i] = CODE_MISSING;
            fake_numbers(r, CONSTANT)[i] = 7;
            fake_codes(r, UNSEEN)[i] = i % 2;
        }
        for (size_t i = 0; i < rows; i++) {
            fake_numbers(s, GONE)[i] = NAN;
            fake_codes(s, NEVER)[i] = CODE_MISSING;
            fake_numbers(s, CONSTANT)[i] = 7;
            fake_codes(s, UNSEEN)[i] = i < 2 ? 0 : (uint32_t)i - 1;
        }
        fake_fit(schema, r);
        fake_seal(s);
        struct fake_run run, brief;
        fake_run(&run, &measure_fidelity_jensen_shannon, r, s, NULL, false);
        fake_run(&brief, &measure_fidelity_jensen_shannon, r, s, NULL, true);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        cr_expect(brief.result.value == run.result.value && isnan(brief.result.lo) && !brief.result.details);
        cr_expect_eq(column_number(&run, GONE, "distance"), 1);
        cr_expect(isnan(column_number(&run, NEVER, "distance")));
        cr_expect_eq(column_number(&run, CONSTANT, "distance"), rows ? 0 : 1);
        if (rows == 4) {
            cr_near(column_number(&run, UNSEEN, "divergence"), 0.155639, 6e-7, "unseen");
            cr_near(run.result.value, (1 + sqrt(0.155639)) / 3, 1e-6, "mean of three");
        }
        cr_expect(rows > 0 || run.result.value == 1, "nothing in a table without rows is like the real one");
        fake_run_free(&run), fake_run_free(&brief);
        fake_run(&run, &measure_fidelity_jensen_shannon, r, r, NULL, false);
        cr_expect(run.result.value == 0 && run.result.lo == 0 && run.result.hi == 0, "itself");
        fake_run_free(&run);
        if (rows == 0) {
            fake_run(&run, &measure_fidelity_jensen_shannon, s, s, NULL, false);
            cr_expect_eq(run.status, ERROR_UNMEASURABLE);
            fake_run_free(&run);
        }
        fake_schema_free(schema);
    }
}
