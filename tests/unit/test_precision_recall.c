/* Precision, recall, density and coverage: by hand, golden values, edges. */
#include <criterion/criterion.h>

#include "core/random.h"
#include "metrics/fidelity/balls.h"
#include "tests/unit/golden_tables.h"

extern const struct measure measure_fidelity_precision_recall;

static const char *const names[BALLS_SHARES] = {"precision", "recall", "density", "coverage"};
static const char *const sides[2] = {"closed", "open"};

static void check(const struct fake_run *run, const cJSON *want, const char *where)
{
    double p = 0, r = 0;
    cr_assert_eq(run->status, 0, "%s: %s", where, run->error.message);
    for (size_t w = 0; w < BALLS_SHARES; w++)
        for (size_t k = 0; k < 2; k++) {
            const cJSON *item = cJSON_GetObjectItem(run->result.details, names[w]);
            double expected = golden_number(cJSON_GetObjectItem(want, sides[k]), names[w]);
            cr_near(json_get_number(item, sides[k], NAN), expected, 1e-9, "%s %s %s", where, names[w], sides[k]);
            if (k == 0) {
                p = w == BALLS_PRECISION ? expected : p;
                r = w == BALLS_RECALL ? expected : r;
                cr_expect(json_get_number(item, "lo", NAN) <= expected + 1e-12 &&
                              expected - 1e-12 <= json_get_number(item, "hi", NAN),
                          "%s interval of %s", where, names[w]);
            }
        }
    cr_near(run->result.value, 2 * p * r / (p + r), 1e-9, "%s harmonic mean", where);
    cr_expect(run->result.lo <= run->result.value && run->result.value <= run->result.hi, "%s interval", where);
}

Test(precision_recall, golden)
{
    golden_needed();
    struct pool *pool;
    cr_assert_eq(pool_new(&pool, 2, NULL), 0);
    for (size_t d = 0; d < GOLDEN_DATASETS; d++)
        for (size_t c = 0; c < GOLDEN_CANDIDATES; c++) {
            struct golden_pair pair = golden_pair(golden_datasets[d], golden_candidates[c]);
            struct fake_run run;
            char where[100];
            snprintf(where, sizeof where, "%s %s", golden_datasets[d], golden_candidates[c]);
            fake_run(&run, &measure_fidelity_precision_recall, pair.train, pair.candidate, pool, false);
            check(&run, cJSON_GetObjectItem(pair.want, "knn"), where);
            fake_run_free(&run);
            if (c == 0) { /* train against itself */
                char path[100];
                snprintf(path, sizeof path, "values/%s/train.json", golden_datasets[d]);
                cJSON *own = golden_json(path);
                fake_run(&run, &measure_fidelity_precision_recall, pair.train, pair.train, pool, false);
                check(&run, cJSON_GetObjectItem(own, "knn_train_against_itself"), golden_datasets[d]);
                cr_expect_eq(run.result.value, 1);
                fake_run_free(&run);
                cJSON_Delete(own);
            }
            golden_pair_free(&pair);
        }
    pool_free(pool);
}

static struct schema *line(const double *x, size_t n, const double *y, size_t m, struct table **train, struct table **candidate)
{
    static const struct fake_column columns[] = {{.name = "x", .type = COLUMN_NUMERIC}};
    struct schema *schema = fake_schema(columns, 1);
    *train = fake_table(schema, "train", n);
    *candidate = fake_table(schema, "candidate", m);
    for (size_t i = 0; i < n; i++)
        fake_numbers(*train, 0)[i] = x[i];
    for (size_t i = 0; i < m; i++)
        fake_numbers(*candidate, 0)[i] = y[i];
    fake_fit(schema, *train);
    fake_seal(*candidate);
    return schema;
}

/* Real rows 0 … 6 on a line; radii: distance to the 5th nearest other: 5, 4, 3, 3, 3, 4, 5 (from 0: 1 2 3 4 5; from 1: 1 1 2 3
 * 4; from 2: 1 1 2 2 3; from 3: 1 1 2 2 3). Synthetic rows 10.5, 100, 101, … 105: 10.5 lies in the ball of 6 (reach 11) only,
 * closed and open; the others in none. Precision 1/7, density 1/(5·7), coverage 1/7. Synthetic radii: of 10.5 93.5, of 100 …
 * 105 89.5 (100: 1 2 3 4 5 → 5): 100 … 105 have 5, 4, 3, 3, 4, 5; the ball of 10.5 reaches all real rows: recall 1. */
Test(precision_recall, by_hand)
{
    static const double x[] = {0, 1, 2, 3, 4, 5, 6}, y[] = {10.5, 100, 101, 102, 103, 104, 105};
    static const double want[BALLS_SHARES] = {1.0 / 7, 1, 1.0 / 35, 1.0 / 7};
    struct table *train, *candidate;
    struct schema *schema = line(x, 7, y, 7, &train, &candidate);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_precision_recall, train, candidate, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    for (size_t w = 0; w < BALLS_SHARES; w++)
        for (size_t k = 0; k < 2; k++)
            cr_near(json_get_number(cJSON_GetObjectItem(run.result.details, names[w]), sides[k], NAN), want[w], 1e-12, "%s %s",
                    names[w], sides[k]);
    cr_near(run.result.value, 2.0 / 8, 1e-12, "2·(1/7)/(8/7)");
    /* fresh rows: 1 − (6·5·4·3·2)/(13·12·11·10·9) = 1 − 720/154440 */
    cr_near(json_get_number(run.result.details, "coverage_of_fresh_rows", NAN), 1 - 720.0 / 154440, 1e-12, "fresh coverage");
    fake_run_free(&run);
    fake_schema_free(schema);
}

