/* fairness.* of trained models beyond parity: known truths, crossed groups, numeric targets, groups that are hardly there. */
#include "tests/unit/frame.h"

#include "core/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_fairness_demographic_parity, measure_fairness_equal_opportunity,
    measure_fairness_equalized_odds, measure_fairness_predictive_parity, measure_fairness_calibration,
    measure_fairness_worst_group, measure_fairness_equity_scaled, measure_fairness_intersections;

/* What makes the rows of a table. */
struct rule {
    double shift;   /* group 1 of g must pass a cut higher by this, or has y lower by it (numeric target) */
    double crossed; /* rows with g ≠ h have a cut higher by this, the others one lower by it */
    bool one_group; /* all rows in group 0 of g */
    size_t rare;    /* of level 2 of g there are this many rows */
    double flat;    /* y is 1 with this probability, whatever x; 0: the rule counts */
};

enum { G, H, X, Y };
static const struct frame_column classes[] = {{"g", COLUMN_CATEGORICAL, ROLE_SENSITIVE, 3},
                                              {"h", COLUMN_CATEGORICAL, ROLE_SENSITIVE, 2},
                                              {"x", COLUMN_NUMERIC, 0, 0},
                                              {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2},
                                              {NULL, 0, 0, 0}};
static const struct frame_column numbers[] = {{"g", COLUMN_CATEGORICAL, ROLE_SENSITIVE, 3},
                                              {"h", COLUMN_CATEGORICAL, ROLE_SENSITIVE, 2},
                                              {"x", COLUMN_NUMERIC, 0, 0},
                                              {"y", COLUMN_NUMERIC, ROLE_TARGET, 0},
                                              {NULL, 0, 0, 0}};

/* x uniform on a grid of 40 points in (0, 1). Classes: y = 1[x > cut], as in test_fairness_measures.c. Numeric target: y = 2x +
 * noise of standard deviation ½ − shift in group 1. */
static struct table *rows_of(struct frame *frame, const struct rule *rule, size_t rows, uint64_t seed)
{
    struct table *table = frame_table(frame, "rows", rows);
    struct random random;
    random_init(&random, seed, "test.fairness.models", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        uint32_t g = (uint32_t)random_below(&random, 2), h = (uint32_t)random_below(&random, 2);
        double x = ((double)random_below(&random, 40) + 0.5) / 40, noise = random_normal(&random) / 2;
        double u = random_uniform(&random), cut = 0.5 + (g == 1 ? rule->shift : 0) + (g != h ? 1 : -1) * rule->crossed;
        g = rule->one_group ? 0 : i < rule->rare ? 2 : g;
        table_codes(table, G)[i] = g;
        table_codes(table, H)[i] = h;
        table_numbers(table, X)[i] = x;
        if (frame->data.schema->columns[Y].type == COLUMN_NUMERIC)
            table_numbers(table, Y)[i] = 2 * x + noise - (g == 1 ? rule->shift : 0);
        else
            table_codes(table, Y)[i] = rule->flat > 0 ? u < rule->flat : x > cut;
    }
    table_seal(table);
    return table;
}

/* Runs one measure on tables of `rows` rows: train and holdout by `real`, subject by `subject`. */
static int run_rules(const struct measure *measure, const struct frame_column *columns, size_t rows, const struct rule *real,
                     const struct rule *subject, struct result *result, struct error *error)
{
    struct frame *frame = frame_new(columns);
    struct table *train = rows_of(frame, real, rows, 1), *holdout = rows_of(frame, real, 2 * rows, 2);
    struct table *candidate = rows_of(frame, subject, rows, 3);
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    int status = frame_run(frame, measure, SUBJECT_CANDIDATE, candidate, 2, result, error);
    table_free(train);
    table_free(holdout);
    table_free(candidate);
    frame_free(frame);
    return status;
}

/* The subject's cut of group 1 is .2 higher: selection rates .5 and .3, of the positives of group 1 .6 are found, no false
 * alarm, every call comes true; accuracies 1 and .8, so equity .9/(1 + .1 + .1) = .75 and balanced accuracies 1 and .8; mean
 * probability − base rate 0 and −.2. The other way round (real cut higher) calls .2 of group 1 falsely: of its negatives
 * .2/.7 = .2857, PPV .3/.5 = .6. Numbers: y's variance is 4/12 + 1/4 = .5833 (standard deviation .7638) plus shift²/4; a
 * subject with group 1 lower by .4 predicts means .4/.7638 = .524 apart and errs by as much less; its squared error there is
 * .25 + .16, worst R² 1 − .41/.5833 = .297, less what the trees learn of the noise. */
