#include <criterion/criterion.h>

#include "numeric/bootstrap.h"
#include "numeric/interval.h"
#include "tests/unit/golden.h"

static void expect_ends(const struct interval *got, const cJSON *want, const char *what, size_t x, size_t n)
{
    cr_near(got->lo, golden_value(cJSON_GetArrayItem(want, 0)), 1e-9, "%s lower, %zu of %zu at %g", what, x, n, got->level);
    cr_near(got->hi, golden_value(cJSON_GetArrayItem(want, 1)), 1e-9, "%s upper, %zu of %zu at %g", what, x, n, got->level);
}

Test(interval, golden_binomial)
{
    golden_needed();
    cJSON *json = golden_json("intervals.json"), *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "binomial"))
    {
        size_t x = (size_t)golden_number(item, "x"), n = (size_t)golden_number(item, "n");
        double level = golden_number(item, "level");
        struct interval got[] = {interval_wilson(x, n, level), interval_clopper_pearson(x, n, level),
                                 interval_jeffreys(x, n, level, false), interval_jeffreys(x, n, level, true),
                                 interval_agresti_coull(x, n, level)};
        const char *keys[] = {"wilson", "clopper_pearson", "jeffreys", "jeffreys_0_at_x0_1_at_xn", "agresti_coull"};
        for (size_t k = 0; k < 5; k++)
            expect_ends(&got[k], cJSON_GetObjectItem(item, keys[k]), keys[k], x, n);
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "difference_newcombe"))
    {
        size_t x1 = (size_t)golden_number(item, "x1"), n1 = (size_t)golden_number(item, "n1");
        struct interval got = interval_newcombe(x1, n1, (size_t)golden_number(item, "x2"), (size_t)golden_number(item, "n2"),
                                                golden_number(item, "level"));
        expect_ends(&got, cJSON_GetObjectItem(item, "newcombe"), "newcombe", x1, n1);
    }
    cJSON_Delete(json);
}

Test(interval, golden_risk_bounds_and_tails)
{
    golden_needed();
    cJSON *json = golden_json("intervals.json"), *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "residual_risk"))
    {
        size_t n = (size_t)golden_number(item, "n_attacks"), s = (size_t)golden_number(item, "n_success");
        const cJSON *control = cJSON_GetObjectItem(item, "n_control");
        bool has = !cJSON_IsNull(control);
        struct residual_risk r =
            residual_risk(s, n, has, has ? (size_t)control->valuedouble : 0, n, golden_number(item, "level"));
        cr_near(r.attack_rate, golden_number(item, "attack_rate"), 1e-9, "attack rate");
        cr_near(r.attack_error, golden_number(item, "attack_error"), 1e-9, "attack error");
        cr_near(r.unclipped, golden_number(item, "risk_unclipped"), 1e-9, "unclipped risk");
        cr_near(r.error, golden_number(item, "error"), 1e-9, "error of the risk");
        cr_near(r.risk, golden_number(item, "risk"), 1e-9, "risk");
        expect_ends(&r.interval, cJSON_GetObjectItem(item, "interval"), "risk", s, n);
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "epsilon_clopper_pearson"))
    {
        size_t tp = (size_t)golden_number(item, "tp"), n1 = (size_t)golden_number(item, "n1");
        size_t fp = (size_t)golden_number(item, "fp"), n0 = (size_t)golden_number(item, "n0");
        double alpha = golden_number(item, "alpha") / 2;
        cr_near(clopper_pearson_lower(tp, n1, alpha), golden_number(item, "tpr_lo"), 1e-9, "tpr_lo");
        cr_near(clopper_pearson_upper(fp, n0, alpha), golden_number(item, "fpr_hi"), 1e-9, "fpr_hi");
        cr_near(clopper_pearson_lower(n0 - fp, n0, alpha), golden_number(item, "tnr_lo"), 1e-9, "tnr_lo");
        cr_near(clopper_pearson_upper(n1 - tp, n1, alpha), golden_number(item, "fnr_hi"), 1e-9, "fnr_hi");
    }
    cJSON_ArrayForEach(item, json_get(json, "tails.binomial_upper_tail"))
    {
        double want = golden_number(item, "P[X>=v]");
        double got =
            binomial_upper((size_t)golden_number(item, "v"), (size_t)golden_number(item, "n"), golden_number(item, "q"));
        cr_expect(fabs(got / want - 1) < 1e-6, "binomial tail: got %.17g, want %.17g", got, want);
    }
    cJSON_ArrayForEach(item, json_get(json, "tails.normal"))
    {
        double z = golden_number(item, "z"), upper = golden_number(item, "upper");
        cr_near(normal_cdf(z), golden_number(item, "cdf"), 1e-12, "normal cdf at %g", z);
        cr_expect(fabs(normal_upper(z) / upper - 1) < 1e-12, "upper tail at %g: %.17g, want %.17g", z, normal_upper(z), upper);
    }
    cJSON_ArrayForEach(item, json_get(json, "tails.normal_quantile"))
    {
        cr_near(normal_quantile(golden_number(item, "p")), golden_number(item, "z"), 1e-12, "normal quantile");
    }
    cJSON_Delete(json);
}

