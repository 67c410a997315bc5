#include <criterion/criterion.h>

#include "core/random.h"
#include "metrics/fidelity/kway_sets.h"
#include "tests/unit/fake_table.h"
#include "tests/unit/golden.h"

extern const struct measure measure_fidelity_kway;

static const struct fake_column bits[] = {{.name = "a", .type = COLUMN_BOOLEAN, .levels = 2},
                                          {.name = "b", .type = COLUMN_BOOLEAN, .levels = 2},
                                          {.name = "c", .type = COLUMN_BOOLEAN, .levels = 2}};

/* Number k of a list of details. */
static double listed(const cJSON *details, const char *list, int k, const char *key)
{
    return golden_number(cJSON_GetArrayItem(cJSON_GetObjectItem(details, list), k), key);
}

/* Real: c = a xor b; synthetic: all eight combinations alike. No single column and no pair differs; of the triple's cells four
 * have 1/4 against 1/8 and four 0 against 1/8: TV = ½ = 500 NIST points, |p − q|/p = ½ in the four real ones. */
Test(kway, sees_what_no_pair_shows)
{
    struct schema *schema = fake_schema(bits, 3);
    struct table *real = fake_table(schema, "train", 800), *other = fake_table(schema, "candidate", 800);
    for (size_t i = 0; i < 800; i++) {
        for (size_t j = 0; j < 3; j++)
            fake_codes(other, j)[i] = (uint32_t)(i >> j) & 1;
        fake_codes(real, 0)[i] = (uint32_t)i & 1;
        fake_codes(real, 1)[i] = (uint32_t)(i >> 1) & 1;
        fake_codes(real, 2)[i] = (uint32_t)((i & 1) ^ ((i >> 1) & 1));
    }
    fake_fit(schema, real);
    fake_seal(other);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_kway, real, other, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_near(run.result.value, 0.5, 1e-15, "value");
    cr_expect(run.result.lo <= 0.5 && run.result.lo > 0.4 && run.result.hi >= 0.5 && run.result.hi < 0.56, "%g … %g",
              run.result.lo, run.result.hi);
    const cJSON *details = run.result.details;
    cr_expect(golden_number(details, "k") == 3 && golden_number(details, "sets") == 1 && golden_number(details, "of") == 1);
    cr_near(golden_number(details, "nist"), 500, 1e-12, "NIST score");
    cr_near(golden_number(details, "nist_lo"), 1000 * (1 - run.result.hi), 1e-9, "its lower end");
    cr_near(golden_number(details, "mre10"), 0.5, 1e-15, "MRE>10");
    cr_expect_eq(cJSON_GetArraySize(cJSON_GetObjectItem(details, "orders")), 2, "pairs and triples");
    cr_expect(listed(details, "orders", 0, "k") == 2 && listed(details, "orders", 0, "tv") == 0 &&
              listed(details, "orders", 0, "of") == 3 && listed(details, "orders", 0, "mre10") == 0);
    cr_near(listed(details, "orders", 1, "tv"), 0.5, 1e-15, "triples");
    cr_near(listed(details, "worst", 0, "tv"), 0.5, 1e-15, "worst set");
    fake_run_free(&run);
    fake_schema_free(schema);
}

enum { MANY = 21, ROWS = 400 };

/* 21 columns with 1,330 triples. The candidate's last three go together in another way. */
static struct schema *many_columns(struct table **real, struct table **other)
{
    static const char *const names[MANY] = {"c0",  "c1",  "c2",  "c3",  "c4",  "c5",  "c6",  "c7",  "c8",  "c9", "c10",
                                            "c11", "c12", "c13", "c14", "c15", "c16", "c17", "c18", "c19", "c20"};
    struct fake_column columns[MANY];
    struct random random;
    for (size_t j = 0; j < MANY; j++)
        columns[j] = (struct fake_column){
            .name = names[j], .type = j % 2 ? COLUMN_NUMERIC : COLUMN_CATEGORICAL, .levels = j % 2 ? 0 : 3};
    struct schema *schema = fake_schema(columns, MANY);
    struct table *tables[2] = {fake_table(schema, "train", ROWS), fake_table(schema, "candidate", ROWS)};
    random_init(&random, 1, "many", 0, 0);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < ROWS; i++)
            for (size_t j = 0; j < MANY; j++) {
                uint32_t code = t && j >= 18 ? (uint32_t)(i % 3) : (uint32_t)random_below(&random, 3);
                if (j % 2)
                    fake_numbers(tables[t], j)[i] = code;
                else
                    fake_codes(tables[t], j)[i] = code;
            }
    fake_fit(schema, tables[0]);
    fake_seal(tables[1]);
    *real = tables[0];
    *other = tables[1];
    return schema;
}

