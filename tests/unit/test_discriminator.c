#include <criterion/criterion.h>

#include "core/random.h"
#include "tests/unit/fake_table.h"
#include "tests/unit/golden.h"

extern const struct measure measure_fidelity_discriminator;

static const cJSON *learner(const struct fake_run *run, int index)
{
    return cJSON_GetArrayItem(cJSON_GetObjectItem(run->result.details, "learners"), index);
}

static double auc(const struct fake_run *run, int index)
{
    return golden_number(learner(run, index), "auc");
}

static const struct fake_column pair_columns[] = {{.name = "x", .type = COLUMN_NUMERIC}, {.name = "y", .type = COLUMN_NUMERIC}};

/* Bivariate normal with correlation .9, .6, … the last row first when `reversed`; y of another stream: independent. */
static struct table *normal_pair(struct schema *schema, size_t rows, uint64_t stream, bool independent, bool reversed)
{
    struct table *table = fake_table(schema, "pair", rows);
    struct random random;
    random_init(&random, 5, "test.pair", stream, 0);
    for (size_t i = 0; i < rows; i++) {
        size_t at = reversed ? rows - 1 - i : i;
        double x = random_normal(&random), z = random_normal(&random);
        fake_numbers(table, 0)[at] = x;
        fake_numbers(table, 1)[at] = independent ? z : 0.9 * x + sqrt(1 - 0.81) * z;
    }
    fake_seal(table);
    return table;
}

/* Known truths: the same rows in another order exactly .5; fresh rows within the interval of .5; shuffled columns: nothing for
 * a linear learner, above .7 for trees, at most the optimum .835 (the AUC of the likelihood ratio; spec). Any pool gives the
 * same numbers. */
