#include <criterion/criterion.h>

#include "core/random.h"
#include "tests/unit/fake_table.h"
#include "tests/unit/golden_tables.h"

extern const struct measure measure_fidelity_column_shapes, measure_fidelity_pair_trends, measure_fidelity_wasserstein,
    measure_fidelity_validity;

static void check_shapes(const struct table *train, const struct table *candidate, const cJSON *want, const char *where)
{
    struct fake_run run;
    const cJSON *item;
    fake_run(&run, &measure_fidelity_column_shapes, train, candidate, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_near(run.result.value, json_get_number(want, "means.column_shapes", -1), 1e-9, "%s column shapes", where);
    cr_expect(run.result.lo <= run.result.value && run.result.value <= run.result.hi, "%s interval", where);
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(run.result.details, "columns"))
    {
        const char *name = json_get_string(item, "column", "");
        const cJSON *column = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItem(want, "columns"), name);
        const char *kind = json_get_string(item, "kind", "");
        cr_near(1 - golden_number(item, "score"), golden_number(column, kind), 1e-9, "%s %s %s", where, name, kind);
    }
    fake_run_free(&run);
    fake_run(&run, &measure_fidelity_wasserstein, train, candidate, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_near(run.result.value, json_get_number(want, "means.wasserstein_scaled", -1), 1e-9, "%s Wasserstein", where);
    fake_run_free(&run);
}

static void check_pairs(const struct table *train, const struct table *candidate, const cJSON *want, const cJSON *mixed,
                        const char *dataset, const char *name)
{
    struct fake_run run;
    const cJSON *item, *example;
    int at[2] = {0, 0};
    const cJSON *const lists[2] = {json_get(want, "pair_similarity.numeric_numeric"),
                                   json_get(want, "pair_similarity.categorical_categorical")};
    fake_run(&run, &measure_fidelity_pair_trends, train, candidate, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_expect(run.result.lo <= run.result.value && run.result.value <= run.result.hi, "%s interval", name);
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(run.result.details, "pairs"))
    {
        const char *kind = json_get_string(item, "kind", "");
        const char *a = json_get_string(item, "a", ""), *b = json_get_string(item, "b", "");
        int list = strcmp(kind, "contingency") == 0;
        if (strcmp(kind, "mixed")) {
            cr_near(golden_number(item, "score"), golden_value(cJSON_GetArrayItem(lists[list], at[list])), 1e-9, "%s %s x %s",
                    name, a, b);
            at[list]++;
            continue;
        }
        cJSON_ArrayForEach(example, mixed)
        {
            const char *x = json_get_string(example, "numeric", ""), *g = json_get_string(example, "categorical", "");
            if (strcmp(json_get_string(example, "dataset", ""), dataset) == 0 &&
                strcmp(json_get_string(example, "candidate", ""), name) == 0 &&
                ((strcmp(a, x) == 0 && strcmp(b, g) == 0) || (strcmp(a, g) == 0 && strcmp(b, x) == 0)))
                cr_near(golden_number(item, "score"),
                        golden_number(example, "deciles_of_the_real_column_with_two_overflow_bins"), 1e-9, "%s %s x %s", name,
                        x, g);
        }
    }
    cr_expect(at[0] == cJSON_GetArraySize(lists[0]) && at[1] == cJSON_GetArraySize(lists[1]), "%s: pairs left over", name);
    fake_run_free(&run);
}

