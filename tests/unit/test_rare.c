/* utility.rare: recalls counted by hand, classes that vanish, classes too small to speak of. */
#include "tests/unit/frame.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_utility_rare;

enum { K = 0, Y = 1, LEVELS = 3, CLASSES = 3 };
typedef size_t counts[CLASSES][LEVELS]; /* rows by class and level of k */

static const struct frame_column three_classes[] = {
    {"k", COLUMN_CATEGORICAL, 0, LEVELS}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, CLASSES}, {NULL, 0, 0, 0}};
static const struct frame_column two_classes[] = {
    {"k", COLUMN_CATEGORICAL, 0, LEVELS}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2}, {NULL, 0, 0, 0}};

static struct table *fill(struct frame *frame, const counts cell)
{
    size_t rows = 0, at = 0;
    for (size_t c = 0; c < CLASSES; c++)
        for (size_t k = 0; k < LEVELS; k++)
            rows += cell[c][k];
    struct table *table = frame_table(frame, "filled", rows);
    for (uint32_t c = 0; c < CLASSES; c++)
        for (uint32_t k = 0; k < LEVELS; k++)
            for (size_t i = 0; i < cell[c][k]; i++, at++) {
                table_codes(table, K)[at] = k;
                table_codes(table, Y)[at] = c;
            }
    table_seal(table);
    return table;
}

/* Binary: class 1 is rare, 30 of 1,000 rows: 12 of the 20 rows of level 0, 10 of the 100 of level 1, 8 of the 880 of level 2.
 * The 30 most probable rows of a model that ranks the levels 0, 1, 2 are level 0 (12 hits) and 10 of the 100 rows of level 1,
 * one hit among them on average: recall 13/30. */
static const counts real_rows = {{8, 90, 872}, {12, 10, 8}, {0, 0, 0}};
/* Ranked 2, 1, 0: 30 of the 880 rows of level 2 with 8 hits: 30/880 of 8/30. */
static const counts turned_rows = {{18, 20, 400}, {1, 10, 400}, {0, 0, 0}};
/* The same 30 rows as class 2 of three, the rest split by halves between 0 and 1; and without class 2: every row ties. */
static const counts real_three = {{4, 45, 436}, {4, 45, 436}, {12, 10, 8}};
static const counts without = {{4, 45, 436}, {4, 45, 436}, {0, 0, 0}};

