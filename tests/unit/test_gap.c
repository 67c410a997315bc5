#include <criterion/criterion.h>

#include "numeric/correlation.h"
#include "numeric/gap.h"
#include "numeric/gap_cells.h"
#include "tests/unit/golden.h"

enum { ROWS = 600 };
static double sums_first[ROWS], sums_second[ROWS];

static const struct influence *fresh_sums(void)
{
    static const struct influence sums = {sums_first, sums_second};
    memset(sums_first, 0, sizeof sums_first);
    memset(sums_second, 0, sizeof sums_second);
    return &sums;
}

static struct gap_sample sample_of(const double *values, const double *sorted, size_t rows, size_t present)
{
    return (struct gap_sample){values, sorted, rows, present};
}

/* 0/1 codes: every n-th row 1 (of `of` rows, `ones` first ones), code 2 = missing for the last `missing` rows. */
static void two_levels(uint32_t *codes, size_t rows, size_t ones, size_t missing)
{
    for (size_t i = 0; i < rows; i++)
        codes[i] = i < ones ? 1 : i < rows - missing ? 0 : 2;
}

/* One share in either table: distance |p − q|; clear differences have the standard error of a difference of shares and no bias;
 * equal shares have the bias E|Z|·σ = .7979 √(p(1−p)(1/n + 1/m)) and no direction. */
Test(gap, shares)
{
    const struct {
        size_t n, ones_n, missing_n, m, ones_m, missing_m;
    } cases[] = {{500, 100, 0, 400, 240, 0}, {600, 100, 100, 500, 240, 100}, {500, 250, 0, 400, 200, 0}};
    for (size_t k = 0; k < 3; k++) {
        uint32_t first[ROWS], second[ROWS];
        struct gap gap;
        const struct influence *sums = fresh_sums();
        two_levels(first, cases[k].n, cases[k].ones_n, cases[k].missing_n);
        two_levels(second, cases[k].m, cases[k].ones_m, cases[k].missing_m);
        cr_assert_eq(gap_shares(first, cases[k].n, second, cases[k].m, 2, 2, sums, &gap, NULL), 0);
        double n = (double)(cases[k].n - cases[k].missing_n), m = (double)(cases[k].m - cases[k].missing_m);
        double p = (double)cases[k].ones_n / n, q = (double)cases[k].ones_m / m;
        bool clear = p != q;
        cr_near(gap.distance, fabs(p - q), 1e-15, "distance of case %zu", k);
        cr_near(gap.se, clear ? sqrt(p * (1 - p) / n + q * (1 - q) / m) : 0, 1e-15, "se of case %zu", k);
        cr_near(gap.bias, clear ? 0 : sqrt(2 / M_PI) * sqrt(p * (1 - p) * (1 / n + 1 / m)), 1e-15, "bias of case %zu", k);
        cr_near(influence_se(sums, cases[k].n, cases[k].m, 1), gap.se, 1e-12, "influence values of case %zu", k);
    }
}

/* A cell met once in 100 + 100 rows: |noise| is 1/100 for sure, half of it counts; 199 rows in the other cell add
 * ½·.7979 √(p(1−p)·2/100) with p = 199/200. */
Test(gap, rare_cells_have_the_exact_bias)
{
    uint32_t first[100] = {1}, second[100] = {0};
    struct gap gap;
    cr_assert_eq(gap_shares(first, 100, second, 100, 2, UINT32_MAX, fresh_sums(), &gap, NULL), 0);
    double p = 199.0 / 200;
    cr_near(gap.bias, 0.5 / 100 + 0.5 * sqrt(2 / M_PI) * sqrt(p * (1 - p) / 50), 1e-15, "bias");
    cr_near(gap.distance, 0.01, 1e-15, "distance");
}