Test(fidelity, golden)
{
    golden_needed();
    static const char *const datasets[] = {"german_credit",      "compas",    "law_school", "heart_disease",
                                           "california_housing", "acs_ma2019"};
    static const char *const candidates[] = {"holdout", "independent", "copula", "cart"};
    cJSON *example = golden_json("values/mixed_pairs_example.json");
    for (size_t d = 0; d < sizeof datasets / sizeof *datasets; d++) {
        char path[200];
        snprintf(path, sizeof path, "pairs/%s/train.csv", datasets[d]);
        struct golden_csv train = golden_csv(path);
        snprintf(path, sizeof path, "pairs/%s/schema.json", datasets[d]);
        cJSON *columns = golden_json(path);
        for (size_t c = 0; c < sizeof candidates / sizeof *candidates; c++) {
            snprintf(path, sizeof path, "pairs/%s/%s.csv", datasets[d], candidates[c]);
            struct golden_csv csv = golden_csv(path);
            snprintf(path, sizeof path, "values/%s/%s.json", datasets[d], candidates[c]);
            cJSON *want = golden_json(path);
            struct table *tables[2];
            struct schema *schema =
                golden_tables((const struct golden_csv *[]){&train, &csv}, 2, cJSON_GetObjectItem(columns, "columns"), tables);
            snprintf(path, sizeof path, "%s/%s", datasets[d], candidates[c]);
            check_shapes(tables[0], tables[1], want, path);
            check_pairs(tables[0], tables[1], want, cJSON_GetObjectItem(example, "on_the_pairs"), datasets[d], candidates[c]);
            fake_schema_free(schema);
            cJSON_Delete(want);
            golden_csv_free(&csv);
        }
        cJSON_Delete(columns);
        golden_csv_free(&train);
    }
    cJSON_Delete(example);
}

static const struct fake_column mixed_columns[] = {{.name = "x", .type = COLUMN_NUMERIC},
                                                   {.name = "g", .type = COLUMN_CATEGORICAL, .levels = 2}};

/* The worked example of docs/measures/fidelity.pair_trends.md: x = 0 … 99, g = A below 50, else B; five candidates. Expected:
 * share of rows that stay in their (bin, category) cell, e.g. raised by 50: bins 5 … 9 filled by A, the rest above. */
Test(fidelity, mixed_pair_example)
{
    static const double expected[] = {1, 0, 0.01, 0.99, 0.9};
    for (size_t k = 0; k < 5; k++) {
        struct schema *schema = fake_schema(mixed_columns, 2);
        struct table *real = fake_table(schema, "train", 100), *synthetic = fake_table(schema, "candidate", 100);
        for (size_t i = 0; i < 100; i++) {
            double x = (double)i;
            fake_numbers(real, 0)[i] = x;
            fake_codes(real, 1)[i] = fake_codes(synthetic, 1)[i] = i >= 50;
            fake_numbers(synthetic, 0)[i] = k == 1              ? x + 50
                                            : k == 2            ? x * 1000
                                            : k == 3 && i == 99 ? 990
                                            : k == 4 && i >= 90 ? (double)NAN
                                                                : x;
        }
        fake_fit(schema, real);
        fake_seal(synthetic);
        struct fake_run run;
        fake_run(&run, &measure_fidelity_pair_trends, real, synthetic, NULL, false);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        cr_near(run.result.value, expected[k], 1e-12, "case %zu", k);
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}

static const struct measure *const all_measures[] = {&measure_fidelity_column_shapes, &measure_fidelity_pair_trends,
                                                     &measure_fidelity_wasserstein, &measure_fidelity_validity};
static const double ideal[] = {1, 1, 0, 1};

/* Every kind of column, with missing cells, seven rows to 500; key unique. */
static struct schema *all_kinds(size_t rows, struct table **real, struct table **other)
{
    static const struct fake_column columns[] = {{.name = "number", .type = COLUMN_NUMERIC, .decimals = 2},
                                                 {.name = "count", .type = COLUMN_NUMERIC},
                                                 {.name = "day", .type = COLUMN_DATETIME},
                                                 {.name = "level", .type = COLUMN_CATEGORICAL, .levels = 6},
                                                 {.name = "flag", .type = COLUMN_BOOLEAN, .levels = 2},
                                                 {.name = "note", .type = COLUMN_TEXT, .levels = 600},
                                                 {.name = "id", .type = COLUMN_ID, .levels = 600}};
    struct schema *schema = fake_schema(columns, 7);
    struct random random;
    struct table *tables[2] = {fake_table(schema, "train", rows), fake_table(schema, "candidate", rows)};
    random_init(&random, 3, "all kinds", 0, 0);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < rows; i++) {
            fake_numbers(tables[t], 0)[i] = random_normal(&random) * (t ? 2 : 1);
            fake_numbers(tables[t], 1)[i] = i % 9 == 4 ? (double)NAN : (double)random_below(&random, 5);
            fake_numbers(tables[t], 2)[i] = 18000 + (double)random_below(&random, 300);
            fake_codes(tables[t], 3)[i] = i % 7 == 3 ? CODE_MISSING : (uint32_t)random_below(&random, t ? 6 : 4);
            fake_codes(tables[t], 4)[i] = (uint32_t)random_below(&random, 2);
            fake_codes(tables[t], 5)[i] = (uint32_t)random_below(&random, 600);
            fake_codes(tables[t], 6)[i] = (uint32_t)i;
        }
    fake_fit(schema, tables[0]);
    fake_seal(tables[1]);
    *real = tables[0];
    *other = tables[1];
    return schema;
}