static const struct {
    const struct measure *measure;
    bool numeric;
    double real, subject, value, tolerance;
} truths[] = {
    {&measure_fairness_equalized_odds, false, 0, 0.2, 0.4, 0.05},
    {&measure_fairness_equalized_odds, false, 0.2, 0, 0.2857, 0.05},
    {&measure_fairness_equalized_odds, false, 0.2, 0.2, 0, 0.03},
    {&measure_fairness_predictive_parity, false, 0, 0.2, 0, 0.03},
    {&measure_fairness_predictive_parity, false, 0.2, 0, 0.4, 0.05},
    {&measure_fairness_calibration, false, 0, 0.2, 0.2, 0.04},
    {&measure_fairness_calibration, false, 0, 0, 0, 0.04},
    {&measure_fairness_worst_group, false, 0, 0.2, 0.8, 0.04},
    {&measure_fairness_equity_scaled, false, 0, 0.2, 0.75, 0.04},
    {&measure_fairness_equity_scaled, false, 0, 0, 1, 0.04},
    {&measure_fairness_demographic_parity, true, 0, 0.4, 0.524, 0.08},
    {&measure_fairness_calibration, true, 0, 0.4, 0.524, 0.08},
    {&measure_fairness_worst_group, true, 0, 0.4, 0.297, 0.09},
    {&measure_fairness_worst_group, true, 0, 0, 0.571, 0.06},
};

/* Intervals of a group's mean error or mean prediction: mean ± 1.96·s/√n. Numbers, in units of y's standard deviation .7638:
 * the linear model's errors are the noise, s = .5/.7638 = .655, its predictions 2x, s = 2/√12/.7638 = .756. */
static void expect_intervals(const struct result *result, const char *key, double deviation)
{
    const cJSON *group;
    cJSON_ArrayForEach(group, json_get(result->details, "groups"))
    {
        const double n = json_get_number(group, "n", NAN), lo = json_get_number(group, "lo", NAN),
                     hi = json_get_number(group, "hi", NAN);
        cr_expect_float_eq((lo + hi) / 2, json_get_number(group, key, NAN), 1e-9, "%s in the middle", key);
        if (!strcmp(json_get_string(group, "learner", ""), "logistic") &&
            !strcmp(json_get_string(group, "trained_on", ""), "real"))
            cr_expect_float_eq((hi - lo) / 2 / (1.96 * deviation / sqrt(n)), 1, 0.08, "%s: half a width of %.4f", key,
                               (hi - lo) / 2);
    }
}

Test(fairness_models, truths)
{
    for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++) {
        const struct rule real = {.shift = truths[i].real}, subject = {.shift = truths[i].subject};
        const char *id = truths[i].measure->id;
        struct result result;
        struct error error = {0};
        cr_assert_eq(
            run_rules(truths[i].measure, truths[i].numeric ? numbers : classes, 2000, &real, &subject, &result, &error), 0,
            "%s: %s", id, error.message);
        cr_expect_float_eq(result.value, truths[i].value, truths[i].tolerance, "case %zu, %s: %.4f", i, id, result.value);
        cr_expect(result.lo <= truths[i].value + 0.04 && result.hi >= truths[i].value - 0.04, "case %zu, %s: [%.4f, %.4f]", i,
                  id, result.lo, result.hi);
        if (truths[i].numeric && truths[i].measure == &measure_fairness_calibration)
            expect_intervals(&result, "bias", 0.655);
        if (truths[i].numeric && truths[i].measure == &measure_fairness_demographic_parity)
            expect_intervals(&result, "rate", 0.756);
        if (i == 0)
            cr_expect(strstr(result.finding, "groups of 'g'") && strstr(result.finding, "for '1' (") &&
                          strstr(result.finding, "Accuracy is 0.9") && strstr(result.remedy, "groups '1' and '0'"),
                      "%s %s", result.finding, result.remedy);
        frame_release(&result);
    }
}

/* What only shows where two columns meet: the cut is .7 where g ≠ h and .3 where g = h, so every single group is selected at
 * rate .5 and the meetings at .3 and .7. The linear model has no interaction and sees nothing, the trees see all. */