static struct schema *normal(size_t n, size_t m, uint64_t seed, struct table **train, struct table **candidate)
{
    static const struct fake_column columns[] = {{.name = "x", .type = COLUMN_NUMERIC},
                                                 {.name = "y", .type = COLUMN_NUMERIC},
                                                 {.name = "g", .type = COLUMN_CATEGORICAL, .levels = 4}};
    struct schema *schema = fake_schema(columns, 3);
    struct table *tables[2] = {fake_table(schema, "train", n), fake_table(schema, "candidate", m)};
    struct random random;
    random_init(&random, seed, "normal", 0, 0);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < tables[t]->rows; i++) {
            double z = random_normal(&random);
            fake_numbers(tables[t], 0)[i] = z;
            fake_numbers(tables[t], 1)[i] = i % 11 == 5 ? (double)NAN : z + random_normal(&random);
            fake_codes(tables[t], 2)[i] = i % 13 == 3 ? CODE_MISSING : (uint32_t)random_below(&random, 3 + t);
        }
    fake_fit(schema, tables[0]);
    fake_seal(tables[1]);
    *train = tables[0];
    *candidate = tables[1];
    return schema;
}

/* Coverage of fresh rows is what the closed form says; 60 pairs of 400 and 200 rows. */
Test(precision_recall, coverage_of_fresh_rows)
{
    double mean = 0, expected = 0;
    for (size_t r = 0; r < 60; r++) {
        struct table *train, *candidate;
        struct schema *schema = normal(400, 200, r, &train, &candidate);
        for (size_t i = 0; i < 200; i++)
            fake_codes(candidate, 2)[i] = fake_codes(train, 2)[i + 100]; /* levels as in train */
        struct fake_run run;
        fake_run(&run, &measure_fidelity_precision_recall, train, candidate, NULL, false);
        mean += json_get_number(run.result.details, "coverage.closed", NAN) / 60;
        expected = json_get_number(run.result.details, "coverage_of_fresh_rows", NAN);
        fake_run_free(&run);
        fake_schema_free(schema);
    }
    cr_near(mean, expected, 0.015, "coverage");
}

Test(precision_recall, ideal_threads_brief)
{
    const size_t rows[] = {6, 50, 500, 2000};
    struct pool *pool;
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    for (size_t r = 0; r < 4; r++) {
        struct table *train, *candidate;
        struct schema *schema = normal(rows[r], rows[r], 1, &train, &candidate);
        struct fake_run same, one, many, brief;
        fake_run(&same, &measure_fidelity_precision_recall, train, train, pool, false);
        cr_assert_eq(same.status, 0, "%s", same.error.message);
        cr_expect(same.result.value == 1 && same.result.hi == 1, "%zu rows: %g", rows[r], same.result.value);
        fake_run(&one, &measure_fidelity_precision_recall, train, candidate, NULL, false);
        fake_run(&many, &measure_fidelity_precision_recall, train, candidate, pool, false);
        fake_run(&brief, &measure_fidelity_precision_recall, train, candidate, pool, true);
        struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
        json_print(one.result.details, &a);
        json_print(many.result.details, &b);
        cr_expect_str_eq(strbuf_text(&a), strbuf_text(&b));
        cr_expect(one.result.value == many.result.value && one.result.lo == many.result.lo && one.result.hi == many.result.hi);
        cr_expect(brief.result.value == one.result.value && isnan(brief.result.lo));
        cr_expect(strlen(one.result.finding) > 40);
        strbuf_free(&a), strbuf_free(&b);
        fake_run_free(&same), fake_run_free(&one), fake_run_free(&many), fake_run_free(&brief);
        fake_schema_free(schema);
    }
    pool_free(pool);
}

/* Far away: nothing shared, value 0 with an interval. Unseen category, constant and empty columns: no crash. Too few rows. */
Test(precision_recall, odd_tables)
{
    struct table *train, *candidate;
    struct schema *schema = normal(200, 200, 2, &train, &candidate);
    struct fake_run run;
    for (size_t i = 0; i < 200; i++) {
        fake_numbers(candidate, 0)[i] = 1e6 + (double)i;
        fake_numbers(train, 1)[i] = NAN;
        fake_codes(train, 2)[i] = 0;
    }
    fake_fit(schema, train);
    fake_seal(candidate);
    fake_run(&run, &measure_fidelity_precision_recall, train, candidate, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_expect(run.result.value == 0 && run.result.lo == 0 && run.result.hi > 0 && run.result.hi < 0.2, "%g %g", run.result.lo,
              run.result.hi);
    fake_run_free(&run);
    for (size_t rows = 0; rows <= 5; rows++) {
        candidate->rows = rows;
        fake_run(&run, &measure_fidelity_precision_recall, train, candidate, NULL, false);
        cr_expect_eq(run.status, ERROR_UNMEASURABLE, "%zu rows", rows);
        fake_run_free(&run);
    }
    for (size_t c = 0; c < 3; c++)
        schema->columns[c].type = COLUMN_ID;
    candidate->rows = 200;
    fake_run(&run, &measure_fidelity_precision_recall, train, candidate, NULL, false);
    cr_expect_eq(run.status, ERROR_UNMEASURABLE);
    fake_run_free(&run);
    fake_schema_free(schema);
}
