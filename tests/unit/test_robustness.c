/* Robustness: a threshold model and its clean level under noise, missing cells and attacks; edges. */
#include "tests/unit/frame.h"

#include "core/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_robustness_noise, measure_robustness_missing, measure_robustness_adversarial;
extern const struct measure measure_robustness_seed, measure_utility_tstr;

static const struct frame_column threshold[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2}, {NULL, 0, 0, 0}};
static const struct frame_column level[] = {
    {"k", COLUMN_CATEGORICAL, 0, 2}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2}, {NULL, 0, 0, 0}};

/* x uniform on [−1, 1], or k of two levels; y = 1[x > 0] or k. */
static struct table *draw(struct frame *frame, size_t rows, uint64_t seed, bool permuted)
{
    struct table *table = frame_table(frame, "drawn", rows);
    bool quantity = frame->data.schema->columns[0].type == COLUMN_NUMERIC;
    struct random random;
    random_init(&random, seed, "test.robustness", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        double x = 2 * random_uniform(&random) - 1, other = 2 * random_uniform(&random) - 1;
        if (quantity)
            table_numbers(table, 0)[i] = x;
        else
            table_codes(table, 0)[i] = x > 0;
        table_codes(table, 1)[i] = (permuted ? other : x) > 0;
    }
    table_seal(table);
    return table;
}

static double at(const struct result *result, int step, const char *key)
{
    return json_get_number(cJSON_GetArrayItem(json_get(result->details, "curve"), step), key, NAN);
}

static bool inside(double value, const double range[2])
{
    return value >= range[0] && value <= range[1];
}

Test(robustness, truths)
{
    /* Threshold, s = eps/sqrt(3) the noise in units of x. The linear model ranks by z = x + s·N: AUC = E Φ(t/(s√2)), t
     * triangular on (0, 2). Trees that only say yes or no have AUC = E Φ(x/s), x uniform on (0, 1); steps near the cut bring
     * them nearer to the linear model. By midpoint sums (python3, statistics.NormalDist): eps .1: .99833 and .97697, eps .5:
     * .95857 and .88485; so the mean of both learners lies in [.98765, .99833] and [.92171, .95857], its mean over eps in
     * [.964140, .985860]. Level: a flip with probability eps swaps the levels, so AUC = 1 − eps: curve 1, .9, …, .5, area .75.
     * Sampling: 4,000 rows, standard error at most .008 (level), .003 (threshold). */
    static const struct {
        const struct frame_column *columns;
        double at_1[2], at_5[2], area[2];
    } cases[] = {{threshold, {0.984, 1}, {0.913, 0.967}, {0.958, 0.992}}, {level, {0.88, 0.92}, {0.476, 0.524}, {0.73, 0.77}}};
    for (size_t i = 0; i < 2; i++) {
        struct frame *frame = frame_new(cases[i].columns);
        struct table *train = draw(frame, 2000, 1, false), *holdout = draw(frame, 4000, 2, false);
        struct table *subject = draw(frame, 2000, 3, false);
        struct result noise, tstr;
        frame->data.train.table = train;
        frame->data.holdout.table = holdout;
        cr_assert_eq(frame_run(frame, &measure_robustness_noise, SUBJECT_CANDIDATE, subject, 2, &noise, NULL), 0);
        cr_assert_eq(frame_run(frame, &measure_utility_tstr, SUBJECT_CANDIDATE, subject, 1, &tstr, NULL), 0);
        double clean = 0; /* linear model and boosted trees */
        for (int l = 0; l < 2; l++)
            clean += json_get_number(cJSON_GetArrayItem(json_get(tstr.details, "learners"), l), "tstr.auc", NAN) / 2;
        cr_expect_float_eq(at(&noise, 0, "tstr"), clean, 1e-12, "eps 0 is TSTR");
        cr_expect(inside(at(&noise, 1, "tstr"), cases[i].at_1), "eps .1: %.5f", at(&noise, 1, "tstr"));
        cr_expect(inside(at(&noise, 5, "tstr"), cases[i].at_5), "eps .5: %.5f", at(&noise, 5, "tstr"));
        cr_expect(inside(at(&noise, 5, "trtr"), cases[i].at_5), "eps .5, real: %.5f", at(&noise, 5, "trtr"));
        cr_expect(inside(noise.value, cases[i].area), "area %.5f", noise.value);
        for (int step = 1; step < 6; step++)
            cr_expect_lt(at(&noise, step, "tstr"), at(&noise, step - 1, "tstr"), "noise costs at step %d", step);
        cr_expect(noise.lo <= noise.value && noise.value <= noise.hi && noise.hi - noise.lo < 0.05);
        frame_release(&noise);
        frame_release(&tstr);
        table_free(train);
        table_free(holdout);
        table_free(subject);
        frame_free(frame);
    }
}