/* E g(|X|), X ~ N(mean, 1), by the trapezoid rule, against Var|X| = 1 + t² − (t(2Φ(t) − 1) + 2φ(t))². */
Test(gap, fold_weight_is_the_variance_of_an_absolute_value)
{
    for (double mean = 0; mean <= 5; mean += 0.5) {
        double sum = 0, fold = mean * (2 * normal_cdf(mean) - 1) + 2 * exp(-mean * mean / 2) / sqrt(2 * M_PI);
        for (double x = mean - 8; x < mean + 8; x += 0.001)
            sum += pow(gap_fold_weight(fabs(x)), 2) * exp(-(x - mean) * (x - mean) / 2) / sqrt(2 * M_PI) * 0.001;
        double variance = 1 + mean * mean - fold * fold;
        cr_expect(fabs(sum / variance - 1) < 0.06, "mean %g: %g for %g", mean, sum, variance);
    }
}

/* Both weights are straight in their squares between the points that the header lists, and level beyond them. */
Test(gap, weights_between_their_points)
{
    static const struct {
        double t, fold, flat; /* squares */
    } cases[] = {
        {-1, 0, 0.5},     {0, 0, 0.5},   {0.5, 0.158, 0.5}, {1, 0.316, 0.5}, {1.5, 0.976, 0.75},       {2, 1.636, 1},
        {2.5, 1.2235, 1}, {3, 0.811, 1}, {3.75, 0.9055, 1}, {4.5, 1, 1},     {(double)INFINITY, 1, 1}, {(double)NAN, 0, 0.5},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        cr_near(gap_fold_weight(cases[k].t), sqrt(cases[k].fold), 1e-12, "fold at %g", cases[k].t);
        cr_near(gap_flat_weight(cases[k].t), sqrt(cases[k].flat), 1e-12, "flat at %g", cases[k].t);
    }
}

/* 0 … 127 against the same moved by `moved`: the supremum is p = moved/128, at F_R = p, F_S = 0; in units of the bridge's scale
 * p/√(2/128) = moved/16. se² = own · p(1 − p)/128, excess = (own − cross) · p(1 − p)/128; own and cross are straight between
 * .6, 1, 2.4 and 4. */