Test(discriminator, normal_pair)
{
    struct schema *schema = fake_schema(pair_columns, 2);
    struct table *train = normal_pair(schema, 3000, 0, false, false), *same = normal_pair(schema, 3000, 0, false, true),
                 *fresh = normal_pair(schema, 3000, 1, false, false), *shuffled = normal_pair(schema, 3000, 2, true, false);
    struct fake_run run, again;
    struct pool *pool;
    fake_fit(schema, train);
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    fake_run(&run, &measure_fidelity_discriminator, train, same, pool, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_expect(run.result.value == 0.5 && run.result.lo == 0.5 && run.result.hi > 0.5 && run.result.hi < 0.52);
    cr_expect(json_get_bool(run.result.details, "same_rows", false));
    fake_run_free(&run);
    fake_run(&run, &measure_fidelity_discriminator, train, fresh, pool, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_expect(run.result.value < 0.53 && run.result.lo == 0.5 && run.result.hi >= run.result.value);
    fake_run_free(&run);
    fake_run(&run, &measure_fidelity_discriminator, train, shuffled, pool, false);
    fake_run(&again, &measure_fidelity_discriminator, train, shuffled, NULL, true);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_expect(fabs(auc(&run, 0) - 0.5) < 0.04, "logistic %g", auc(&run, 0));
    cr_expect(auc(&run, 1) > 0.7 && auc(&run, 1) < 0.85, "boosted %g", auc(&run, 1));
    cr_expect(run.result.value == auc(&run, 1) && run.result.lo > 0.7 && run.result.lo < run.result.value);
    cr_expect(again.result.value == run.result.value && again.result.lo == run.result.lo, "depends on the pool");
    cr_expect(run.result.finding[0] && run.result.remedy[0] && !again.result.details);
    fake_run_free(&run);
    fake_run_free(&again);
    pool_free(pool);
    fake_schema_free(schema);
}

/* What only one table has is seen: a level that train lacks, a missing cell, a value in a column that is constant in train; and
 * what is no feature is not: a key. */
static const struct fake_column odd_columns[] = {{.name = "g", .type = COLUMN_CATEGORICAL, .levels = 3},
                                                 {.name = "x", .type = COLUMN_NUMERIC},
                                                 {.name = "constant", .type = COLUMN_NUMERIC},
                                                 {.name = "key", .type = COLUMN_NUMERIC, .roles = ROLE_KEY}};

enum mark { MARK_NONE, MARK_LEVEL, MARK_NO_LEVEL, MARK_MISSING, MARK_CONSTANT, MARK_KEY };

static struct table *marked(struct schema *schema, size_t rows, enum mark mark, uint64_t stream)
{
    struct table *table = fake_table(schema, "marked", rows);
    struct random random;
    random_init(&random, 6, "test.marked", stream, 0);
    for (size_t i = 0; i < rows; i++) {
        bool hit = random_uniform(&random) < 0.5;
        fake_codes(table, 0)[i] = (uint32_t)random_below(&random, 2);
        fake_numbers(table, 1)[i] = random_normal(&random);
        fake_numbers(table, 2)[i] = 7;
        fake_numbers(table, 3)[i] = (double)i + (mark == MARK_KEY ? 1e6 : 0);
        if (hit && (mark == MARK_LEVEL || mark == MARK_NO_LEVEL))
            fake_codes(table, 0)[i] = mark == MARK_LEVEL ? 2 : CODE_MISSING;
        if (hit && mark == MARK_MISSING)
            fake_numbers(table, 1)[i] = NAN;
        if (hit && mark == MARK_CONSTANT)
            fake_numbers(table, 2)[i] = 9;
    }
    fake_seal(table);
    return table;
}

Test(discriminator, marks)
{
    static const struct {
        enum mark mark;
        const char *column; /* that gives it away; NULL: nothing does */
    } cases[] = {{MARK_LEVEL, "g"}, {MARK_NO_LEVEL, "g"}, {MARK_MISSING, "x"}, {MARK_CONSTANT, "constant"}, {MARK_KEY, NULL}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct schema *schema = fake_schema(odd_columns, 4);
        struct table *train = marked(schema, 800, MARK_NONE, 0), *other = marked(schema, 800, cases[c].mark, 1);
        struct fake_run run;
        fake_fit(schema, train);
        fake_run(&run, &measure_fidelity_discriminator, train, other, NULL, false);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        for (int l = 0; l < 2; l++) {
            const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(learner(&run, l), "importance"), 0);
            if (cases[c].column) {
                /* Half of the rows carry the mark, the others are like the real ones: AUC = ½ + ½·½, less by chance. */
                cr_expect(fabs(auc(&run, l) - 0.75) < 0.045, "case %zu, learner %d: %g", c, l, auc(&run, l));
                cr_expect_str_eq(json_get_string(first, "column", ""), cases[c].column, "case %zu, learner %d", c, l);
                cr_expect_gt(golden_number(first, "share"), 0.5);
            } else {
                cr_expect(fabs(auc(&run, l) - 0.5) < 0.05, "case %zu, learner %d: %g", c, l, auc(&run, l));
            }
        }
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}

/* A bootstrap of train is neither told from it nor does it look better than fresh rows: its copies stay with their originals.
 */
Test(discriminator, copies)
{
    struct schema *schema = fake_schema(pair_columns, 2);
    struct table *train = normal_pair(schema, 2000, 0, false, false), *copy = fake_table(schema, "copy", 2000);
    struct random random;
    struct fake_run run;
    random_init(&random, 9, "test.copy", 0, 0);
    for (size_t i = 0; i < 2000; i++) {
        size_t row = random_below(&random, 2000);
        for (size_t c = 0; c < 2; c++)
            fake_numbers(copy, c)[i] = train->columns[c].number[row];
    }
    fake_fit(schema, train);
    fake_seal(copy);
    fake_run(&run, &measure_fidelity_discriminator, train, copy, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    for (int l = 0; l < 2; l++)
        cr_expect(fabs(auc(&run, l) - 0.5) < 0.035, "learner %d: %g", l, auc(&run, l));
    fake_run_free(&run);
    fake_schema_free(schema);
}

/* Tables at the edge: a number or a reason, never a crash. */
Test(discriminator, edges)
{
    static const struct {
        size_t rows;
        enum mark mark;
        bool blank; /* every cell missing */
        double least, most;
    } cases[] = {{1, MARK_NONE, false, 0.5, 1},
                 {20, MARK_NONE, false, 0.5, 0.8},
                 {300, MARK_NONE, true, 0.99, 1},
                 {26000, MARK_LEVEL, false, 0.7, 0.8}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct schema *schema = fake_schema(odd_columns, 4);
        struct table *train = marked(schema, cases[c].rows, MARK_NONE, 0),
                     *other = marked(schema, cases[c].rows, cases[c].mark, 1);
        struct fake_run run;
        for (size_t i = 0; cases[c].blank && i < cases[c].rows; i++) {
            fake_codes(other, 0)[i] = CODE_MISSING;
            fake_numbers(other, 1)[i] = fake_numbers(other, 2)[i] = NAN;
        }
        fake_fit(schema, train);
        fake_seal(other);
        fake_run(&run, &measure_fidelity_discriminator, train, other, NULL, false);
        if (cases[c].rows == 1) {
            cr_expect_eq(run.status, ERROR_UNMEASURABLE);
        } else {
            cr_assert_eq(run.status, 0, "case %zu: %s", c, run.error.message);
            cr_expect(run.result.value >= cases[c].least && run.result.value <= cases[c].most, "case %zu: %g", c,
                      run.result.value);
            cr_expect_eq(json_get_bool(run.result.details, "sampled", false), cases[c].rows > 25000);
            cr_expect(run.result.lo <= run.result.value && run.result.value <= run.result.hi);
        }
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}
