#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "numeric/fairness.h"
#include "numeric/range_interval.h"

enum { REPLICATES = 99, N = 8 };

static const double numbers[N] = {0.7, 0.62, 0.75, 0.5, 0.3, 0.28, 0.42, 0.18};
static const double rows[N] = {200, 100, 150, 60, 90, 60, 80, 40}, none[N];

/* Noise in the place of a bootstrap: number i of replicate b is off by √2·sin(37(b + 1)(i + 1)) standard errors. */
static void fill(double replicate[REPLICATES * N])
{
    for (size_t b = 0; b < REPLICATES; b++)
        for (size_t i = 0; i < N; i++)
            replicate[b * N + i] =
                numbers[i] + sqrt(2 * numbers[i] * (1 - numbers[i]) / rows[i]) * sin(37.0 * (double)(b + 1) * (double)(i + 1));
}

/* Values and ends by python3 tests/golden/oracle/ranges.py. */
static const struct {
    const char *name;
    enum range_form form;
    bool shares;
    size_t n_blocks;
    struct range_block blocks[2];
    double value, lo, hi;
} cases[] = {
    {"spread", RANGE_SPREAD, true, 1, {{0, 4, 0, 0}}, 0.250000000, 0.112013, 0.390580},
    {"no shares", RANGE_SPREAD, false, 1, {{0, 4, 0, 0}}, 0.250000000, 0.111979, 0.394915},
    {"larger", RANGE_SPREAD, true, 2, {{0, 4, 0, 0}, {4, 4, 0, 0}}, 0.250000000, 0.111722, 0.400017},
    {"mean", RANGE_SPREAD, true, 2, {{0, 4, 0, 0}, {4, 4, 0, 1}}, 0.245000000, 0.123817, 0.395298},
    {"two sets", RANGE_SPREAD, true, 2, {{0, 4, 0, 0}, {4, 4, 1, 0}}, 0.250000000, 0.111722, 0.400017},
    {"highest", RANGE_HIGHEST, true, 1, {{0, 4, 0, 0}}, 0.750000000, 0.686617, 0.818971},
    {"inequity", RANGE_INEQUITY, true, 1, {{0, 4, 0, 0}}, 0.473684211, 0.362038, 0.549871},
};

static struct range_problem problem_of(size_t i, const double *replicate)
{
    return (struct range_problem){.n = N,
                                  .x = numbers,
                                  .trials = cases[i].shares ? rows : none,
                                  .replicates = REPLICATES,
                                  .replicate = replicate,
                                  .n_blocks = cases[i].n_blocks,
                                  .blocks = cases[i].blocks,
                                  .form = cases[i].form,
                                  .level = 0.95};
}

Test(range_interval, agrees_with_another_program)
{
    static double replicate[REPLICATES * N];
    fill(replicate);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct range_problem problem = problem_of(i, replicate);
        struct interval got;
        cr_assert_eq(range_interval(&problem, &got, NULL), 0);
        cr_expect_float_eq(range_value(&problem), cases[i].value, 1e-9, "%s: %.9f", cases[i].name, range_value(&problem));
        cr_expect_float_eq(got.lo, cases[i].lo, 1e-5, "%s: lo %.6f", cases[i].name, got.lo);
        cr_expect(fabs(got.hi - cases[i].hi) < 1e-5, "%s: hi %.6f", cases[i].name, got.hi);
    }
}

/* What may come: nothing, too few replicates, groups that are all alike, shares of 0 and 1 without any noise of their own, an
 * undefined replicate, one group alone. */
Test(range_interval, edges)
{
    static double replicate[REPLICATES * N];
    fill(replicate);
    struct interval got;
    struct range_problem problem = problem_of(0, replicate);
    problem.n_blocks = 0;
    cr_assert_eq(range_interval(&problem, &got, NULL), 0);
    cr_expect(isnan(got.lo) && isnan(range_value(&problem)));
    problem = problem_of(0, replicate);
    problem.replicates = 19;
    cr_assert_eq(range_interval(&problem, &got, NULL), 0);
    cr_expect(isnan(got.lo) && isnan(got.hi));

    const struct {
        double x[2], trials, lo, hi;
    } pairs[] = {{{1, 1}, 50, 0, 0.11}, {{0.5, 0.5}, 0, 0, 0}, {{1, 0}, 50, 0.9, 1.11}, {{0, 0.5}, 10, 0.1, 0.9}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        double same[REPLICATES * 2], trials[2] = {pairs[i].trials, pairs[i].trials};
        for (size_t b = 0; b < REPLICATES; b++)
            memcpy(same + 2 * b, pairs[i].x, sizeof pairs[i].x);
        same[7] = NAN;
        problem = (struct range_problem){.n = 2,
                                         .x = pairs[i].x,
                                         .trials = trials,
                                         .replicates = REPLICATES,
                                         .replicate = same,
                                         .n_blocks = 1,
                                         .blocks = (struct range_block[]){{0, 2, 0, 0}},
                                         .level = 0.95};
        cr_assert_eq(range_interval(&problem, &got, NULL), 0);
        double value = fabs(pairs[i].x[0] - pairs[i].x[1]);
        cr_expect(pairs[i].lo <= got.lo && got.lo <= value && value <= got.hi && got.hi <= pairs[i].hi, "pair %zu: [%g, %g]", i,
                  got.lo, got.hi);
    }
    problem = problem_of(0, replicate);
    problem.blocks = (struct range_block[]){{3, 1, 0, 0}};
    cr_assert_eq(range_interval(&problem, &got, NULL), 0);
    cr_expect(got.lo == 0 && got.hi == 0, "one group: [%g, %g]", got.lo, got.hi);
}
