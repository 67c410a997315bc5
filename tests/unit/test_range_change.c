#include <criterion/criterion.h>

#include <math.h>

#include "numeric/range_change.h"

enum { REPLICATES = 99, N = 8 };

static const double both[N] = {0.7, 0.62, 0.75, 0.5, 0.6, 0.28, 0.42, 0.18};
static const double one[N] = {0.7, 0.62, 0.75, 0.5, 0.62, 0.64, 0.6, 0.63};
static const double constant[N] = {0, 0.1, 0, 0.05, 0.1, 0.15, 0, 0.12};
static const double apart[N] = {0.4, 0.78, 0.9, 0.6, 0.62, 0.64, 0.6, 0.63};
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
    {"both have a gap", both, 1, {{0, 4, 4, 0}}, -0.170000000, -0.311404, 0.003569},
    {"a gap is made", one, 1, {{0, 4, 4, 0}}, 0.210000000, -0.167086, 0.372417},
    {"a gap is lost", one, 1, {{4, 0, 4, 0}}, -0.210000000, -0.372417, 0.167086},
    {"no gap", neither, 1, {{0, 4, 4, 0}}, 0.010000000, -0.172452, 0.172452},
    {"gaps unlike", apart, 1, {{0, 4, 4, 0}}, 0.460000000, 0.210430, 0.585095},
    {"rates of 0", constant, 1, {{0, 4, 4, 0}}, -0.050000000, -0.123948, 0.013332},
    {"mean", both, 2, {{0, 4, 2, 0}, {2, 6, 2, 0}}, -0.115000000, -0.154563, -0.044220},
    {"two sets", both, 2, {{0, 4, 2, 0}, {2, 6, 2, 1}}, 0.010000000, -0.093178, 0.100223},
};

static struct change_problem problem_of(size_t i, const double *replicate)
{
    return (struct change_problem){.n = N,
                                   .x = cases[i].x,
                                   .trials = rows,
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

/* Two groups that trade places hold no change: only the pairs of the other model turned round say so. */
Test(range_change, turned)
{
    static double replicate[REPLICATES * N];
    const double x[N] = {0.7, 0.3, 0, 0, 0.3, 0.7, 0, 0};
    struct interval got;
    fill(x, replicate);
    struct change_problem problem = problem_of(0, replicate);
    problem.x = x;
    problem.blocks = (struct change_block[]){{0, 4, 2, 0}};
    cr_assert_eq(range_change_interval(&problem, &got, NULL), 0);
    cr_expect(got.lo < 0 && got.hi > 0 && got.hi < 0.4, "[%g, %g]", got.lo, got.hi);
}

/* Tables of the studentized range with infinite degrees of freedom (2.772, 3.314, 3.858, 5.01), and 2/sqrt(pi). */
Test(range_change, range_of_normals)
{
    static const struct {
        size_t groups;
        double mean, most;
    } known[] = {{2, 1.128379, 2.771808}, {3, 1.692569, 3.314493}, {5, 2.325929, 3.857656}, {20, 3.734950, 5.011689}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const double most = normal_range_quantile(0.95, known[i].groups), mean = normal_range_mean(known[i].groups);
        cr_expect_float_eq(most, known[i].most, 2e-6, "%zu groups: %.6f", known[i].groups, most);
        cr_expect_float_eq(mean, known[i].mean, 3e-6, "%zu groups: %.6f", known[i].groups, mean);
        cr_expect_float_eq(normal_range_cdf(most, known[i].groups), 0.95, 1e-9);
    }
    cr_expect_eq(normal_range_cdf(0, 2), 0);
    cr_expect_float_eq(normal_range_cdf(40, 7), 1, 1e-9);
}
