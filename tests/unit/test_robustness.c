/* robustness.noise: a threshold model, its clean level, noise that does not reach the features. */
#include "tests/unit/frame.h"

#include "core/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_robustness_noise, measure_utility_tstr;

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

Test(robustness, useless_models_and_edges)
{
    struct frame *frame = frame_new(threshold);
    struct table *train = draw(frame, 1000, 4, false), *holdout = draw(frame, 1000, 5, false);
    struct table *useless = draw(frame, 1000, 6, true);
    struct result result, again;
    struct error error = {0};
    frame->data.train.table = train;
    frame->data.holdout.table = holdout;
    cr_assert_eq(frame_run(frame, &measure_robustness_noise, SUBJECT_CANDIDATE, useless, 1, &result, NULL), 0);
    cr_assert_eq(frame_run(frame, &measure_robustness_noise, SUBJECT_CANDIDATE, useless, 3, &again, NULL), 0);
    cr_expect_lt(result.value, 0.9, "a model that learnt nothing loses nothing to noise, but has no level to keep");
    cr_expect(strstr(result.remedy, "noise costs them no more") != NULL, "not blamed on noise: %s", result.remedy);
    cr_expect(result.value == again.value && result.lo == again.lo && result.hi == again.hi, "the same for 1 and 3 threads");
    cr_expect(cJSON_Compare(result.details, again.details, true));
    frame_release(&result);
    frame_release(&again);
    frame->data.holdout.table = NULL;
    cr_expect_eq(frame_run(frame, &measure_robustness_noise, SUBJECT_CANDIDATE, useless, 1, &result, &error),
                 ERROR_UNMEASURABLE);
    frame_release(&result);
    table_free(train);
    table_free(holdout);
    table_free(useless);
    frame_free(frame);
}