/* A sample says so, holds the mean over all sets in an interval that is wider for it, and finds the planted set. */
Test(kway, samples_of_sets)
{
    struct table *real, *other;
    struct schema *schema = many_columns(&real, &other);
    const struct parameter_value most[] = {{3}, {10000}, {50}}, few[] = {{3}, {300}, {50}};
    struct fake_run all, some, again;
    fake_run_with(&all, &measure_fidelity_kway, real, other, most, NULL, false);
    fake_run_with(&some, &measure_fidelity_kway, real, other, few, NULL, false);
    fake_run_with(&again, &measure_fidelity_kway, real, other, few, NULL, true);
    cr_assert(all.status == 0 && some.status == 0 && again.status == 0);
    cr_expect(golden_number(all.result.details, "sets") == 1330 && golden_number(some.result.details, "sets") == 300 &&
              golden_number(some.result.details, "of") == 1330 && listed(some.result.details, "orders", 2, "of") == 5985 &&
              listed(some.result.details, "orders", 2, "sets") == 50);
    cr_expect_eq(again.result.value, some.result.value);
    cr_expect(isnan(again.result.lo) && !again.result.details, "brief");
    cr_expect(all.result.lo > 0 && all.result.hi >= all.result.value && some.result.hi >= some.result.value);
    cr_expect(some.result.hi - some.result.lo > all.result.hi - all.result.lo, "the sample widens the interval");
    cr_expect(some.result.value != all.result.value && fabs(some.result.value - all.result.value) < 0.02);
    cr_expect(strstr(some.result.finding, "a sample of 1330") && !strstr(all.result.finding, "sample"));
    const cJSON *worst = cJSON_GetArrayItem(cJSON_GetObjectItem(all.result.details, "worst"), 0);
    for (int j = 0; j < 3; j++) {
        static const char *const planted[] = {"c18", "c19", "c20"};
        cr_expect_str_eq(cJSON_GetArrayItem(cJSON_GetObjectItem(worst, "columns"), j)->valuestring, planted[j]);
    }
    cr_expect(strstr(all.result.remedy, "'c18', 'c19' and 'c20'"), "%s", all.result.remedy);
    fake_run_free(&all);
    fake_run_free(&some);
    fake_run_free(&again);
    fake_schema_free(schema);
}

/* All sets in lexicographic order, or that many different ones; C(5, 3) = 10, C(200, 4) = 64,684,950. */
Test(kway, choice_of_sets)
{
    static const struct {
        size_t columns, k, most, sets;
        uint64_t of;
    } cases[] = {{5, 3, 10, 10, 10}, {5, 3, 9, 9, 10}, {200, 4, 1000, 1000, 64684950}, {4, 4, 7, 1, 1}, {6, 2, 15, 15, 15}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t columns[200];
        struct arena *arena = arena_new();
        struct kway_sets sets;
        for (size_t j = 0; j < 200; j++)
            columns[j] = j;
        cr_assert_eq(kway_sets_choose(7, columns, cases[c].columns, cases[c].k, cases[c].most, arena, &sets, NULL), 0);
        cr_expect(sets.sets.count == cases[c].sets && sets.of == cases[c].of && sets.sets.k == cases[c].k);
        for (size_t s = 0; s < sets.sets.count; s++) {
            const uint32_t *member = sets.sets.member + s * cases[c].k;
            for (size_t j = 0; j < cases[c].k; j++)
                cr_assert(member[j] < cases[c].columns && (j == 0 || member[j] > member[j - 1]));
            int rises = s == 0;
            for (size_t j = 0; !rises && j < cases[c].k; j++) {
                uint32_t before = member[(ptrdiff_t)j - (ptrdiff_t)cases[c].k];
                cr_assert_leq(before, member[j], "set %zu of case %zu", s, c);
                rises = before < member[j];
            }
            cr_assert(rises, "set %zu of case %zu comes twice", s, c);
        }
        arena_free(arena);
    }
}

