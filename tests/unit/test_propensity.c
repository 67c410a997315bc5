#include <criterion/criterion.h>

#include "core/random.h"
#include "tests/unit/golden_tables.h"

extern const struct measure measure_fidelity_propensity;

static struct fake_run run_on(const struct table *train, const struct table *other, struct pool *pool)
{
    struct fake_run run;
    fake_run(&run, &measure_fidelity_propensity, train, other, pool, false);
    return run;
}

/* statsmodels' Logit, unpenalised, main effects, among them levels that one table lacks: the limits (golden README). */
Test(propensity, golden)
{
    golden_needed();
    static const char *const datasets[] = {"german_credit", "heart_disease"};
    static const char *const candidates[] = {"holdout", "independent",    "copula",       "cart",
                                             "copy",    "permuted_label", "dropped_group"};
    static const char *const keys[][2] = {{"pmse", "main.pmse"},
                                          {"null_expectation", "main.null_expectation"},
                                          {"ratio", "main.ratio"},
                                          {"log_likelihood", "main.log_likelihood"},
                                          {"parameters_with_intercept", "main.parameters"}};
    for (size_t d = 0; d < 2; d++)
        for (size_t c = 0; c < sizeof candidates / sizeof *candidates; c++) {
            struct golden_pair pair = golden_pair(datasets[d], candidates[c]);
            struct fake_run run = run_on(pair.train, pair.candidate, NULL);
            const cJSON *want = cJSON_GetObjectItem(pair.want, "pmse");
            cr_assert_eq(run.status, 0, "%s %s: %s", datasets[d], candidates[c], run.error.message);
            for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
                double value = golden_number(want, keys[k][0]), got = json_get_number(run.result.details, keys[k][1], NAN);
                cr_expect(fabs(got - value) <= 1e-8 * fabs(value), "%s %s %s: got %.17g, want %.17g", datasets[d],
                          candidates[c], keys[k][0], got, value);
            }
            cr_expect(run.result.lo <= run.result.value && run.result.value <= run.result.hi);
            fake_run_free(&run);
            golden_pair_free(&pair);
        }
}

static const struct fake_column two_factors[] = {{.name = "g", .type = COLUMN_CATEGORICAL, .levels = 3},
                                                 {.name = "h", .type = COLUMN_CATEGORICAL, .levels = 2}};

/* A table of two factors from the counts of its cells. */
static struct table *cells_table(struct schema *schema, const size_t cells[3][2])
{
    size_t rows = 0, at = 0;
    for (size_t g = 0; g < 3; g++)
        rows += cells[g][0] + cells[g][1];
    struct table *table = fake_table(schema, "cells", rows);
    for (size_t g = 0; g < 3; g++)
        for (size_t h = 0; h < 2; h++)
            for (size_t i = 0; i < cells[g][h]; i++, at++) {
                fake_codes(table, 0)[at] = (uint32_t)g;
                fake_codes(table, 1)[at] = (uint32_t)h;
            }
    fake_seal(table);
    return table;
}

/* With all interactions the model is saturated: p is the synthetic share of a row's cell, also where that is 0 or 1, and pMSE =
 * Σ n_cell (p_cell − c)²/N. Parameters: cells that occur. */
Test(propensity, saturated)
{
    static const struct {
        size_t real[3][2], synthetic[3][2];
        double parameters, determined;
    } cases[] = {{{{40, 20}, {30, 30}, {15, 25}}, {{30, 30}, {20, 40}, {25, 35}}, 6, 0},
                 {{{40, 20}, {30, 30}, {15, 25}}, {{40, 20}, {30, 30}, {15, 25}}, 6, 0},
                 {{{40, 20}, {30, 30}, {15, 25}}, {{10, 50}, {30, 0}, {25, 35}}, 6, 30}, /* a cell the subject lacks */
                 {{{40, 20}, {30, 30}, {15, 25}}, {{70, 60}, {0, 0}, {25, 35}}, 6, 60},  /* a level */
                 {{{40, 20}, {30, 30}, {15, 25}}, {{0, 0}, {0, 0}, {60, 0}}, 6, 145},    /* one cell is left */
                 {{{40, 20}, {30, 30}, {0, 0}}, {{10, 50}, {30, 12}, {25, 0}}, 5, 25},   /* a level that train lacks */
                 {{{40, 20}, {0, 0}, {15, 25}}, {{0, 0}, {60, 40}, {0, 0}}, 5, 200},     /* every row is known */
                 {{{200, 0}, {0, 0}, {0, 0}}, {{199, 0}, {0, 0}, {0, 0}}, 1, 0}};        /* nothing varies */
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct schema *schema = fake_schema(two_factors, 2);
        struct table *train = cells_table(schema, cases[c].real), *other = cells_table(schema, cases[c].synthetic);
        double n = (double)(train->rows + other->rows), share = (double)other->rows / n, pmse = 0;
        for (size_t i = 0; i < 6; i++) {
            double a = (double)cases[c].real[i / 2][i % 2], b = (double)cases[c].synthetic[i / 2][i % 2];
            pmse += a + b > 0 ? (a + b) * (b / (a + b) - share) * (b / (a + b) - share) / n : 0;
        }
        fake_fit(schema, train);
        struct fake_run run = run_on(train, other, NULL);
        cr_assert_eq(run.status, 0, "case %zu: %s", c, run.error.message);
        cr_near(run.result.value, pmse, 1e-9, "case %zu", c);
        cr_expect(pmse > 0 || run.result.value == 0, "case %zu: %g is not 0", c, run.result.value);
        cr_expect(run.result.hi <= fmax(run.result.value, share * (1 - share)), "case %zu: up to %g", c, run.result.hi);
        cr_expect(!strstr(run.result.finding, "inf") && !strstr(run.result.finding, "nan"), "%s", run.result.finding);
        cr_expect_eq(golden_number(run.result.details, "parameters"), cases[c].parameters, "case %zu: %g parameters", c,
                     golden_number(run.result.details, "parameters"));
        cr_expect_eq(golden_number(run.result.details, "rows_determined"), cases[c].determined, "case %zu: %g rows", c,
                     golden_number(run.result.details, "rows_determined"));
        cr_near(golden_number(run.result.details, "null_expectation"),
                (cases[c].parameters - 1) * (1 - share) * (1 - share) * share / n, 1e-12, "case %zu", c);
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}