Test(fidelity, a_table_against_itself_is_exactly_ideal)
{
    const size_t rows[] = {1, 2, 7, 500};
    for (size_t r = 0; r < 4; r++) {
        struct table *real, *other;
        struct schema *schema = all_kinds(rows[r], &real, &other);
        for (size_t k = 0; k < 4; k++) {
            struct fake_run run;
            fake_run(&run, all_measures[k], real, real, NULL, false);
            if (rows[r] == 1 && k == 2) { /* one row has no range */
                cr_expect_eq(run.status, ERROR_UNMEASURABLE);
            } else {
                cr_assert_eq(run.status, 0, "%s: %s", all_measures[k]->id, run.error.message);
                cr_expect_eq(run.result.value, ideal[k], "%s on %zu rows: %.17g", all_measures[k]->id, rows[r],
                             run.result.value);
                cr_expect(run.result.lo <= ideal[k] && run.result.hi >= ideal[k], "%s", all_measures[k]->id);
                cr_expect(strlen(run.result.finding) > 20, "%s says nothing", all_measures[k]->id);
            }
            fake_run_free(&run);
        }
        fake_schema_free(schema);
    }
}

/* The same numbers and the same details for any number of threads; a brief run gives the same value. */
Test(fidelity, threads_and_brief_runs_change_nothing)
{
    struct table *real, *other;
    struct schema *schema = all_kinds(500, &real, &other);
    struct pool *pool = NULL;
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    for (size_t k = 0; k < 4; k++) {
        struct fake_run one, many, brief;
        struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
        fake_run(&one, all_measures[k], real, other, NULL, false);
        fake_run(&many, all_measures[k], real, other, pool, false);
        fake_run(&brief, all_measures[k], real, other, pool, true);
        json_print(one.result.details, &a);
        json_print(many.result.details, &b);
        cr_expect(one.result.value == many.result.value && one.result.lo == many.result.lo && one.result.hi == many.result.hi);
        cr_expect_str_eq(strbuf_text(&a), strbuf_text(&b));
        cr_expect(one.result.value == brief.result.value && isnan(brief.result.lo), "%s", all_measures[k]->id);
        cr_expect(one.result.value != ideal[k], "%s sees no difference", all_measures[k]->id);
        strbuf_free(&a), strbuf_free(&b);
        fake_run_free(&one), fake_run_free(&many), fake_run_free(&brief);
    }
    pool_free(pool);
    fake_schema_free(schema);
}

