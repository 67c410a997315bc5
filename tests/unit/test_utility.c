/* utility.tstr and utility.gap: known truths, paired samples, what cannot be measured. */
#include "tests/unit/frame.h"

#include "core/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_utility_tstr, measure_utility_gap;

enum { X = 0, K = 1, Y = 2 };
enum fault { NONE, PERMUTED, ONE_CLASS, NO_TARGET, HALF_MISSING };

static const struct frame_column two_classes[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"k", COLUMN_CATEGORICAL, 0, 3}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2}, {NULL, 0, 0, 0}};
static const struct frame_column three_classes[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"k", COLUMN_CATEGORICAL, 0, 3}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 3}, {NULL, 0, 0, 0}};
static const struct frame_column numeric[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"k", COLUMN_CATEGORICAL, 0, 3}, {"y", COLUMN_NUMERIC, ROLE_TARGET, 0}, {NULL, 0, 0, 0}};

/* x on the grid −2.05, −1.95, … 2.05, so that trees can cut exactly at 0; y = 1[x > 0], the third of x, or 2x + 1. */
static struct table *draw(struct frame *frame, size_t rows, uint64_t seed, enum fault fault)
{
    struct table *table = frame_table(frame, "drawn", rows);
    uint32_t classes = frame->data.schema->columns[Y].n_levels;
    struct random random;
    random_init(&random, seed, "test.utility", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        double x = -2.05 + 0.1 * (double)random_below(&random, 42);
        double label_x = fault == PERMUTED ? -2.05 + 0.1 * (double)random_below(&random, 42) : x;
        bool missing = fault == NO_TARGET || (fault == HALF_MISSING && i % 2);
        table_numbers(table, X)[i] = x;
        table_codes(table, K)[i] = (uint32_t)random_below(&random, 3);
        if (classes == 0)
            table_numbers(table, Y)[i] = missing ? NAN : fault == ONE_CLASS ? 3 : 2 * label_x + 1;
        else
            table_codes(table, Y)[i] = missing              ? CODE_MISSING
                                       : fault == ONE_CLASS ? 1
                                       : classes == 2       ? label_x > 0
                                                            : (label_x < -0.7  ? 0u
                                                               : label_x < 0.7 ? 1u
                                                                               : 2u);
    }
    table_seal(table);
    return table;
}

