#include <criterion/criterion.h>
#include <math.h>

#include "core/random.h"
#include "numeric/gap.h"
#include "numeric/gap_pool.h"
#include "tests/unit/golden.h"

/* Bins of one pooled count follow each other, one for every a; larger counts by difference, and any counts have a place. */
Test(gap_pool, places)
{
    static struct gap_pool pool;
    static const struct {
        uint32_t a, b, place;
    } cases[] = {{0, 1, 0},
                 {1, 0, 1},
                 {0, 2, 2},
                 {2, 0, 4},
                 {16, 0, POOL_FIRST - 1},
                 {9, 9, POOL_FIRST}, /* c = 18: first half octave, t = 0 */
                 {20, 20, POOL_FIRST + 2 * POOL_STEPS} /* log2(40/17) = 1.23: third half octave */};
    gap_pool_init(&pool, 1000, 1000);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        cr_expect_eq(gap_pool_place(&pool, cases[k].a, cases[k].b), cases[k].place, "%u and %u", cases[k].a, cases[k].b);
    gap_pool_init(&pool, 1000000000, 1000000000);
    cr_expect_lt(gap_pool_place(&pool, 1000000000, 0), POOL_BINS);
    cr_expect_lt(gap_pool_place(&pool, 1000000000, 1000000000), POOL_BINS);
}

enum { CELLS = 4000, ROWS = 1000000 };

/* Cells of `pooled` rows, binomially shared out; every `of`-th one has relative difference ±r. Returns the drawn
 * ½ Σ |a − b|/ROWS; *truth: what it is without noise. */
static double draw_cells(struct gap_pool *pool, uint32_t pooled, double r, size_t of, double *truth)
{
    struct random random;
    double sum = 0;
    random_init(&random, 1, "gap_pool", 0, 0);
    gap_pool_init(pool, ROWS, ROWS);
    *truth = 0;
    for (size_t i = 0; i < CELLS; i++) {
        double shift = i % of ? 0 : i % (2 * of) ? r : -r;
        uint32_t a = 0;
        for (uint32_t row = 0; row < pooled; row++)
            a += random_uniform(&random) < (1 + shift) / 2;
        gap_pool_add(pool, gap_pool_place(pool, a, pooled - a), a, pooled - a);
        sum += fabs((double)a - (double)(pooled - a)) / ROWS / 2;
        *truth += pooled * fabs(shift) / ROWS / 2;
    }
    return sum;
}

/* Of equal cells everything may be noise; of clear differences, one cell in `of`, what is theirs is left: the noise of the
 * others goes. A tenth of the noise is allowed to be
 * missed where all differences are one number that falls between the atoms. The standard error is that of independent cells:
 * √(cells · pooled · (1 − 2/π))/2/ROWS. */
Test(gap_pool, what_is_noise)
{
    static const struct {
        uint32_t pooled;
        double r;
        size_t of;
    } cases[] = {{60, 0, 1}, {8, 0, 1}, {60, 0.5, 2}, {60, 0.5, 10}, {200, 0.2, 3}, {200, 0.4, 3}, {60, 0.2, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        static struct gap_pool pool;
        struct pool_noise noise;
        double truth, sum = draw_cells(&pool, cases[k].pooled, cases[k].r, cases[k].of, &truth);
        double se = sqrt(CELLS * cases[k].pooled * (1 - 2 / M_PI)) / 2 / ROWS;
        cr_assert_eq(gap_pool_noise(&pool, se, 1.645, &noise, NULL), 0);
        cr_expect(noise.bias_most >= noise.bias && noise.bias_most < sum + 3 * se, "case %zu: %g of %g", k, noise.bias_most,
                  sum);
        cr_expect(sum - noise.bias_most <= truth + 2 * se + (cases[k].r > 0 ? 0.1 * (sum - truth) : 0),
                  "case %zu: at least %g, truth %g", k, sum - noise.bias_most, truth);
        cr_expect(fabs(sum - noise.bias - truth) < 0.3 * (sum - truth) + 2 * se, "case %zu: %g of %g is noise, truth %g", k,
                  noise.bias, sum, truth);
    }
}

Test(gap_pool, too_few_cells_and_no_standard_error)
{
    static struct gap_pool pool;
    struct pool_noise noise;
    gap_pool_init(&pool, 100, 100);
    for (uint32_t i = 1; i < POOL_LEAST; i++)
        gap_pool_add(&pool, gap_pool_place(&pool, i, i + 1), i, i + 1);
    cr_expect_eq(gap_pool_noise(&pool, 0.01, 1.645, &noise, NULL), ERROR_UNMEASURABLE, "one cell too few");
    gap_pool_add(&pool, gap_pool_place(&pool, 1, 0), 1, 0);
    cr_expect_eq(gap_pool_noise(&pool, 0.01, 1.645, &noise, NULL), 0);
    cr_expect_eq(gap_pool_noise(&pool, 0, 1.645, &noise, NULL), ERROR_UNMEASURABLE, "no standard error");
}

/* A pool made in two parts is the pool made at once. */
Test(gap_pool, merge)
{
    static struct gap_pool all, part[2];
    gap_pool_init(&all, 500, 700);
    gap_pool_init(&part[0], 500, 700);
    gap_pool_init(&part[1], 500, 700);
    for (uint32_t i = 0; i < 200; i++) {
        uint32_t a = i * 7 % 50, b = 1 + i * 13 % 60, place = gap_pool_place(&all, a, b);
        gap_pool_add(&all, place, a, b);
        gap_pool_add(&part[i % 3 == 0], place, a, b);
    }
    gap_pool_merge(&part[0], &part[1]);
    cr_expect(memcmp(&all, &part[0], sizeof all) == 0);
}

/* Worked by hand with z = 1.959964 and 1.644854: .3 − .08 − .0195996 and .3, since .25 + z·√(.01² + (.03/1.644854)²) is less;
 * without bias d ± z·se; cut at 0. */
Test(gap_pool, interval)
{
    static const struct {
        struct gap_centre centre;
        double lo, hi;
    } cases[] = {{{0.3, 0.05, 0.08, 0.01}, 0.20040036, 0.3},
                 {{0.3, 0, 0, 0.01}, 0.28040036, 0.31959964},
                 {{0.1, 0.09, 0.1, 0.01}, 0, 0.1},
                 {{0, 0, 0, 0}, 0, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct interval interval = gap_centre_interval(&cases[k].centre, 0.95);
        cr_near(interval.lo, cases[k].lo, 1e-8, "lower end %zu", k);
        cr_near(interval.hi, cases[k].hi, 1e-8, "upper end %zu", k);
    }
    cr_expect(isnan(gap_centre_interval(&(struct gap_centre){NAN, 0, 0, 0.1}, 0.95).lo));
}