Test(rare, counted_by_hand)
{
    static const struct {
        const char *what;
        const struct frame_column *columns;
        const counts *real, *subject;
        double tstr, synthetic;
    } cases[] = {
        {"the same rows", two_classes, &real_rows, &real_rows, 13.0 / 30, 0.03},
        {"turned round", two_classes, &real_rows, &turned_rows, 8.0 / 880, 411.0 / 849},
        {"class of three", three_classes, &real_three, &real_three, 13.0 / 30, 0.03},
        {"class lost", three_classes, &real_three, &without, 30.0 / 1000, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(cases[i].columns);
        struct table *train = fill(frame, *cases[i].real), *holdout = fill(frame, *cases[i].real);
        struct table *subject = fill(frame, *cases[i].subject);
        struct result result, again;
        struct error error = {0};
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        cr_assert_eq(frame_run(frame, &measure_utility_rare, SUBJECT_CANDIDATE, subject, 1, &result, &error), 0, "%s",
                     error.message);
        cr_assert_eq(frame_run(frame, &measure_utility_rare, SUBJECT_CANDIDATE, subject, 3, &again, &error), 0);
        const cJSON *class = cJSON_GetArrayItem(json_get(result.details, "classes"), 0);
        cr_expect_float_eq(json_get_number(class, "recall_trtr", NAN), 13.0 / 30, 1e-12, "%s: %g", cases[i].what,
                           json_get_number(class, "recall_trtr", NAN));
        cr_expect_float_eq(json_get_number(class, "recall_tstr", NAN), cases[i].tstr, 1e-12, "%s: %g", cases[i].what,
                           json_get_number(class, "recall_tstr", NAN));
        cr_expect_float_eq(result.value, cases[i].tstr - 13.0 / 30, 1e-12);
        cr_expect_float_eq(json_get_number(class, "prevalence_real", NAN), 0.03, 1e-15);
        cr_expect_float_eq(json_get_number(class, "prevalence_synthetic", NAN), cases[i].synthetic, 1e-15);
        cr_expect(json_get_number(class, "n", NAN) == 30 && result.n == 30);
        cr_expect_str_eq(json_get_string(class, "class", ""), cases[i].columns == two_classes ? "1" : "2");
        cr_expect_eq(cJSON_GetArraySize(json_get(result.details, "classes")), 1);
        cr_expect(result.lo <= result.value && result.value <= result.hi);
        bool same = cases[i].real == cases[i].subject;
        cr_expect(same ? result.lo == 0 && result.hi == 0 : result.lo < result.hi && result.hi < 0, "%s: %g … %g",
                  cases[i].what, result.lo, result.hi);
        cr_expect_eq((strlen(result.remedy) > 0), !same, "%s", result.remedy);
        cr_expect(result.lo == again.lo && result.hi == again.hi && cJSON_Compare(result.details, again.details, true),
                  "the same for 1 and 3 threads");
        frame_release(&result);
        frame_release(&again);
        table_free(train);
        table_free(holdout);
        table_free(subject);
        frame_free(frame);
    }
}

Test(rare, what_cannot_be_measured)
{
    /* Nothing under 5 % (exactly 5 % is not under); a rare class of 9 rows, fewer than k, in train or in the holdout: not named
     * anywhere. No holdout. */
    static const counts even = {{8, 90, 852}, {22, 20, 8}, {0, 0, 0}}, nine = {{8, 90, 872}, {5, 2, 2}, {0, 0, 0}};
    static const struct {
        const counts *train, *holdout;
        const char *reason;
    } cases[] = {
        {&even, &even, "no class of the target 'y' is under 5 %"},
        {&nine, &real_rows, "fewer than 10 training or holdout rows"},
        {&real_rows, &nine, "fewer than 10 training or holdout rows"},
        {&real_rows, NULL, "--holdout"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(two_classes);
        struct table *train = fill(frame, *cases[i].train), *subject = fill(frame, real_rows);
        struct table *holdout = cases[i].holdout ? fill(frame, *cases[i].holdout) : NULL;
        struct result result;
        struct error error = {0};
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        cr_expect_eq(frame_run(frame, &measure_utility_rare, SUBJECT_CANDIDATE, subject, 1, &result, &error),
                     ERROR_UNMEASURABLE);
        cr_expect(strstr(error.message, cases[i].reason) != NULL, "'%s' instead of '%s'", error.message, cases[i].reason);
        frame_release(&result);
        table_free(train);
        table_free(holdout);
        table_free(subject);
        frame_free(frame);
    }
}

Test(rare, small_classes_are_counted_and_not_named)
{
    /* Class 2 has 9 rows, class 1 has 30: only the latter is written. As the control of independent columns the value alone. */
    static const counts small = {{8, 90, 872}, {12, 10, 8}, {3, 3, 3}};
    struct frame *frame = frame_new(three_classes);
    struct table *train = fill(frame, small), *holdout = fill(frame, small);
    struct result result;
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    cr_assert_eq(frame_run(frame, &measure_utility_rare, SUBJECT_CANDIDATE, train, 1, &result, NULL), 0);
    const cJSON *classes = json_get(result.details, "classes");
    cr_expect(cJSON_GetArraySize(classes) == 1 && json_get_number(result.details, "too_small", NAN) == 1);
    cr_expect_str_eq(json_get_string(cJSON_GetArrayItem(classes, 0), "class", ""), "1");
    frame_release(&result);
    cr_assert_eq(frame_run(frame, &measure_utility_rare, SUBJECT_COPY, train, 1, &result, NULL), 0);
    cr_expect(result.value == 0 && !result.details);
    frame_release(&result);
    table_free(train);
    table_free(holdout);
    frame_free(frame);
}