Test(utility, truths)
{
    /* A subject that tells the truth: TSTR = TRTR = 1 (of three classes no linear score separates the middle one, so the linear
     * model's mean of one-against-rest areas stays below 1). Permuted labels teach nothing; with a single useful feature the
     * direction of a linear model is then a coin's, so the bounds around ½ are wide. R² falls to about 0. */
    static const struct {
        const char *what;
        const struct frame_column *columns;
        enum fault fault;
        double tstr_lo, tstr_hi, gap_lo, gap_hi;
    } cases[] = {
        {"threshold", two_classes, NONE, 1, 1, 0, 0},
        {"half of the labels missing", two_classes, HALF_MISSING, 1, 1, 0, 0},
        {"permuted labels", two_classes, PERMUTED, 0.3, 0.7, 0.3, 0.7},
        {"three classes", three_classes, NONE, 0.8, 1, -0.02, 0.02},
        {"three classes, permuted", three_classes, PERMUTED, 0.2, 0.65, 0.2, 0.7},
        {"y = 2x + 1", numeric, NONE, 0.9995, 1, -0.0005, 0.0005},
        {"values permuted", numeric, PERMUTED, -0.2, 0.01, 0.99, 1.2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(cases[i].columns);
        struct table *train = draw(frame, 1500, 1, NONE), *holdout = draw(frame, 1500, 2, NONE);
        struct table *subject = draw(frame, 1500, 3, cases[i].fault);
        struct result tstr, gap;
        struct error error = {0};
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        cr_assert_eq(frame_run(frame, &measure_utility_tstr, SUBJECT_CANDIDATE, subject, 2, &tstr, &error), 0, "%s",
                     error.message);
        cr_assert_eq(frame_run(frame, &measure_utility_gap, SUBJECT_CANDIDATE, subject, 1, &gap, &error), 0, "%s",
                     error.message);
        cr_expect(tstr.value >= cases[i].tstr_lo && tstr.value <= cases[i].tstr_hi, "%s: TSTR %.6f", cases[i].what, tstr.value);
        cr_expect(gap.value >= cases[i].gap_lo && gap.value <= cases[i].gap_hi, "%s: gap %.6f", cases[i].what, gap.value);
        cr_expect(tstr.lo <= tstr.value && tstr.value <= tstr.hi && gap.lo <= gap.value && gap.value <= gap.hi);
        cr_expect(tstr.n == 1500 && gap.n == 1500);
        double trtr = 0, learners = 0;
        const cJSON *learner;
        cJSON_ArrayForEach(learner, json_get(tstr.details, "learners"))
        {
            if (cJSON_IsTrue(json_get(learner, "baseline")))
                continue;
            trtr += json_get_number(learner, cases[i].columns == numeric ? "trtr.r2" : "trtr.auc", NAN);
            learners++;
        }
        cr_expect_float_eq(trtr / learners - tstr.value, gap.value, 1e-12, "%s: gap is TRTR − TSTR", cases[i].what);
        cr_expect_eq(learners, cases[i].columns == numeric ? 4 : 5, "naive Bayes learns classes alone");
        cr_expect_eq(cJSON_GetArraySize(json_get(tstr.details, "left_out")), cases[i].columns == numeric);
        frame_release(&tstr);
        frame_release(&gap);
        table_free(train);
        table_free(holdout);
        table_free(subject);
        frame_free(frame);
    }
}

Test(utility, train_as_subject_has_no_gap)
{
    struct frame *frame = frame_new(two_classes);
    struct table *train = draw(frame, 300, 4, PERMUTED), *holdout = draw(frame, 300, 5, NONE);
    struct result result;
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    cr_assert_eq(frame_run(frame, &measure_utility_gap, SUBJECT_TRAIN, train, 1, &result, NULL), 0);
    cr_expect(result.value == 0 && result.lo == 0 && result.hi == 0, "%g [%g, %g]", result.value, result.lo, result.hi);
    frame_release(&result);
    table_free(train);
    table_free(holdout);
    frame_free(frame);
}

Test(utility, independent_columns_are_never_worse_than_chance)
{
    /* Labels turned round: as a candidate AUC 0 and gap 1; in the place of the independent control chance, gap ½. */
    static const struct {
        enum subject kind;
        double tstr, gap;
    } cases[] = {{SUBJECT_CANDIDATE, 0, 1}, {SUBJECT_INDEPENDENT, 0.5, 0.5}};
    struct frame *frame = frame_new(two_classes);
    struct table *train = draw(frame, 500, 9, NONE), *holdout = draw(frame, 500, 10, NONE),
                 *turned = draw(frame, 500, 11, NONE);
    for (size_t i = 0; i < 500; i++)
        table_codes(turned, Y)[i] = 1 - turned->columns[Y].code[i];
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    for (size_t i = 0; i < 2; i++) {
        struct result tstr, gap;
        cr_assert_eq(frame_run(frame, &measure_utility_tstr, cases[i].kind, turned, 1, &tstr, NULL), 0);
        cr_assert_eq(frame_run(frame, &measure_utility_gap, cases[i].kind, turned, 1, &gap, NULL), 0);
        cr_expect_float_eq(tstr.value, cases[i].tstr, 1e-3, "%g", tstr.value); /* neighbours miss a few rows next to the cut */
        cr_expect(tstr.lo >= cases[i].tstr && tstr.hi < cases[i].tstr + 1e-3, "%g … %g", tstr.lo, tstr.hi);
        cr_expect_float_eq(gap.value, cases[i].gap, 1e-3, "%g", gap.value);
        cr_expect(gap.lo <= gap.value && gap.hi >= gap.value && gap.hi <= cases[i].gap, "%g … %g", gap.lo, gap.hi);
        frame_release(&tstr);
        frame_release(&gap);
    }
    table_free(train);
    table_free(holdout);
    table_free(turned);
    frame_free(frame);
}

Test(utility, honest_case_compares_equal_sizes)
{
    /* A subject of 200 rows against a train of 2,000: as the honest case its comparison model learns from 200 rows too. */
    struct frame *frame = frame_new(two_classes);
    struct table *train = draw(frame, 2000, 6, NONE), *holdout = draw(frame, 400, 7, NONE),
                 *subject = draw(frame, 200, 8, NONE);
    static const struct {
        enum subject kind;
        double rows;
    } cases[] = {{SUBJECT_HONEST, 200}, {SUBJECT_CANDIDATE, 2000}};
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    for (size_t i = 0; i < 2; i++) {
        struct result result;
        cr_assert_eq(frame_run(frame, &measure_utility_tstr, cases[i].kind, subject, 1, &result, NULL), 0);
        const cJSON *learner = cJSON_GetArrayItem(json_get(result.details, "learners"), 0);
        cr_expect_eq(json_get_number(learner, "tstr.rows", NAN), 200);
        cr_expect_eq(json_get_number(learner, "trtr.rows", NAN), cases[i].rows);
        frame_release(&result);
    }
    table_free(train);
    table_free(holdout);
    table_free(subject);
    frame_free(frame);
}

Test(utility, unmeasurable)
{
    static const struct {
        const struct frame_column *columns;
        enum fault subject, holdout;
        const char *reason;
    } cases[] = {
        {two_classes, ONE_CLASS, NONE, "only one class in the candidate"},
        {two_classes, NO_TARGET, NONE, "no row of the candidate has a value of the target 'y'"},
        {two_classes, NONE, ONE_CLASS, "only one class in the holdout"},
        {two_classes, NONE, NO_TARGET, "no row of the holdout"},
        {numeric, ONE_CLASS, NONE, "only one value in the candidate"},
        {numeric, NO_TARGET, NONE, "no row of the candidate"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(cases[i].columns);
        struct table *train = draw(frame, 100, 1, NONE), *holdout = draw(frame, 100, 2, cases[i].holdout);
        struct table *subject = draw(frame, 100, 3, cases[i].subject);
        struct result result;
        struct error error = {0};
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        cr_expect_eq(frame_run(frame, &measure_utility_tstr, SUBJECT_CANDIDATE, subject, 1, &result, &error),
                     ERROR_UNMEASURABLE);
        cr_expect(strstr(error.message, cases[i].reason) != NULL, "'%s' instead of '%s'", error.message, cases[i].reason);
        frame_release(&result);
        frame->data.holdout.table = NULL;
        cr_expect_eq(frame_run(frame, &measure_utility_gap, SUBJECT_CANDIDATE, train, 1, &result, &error), ERROR_UNMEASURABLE);
        cr_expect(strstr(error.message, "--holdout") != NULL, "%s", error.message);
        frame_release(&result);
        table_free(train);
        table_free(holdout);
        table_free(subject);
        frame_free(frame);
    }
}

Test(utility, same_for_any_threads)
{
    struct frame *frame = frame_new(three_classes);
    struct table *train = draw(frame, 400, 1, NONE), *holdout = draw(frame, 400, 2, NONE),
                 *subject = draw(frame, 400, 3, PERMUTED);
    struct result one, seven;
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    cr_assert_eq(frame_run(frame, &measure_utility_gap, SUBJECT_CANDIDATE, subject, 1, &one, NULL), 0);
    cr_assert_eq(frame_run(frame, &measure_utility_gap, SUBJECT_CANDIDATE, subject, 7, &seven, NULL), 0);
    cr_expect(one.value == seven.value && one.lo == seven.lo && one.hi == seven.hi);
    cr_expect(cJSON_Compare(one.details, seven.details, true));
    cr_expect_str_eq(one.finding, seven.finding);
    frame_release(&one);
    frame_release(&seven);
    table_free(train);
    table_free(holdout);
    table_free(subject);
    frame_free(frame);
}

Test(utility, unmeasurable_targets)
{
    /* 60 classes: more than can be learnt. A table whose only other column is constant: nothing to predict from. */
    static const struct frame_column sixty[] = {{"x", COLUMN_NUMERIC, 0, 0},
                                                {"k", COLUMN_CATEGORICAL, 0, 3},
                                                {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 60},
                                                {NULL, 0, 0, 0}};
    static const struct {
        const struct frame_column *columns;
        bool constant;
        const char *reason;
    } cases[] = {{sixty, false, "60 classes"}, {two_classes, true, "no column besides the target"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(cases[i].columns);
        struct table *train = draw(frame, 100, 1, NONE);
        struct result result;
        struct error error = {0};
        for (size_t row = 0; cases[i].constant && row < 100; row++) {
            table_numbers(train, X)[row] = 4;
            table_codes(train, K)[row] = 1;
        }
        frame->data.train.table = frame->data.holdout.table = train;
        cr_expect_eq(frame_run(frame, &measure_utility_tstr, SUBJECT_CANDIDATE, train, 1, &result, &error), ERROR_UNMEASURABLE);
        cr_expect(strstr(error.message, cases[i].reason) != NULL, "'%s' instead of '%s'", error.message, cases[i].reason);
        frame_release(&result);
        table_free(train);
        frame_free(frame);
    }
}