Test(fairness_models, crossed_groups)
{
    const struct rule none = {0}, crossed = {.crossed = 0.2}, rare = {.rare = 14};
    struct result result;
    struct error error = {0};
    cr_assert_eq(run_rules(&measure_fairness_demographic_parity, classes, 2000, &crossed, &crossed, &result, &error), 0);
    cr_expect_lt(result.value, 0.08, "single columns: %.3f", result.value);
    frame_release(&result);
    cr_assert_eq(run_rules(&measure_fairness_intersections, classes, 2000, &crossed, &crossed, &result, &error), 0);
    const cJSON *gap;
    cJSON_ArrayForEach(gap, json_get(result.details, "gaps"))
    {
        cr_expect_str_eq(json_get_string(gap, "column", ""), "g & h");
        if (!strcmp(json_get_string(gap, "learner", ""), "boosted"))
            cr_expect_float_eq(json_get_number(gap, "candidate", NAN), 0.4, 0.06);
    }
    cr_expect(strstr(result.finding, "groups of 'g & h'") != NULL, "%s", result.finding);
    frame_release(&result);
    cr_assert_eq(run_rules(&measure_fairness_intersections, classes, 2000, &none, &none, &result, &error), 0);
    cr_expect_lt(result.value, 0.1, "nothing crossed: %.3f", result.value);
    frame_release(&result);

    /* 14 rows of level 2, some 7 of either h: no meeting with it is a group. */
    cr_assert_eq(run_rules(&measure_fairness_intersections, classes, 700, &rare, &rare, &result, &error), 0);
    cJSON_ArrayForEach(gap, json_get(result.details, "groups"))
    {
        cr_expect_neq(json_get_string(gap, "group", "2")[0], '2');
    }
    frame_release(&result);
}

static const struct frame_column alone[] = {{"g", COLUMN_CATEGORICAL, ROLE_SENSITIVE, 3},
                                            {"h", COLUMN_CATEGORICAL, 0, 2},
                                            {"x", COLUMN_NUMERIC, 0, 0},
                                            {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2},
                                            {NULL, 0, 0, 0}};

Test(fairness_models, edges)
{
    static const struct rule plain = {0}, flat = {.flat = 0.02}, one = {.one_group = true}, three = {.rare = 3},
                             all = {.flat = 2};
    static const struct measure *const every[] = {&measure_fairness_equalized_odds, &measure_fairness_predictive_parity,
                                                  &measure_fairness_calibration,    &measure_fairness_worst_group,
                                                  &measure_fairness_equity_scaled,  &measure_fairness_intersections};
    static const struct {
        const char *what;
        const struct frame_column *columns;
        const struct measure *measure; /* NULL: all of them */
        const struct rule *real, *subject;
        int status;
        const char *says; /* in the finding, or in the reason */
    } cases[] = {
        {"a constant predictor", classes, &measure_fairness_demographic_parity, &plain, &flat, 0,
         "They say the same of every row"},
        {"a constant predictor selects nobody", classes, &measure_fairness_predictive_parity, &plain, &flat, ERROR_UNMEASURABLE,
         "that the models of both sources select"},
        {"a group is absent from the subject", classes, NULL, &plain, &one, 0, "Models trained on"},
        {"a group of three rows", classes, NULL, &three, &plain, 0, "Models trained on"},
        {"only one group", classes, &measure_fairness_worst_group, &one, &one, 0, "groups of 'h'"},
        {"one class", classes, NULL, &plain, &all, ERROR_UNMEASURABLE, "only one class"},
        {"one sensitive column", alone, &measure_fairness_intersections, &plain, &plain, ERROR_UNMEASURABLE,
         "no two sensitive"},
        {"a number for classes", numbers, &measure_fairness_equalized_odds, &plain, &plain, ERROR_UNMEASURABLE,
         "a number, not a class"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t m = 0; m < (cases[i].measure ? 1 : sizeof every / sizeof every[0]); m++) {
            const struct measure *measure = cases[i].measure ? cases[i].measure : every[m];
            struct result result;
            struct error error = {0};
            int status = run_rules(measure, cases[i].columns, 500, cases[i].real, cases[i].subject, &result, &error);
            cr_expect_eq(status, cases[i].status, "%s, %s: %d %s", cases[i].what, measure->id, status, error.message);
            const char *said = status ? error.message : result.finding;
            cr_expect(strstr(said, cases[i].says) != NULL, "%s, %s: %s", cases[i].what, measure->id, said);
            if (status == 0)
                cr_expect(isfinite(result.value) && result.lo <= result.value && result.value <= result.hi, "%s, %s: %g",
                          cases[i].what, measure->id, result.value);
            const cJSON *group;
            cJSON_ArrayForEach(group, json_get(result.details, "groups"))
            {
                cr_expect(cases[i].real != &three || strcmp(json_get_string(group, "group", ""), "2"),
                          "a group of three rows is named");
            }
            frame_release(&result);
        }
}