/* Closed forms: at x = 0 Clopper-Pearson's upper end is 1 − (α/2)^(1/n) and Wilson's is z²/(n + z²); Beta(1, b) has the
 * quantile 1 − (1 − p)^(1/b), Beta(a, 1) has p^(1/a). */
Test(interval, closed_forms)
{
    const double z = 1.959963984540054;
    size_t sizes[] = {1, 2, 10, 137, 24000};
    for (size_t i = 0; i < 5; i++) {
        double n = (double)sizes[i];
        struct interval exact = interval_clopper_pearson(0, sizes[i], 0.95), score = interval_wilson(0, sizes[i], 0.95);
        cr_expect_eq(exact.lo, 0);
        cr_near(exact.hi, 1 - pow(0.025, 1 / n), 1e-12, "rule of three at n = %g", n);
        cr_expect_eq(score.lo, 0);
        cr_near(score.hi, z * z / (n + z * z), 1e-12, "Wilson at 0 of %g", n);
        struct interval mirror = interval_clopper_pearson(sizes[i], sizes[i], 0.95);
        cr_near(mirror.lo, 1 - exact.hi, 1e-12, "mirrored at n = %g", n);
        cr_expect_eq(mirror.hi, 1);
    }
    for (double p = 0.001; p < 1; p += 0.111)
        for (double a = 0.25; a < 1e5; a *= 7) {
            cr_near(beta_quantile(p, 1, a), -expm1(log1p(-p) / a), 1e-13, "Beta(1, %g) at %g", a, p);
            cr_near(beta_quantile(p, a, 1), pow(p, 1 / a), 1e-12, "Beta(%g, 1) at %g", a, p);
        }
    struct interval wald = interval_wald(0.7, 0.05, 0.95, "own"), logit = interval_logit(0.7, 0.05, 0.95, "own");
    cr_near(wald.lo, 0.7 - z * 0.05, 1e-15, "Wald");
    cr_near(log(logit.hi / (1 - logit.hi)), log(0.7 / 0.3) + z * 0.05 / 0.21, 1e-12, "logit");
    struct interval edge = interval_logit(1, 0, 0.95, "own");
    cr_expect(edge.lo == 1 && edge.hi == 1);
    /* Newcombe 1998, table II (a): 56/70 − 48/80, 95 %: .0524, .3339 */
    struct interval newcombe = interval_newcombe(56, 70, 48, 80, 0.95);
    cr_near(newcombe.lo, 0.0524, 5e-5, "Newcombe");
    cr_near(newcombe.hi, 0.3339, 5e-5, "Newcombe");
}

/* The chance that an interval for p1 − p2 holds the truth, over all counts of n trials with exclusive outcomes 1, 2, neither.
 */
static double exclusive_coverage(size_t n, double p1, double p2, bool exclusive)
{
    double covered = 0;
    for (size_t a = 0; a <= n; a++)
        for (size_t b = 0; a + b <= n; b++) {
            double rest = (double)(n - a - b), chance = lgamma((double)n + 1) - lgamma((double)a + 1) - lgamma((double)b + 1);
            chance += (double)a * log(p1) + (double)b * log(p2) - lgamma(rest + 1) + rest * log(1 - p1 - p2);
            struct interval got = exclusive ? interval_newcombe_exclusive(a, b, n, 0.95) : interval_newcombe(a, n, b, n, 0.95);
            covered += got.lo <= p1 - p2 && p1 - p2 <= got.hi ? exp(chance) : 0;
        }
    return covered;
}

/* Counts that exclude each other vary against each other: taken as independent the interval is too narrow where both are
 * frequent, and taken as they are it is not. By hand at 5 and 5 of 10, where phi = −1 and so the distances add up: Wilson gives
 * [.23659, .76341], hence ∓.52682. */
Test(interval, exclusive_shares)
{
    struct interval half = interval_newcombe_exclusive(5, 5, 10, 0.95), none = interval_newcombe_exclusive(0, 0, 10, 0.95);
    cr_near(half.lo, -2 * 0.263408, 1e-5, "lower");
    cr_near(half.hi, 2 * 0.263408, 1e-5, "upper");
    cr_near(none.hi, interval_newcombe(0, 10, 0, 10, 0.95).hi, 1e-15, "no event");
    struct interval wide = interval_newcombe_exclusive(6, 5, 10, 0.95);
    cr_expect_not(interval_known(&wide), "more events than trials");
    cr_expect_lt(exclusive_coverage(60, 0.45, 0.45, false), 0.87);
    static const double shares[][2] = {{0.45, 0.45}, {0.3, 0.3}, {0.1, 0.1}, {0.4, 0.1}, {0.05, 0.01}};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        double coverage = exclusive_coverage(60, shares[i][0], shares[i][1], true);
        cr_expect_gt(coverage, 0.94, "%g and %g: %g", shares[i][0], shares[i][1], coverage);
    }
}