static const struct fake_column odd[] = {{.name = "number", .type = COLUMN_NUMERIC},
                                         {.name = "code", .type = COLUMN_CATEGORICAL, .levels = 10000},
                                         {.name = "level", .type = COLUMN_CATEGORICAL, .levels = 3}};

/* Two columns: pairs are compared. One column, no rows: a reason. 10,000 categories, all missing, a constant, unseen levels:
 * a value that is worse than that of the table against itself, which is exactly 0. */
Test(kway, odd_tables)
{
    static const struct {
        size_t columns, rows, other_rows;
        int change; /* of the candidate: 1 all missing, 2 constant, 3 unseen level */
        double k, least;
    } cases[] = {{1, 50, 50, 0, 0, 0},         {2, 50, 0, 0, 0, 0},        {2, 1, 1, 0, 2, 0},
                 {3, 1, 1, 1, 3, 1},           {3, 12000, 12000, 0, 3, 0}, {3, 12000, 12000, 1, 3, 0.9},
                 {3, 12000, 12000, 2, 3, 0.5}, {3, 12000, 9000, 3, 3, 1},  {2, 12000, 12000, 2, 2, 0.5},
                 {3, 2, 7000, 0, 3, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct schema *schema = fake_schema(odd, cases[c].columns);
        struct table *real = fake_table(schema, "train", cases[c].rows);
        struct table *other = fake_table(schema, "candidate", cases[c].other_rows);
        struct table *const tables[2] = {real, other};
        for (size_t t = 0; t < 2; t++)
            for (size_t i = 0; i < tables[t]->rows; i++) {
                bool missing = t && cases[c].change == 1, constant = t && cases[c].change == 2;
                fake_numbers(tables[t], 0)[i] = missing ? (double)NAN : constant ? 3 : (double)(i % 100);
                if (cases[c].columns > 1)
                    fake_codes(tables[t], 1)[i] = missing ? CODE_MISSING : constant ? 5 : (uint32_t)(i * 7 % 10000);
                if (cases[c].columns > 2)
                    fake_codes(tables[t], 2)[i] = missing                     ? CODE_MISSING
                                                  : t && cases[c].change == 3 ? 2
                                                  : constant                  ? 1
                                                                              : (uint32_t)(i % 2);
            }
        fake_fit(schema, real);
        fake_seal(other);
        struct fake_run run;
        fake_run(&run, &measure_fidelity_kway, real, other, NULL, false);
        if (cases[c].k > 0) {
            cr_assert_eq(run.status, 0, "case %zu: %s", c, run.error.message);
            cr_expect_eq(golden_number(run.result.details, "k"), cases[c].k);
            cr_expect(run.result.value >= cases[c].least && run.result.value <= 1, "case %zu: %g", c, run.result.value);
            cr_expect(run.result.lo <= run.result.value && run.result.hi >= run.result.value, "case %zu", c);
            cr_expect(strlen(run.result.finding) > 20);
            fake_run_free(&run);
            fake_run(&run, &measure_fidelity_kway, real, real, NULL, false);
            cr_expect(run.result.value == 0 && run.result.lo == 0 && golden_number(run.result.details, "nist") == 1000);
        } else {
            cr_expect_eq(run.status, ERROR_UNMEASURABLE, "case %zu", c);
        }
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}

Test(kway, threads_change_nothing)
{
    struct table *real, *other;
    struct schema *schema = many_columns(&real, &other);
    struct pool *pool = NULL;
    struct fake_run one, many, brief;
    struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    fake_run(&one, &measure_fidelity_kway, real, other, NULL, false);
    fake_run(&many, &measure_fidelity_kway, real, other, pool, false);
    fake_run(&brief, &measure_fidelity_kway, real, other, pool, true);
    json_print(one.result.details, &a);
    json_print(many.result.details, &b);
    cr_expect_str_eq(strbuf_text(&a), strbuf_text(&b));
    cr_expect(one.result.value == many.result.value && one.result.lo == many.result.lo && one.result.hi == many.result.hi &&
              brief.result.value == one.result.value);
    strbuf_free(&a);
    strbuf_free(&b);
    fake_run_free(&one);
    fake_run_free(&many);
    fake_run_free(&brief);
    pool_free(pool);
    fake_schema_free(schema);
}