/* Mean over the linear model and boosted trees, which robustness asks, of a score that utility.tstr lists. */
static double mean_score(const struct result *tstr, const char *key)
{
    double sum = 0, n = 0;
    const cJSON *learner;
    cJSON_ArrayForEach(learner, json_get(tstr->details, "learners"))
    {
        const char *name = json_get_string(learner, "learner", "");
        if (strcmp(name, "logistic") != 0 && strcmp(name, "boosted") != 0)
            continue;
        sum += json_get_number(json_get(learner, "tstr"), key, NAN);
        n++;
    }
    return sum / n;
}

Test(robustness, missing_and_attacked)
{
    /* Missing cells, one feature: to the linear model a missing cell lies between the classes, so that a pair is told apart
     * unless both lack it: AUC = 1 - eps^2/2. Trees send all missing cells to one side: 1 - eps/2. Mean at eps .5: .8125.
     * Trees that learn steps near the threshold do no better than that.
     * Attack on the threshold: the spec's ball of .1 is .1/sd = .17320 standard deviations (sd = 1/sqrt(3)); all x within it
     * of 0 are lost: accuracy 1 - .1 = .9, linear in eps, so between steps .15 and .2 it is interpolated. At .25: 1 - .25 sd =
     * .85566. Sampling: 4,000 rows, of the trees 400: standard error at most .009. */
    struct frame *frame = frame_new(threshold);
    struct table *train = draw(frame, 2000, 1, false), *holdout = draw(frame, 4000, 2, false);
    struct table *subject = draw(frame, 2000, 3, false);
    struct result missing, attacked, tstr;
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    cr_assert_eq(frame_run(frame, &measure_robustness_missing, SUBJECT_CANDIDATE, subject, 2, &missing, NULL), 0);
    cr_assert_eq(frame_run(frame, &measure_robustness_adversarial, SUBJECT_CANDIDATE, subject, 2, &attacked, NULL), 0);
    cr_assert_eq(frame_run(frame, &measure_utility_tstr, SUBJECT_CANDIDATE, subject, 1, &tstr, NULL), 0);
    cr_expect_float_eq(at(&missing, 0, "tstr"), mean_score(&tstr, "auc"), 1e-12, "eps 0 is TSTR");
    cr_expect_float_eq(at(&missing, 5, "tstr"), 0.8125, 0.02, "half missing: %.5f", at(&missing, 5, "tstr"));
    cr_expect_float_eq(at(&attacked, 0, "tstr"), mean_score(&tstr, "balanced_accuracy"), 1e-12, "eps 0 is TSTR");
    double third = at(&attacked, 3, "tstr"), fourth = at(&attacked, 4, "tstr");
    double spec = third + (0.1 * sqrt(3) - 0.15) / 0.05 * (fourth - third);
    cr_expect_float_eq(spec, 0.9, 0.02, "worst case in a ball of .1: %.5f", spec);
    cr_expect_float_eq(at(&attacked, 5, "tstr"), 0.85566, 0.025, "%.5f", at(&attacked, 5, "tstr"));
    cr_expect_float_eq(at(&attacked, 5, "trtr"), 0.85566, 0.025, "%.5f", at(&attacked, 5, "trtr"));
    cr_expect(attacked.lo <= attacked.value && attacked.value <= attacked.hi && attacked.hi - attacked.lo < 0.05);
    for (int step = 1; step < 6; step++) {
        cr_expect_lt(at(&missing, step, "tstr"), at(&missing, step - 1, "tstr"), "missing cells cost at step %d", step);
        cr_expect_leq(at(&attacked, step, "tstr"), at(&attacked, step - 1, "tstr"), "attacks cost at step %d", step);
    }
    frame_release(&missing);
    frame_release(&attacked);
    frame_release(&tstr);
    table_free(train);
    table_free(holdout);
    table_free(subject);
    frame_free(frame);
}

