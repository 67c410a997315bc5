#include "datasets/sort.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BITS = 11, BUCKETS = 1 << BITS, PASSES = 6, FEW = 256 };

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Maps doubles to integers in the same order: negative numbers have all bits turned, the others the sign alone. */
static uint64_t key_of(uint64_t bits)
{
    return bits ^ ((uint64_t)((int64_t)bits >> 63) | (uint64_t)1 << 63);
}

static uint64_t bits_of(uint64_t key)
{
    return key ^ (((key >> 63) - 1) | (uint64_t)1 << 63);
}

static void scatter(const uint64_t *from, uint64_t *to, size_t n, int shift, const size_t *counts)
{
    size_t starts[BUCKETS], sum = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        starts[i] = sum;
        sum += counts[i];
    }
    for (size_t i = 0; i < n; i++)
        to[starts[(from[i] >> shift) & (BUCKETS - 1)]++] = from[i];
}

int sort_numbers(double *values, size_t n, struct error *error)
{
    if (n <= FEW) {
        qsort(values, n, sizeof *values, compare_numbers);
        return 0;
    }
    size_t(*counts)[BUCKETS] = calloc(PASSES, sizeof *counts);
    uint64_t *keys = malloc(n * sizeof *keys), *scratch = malloc(n * sizeof *scratch);
    int code = counts && keys && scratch ? 0 : error_memory(error);
    if (!code) {
        memcpy(keys, values, n * sizeof *keys);
        for (size_t i = 0; i < n; i++) {
            keys[i] = key_of(keys[i]);
            for (int pass = 0; pass < PASSES; pass++)
                counts[pass][(keys[i] >> (pass * BITS)) & (BUCKETS - 1)]++;
        }
        for (int pass = 0; pass < PASSES; pass++) {
            if (counts[pass][(keys[0] >> (pass * BITS)) & (BUCKETS - 1)] == n)
                continue;
            scatter(keys, scratch, n, pass * BITS, counts[pass]);
            uint64_t *other = keys;
            keys = scratch;
            scratch = other;
        }
        for (size_t i = 0; i < n; i++)
            keys[i] = bits_of(keys[i]);
        memcpy(values, keys, n * sizeof *keys);
    }
    free(counts);
    free(keys);
    free(scratch);
    return code;
}