Test(interval, input_outside_the_domain_is_unknown)
{
    struct interval bad[] = {
        interval_wilson(0, 0, 0.95),          interval_wilson(2, 1, 0.95),         interval_wilson(1, 2, 1),
        interval_clopper_pearson(0, 0, 0.95), interval_jeffreys(0, 0, 0.9, true),  interval_newcombe(1, 2, 1, 0, 0.95),
        interval_wald(0, NAN, 0.95, "w"),     interval_logit(1.5, 0.1, 0.95, "l"), interval_none("none")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_not(interval_known(&bad[i]), "case %zu: [%g, %g]", i, bad[i].lo, bad[i].hi);
    double outside[] = {beta_quantile(0.5, 0, 1),
                        beta_quantile(-0.1, 1, 1),
                        beta_quantile(NAN, 1, 1),
                        normal_quantile(0),
                        normal_quantile(1.5),
                        binomial_upper(1, 2, -0.5),
                        residual_risk(1, 0, false, 0, 0, 0.95).risk};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        cr_expect(isnan(outside[i]), "case %zu: %g", i, outside[i]);
    cr_expect_eq(binomial_upper(0, 5, 0), 1);
    cr_expect_eq(binomial_upper(6, 5, 0.9), 0);
    cr_expect_eq(beta_quantile(0, 2, 3), 0);
}

/* 0 … 100 as replicates: the 5 % and 95 % quantiles are 5 and 95; mirrored around 60: 120 − 95 and 120 − 5. */
Test(interval, from_replicates)
{
    double replicates[102];
    for (int i = 0; i < 102; i++)
        replicates[i] = i == 50 ? (double)NAN : i < 50 ? 100.0 - i : 101.0 - i;
    struct interval got;
    cr_assert_eq(interval_percentile(replicates, 102, 0.9, &got, NULL), 0);
    cr_near(got.lo, 4.1, 1e-12, "percentile");
    cr_near(got.hi, 95.9, 1e-12, "percentile");
    cr_assert_eq(interval_basic(60, 60, replicates, 102, 0.9, &got, NULL), 0);
    cr_near(got.lo, 24.1, 1e-12, "basic");
    cr_near(got.hi, 115.9, 1e-12, "basic");
    interval_clip(&got, 30, 100);
    cr_expect(got.lo == 30 && got.hi == 100);
    cr_assert_eq(interval_percentile(replicates, 1, 0.9, &got, NULL), 0);
    cr_expect_not(interval_known(&got));
    double bias, deviation; /* of 0 … 100: mean 50, variance 101·102/12 = 858.5 */
    bootstrap_summary(replicates, 102, 48, &bias, &deviation);
    cr_near(bias, 2, 1e-12, "bias");
    cr_near(deviation, sqrt(858.5), 1e-12, "deviation");
}

static int mean_of_draw(void *context, struct random *random, size_t worker, double *values, struct error *error)
{
    uint32_t counts[100];
    (void)worker, (void)error, (void)context;
    bootstrap_multiplicities(random, 100, counts);
    values[0] = values[1] = 0;
    for (size_t i = 0; i < 100; i++) {
        values[0] += (double)i * counts[i] / 100;
        values[1] += counts[i];
    }
    return 0;
}

/* The bootstrap mean of 0 … 99 has expectation 49.5 and variance (100² − 1)/12/100 = 8.3325; 2,000 replicates: 5 standard
 * errors are 0.32 and 0.46 of the standard deviation's unit. */
Test(interval, bootstrap_is_the_same_on_any_number_of_threads)
{
    enum { B = 2000 };
    static double one[2 * B], many[2 * B];
    struct pool *pool = NULL;
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    cr_assert_eq(bootstrap_run(NULL, 7, "test", B, 2, mean_of_draw, NULL, one, NULL), 0);
    cr_assert_eq(bootstrap_run(pool, 7, "test", B, 2, mean_of_draw, NULL, many, NULL), 0);
    pool_free(pool);
    cr_expect_arr_eq(one, many, sizeof one);
    double means[B], bias, deviation;
    for (size_t b = 0; b < B; b++) {
        means[b] = one[2 * b];
        cr_expect_eq(one[2 * b + 1], 100);
    }
    bootstrap_summary(means, B, 49.5, &bias, &deviation);
    cr_expect(fabs(bias) < 0.32, "bias %g", bias);
    cr_expect(fabs(deviation - sqrt(8.3325)) < 0.23, "deviation %g", deviation);
}