Test(robustness, seed)
{
    /* The pairs' differences make the value; chi-squared quantiles of 5 degrees 12.832502 and .831212 (python3, bisection of
     * erf(sqrt(x/2)) - sqrt(2x/pi) exp(-x/2) (1 + x/3)), so the ends are value times .62421 and 2.45261. None of the learners
     * draws, so another seed changes nothing. On parts of train itself the candidate's side is the real side. */
    struct frame *frame = frame_new(threshold);
    struct table *train = draw(frame, 400, 1, false), *holdout = draw(frame, 500, 2, false);
    struct table *useless = draw(frame, 300, 3, true), *few = draw(frame, 12, 4, false);
    struct result own, again, other;
    struct error error = {0};
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    cr_assert_eq(frame_run(frame, &measure_robustness_seed, SUBJECT_CANDIDATE, train, 1, &own, NULL), 0);
    cr_assert_eq(frame_run(frame, &measure_robustness_seed, SUBJECT_CANDIDATE, train, 3, &again, NULL), 0);
    cr_assert_eq(frame_run(frame, &measure_robustness_seed, SUBJECT_CANDIDATE, useless, 2, &other, NULL), 0);
    const cJSON *tstr = json_get(own.details, "tstr"), *pair;
    double sum = 0;
    cJSON_ArrayForEach(pair, json_get(tstr, "pairs"))
    {
        double d = json_get_number(pair, "first", NAN) - json_get_number(pair, "second", NAN);
        sum += d * d;
    }
    cr_expect_float_eq(own.value, sqrt(sum / 10), 1e-12);
    cr_expect_float_eq(own.lo, 0.62421 * own.value, 1e-5 * own.value);
    cr_expect_float_eq(own.hi, 2.45261 * own.value, 1e-5 * own.value);
    cr_expect_eq(json_get_number(tstr, "seed_change", NAN), 0.0);
    cr_expect(cJSON_Compare(tstr, json_get(own.details, "trtr"), true), "train against itself");
    cr_expect(cJSON_Compare(own.details, again.details, true), "the same for 1 and 3 threads");
    cr_expect_eq(json_get_number(other.details, "rows", NAN), 150.0, "half of the smaller table");
    cr_expect_gt(other.value, 5 * own.value, "useless models point anywhere: %.5f, %.5f", other.value, own.value);
    cr_expect_gt(json_get_number(json_get(other.details, "trtr"), "mean", NAN), 0.97);
    cr_expect(strstr(other.remedy, "which candidate rows") != NULL, "%s", other.remedy);
    frame_release(&own);
    frame_release(&again);
    frame_release(&other);
    cr_expect_eq(frame_run(frame, &measure_robustness_seed, SUBJECT_CANDIDATE, few, 1, &own, &error), ERROR_UNMEASURABLE);
    frame_release(&own);
    frame->data.holdout.table = NULL;
    cr_expect_eq(frame_run(frame, &measure_robustness_seed, SUBJECT_CANDIDATE, train, 1, &own, &error), ERROR_UNMEASURABLE);
    frame_release(&own);
    table_free(train);
    table_free(holdout);
    table_free(useless);
    table_free(few);
    frame_free(frame);
}

Test(robustness, nothing_to_attack)
{
    struct frame *frame = frame_new(level);
    struct table *train = draw(frame, 200, 1, false), *holdout = draw(frame, 200, 2, false);
    struct result result;
    struct error error = {0};
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    cr_expect_eq(frame_run(frame, &measure_robustness_adversarial, SUBJECT_CANDIDATE, train, 1, &result, &error),
                 ERROR_UNMEASURABLE);
    cr_expect(strstr(error.message, "number or a date") != NULL, "%s", error.message);
    frame_release(&result);
    table_free(train);
    table_free(holdout);
    frame_free(frame);
}

Test(robustness, useless_models_and_edges)
{
    struct frame *frame = frame_new(threshold);
    struct table *train = draw(frame, 1000, 4, false), *holdout = draw(frame, 1000, 5, false);
    struct table *useless = draw(frame, 1000, 6, true);
    const struct measure *const measures[] = {&measure_robustness_noise, &measure_robustness_missing,
                                              &measure_robustness_adversarial};
    frame->data.train.table = train;
    for (size_t i = 0; i < 3; i++) {
        struct result result, again;
        struct error error = {0};
        frame->data.holdout.table = holdout;
        cr_assert_eq(frame_run(frame, measures[i], SUBJECT_CANDIDATE, useless, 1, &result, NULL), 0);
        cr_assert_eq(frame_run(frame, measures[i], SUBJECT_CANDIDATE, useless, 3, &again, NULL), 0);
        cr_expect_lt(result.value, 0.9, "a model that learnt nothing loses nothing, but has no level to keep");
        cr_expect(strstr(result.remedy, "before any disturbance") != NULL, "not blamed on the disturbance: %s", result.remedy);
        cr_expect(result.value == again.value && result.lo == again.lo && result.hi == again.hi,
                  "the same for 1 and 3 threads");
        cr_expect(cJSON_Compare(result.details, again.details, true));
        frame_release(&result);
        frame_release(&again);
        frame->data.holdout.table = NULL;
        cr_expect_eq(frame_run(frame, measures[i], SUBJECT_CANDIDATE, useless, 1, &result, &error), ERROR_UNMEASURABLE);
        frame_release(&result);
    }
    table_free(train);
    table_free(holdout);
    table_free(useless);
    frame_free(frame);
}
