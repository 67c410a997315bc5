#include <criterion/criterion.h>
#include <math.h>

#include "core/random.h"
#include "numeric/interval.h"
#include "numeric/privacy_bounds.h"
#include "tests/unit/golden.h"

/* Oracle: scipy.stats.beta.ppf, norm and binom of SciPy 1.10 with the formulas of the header; the figures are also those of the
 * truths AT14 of the audit's specification. */
Test(privacy_bounds, truths)
{
    static const struct {
        struct rule_counts counts;
        double epsilon;
    } rules[] = {
        {{1000, 0, 1000, 1000}, 5.600587531298932},
        {{500, 0, 500, 500}, 4.905594210033939},
        {{100, 10, 1000, 1000}, 1.5003785258855815},
        {{98, 2, 2000, 2000}, 2.404747141829878},
        {{234, 200, 2000, 2000}, 0},
        {{0, 0, 1000, 1000}, 0},
        {{0, 1000, 1000, 1000}, 0},
        {{1000, 1000, 1000, 1000}, 0},
    };
    static const struct {
        size_t m, r, v;
        double delta, epsilon;
    } runs[] = {
        {1000, 100, 75, 1e-4, 0.6729846641074175},
        {100000, 1510, 1439, 1e-5, 2.675851007678574},
        {1000, 1000, 1000, 0, 5.809068338546524},
        {1000, 100, 50, 0, 0},  /* no better than the coin */
        {1000, 0, 0, 0, 0},     /* no guess */
        {1000, 100, 100, 1, 0}, /* δ = 1 allows everything */
    };
    static const double accounts[][4] = {{1, 1, 1e-5, 4.377178095681224},
                                         {5, 10, 1e-5, 2.5943833805276104},
                                         {10, 10, 1e-5, 1.1993695737531713},
                                         {10, 10, .9, 0}};

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        cr_near(epsilon_lower(&rules[i].counts, 0, .05), rules[i].epsilon, 1e-9, "rule %zu", i);
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
        cr_near(one_run_epsilon(runs[i].m, runs[i].r, runs[i].v, runs[i].delta, .05), runs[i].epsilon, 1e-9, "run %zu", i);
    for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++)
        cr_near(gaussian_epsilon(accounts[i][0], accounts[i][1], accounts[i][2]), accounts[i][3], 1e-9, "account %zu", i);
    cr_near(gdp_mu(&(struct rule_counts){900, 100, 1000, 1000}, .05), 2.3470972323259196, 1e-9, "mu");
    cr_near(gdp_epsilon(2.3470972323259196, 1e-5), 12.197562752672914, 1e-8, "epsilon of mu");
}

Test(privacy_bounds, relations_and_edges)
{
    const struct rule_counts counts = {700, 200, 1000, 1500}, mirrored = {1300, 300, 1500, 1000}, none = {0, 0, 0, 10};

    /* Calling the non-members members, and the other way round, proves the same. */
    cr_near(epsilon_lower(&counts, 0, .05), epsilon_lower(&mirrored, 0, .05), 1e-12, "mirrored");
    cr_assert(epsilon_lower(&counts, .01, .05) < epsilon_lower(&counts, 0, .05), "δ lowers the bound");
    cr_assert(epsilon_lower(&counts, 0, .01) < epsilon_lower(&counts, 0, .05), "so does a smaller error");
    cr_near(epsilon_ceiling(1000, 1000, 0, .05), 5.600587531298932, 1e-9, "ceiling");
    cr_assert(one_run_epsilon(1000, 100, 75, 1e-3, .05) < one_run_epsilon(1000, 100, 75, 0, .05));
    /* δ = 0: the bound is that of one-sided Clopper-Pearson on v of r. */
    cr_near(one_run_epsilon(200, 60, 50, 0, .05),
            log(clopper_pearson_lower(50, 60, .05) / (1 - clopper_pearson_lower(50, 60, .05))), 1e-8, "one run");
    cr_assert(isnan(epsilon_lower(&none, 0, .05)) && isnan(epsilon_lower(&counts, -1, .05)) &&
              isnan(epsilon_lower(&counts, 0, 0)));
    cr_assert(isnan(one_run_epsilon(10, 11, 5, 0, .05)) && isnan(one_run_epsilon(10, 5, 6, 0, .05)) &&
              isnan(one_run_p(10, 5, 5, -1, 0)));
    cr_assert(isnan(gdp_epsilon(1, 0)) && isnan(gdp_epsilon(-1, .1)) && gdp_epsilon(0, .1) == 0);
    cr_assert(isnan(gaussian_epsilon(0, 1, 1e-5)) && isnan(epsilon_visible(0, 10, .05, .95)));
    cr_assert(gdp_mu(&(struct rule_counts){5, 500, 1000, 1000}, .05) == 0);
}

static size_t count_hits(struct random *random, size_t n, double p)
{
    size_t hits = 0;

    for (size_t i = 0; i < n; i++)
        hits += random_uniform(random) < p;
    return hits;
}

/* AT15: randomised response is the worst ε-private mechanism. The share of bounds above the truth is at most 5 %, by more than
 * chance at 1,000 runs; at a million records a class the bound reaches .9 of it. */
Test(privacy_bounds, randomised_response)
{
    static const double truths[] = {.5, 1, 2, 4};

    for (size_t t = 0; t < 4; t++) {
        const double p = 1 / (1 + exp(-truths[t]));
        struct random random;
        struct rule_counts large;
        size_t above = 0, above_once = 0;

        random_init(&random, 15, "test randomised response", t, 0);
        for (size_t run = 0; run < 1000; run++) {
            const struct rule_counts counts = {count_hits(&random, 500, p), count_hits(&random, 500, 1 - p), 500, 500};

            above += epsilon_lower(&counts, 0, .05) > truths[t];
            above_once += one_run_epsilon(1000, 1000, counts.tp + 500 - counts.fp, 0, .05) > truths[t];
        }
        cr_assert(above <= 50, "ε = %g: %zu of 1,000 bounds above", truths[t], above);
        cr_assert(above_once <= 50 + 14, "ε = %g: %zu of 1,000 one-run bounds above", truths[t], above_once);
        large = (struct rule_counts){count_hits(&random, 1000000, p), count_hits(&random, 1000000, 1 - p), 1000000, 1000000};
        cr_assert(epsilon_lower(&large, 0, .05) >= .9 * truths[t] && epsilon_lower(&large, 0, .05) <= truths[t], "ε = %g: %g",
                  truths[t], epsilon_lower(&large, 0, .05));
        cr_assert(one_run_epsilon(2000000, 2000000, large.tp + 1000000 - large.fp, 0, .05) >= .9 * truths[t]);
    }
}

/* What the header promises of epsilon_visible: seen with 95 % there, and much less often at half of it. */
Test(privacy_bounds, what_can_be_seen)
{
    const size_t n1 = 400, n0 = 250;
    const double least = epsilon_visible(n1, n0, .05, .95);
    size_t seen[2] = {0};

    for (size_t half = 0; half < 2; half++) {
        const double p = 1 / (1 + exp(-least / (double)(1 + half)));
        struct random random;

        random_init(&random, 16, "test visible", half, 0);
        for (size_t run = 0; run < 1000; run++) {
            const struct rule_counts counts = {count_hits(&random, n1, p), count_hits(&random, n0, 1 - p), n1, n0};

            seen[half] += epsilon_lower(&counts, 0, .05) > 0;
        }
    }
    cr_assert(seen[0] >= 950 - 21, "%zu of 1,000 at %g", seen[0], least);
    cr_assert(seen[1] <= 700, "%zu of 1,000 at half of it", seen[1]);
}