static const struct fake_column mixed_columns[] = {{.name = "x", .type = COLUMN_NUMERIC},
                                                   {.name = "y", .type = COLUMN_NUMERIC},
                                                   {.name = "g", .type = COLUMN_CATEGORICAL, .levels = 10000},
                                                   {.name = "k", .type = COLUMN_ID, .levels = 1, .roles = ROLE_KEY}};

struct shape {
    size_t rows, levels;
    bool correlated, blank, constant;
};

static struct table *mixed(struct schema *schema, const struct shape *shape, uint64_t stream)
{
    struct table *table = fake_table(schema, "mixed", shape->rows);
    struct random random;
    random_init(&random, 3, "test.propensity", stream, 0);
    for (size_t i = 0; i < shape->rows; i++) {
        double x = random_normal(&random), z = random_normal(&random);
        fake_numbers(table, 0)[i] = shape->blank ? NAN : shape->constant ? 4 : x;
        fake_numbers(table, 1)[i] = shape->blank ? NAN : shape->correlated ? 0.9 * x + sqrt(0.19) * z : z;
        fake_codes(table, 2)[i] = shape->blank ? CODE_MISSING : (uint32_t)random_below(&random, shape->levels);
    }
    fake_seal(table);
    return table;
}

/* Lost dependence is seen by the interaction alone; what is odd gives a number or a reason. */
Test(propensity, mixed)
{
    static const struct {
        struct shape train, other;
        int status;
        double least, most;           /* of the value */
        double main_least, main_most; /* of the ratio of main effects alone */
    } cases[] = {
        {{2000, 3, true, 0, 0}, {2000, 3, true, 0, 0}, 0, 0, 0.003, 0, 6},
        {{2000, 3, true, 0, 0}, {2000, 3, false, 0, 0}, 0, 0.02, 0.2, 0, 6},
        {{300, 2, false, 0, 0}, {300, 2, false, true, 0}, 0, 0.2499, 0.2501, 1, 1e9},
        {{300, 2, false, 0, true}, {300, 2, false, 0, 0}, 0, 0, 0.2501, 0, 1e9},
        {{300, 2, false, true, 0}, {300, 2, false, true, 0}, 0, 0, 0, 0, 0},
        {{4000, 10000, false, 0, 0}, {4000, 10000, false, 0, 0}, 0, 0, 0.1, 0, 1e9},
        {{12000, 3, false, 0, 0}, {12000, 3, false, 0, 0}, 0, 0, 0.002, 0, 6},
        {{1, 2, false, 0, 0}, {1, 2, false, 0, 0}, ERROR_UNMEASURABLE, 0, 0, 0, 0},
    };
    struct pool *pool;
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct schema *schema = fake_schema(mixed_columns, 4);
        struct table *train = mixed(schema, &cases[c].train, 0), *other = mixed(schema, &cases[c].other, 1);
        fake_fit(schema, train);
        struct fake_run run = run_on(train, other, pool), again = run_on(train, other, NULL);
        cr_expect_eq(run.status, cases[c].status, "case %zu: %s", c, run.error.message);
        if (run.status == 0) {
            double ratio = json_get_number(run.result.details, "main.ratio", 0);
            cr_expect(run.result.value >= cases[c].least && run.result.value <= cases[c].most, "case %zu: %g", c,
                      run.result.value);
            cr_expect(ratio >= cases[c].main_least && ratio <= cases[c].main_most, "case %zu: %g", c, ratio);
            cr_expect(run.result.lo <= run.result.value && run.result.value <= run.result.hi, "case %zu", c);
            cr_expect(run.result.value == again.result.value && run.result.hi == again.result.hi, "depends on the pool");
            cr_expect(golden_number(run.result.details, "parameters") <= 150, "case %zu", c);
            cr_expect_eq(json_get_bool(run.result.details, "sampled", false), cases[c].train.rows > 10000);
            cr_expect(run.result.finding[0]);
        }
        fake_run_free(&run);
        fake_run_free(&again);
        fake_schema_free(schema);
    }
    pool_free(pool);
}
