/* fairness.*: representation against closed forms, group gaps of models with a known truth, small groups. */
#include "tests/unit/frame.h"

#include "core/random.h"
#include "datasets/partition.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_fairness_representation, measure_fairness_demographic_parity,
    measure_fairness_equal_opportunity, measure_fairness_amplification;

static const struct frame_column one_column[] = {{"g", COLUMN_CATEGORICAL, ROLE_SENSITIVE, 4}, {NULL, 0, 0, 0}};

/* count[level] rows of each level of column 0, then `missing` rows without one. */
static struct table *counted(struct frame *frame, const size_t count[4], size_t missing)
{
    size_t rows = count[0] + count[1] + count[2] + count[3] + missing, i = 0;
    struct table *table = frame_table(frame, "counted", rows);
    for (uint32_t level = 0; level < 4; level++)
        for (size_t k = 0; k < count[level]; k++)
            table_codes(table, 0)[i++] = level;
    while (i < rows)
        table_codes(table, 0)[i++] = CODE_MISSING;
    table_seal(table);
    return table;
}

Test(fairness_measures, representation)
{
    /* ln((.2/.8)/(.5/.5)) = −1.386294 (spec); standard error sqrt(1/200 + 1/800 + 1/500 + 1/500) = .101242; two comparisons:
     * z = Φ⁻¹(½ + .95^½/2) = 2.236477 (python: statistics.NormalDist().inv_cdf(.5 + .95**.5/2)), so ± .226426.
     * With a group of 30 of 1,000 rows dropped to 1: ln((1/999)/(30/970)) = −3.430656, error sqrt(1 + 1/999 + 1/30 + 1/970)
     * = 1.017524, three comparisons z = 2.387737: lo 1.001064. Dropped to 0: ½ added to all four, ln((.5/1000.5)/(30.5/970.5))
     * = −4.141318, error 1.426470. */
    static const struct {
        const char *what;
        size_t train[4], train_missing, subject[4], subject_missing;
        double value, lo, hi, tolerance;
    } cases[] = {
        {"spec", {500, 500, 0, 0}, 0, {200, 800, 0, 0}, 0, 1.386294361, 1.159868, 1.612721, 1e-5},
        {"the same", {500, 500, 0, 0}, 0, {500, 500, 0, 0}, 0, 0, 0, 0.200030, 1e-5},
        {"small group, nearly gone", {485, 485, 30, 0}, 0, {500, 499, 1, 0}, 0, 3.430656089, 1.001064, 5.860249, 1e-5},
        {"small group, gone", {485, 485, 30, 0}, 0, {500, 500, 0, 0}, 0, 4.141317616, 0.735281, 7.547354, 1e-5},
        {"missing is a group", {500, 0, 0, 0}, 500, {200, 0, 0, 0}, 800, 1.386294361, 1.159868, 1.612721, 1e-5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(one_column);
        struct table *train = counted(frame, cases[i].train, cases[i].train_missing);
        struct table *subject = counted(frame, cases[i].subject, cases[i].subject_missing);
        struct result result;
        struct error error = {0};
        frame->data.train.table = train;
        cr_assert_eq(frame_run(frame, &measure_fairness_representation, SUBJECT_CANDIDATE, subject, 1, &result, &error), 0,
                     "%s: %s", cases[i].what, error.message);
        cr_expect_float_eq(result.value, cases[i].value, 1e-6, "%s: %.9f", cases[i].what, result.value);
        cr_expect_float_eq(result.lo, cases[i].lo, cases[i].tolerance, "%s: lo %.6f", cases[i].what, result.lo);
        cr_expect_float_eq(result.hi, cases[i].hi, cases[i].tolerance, "%s: hi %.6f", cases[i].what, result.hi);
        frame_release(&result);
        table_free(train);
        table_free(subject);
        frame_free(frame);
    }
}

Test(fairness_measures, small_groups)
{
    /* Level 3 has 6 training rows and 5 rows lack a level: pooled as "other (<10)", listed, never judged. Level 2 (30 of 1,011
     * rows against 20): its interval reaches beyond half of ln 2, so it is listed and not used. */
    static const size_t train_count[4] = {600, 370, 30, 6}, subject_count[4] = {600, 380, 20, 0}, tiny[4] = {9, 9, 9, 9};
    struct frame *frame = frame_new(one_column);
    struct table *train = counted(frame, train_count, 5), *subject = counted(frame, subject_count, 0);
    struct result result;
    struct error error = {0};
    frame->data.train.table = train;
    cr_assert_eq(frame_run(frame, &measure_fairness_representation, SUBJECT_CANDIDATE, subject, 1, &result, &error), 0, "%s",
                 error.message);
    const cJSON *groups = json_get(result.details, "groups"), *group;
    size_t listed = 0, used = 0, pool = 0;
    cJSON_ArrayForEach(group, groups)
    {
        const char *name = json_get_string(group, "group", "");
        listed++;
        used += json_get_bool(group, "used", false);
        pool += strcmp(name, "other (<10)") == 0;
        cr_expect(strcmp(name, "3") != 0 && strcmp(name, "missing") != 0, "a group of fewer than 10 rows is named");
    }
    cr_expect(listed == 4 && used == 2 && pool == 1, "listed %zu, used %zu, pools %zu", listed, used, pool);
    frame_release(&result);
    table_free(train);
    table_free(subject);
    train = counted(frame, tiny, 0);
    frame->data.train.table = train;
    cr_expect_eq(frame_run(frame, &measure_fairness_representation, SUBJECT_CANDIDATE, train, 1, &result, &error),
                 ERROR_UNMEASURABLE);
    cr_expect(strstr(error.message, "no group") != NULL, "%s", error.message);
    frame_release(&result);
    table_free(train);
    frame_free(frame);
}

Test(fairness_measures, groups_of_numbers)
{
    /* 0 … 99: quarters at 24.75, 49.5, 74.25; beyond train's range the outer quarters; 12 missing cells a group. */
    static const struct frame_column number[] = {{"age", COLUMN_NUMERIC, ROLE_SENSITIVE, 0}, {NULL, 0, 0, 0}};
    static const double cell[] = {-5, 0, 24, 25, 49, 50, 74, 75, 99, 500, NAN};
    static const uint32_t expected[] = {0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 4};
    struct frame *frame = frame_new(number);
    struct table *train = frame_table(frame, "train", 112), *other = frame_table(frame, "other", 11);
    struct partition partition;
    uint32_t group[11];
    for (size_t i = 0; i < 112; i++)
        table_numbers(train, 0)[i] = i < 100 ? (double)i : NAN;
    memcpy(table_numbers(other, 0), cell, sizeof cell);
    table_seal(train);
    table_seal(other);
    cr_assert_eq(partition_fit(&partition, train, 0, 10, frame->arena, NULL), 0);
    cr_expect_eq(partition.groups, 5);
    cr_expect_str_eq(partition.names[0], "lowest quarter");
    cr_expect_str_eq(partition.names[4], "missing");
    partition_apply(&partition, other, group);
    for (size_t i = 0; i < 11; i++)
        cr_expect_eq(group[i], expected[i], "cell %zu: group %u", i, group[i]);
    table_free(train);
    table_free(other);
    frame_free(frame);
}

/* --- models -------------------------------------------------------------------------------------------------------- */

static const struct frame_column person[] = {{"g", COLUMN_CATEGORICAL, ROLE_SENSITIVE, 2},
                                             {"x", COLUMN_NUMERIC, 0, 0},
                                             {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2},
                                             {NULL, 0, 0, 0}};

/* x uniform on a grid of 40 points in (0, 1), y = 1[x > cut of the group]: a model decides as the rule does, so the selection
 * rate of a group is 1 − its cut and every true positive rate is 1. Group 1 gets `shift` added to its cut. */
static struct table *people(struct frame *frame, size_t rows, uint64_t seed, double shift)
{
    struct table *table = frame_table(frame, "people", rows);
    struct random random;
    random_init(&random, seed, "test.fairness", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        uint32_t g = (uint32_t)random_below(&random, 2);
        double x = ((double)random_below(&random, 40) + 0.5) / 40;
        table_codes(table, 0)[i] = g;
        table_numbers(table, 1)[i] = x;
        table_codes(table, 2)[i] = x > (g ? 0.5 + shift : 0.5);
    }
    table_seal(table);
    return table;
}

Test(fairness_measures, gaps_of_models)
{
    /* Real rows: no gap. A subject whose group 1 must pass a cut .2 higher: selection rates .5 and .3, gap .2, of the positive
     * real rows of group 1 (x > .5) those with x > .7 are found: TPR .6 against 1, gap .4. The linear model has no interaction
     * but fits both cuts as parallel lines. Holdout of 4,000 rows: the standard error of a gap is about .016. */
    static const struct {
        double subject, real, parity, opportunity, change;
    } cases[] = {{0, 0, 0, 0, 0}, {0.2, 0, 0.2, 0.4, 0.2}, {0.2, 0.2, 0.2, 0, 0}, {0, 0.2, 0, 0, -0.2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame *frame = frame_new(person);
        struct table *train = people(frame, 3000, 1, cases[i].real), *holdout = people(frame, 4000, 2, cases[i].real);
        struct table *subject = people(frame, 3000, 3, cases[i].subject);
        const struct measure *const measures[3] = {&measure_fairness_demographic_parity, &measure_fairness_equal_opportunity,
                                                   &measure_fairness_amplification};
        const double truth[3] = {cases[i].parity, cases[i].opportunity, cases[i].change};
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        for (size_t m = 0; m < 3; m++) {
            struct result result;
            struct error error = {0};
            cr_assert_eq(frame_run(frame, measures[m], SUBJECT_CANDIDATE, subject, 2, &result, &error), 0, "%s", error.message);
            cr_expect_float_eq(result.value, truth[m], 0.05, "case %zu, %s: %.4f", i, measures[m]->id, result.value);
            cr_expect(result.lo <= truth[m] + 0.03 && result.hi >= truth[m] - 0.03, "case %zu, %s: [%.4f, %.4f]", i,
                      measures[m]->id, result.lo, result.hi);
            const cJSON *gap = cJSON_GetArrayItem(json_get(result.details, "gaps"), 0);
            cr_expect_float_eq(json_get_number(gap, "candidate", NAN) - json_get_number(gap, "real", NAN),
                               json_get_number(gap, "change", NAN), 1e-12);
            /* E|p1 − p2| of two groups of 2,000 at .5: sqrt(2/pi)·sqrt(2·.25/2000) = .0126 */
            if (m == 0 && i == 0)
                cr_expect_float_eq(json_get_number(gap, "null_candidate", NAN), 0.0126, 0.005);
            cr_expect_eq(cJSON_GetArraySize(json_get(result.details, "groups")), 2 * 2 * 2); /* groups, learners, sources */
            const cJSON *mean = cJSON_GetArrayItem(json_get(result.details, "means"), 0);
            if (m == 2) /* one column: its change is the value */
                cr_expect(json_get_number(mean, "change", NAN) == result.value &&
                              json_get_number(mean, "lo", NAN) == result.lo && json_get_number(mean, "hi", NAN) == result.hi,
                          "case %zu: the only column's change", i);
            else
                cr_expect_null(mean);
            frame_release(&result);
        }
        table_free(train);
        table_free(holdout);
        table_free(subject);
        frame_free(frame);
    }
}

/* A target among the sensitive columns: a perfect model's "gap" between its classes is 1 and says nothing about fairness. */
Test(fairness_measures, the_target_makes_no_groups)
{
    const unsigned both = ROLE_TARGET | ROLE_SENSITIVE;
    for (int alone = 0; alone < 2; alone++) {
        const struct frame_column columns[] = {{"g", COLUMN_CATEGORICAL, alone ? 0 : ROLE_SENSITIVE, 2},
                                               {"x", COLUMN_NUMERIC, 0, 0},
                                               {"y", COLUMN_CATEGORICAL, both, 2},
                                               {NULL, 0, 0, 0}};
        struct frame *frame = frame_new(columns);
        struct table *train = people(frame, 1000, 1, 0), *holdout = people(frame, 1000, 2, 0);
        struct result result;
        struct error error = {0};
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        int status = frame_run(frame, &measure_fairness_demographic_parity, SUBJECT_CANDIDATE, train, 1, &result, &error);
        cr_expect_eq(status, alone ? ERROR_UNMEASURABLE : 0);
        if (alone)
            cr_expect(strstr(error.message, "only sensitive column") != NULL, "%s", error.message);
        else
            cr_expect_lt(result.value, 0.2, "gap %.3f", result.value);
        frame_release(&result);
        table_free(train);
        table_free(holdout);
        frame_free(frame);
    }
}

Test(fairness_measures, too_few_rows)
{
    struct frame *frame = frame_new(person);
    struct table *train = people(frame, 300, 4, 0), *holdout = people(frame, 60, 5, 0);
    struct result result;
    struct error error = {0};
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    cr_expect_eq(frame_run(frame, &measure_fairness_demographic_parity, SUBJECT_CANDIDATE, train, 1, &result, &error),
                 ERROR_UNMEASURABLE, "groups of about 30 rows");
    cr_expect(strstr(error.message, "enough holdout rows") != NULL, "%s", error.message);
    frame_release(&result);
    table_free(train);
    table_free(holdout);
    frame_free(frame);
}
