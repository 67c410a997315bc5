#include <criterion/criterion.h>

#include <math.h>

#include "numeric/range_change.h"

enum { REPLICATES = 99, N = 8 };

static const double both[N] = {0.7, 0.62, 0.75, 0.5, 0.6, 0.28, 0.42, 0.18};
static const double one[N] = {0.7, 0.62, 0.75, 0.5, 0.62, 0.64, 0.6, 0.63};
static const double near_ties[N] = {0.4, 0.78, 0.9, 0.6, 0.62, 0.64, 0.6, 0.63};
static const double neither[N] = {0.61, 0.62, 0.65, 0.6, 0.62, 0.64, 0.6, 0.63};
static const double rows[N] = {200, 100, 150, 60, 200, 100, 150, 60};

static double wave(size_t b, size_t i)
{
    return sin(37.0 * (double)(b + 1) * (double)(i + 1));
}

/* Noise in the place of a bootstrap: √2·wave standard errors; that of the second half has .8 of the first half's in it. */
static void fill(const double *x, double replicate[REPLICATES * N])
{
    for (size_t b = 0; b < REPLICATES; b++)
        for (size_t i = 0; i < N; i++) {
            double off = i < N / 2 ? wave(b, i) : 0.8 * wave(b, i - N / 2) + 0.6 * wave(b, i);
            replicate[b * N + i] = x[i] + sqrt(2 * x[i] * (1 - x[i]) / rows[i]) * off;
        }
}

/* Values and ends by python3 tests/golden/oracle/ranges.py. */
static const struct {
    const char *name;
    const double *x;
    size_t n_blocks;
    struct change_block blocks[2];
    double value, lo, hi;
} cases[] = {
    {"both have a gap", both, 1, {{0, 4, 4, 0}}, -0.170000000, -0.275691, -0.041027},
    {"a gap is made", one, 1, {{0, 4, 4, 0}}, 0.210000000, -0.070159, 0.500159},
    {"a gap is lost", one, 1, {{4, 0, 4, 0}}, -0.210000000, -0.500159, 0.070159},
    {"no gap", neither, 1, {{0, 4, 4, 0}}, 0.010000000, -0.120180, 0.181037},
    {"more than two standard errors apart", near_ties, 1, {{0, 4, 4, 0}}, 0.460000000, 0.243321, 0.706679},
    {"mean", both, 2, {{0, 4, 2, 0}, {2, 6, 2, 0}}, -0.115000000, -0.236677, -0.070539},
    {"two sets", both, 2, {{0, 4, 2, 0}, {2, 6, 2, 1}}, 0.010000000, -0.086373, 0.106373},
};

static struct change_problem problem_of(size_t i, const double *replicate)
{
    return (struct change_problem){.n = N,
                                   .x = cases[i].x,
                                   .replicates = REPLICATES,
                                   .replicate = replicate,
                                   .n_blocks = cases[i].n_blocks,
                                   .blocks = cases[i].blocks,
                                   .level = 0.95};
}

Test(range_change, agrees_with_another_program)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static double replicate[REPLICATES * N];
        struct change_problem problem = problem_of(i, replicate);
        struct interval got;
        fill(cases[i].x, replicate);
        cr_assert_eq(range_change_interval(&problem, &got, NULL), 0);
        cr_expect_float_eq(range_change(&problem), cases[i].value, 1e-9, "%s: %.9f", cases[i].name, range_change(&problem));
        cr_expect_float_eq(got.lo, cases[i].lo, 1e-6, "%s: lo %.6f", cases[i].name, got.lo);
        cr_expect_float_eq(got.hi, cases[i].hi, 1e-6, "%s: hi %.6f", cases[i].name, got.hi);
    }
}

/* What may come: nothing, too few replicates, one group alone, replicates that are undefined, numbers without any noise (models
 * that say the same of every row). */
Test(range_change, edges)
{
    static double replicate[REPLICATES * N];
    struct interval got;
    fill(both, replicate);
    struct change_problem problem = problem_of(0, replicate);
    problem.n_blocks = 0;
    cr_assert_eq(range_change_interval(&problem, &got, NULL), 0);
    cr_expect(isnan(got.lo) && isnan(got.hi) && isnan(range_change(&problem)));
    problem = problem_of(0, replicate);
    problem.replicates = 19;
    cr_assert_eq(range_change_interval(&problem, &got, NULL), 0);
    cr_expect(isnan(got.lo) && isnan(got.hi));
    problem = problem_of(0, replicate);
    problem.blocks = (struct change_block[]){{3, 7, 1, 0}};
    cr_assert_eq(range_change_interval(&problem, &got, NULL), 0);
    cr_expect(got.lo == 0 && got.hi == 0, "one group: [%g, %g]", got.lo, got.hi);

    problem = problem_of(0, replicate);
    for (size_t b = 0; b < REPLICATES; b += 5)
        replicate[b * N + 2] = NAN;
    cr_assert_eq(range_change_interval(&problem, &got, NULL), 0);
    cr_expect(got.lo < cases[0].value && cases[0].value < got.hi && got.hi - got.lo < 0.5, "NaN: [%g, %g]", got.lo, got.hi);

    for (size_t b = 0; b < REPLICATES; b++)
        for (size_t i = 0; i < N; i++)
            replicate[b * N + i] = both[i];
    cr_assert_eq(range_change_interval(&problem, &got, NULL), 0);
    cr_expect_float_eq(got.lo, cases[0].value, 1e-12, "no noise: lo %g", got.lo);
    cr_expect_float_eq(got.hi, cases[0].value, 1e-12, "no noise: hi %g", got.hi);
}
