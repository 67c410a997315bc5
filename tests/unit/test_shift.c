/* robustness.shift: a part of the real rows that the subject lacks and where other rules hold; ties; edges. Features that are
 * odd for all of robustness. */
#include "tests/unit/frame.h"

#include "core/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_robustness_shift, measure_robustness_noise, measure_robustness_missing;
extern const struct measure measure_robustness_adversarial, measure_robustness_seed;

static const struct frame_column classes[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"g", COLUMN_CATEGORICAL, 0, 2}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2}, {NULL, 0, 0, 0}};
static const struct frame_column numbers[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"g", COLUMN_CATEGORICAL, 0, 2}, {"y", COLUMN_NUMERIC, ROLE_TARGET, 0}, {NULL, 0, 0, 0}};

enum rule { REVERSED, ALL_YES, PERMUTED };

/* x uniform on [−1, 1]; y = 1[x > 0], or x. In group 1, every fourth row unless left out, y = 1[x < 0] or −x, or always 1. */
static struct table *draw(struct frame *frame, size_t rows, uint64_t seed, bool left_out, enum rule rule)
{
    struct table *table = frame_table(frame, "drawn", rows);
    struct random random;
    random_init(&random, seed, "test.shift", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        double x = 2 * random_uniform(&random) - 1, other = 2 * random_uniform(&random) - 1;
        uint32_t group = !left_out && i % 4 == 3;
        double y = rule == PERMUTED ? other : !group ? x : rule == ALL_YES ? 1 : -x;
        table_numbers(table, 0)[i] = x;
        table_codes(table, 1)[i] = group;
        if (frame->data.schema->columns[2].type == COLUMN_NUMERIC)
            table_numbers(table, 2)[i] = y;
        else
            table_codes(table, 2)[i] = y > 0;
    }
    table_seal(table);
    return table;
}

static double at(const struct result *result, int step, const char *key)
{
    return json_get_number(cJSON_GetArrayItem(json_get(result->details, "curve"), step), key, NAN);
}

static int measure(struct frame *frame, const struct table *subject, size_t threads, struct result *result, struct error *error)
{
    return frame_run(frame, &measure_robustness_shift, SUBJECT_CANDIDATE, subject, threads, result, error);
}

Test(shift, uncovered_part)
{
    /* The subject lacks group 1, a quarter of all rows, where the rule is reversed. What it teaches ranks by x: on all rows, a
     * quarter of them reversed, AUC (3/4)² + 3/4·1/4 = .75; in the worst quarter, which is group 1 itself, 0. Trees trained on
     * real rows know the rule there (AUC 1); a line cannot follow both rules, its slope is that of the larger group (AUC 0):
     * .5. Sampling: 4,000 rows, standard error at most .009. */
    struct frame *frame = frame_new(classes);
    struct table *train = draw(frame, 4000, 1, false, REVERSED), *holdout = draw(frame, 4000, 2, false, REVERSED);
    struct table *subject = draw(frame, 4000, 3, true, REVERSED);
    struct result result, again;
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    cr_assert_eq(measure(frame, subject, 1, &result, NULL), 0);
    cr_assert_eq(measure(frame, subject, 3, &again, NULL), 0);
    cr_expect_float_eq(at(&result, 0, "tstr"), 0.75, 0.025, "%.4f", at(&result, 0, "tstr"));
    cr_expect_float_eq(at(&result, 5, "tstr"), 0, 0.01, "%.4f", at(&result, 5, "tstr"));
    cr_expect_float_eq(at(&result, 5, "trtr"), 0.5, 0.01, "%.4f", at(&result, 5, "trtr"));
    cr_expect_eq(json_get_number(result.details, "rows_quarter", NAN), 1000.0);
    double areas = json_get_number(result.details, "area_tstr", NAN) - json_get_number(result.details, "area_trtr", NAN);
    cr_expect_float_eq(result.value, areas, 1e-12);
    cr_expect_float_eq(json_get_number(result.details, "quarter", NAN), at(&result, 5, "tstr") - at(&result, 5, "trtr"), 1e-12);
    cr_expect(result.lo < result.value && result.value < result.hi && result.hi - result.lo < 0.05);
    cr_expect(strstr(result.remedy, "fewest rows") != NULL, "%s", result.remedy);
    cr_expect(result.value == again.value && result.lo == again.lo && result.hi == again.hi &&
                  cJSON_Compare(result.details, again.details, true),
              "the same for 1 and 3 threads");
    frame_release(&result);
    frame_release(&again);
    table_free(train);
    table_free(holdout);
    table_free(subject);
    frame_free(frame);
}

