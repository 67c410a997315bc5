/* Random streams against the published vectors of Random123 and against the distributions they promise. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"

/* kat_vectors of Random123 1.09 (Salmon et al. 2011), philox4x32 10 rounds. */
Test(random, philox_known_answers)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t out[4];
        philox4x32(cases[i].counter, cases[i].key, out);
        for (int k = 0; k < 4; k++)
            cr_expect_eq(out[k], cases[i].out[k], "vector %zu, word %d: %08x", i, k, out[k]);
    }
}

/* Each part of the key gives another stream; the same key gives the same one. */
Test(random, streams_are_keyed)
{
    static const struct {
        uint64_t seed;
        const char *stream;
        uint64_t replicate, row;
    } keys[] = {
        {1, "a", 0, 0}, {2, "a", 0, 0},          {1, "b", 0, 0},          {1, "a", 1, 0},          {1, "a", 0, 1},
        {1, "", 0, 0},  {1ull << 40, "a", 0, 0}, {1, "a", 1ull << 32, 0}, {1, "a", 0, 1ull << 32}, {1, "a", 1, 1},
    };
    enum { KEYS = sizeof keys / sizeof *keys };
    uint64_t first[KEYS];
    for (size_t i = 0; i < KEYS; i++) {
        struct random random, again;
        random_init(&random, keys[i].seed, keys[i].stream, keys[i].replicate, keys[i].row);
        random_init(&again, keys[i].seed, keys[i].stream, keys[i].replicate, keys[i].row);
        first[i] = random_u64(&random);
        cr_expect_eq(first[i], random_u64(&again));
        for (int k = 0; k < 1000; k++)
            cr_assert_eq(random_u32(&random), random_u32(&again));
        for (size_t j = 0; j < i; j++)
            cr_expect_neq(first[i], first[j], "keys %zu and %zu", i, j);
    }
}

/* Kolmogorov-Smirnov statistic of n sorted values against a distribution; 1.95/sqrt(n) is its 0.1 % point. */
static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double ks(double *values, size_t n, double (*cdf)(double))
{
    qsort(values, n, sizeof *values, compare);
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        double f = cdf(values[i]);
        worst = fmax(worst, fmax(f - (double)i / (double)n, (double)(i + 1) / (double)n - f));
    }
    return worst;
}

static double uniform_cdf(double x)
{
    return x;
}

static double normal_cdf(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

Test(random, distributions)
{
    enum { N = 20000 };
    static double values[N];
    struct random random;
    random_init(&random, 7, "uniform", 0, 0);
    for (size_t i = 0; i < N; i++) {
        values[i] = random_uniform(&random);
        cr_assert(values[i] >= 0 && values[i] < 1);
    }
    cr_expect_lt(ks(values, N, uniform_cdf), 1.95 / sqrt(N));
    random_init(&random, 7, "normal", 0, 0);
    double lag = 0, before = 0;
    for (size_t i = 0; i < N; i++) {
        values[i] = random_normal(&random);
        lag += values[i] * before;
        before = values[i];
    }
    cr_expect_lt(fabs(lag) / N, 3.3 / sqrt(N), "neighbours are correlated");
    cr_expect_lt(ks(values, N, normal_cdf), 1.95 / sqrt(N));
}

/* Chi-square over n cells; mean + 4 standard deviations of chi-square(n-1) as the bound. */
Test(random, below_is_uniform_and_in_range)
{
    static const size_t bounds[] = {1, 2, 3, 7, 10, 64, 1000};
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
        size_t n = bounds[b], draws = 100 * n;
        static double counts[1000];
        memset(counts, 0, sizeof counts);
        struct random random;
        random_init(&random, 11, "below", b, 0);
        for (size_t i = 0; i < draws; i++) {
            size_t value = random_below(&random, n);
            cr_assert_lt(value, n);
            counts[value]++;
        }
        double chi = 0, df = (double)n - 1;
        for (size_t k = 0; k < n; k++)
            chi += (counts[k] - 100) * (counts[k] - 100) / 100;
        cr_expect_leq(chi, df + 4 * sqrt(2 * df), "n = %zu: chi-square %g", n, chi);
    }
    struct random random;
    random_init(&random, 11, "large", 0, 0);
    size_t above = 0, huge = (size_t)3 << 62; /* half of the raw words would be taken twice by a plain modulo */
    for (int i = 0; i < 3000; i++)
        above += random_below(&random, huge) >= (size_t)1 << 63;
    cr_expect(above > 900 && above < 1100, "%zu of 3000 in the upper third", above);
}

/* All 24 orders of four things come up equally often (chi-square 23: 0.1 % point 49.7); each is a permutation. */
Test(random, permutations)
{
    double counts[256] = {0};
    struct random random;
    random_init(&random, 3, "permutation", 0, 0);
    for (int i = 0; i < 24000; i++) {
        uint32_t out[4];
        random_permutation(&random, 4, out);
        cr_assert_eq(1u << out[0] | 1u << out[1] | 1u << out[2] | 1u << out[3], 15u);
        counts[out[0] * 64 + out[1] * 16 + out[2] * 4 + out[3]]++;
    }
    double chi = 0;
    int orders = 0;
    for (int i = 0; i < 256; i++)
        if (counts[i] > 0) {
            chi += (counts[i] - 1000) * (counts[i] - 1000) / 1000;
            orders++;
        }
    cr_expect_eq(orders, 24);
    cr_expect_lt(chi, 49.7);
    uint32_t one[1] = {9};
    random_permutation(&random, 0, one);
    cr_expect_eq(one[0], 9u);
    random_permutation(&random, 1, one);
    cr_expect_eq(one[0], 0u);
}