/* One column of each kind of trouble; expected scores by hand. R has 4 rows, S 4 rows. */
Test(fidelity, edge_columns)
{
    enum { GONE, CONSTANT, UNSEEN, NEVER, MOVED };
    static const struct fake_column columns[] = {{.name = "gone", .type = COLUMN_NUMERIC},
                                                 {.name = "constant", .type = COLUMN_NUMERIC},
                                                 {.name = "unseen", .type = COLUMN_CATEGORICAL, .levels = 3},
                                                 {.name = "never", .type = COLUMN_CATEGORICAL, .levels = 1},
                                                 {.name = "moved", .type = COLUMN_NUMERIC}};
    struct schema *schema = fake_schema(columns, 5);
    struct table *r = fake_table(schema, "train", 4), *s = fake_table(schema, "candidate", 4);
    for (size_t i = 0; i < 4; i++) {
        fake_numbers(r, GONE)[i] = (double)i;
        fake_numbers(s, GONE)[i] = NAN;
        fake_numbers(r, CONSTANT)[i] = fake_numbers(s, CONSTANT)[i] = 0.1;
        fake_codes(r, UNSEEN)[i] = i % 2;
        fake_codes(s, UNSEEN)[i] = i < 2 ? 0 : (uint32_t)i - 1;
        fake_codes(r, NEVER)[i] = fake_codes(s, NEVER)[i] = CODE_MISSING;
        fake_numbers(r, MOVED)[i] = (double)i;
        fake_numbers(s, MOVED)[i] = (double)i + 1;
    }
    fake_fit(schema, r);
    fake_seal(s);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_column_shapes, r, s, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    /* gone 0, constant 1, unseen 1 − TV((½, ½, 0), (½, ¼, ¼)) = 3/4, never: not averaged, moved 1 − KS = 3/4 */
    const double scores[] = {0, 1, 0.75, NAN, 0.75};
    for (int c = 0; c < 5; c++)
        cr_near(golden_number(cJSON_GetArrayItem(cJSON_GetObjectItem(run.result.details, "columns"), c), "score"), scores[c],
                1e-15, "shape of %s", columns[c].name);
    cr_near(run.result.value, 2.5 / 4, 1e-15, "mean shape");
    fake_run_free(&run);
    fake_run(&run, &measure_fidelity_wasserstein, r, s, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_near(run.result.value, (1 + 1.0 / 3) / 2, 1e-15, "W1 of moved is 1, its range 3; gone counts 1; constant has no scale");
    fake_run_free(&run);
    fake_run(&run, &measure_fidelity_pair_trends, r, s, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    const cJSON *item;
    size_t undefined = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(run.result.details, "pairs"))
    {
        undefined += cJSON_IsNull(cJSON_GetObjectItem(item, "score")) && *json_get_string(item, "note", "");
    }
    cr_expect_eq(undefined, 2, "the real constant has no correlation, the rest does: %zu", undefined);
    fake_run_free(&run);
    /* range: moved has one value above; category: unseen has one; present: gone breaks it everywhere */
    fake_run(&run, &measure_fidelity_validity, r, s, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_expect_eq(json_get_number(run.result.details, "rows_that_break_a_rule", -1), 4);
    fake_run_free(&run);
    fake_schema_free(schema);
}

static struct table *one_column(const struct fake_column *column, struct schema **schema, size_t rows)
{
    *schema = fake_schema(column, 1);
    return fake_table(*schema, "train", rows);
}

Test(fidelity, what_cannot_be_measured_says_so)
{
    const struct fake_column text = {.name = "t", .type = COLUMN_TEXT, .levels = 1};
    const struct fake_column number = {.name = "n", .type = COLUMN_NUMERIC};
    struct schema *schema;
    struct fake_run run;
    struct table *table = one_column(&text, &schema, 3);
    fake_fit(schema, table);
    for (size_t k = 0; k < 3; k++) {
        fake_run(&run, all_measures[k], table, table, NULL, false);
        cr_expect_eq(run.status, ERROR_UNMEASURABLE, "%s", all_measures[k]->id);
        cr_expect(strlen(run.error.message) > 10);
        fake_run_free(&run);
    }
    fake_schema_free(schema);
    table = one_column(&number, &schema, 0);
    fake_fit(schema, table);
    for (size_t k = 0; k < 4; k++) {
        fake_run(&run, all_measures[k], table, table, NULL, false);
        cr_expect_eq(run.status, ERROR_UNMEASURABLE, "%s", all_measures[k]->id);
        fake_run_free(&run);
    }
    fake_schema_free(schema);
}

/* 10,000 categories against each other: R holds each code once, S the first half twice: TV ½; with themselves: 0. */
Test(fidelity, ten_thousand_categories)
{
    const struct fake_column columns[] = {{.name = "a", .type = COLUMN_CATEGORICAL, .levels = 10000},
                                          {.name = "b", .type = COLUMN_CATEGORICAL, .levels = 10000}};
    struct schema *schema = fake_schema(columns, 2);
    struct table *r = fake_table(schema, "train", 10000), *s = fake_table(schema, "candidate", 10000);
    for (uint32_t i = 0; i < 10000; i++) {
        fake_codes(r, 0)[i] = fake_codes(r, 1)[i] = i;
        fake_codes(s, 0)[i] = fake_codes(s, 1)[i] = i / 2;
    }
    fake_fit(schema, r);
    fake_seal(s);
    for (size_t k = 0; k < 2; k++)
        for (int brief = 0; brief < 2; brief++) {
            struct fake_run run;
            fake_run(&run, all_measures[k], r, s, NULL, brief);
            cr_assert_eq(run.status, 0, "%s", run.error.message);
            cr_near(run.result.value, 0.5, 1e-15, "%s", all_measures[k]->id);
            fake_run_free(&run);
        }
    fake_schema_free(schema);
}

/* Three numbers x, y = x, z = 19 − x over 20 rows; the candidate is the real table with one column lost. By hand: ρ is ±1 for
 * every real pair, a constant shows no trend (½ off), two lost columns leave one pair; an emptied column is as far off as its
 * range. */
Test(fidelity, lost_columns)
{
    static const struct fake_column columns[] = {
        {.name = "x", .type = COLUMN_NUMERIC}, {.name = "y", .type = COLUMN_NUMERIC}, {.name = "z", .type = COLUMN_NUMERIC}};
    static const struct {
        double fill; /* of the lost columns */
        size_t first_lost;
        bool reverse; /* the real table has the lost columns */
        double distance, trends;
    } cases[] = {
        {NAN, 3, false, 0, 1},  {NAN, 2, false, 1 / 3.0, 1 / 3.0},
        {NAN, 0, false, 1, 0},  {0, 2, false, 0.5 / 3, (1 + .5 + .5) / 3},
        {0, 0, false, 0.5, .5}, {NAN, 2, true, 0, 1}, /* no scale, no real trend: listed, not averaged */
        {0, 2, true, 0, 1},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct schema *schema = fake_schema(columns, 3);
        struct table *whole = fake_table(schema, "whole", 20), *lost = fake_table(schema, "lost", 20);
        for (size_t i = 0; i < 20; i++)
            for (size_t j = 0; j < 3; j++) {
                double x = (double)(j == 2 ? 19 - i : i);
                fake_numbers(whole, j)[i] = x;
                fake_numbers(lost, j)[i] = j >= cases[k].first_lost ? cases[k].fill : x;
            }
        struct table *real = cases[k].reverse ? lost : whole, *candidate = cases[k].reverse ? whole : lost;
        fake_fit(schema, real);
        fake_seal(candidate);
        struct fake_run run;
        fake_run(&run, &measure_fidelity_wasserstein, real, candidate, NULL, false);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        cr_near(run.result.value, cases[k].distance, 1e-12, "case %zu: Wasserstein", k);
        bool emptied = isnan(cases[k].fill) && cases[k].first_lost < 3 && !cases[k].reverse;
        cr_expect_eq(strstr(run.result.finding, "no value at all") != NULL, emptied, "case %zu: %s", k, run.result.finding);
        fake_run_free(&run);
        fake_run(&run, &measure_fidelity_pair_trends, real, candidate, NULL, false);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        cr_near(run.result.value, cases[k].trends, 1e-12, "case %zu: pair trends", k);
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}