Test(gap, weights_of_a_supremum)
{
    enum { N = 128 };
    static const struct {
        int moved;
        double own, cross;
    } cases[] = {{8, 0.24, 0.55},
                 {12, 0.24 + 0.71 * 0.375, 0.55 + 0.85 * 0.375},
                 {16, 0.95, 1.4},
                 {24, 0.95 + 0.05 * 0.5 / 1.4, 1.4 - 0.2 * 0.5 / 1.4},
                 {52, 1, 1.2 - 0.2 * 0.85 / 1.6},
                 {64, 1, 1},
                 {80, 1, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        double a[N], b[N], p = (double)cases[k].moved / N, variance = p * (1 - p) / N;
        for (int i = 0; i < N; i++) {
            a[i] = i;
            b[i] = i + cases[k].moved;
        }
        struct gap_sample first = sample_of(a, a, N, N), second = sample_of(b, b, N, N);
        struct gap gap;
        gap_ks(&first, &second, fresh_sums(), &gap);
        cr_near(gap.se * gap.se / variance, cases[k].own, 1e-12, "own, moved by %d", cases[k].moved);
        cr_near(gap.excess / variance, cases[k].own - cases[k].cross, 1e-12, "cross, moved by %d", cases[k].moved);
    }
}

/* Two values: the supremum is one difference of shares and has the weight of one. 30 and 34 of 100 in two tables: t = .04/√(.32
 * · .68 · .02) = .60634, g = .316 t = .191603. */
Test(gap, supremum_of_few_values_is_a_difference_of_shares)
{
    double a[100], b[100];
    for (int i = 0; i < 100; i++) {
        a[i] = i >= 30;
        b[i] = i >= 34;
    }
    struct gap_sample first = sample_of(a, a, 100, 100), second = sample_of(b, b, 100, 100);
    struct gap gap;
    gap_ks(&first, &second, fresh_sums(), &gap);
    cr_near(gap.se * gap.se, 0.191603 * (0.3 * 0.7 + 0.34 * 0.66) / 100, 1e-8, "se");
    cr_near(gap.excess, 0, 1e-15, "excess");
}

/* Counts X, Y of a cell, Poisson with the same chance in either table: what its rows' weighted influence, X/n² + Y/m², sums to
 * on average, by the variance of |X/n − Y/m|, both summed over all counts. k (few[k] − few[k − 1])² is a little more than the
 * variance it stands for, most where the cell has one row on average. */
Test(gap, weights_of_cells_give_the_variance)
{
    static const struct {
        double n, m, mean; /* of the pooled count */
    } cases[] = {{1000, 1000, 0.1}, {1000, 1000, 1}, {1000, 1000, 5}, {1000, 1000, 20},
                 {1000, 3000, 1},   {1000, 3000, 8}, {4000, 500, 10}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct cell_noise noise;
        double n = cases[k].n, m = cases[k].m, rate_x = cases[k].mean * n / (n + m), rate_y = cases[k].mean - rate_x;
        double sum = 0, squares = 0, weighed = 0;
        cell_noise_init(&noise, (size_t)n, (size_t)m);
        for (int x = 0; x < 80; x++)
            for (int y = 0; y < 80; y++) {
                double weight, gap = fabs(x / n - y / m);
                double chance = exp(x * log(rate_x) - rate_x - lgamma(x + 1.0) + y * log(rate_y) - rate_y - lgamma(y + 1.0));
                cell_bias(&noise, x, y, &weight);
                sum += chance * gap;
                squares += chance * gap * gap;
                weighed += gap > 0 ? chance * weight * weight * (x / n / n + y / m / m) : 0;
            }
        double ratio = weighed / (squares - sum * sum);
        cr_expect(ratio > 0.99 && ratio < 1.25, "%g + %g rows, %g pooled: %g", n, m, cases[k].mean, ratio);
    }
}

/* A single row: |1/n − 0| or |0 − 1/m|, which varies as 1/n² does: full weight. Two: 0 or 2/n with chance ½ each, and the count
 * itself varies: E D² − (E D)² + 2(E D₂ − E D₁)² = (2 − 1 + 0)/n², carried by the half of the cells with both rows on one side.
 */
Test(gap, weight_of_rare_cells)
{
    struct cell_noise noise;
    double weight;
    cell_noise_init(&noise, 1000, 1000);
    cell_bias(&noise, 1, 0, &weight);
    cr_near(weight, 1, 1e-3, "one row");
    cell_bias(&noise, 0, 2, &weight);
    cr_near(weight, 1, 1e-3, "two rows");
}

/* log scale: d e^(±h/d), h = z·se; from h = d on, the upper end is d + (e − 1)h. */
Test(gap, range_of_a_distance)
{
    const double z = 1.959963984540054;
    struct interval range = gap_range(0.5, 0.05, 0.95);
    cr_near(range.lo, 0.5 * exp(-0.1 * z), 1e-12, "lo");
    cr_near(range.hi, 0.5 * exp(0.1 * z), 1e-12, "hi");
    range = gap_range(0.01, 0.05, 0.95);
    cr_near(range.hi, 0.01 + (M_E - 1) * 0.05 * z, 1e-12, "hi of a distance within its noise");
    cr_expect(range.lo > 0 && range.lo < 1e-5);
    range = gap_range(0, 0, 0.95);
    cr_expect(range.lo == 0 && range.hi == 0);
    cr_expect(isnan(gap_range(NAN, 0.1, 0.95).lo) && isnan(gap_range(0.1, NAN, 0.95).hi));
}

/* 0 … 99 against 50 … 149: KS .5 at 49, F_R = .5, F_S = 0, se √(.25/100) = .05. Moved by 1,000: W1 = 1,000 and its se that of a
 * difference of means, √(2 · 833.25/100), both over the scale. The influence values are weighted for the company of other
 * columns: their variance and the excess make the square of se. 0 … 99 against itself: all 0. */
Test(gap, quantities)
{
    double a[200], b[100], far[100], sorted[100];
    for (int i = 0; i < 100; i++) {
        sorted[i] = a[i] = i;
        a[100 + i] = NAN;
        b[i] = i + 50;
        far[i] = i + 1000;
    }
    struct gap_sample first = sample_of(a, sorted, 200, 100), second = sample_of(b, b, 100, 100);
    struct gap_sample third = sample_of(far, far, 100, 100);
    struct gap gap;
    const struct influence *sums = fresh_sums();
    gap_ks(&first, &second, sums, &gap);
    cr_near(gap.distance, 0.5, 1e-15, "KS");
    cr_near(gap.se, 0.05, 1e-15, "se of KS");
    cr_expect(gap.bias > 0 && gap.bias < 0.8688 * sqrt(0.02), "bias of KS: %g", gap.bias);
    cr_near(pow(influence_se(sums, 200, 100, 1), 2) + gap.excess, gap.se * gap.se, 1e-12, "influence values of KS");
    sums = fresh_sums();
    cr_assert_eq(gap_wasserstein(&first, &third, 10, sums, &gap, NULL), 0);
    cr_near(gap.distance, 100, 1e-12, "W1");
    cr_near(gap.se, sqrt(2 * 833.25 / 100) / 10, 1e-3, "se of W1: the first stretches may be noise");
    cr_near(influence_se(sums, 200, 100, 1), gap.se, 1e-12, "influence values of W1");
    gap_ks(&first, &first, sums, &gap);
    cr_expect(gap.distance == 0 && gap.se == 0 && gap.bias == 0);
    cr_assert_eq(gap_wasserstein(&third, &third, 10, sums, &gap, NULL), 0);
    cr_expect(gap.distance == 0 && gap.se == 0 && gap.bias == 0);
    struct gap_sample none = sample_of(a + 100, sorted, 100, 0);
    gap_ks(&first, &none, sums, &gap);
    cr_expect(isnan(gap.distance));
}

/* The influence values of ±1/±1 tables are z_x z_y − ρ: Var ρ̂ = (1 − ρ²)/n. ρ = .6 against −.6: clear; .6 against .6: nothing.
 */
Test(gap, correlation)
{
    double x[100], y[100], minus[100], flat[100] = {0};
    for (int i = 0; i < 100; i++) {
        x[i] = i % 2 ? 1 : -1;
        y[i] = i < 80 ? x[i] : -x[i];
        minus[i] = -y[i];
    }
    struct gap_pair first = {x, y, 100}, second = {x, minus, 100}, constant = {x, flat, 100};
    struct gap gap, brief;
    const struct influence *sums = fresh_sums();
    gap_correlation(&first, &second, sums, &gap);
    gap_correlation(&first, &second, NULL, &brief);
    cr_near(gap.distance, 0.6, 1e-15, "distance");
    cr_expect_eq(gap.distance, brief.distance);
    cr_near(gap.se, sqrt(2 * 0.64 / 100) / 2, 1e-12, "se");
    cr_near(influence_se(sums, 100, 100, 1), gap.se, 1e-12, "influence values");
    cr_expect_eq(gap.bias, 0);
    gap_correlation(&first, &first, sums, &gap);
    cr_expect(gap.distance == 0 && gap.se == 0);
    gap_correlation(&first, &constant, sums, &gap);
    cr_expect(isnan(gap.distance));
}

/* x −3 −1 1 3, y −1 −3 3 1 and two rows that lack one value: sums of squares 20 and 20, of products 12, so ρ = .6, both
 * standard deviations √5; first row: z_x z_y − ρ(z_x² + z_y²)/2 = 3/5 − .6 · (9/5 + 1/5)/2 = 0, second the same, and so on by
 * symmetry. Moved and stretched: the same numbers. y replaced by −2 0 2 2 (mean .5, squares 11, products 14): first row −3/√5 ·
 * −2.5/√2.75 − ρ(1.8 + 6.25/2.75)/2, ρ = 14/√220. */
Test(gap, influence_on_a_correlation)
{
    double x[6] = {-3, -1, (double)NAN, 1, 3, 7}, y[6] = {-1, -3, 5, 3, 1, (double)NAN},
           skew[6] = {-2, 0, 5, 2, 2, (double)NAN};
    struct gap_pair pair = {x, y, 6}, skewed = {x, skew, 6}, none = {x + 2, y + 2, 1};
    struct correlation c = correlation_make(&pair);
    cr_near(c.rho, 0.6, 1e-15, "correlation");
    cr_expect(c.pairs == 4 && c.mean_x == 0 && c.mean_y == 0);
    cr_near(c.scale_x, 1 / sqrt(5), 1e-15, "scale");
    for (size_t i = 0; i < 6; i++)
        cr_near(correlation_influence(&pair, &c, i), 0, 1e-15, "row %zu", i);
    c = correlation_make(&skewed);
    double sum = 0, rho = 14 / sqrt(220);
    for (size_t i = 0; i < 6; i++)
        sum += correlation_influence(&skewed, &c, i);
    cr_near(sum, 0, 1e-14, "mean of the influence");
    cr_near(correlation_influence(&skewed, &c, 0), 7.5 / sqrt(13.75) - rho * (1.8 + 6.25 / 2.75) / 2, 1e-14, "first row");
    cr_expect_eq(correlation_influence(&skewed, &c, 2), 0, "a row that lacks x");
    c = correlation_make(&none);
    cr_expect(isnan(c.rho) && c.pairs == 0);
}

/* Codes 0 1 1 3 (left out) 2, slopes 1 4 4 1: mean 2.5, centred −1.5 1.5 1.5 −1.5, times factor 2 and 5 rows to 4 that take
 * part; variance of the mean 4 · 9/16. */
Test(gap, cells_of_rows)
{
    const uint32_t codes[5] = {0, 1, 1, 3, 2};
    const double slope[4] = {1, 4, 1, 99}, want[5] = {10 - 3.75, 10 + 3.75, 10 + 3.75, 10, 10 - 3.75};
    double counts[4] = {7, 7, 7, 7}, sums[5] = {10, 10, 10, 10, 10};
    cr_expect_eq(gap_cells_count(codes, 5, 4, 3, counts), 4);
    cr_expect(counts[0] == 1 && counts[1] == 2 && counts[2] == 1 && counts[3] == 0);
    cr_expect_eq(gap_cells_count(codes, 5, 4, UINT32_MAX, counts), 5);
    cr_expect_eq(counts[3], 1);
    cr_near(gap_cells_add(codes, 5, 4, 3, slope, 2, sums), 2.25, 1e-15, "variance");
    for (size_t i = 0; i < 5; i++)
        cr_near(sums[i], want[i], 1e-15, "row %zu", i);
}

/* The mean of a column counted twice has the column's se, not that over √2: rows tie the parts together. */
Test(gap, means_of_dependent_parts)
{
    uint32_t first[500], second[400];
    struct gap gap;
    const struct influence *sums = fresh_sums();
    two_levels(first, 500, 100, 0);
    two_levels(second, 400, 240, 0);
    for (int k = 0; k < 2; k++)
        cr_assert_eq(gap_shares(first, 500, second, 400, 2, 2, sums, &gap, NULL), 0);
    cr_near(influence_se(sums, 500, 400, 2), gap.se, 1e-12, "se of the mean");
    struct interval interval = gap_interval(0.1, 0.02, 0.01, 0.95);
    cr_near(interval.lo, 0.08 - 0.01959963984540054, 1e-12, "lower end");
    cr_near(interval.hi, 0.1 + 0.01959963984540054, 1e-12, "upper end");
    interval = gap_interval(0.1, 0.2, 0.01, 0.95);
    cr_expect_eq(interval.lo, 0);
    interval = gap_interval(NAN, 0, 0, 0.95);
    cr_expect_not(interval_known(&interval));
}