Test(shift, nothing_to_tell)
{
    /* Train in the candidate's place: the same models, all rows tie, no difference whatever is left out. Permuted labels: lost
     * everywhere, for which no part is to blame. */
    for (size_t i = 0; i < 2; i++) {
        struct frame *frame = frame_new(i ? numbers : classes);
        struct table *train = draw(frame, 1000, 1, false, REVERSED), *holdout = draw(frame, 1000, 2, false, REVERSED);
        struct table *useless = draw(frame, 1000, 3, false, PERMUTED);
        struct result own, other;
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        cr_assert_eq(measure(frame, train, 1, &own, NULL), 0);
        cr_expect(own.value == 0 && own.lo == 0 && own.hi == 0, "%g, %g to %g", own.value, own.lo, own.hi);
        cr_expect_str_empty(own.remedy);
        cr_assert_eq(measure(frame, useless, 1, &other, NULL), 0);
        cr_expect_lt(other.hi, -0.1, "%g, %g to %g", other.value, other.lo, other.hi);
        cr_expect(strstr(other.remedy, "utility.gap") != NULL, "%s", other.remedy);
        frame_release(&own);
        frame_release(&other);
        table_free(train);
        table_free(holdout);
        table_free(useless);
        frame_free(frame);
    }
}

Test(shift, refusals)
{
    static const struct {
        size_t holdout;
        enum rule rule;
        const char *reason;
    } cases[] = {{0, REVERSED, "holdout"},
                 {70, REVERSED, "18 rows; it takes 20"},
                 {400, ALL_YES, "least like the candidate's leave the score undefined"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(classes);
        struct table *train = draw(frame, 400, 1, false, cases[i].rule), *subject = draw(frame, 400, 3, true, REVERSED);
        struct table *holdout = cases[i].holdout ? draw(frame, cases[i].holdout, 2, false, cases[i].rule) : NULL;
        struct result result;
        struct error error = {0};
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        cr_expect_eq(measure(frame, subject, 1, &result, &error), ERROR_UNMEASURABLE);
        cr_expect(strstr(error.message, cases[i].reason) != NULL, "%s", error.message);
        frame_release(&result);
        table_free(train);
        table_free(holdout);
        table_free(subject);
        frame_free(frame);
    }
}

static const struct frame_column odd[] = {{"constant", COLUMN_NUMERIC, 0, 0},
                                          {"many", COLUMN_CATEGORICAL, 0, 5000},
                                          {"x", COLUMN_NUMERIC, 0, 0},
                                          {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2},
                                          {NULL, 0, 0, 0}};

static struct table *draw_odd(struct frame *frame, size_t rows, uint64_t seed)
{
    struct table *table = frame_table(frame, "drawn", rows);
    struct random random;
    random_init(&random, seed, "test.shift", 1, 0);
    for (size_t i = 0; i < rows; i++) {
        double x = 2 * random_uniform(&random) - 1;
        table_numbers(table, 0)[i] = 7;
        table_codes(table, 1)[i] = (uint32_t)random_below(&random, 5000);
        table_numbers(table, 2)[i] = x;
        table_codes(table, 3)[i] = x > 0;
    }
    table_seal(table);
    return table;
}

Test(shift, odd_features)
{
    /* A constant, and 5,000 categories of which each table has a few hundred others: x alone decides, and still does. */
    static const struct {
        const struct measure *measure;
        double lo, hi;
    } cases[] = {{&measure_robustness_shift, -0.05, 0.05},
                 {&measure_robustness_noise, 0.85, 1},
                 {&measure_robustness_missing, 0.8, 1},
                 {&measure_robustness_adversarial, 0.75, 1},
                 {&measure_robustness_seed, 0, 0.1}};
    struct frame *frame = frame_new(odd);
    struct table *train = draw_odd(frame, 400, 1), *holdout = draw_odd(frame, 400, 2), *subject = draw_odd(frame, 400, 3);
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct result result;
        struct error error = {0};
        cr_expect_eq(frame_run(frame, cases[i].measure, SUBJECT_CANDIDATE, subject, 1, &result, &error), 0, "%s",
                     error.message);
        cr_expect(result.value >= cases[i].lo && result.value <= cases[i].hi, "%s: %.4f", cases[i].measure->id, result.value);
        frame_release(&result);
    }
    table_free(train);
    table_free(holdout);
    table_free(subject);
    frame_free(frame);
}
