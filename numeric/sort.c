#include "numeric/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct radix_item {
    uint64_t key;
    uint32_t row;
};

/* Order-preserving bits: negative numbers are flipped whole, the others get the sign bit set. */
static uint64_t double_key(double value)
{
    uint64_t bits;
    if (isnan(value))
        return UINT64_MAX;
    value += 0.0;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double key_double(uint64_t key)
{
    double value;
    if (key == UINT64_MAX)
        return NAN;
    key = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
    memcpy(&value, &key, sizeof value);
    return value;
}

/* Turns counts into starting positions; true when one bucket holds everything. */
static int bucket_starts(size_t counts[256], size_t n)
{
    size_t start = 0;
    for (size_t bucket = 0; bucket < 256; bucket++) {
        size_t count = counts[bucket];
        if (count == n)
            return 1;
        counts[bucket] = start;
        start += count;
    }
    return 0;
}

static void radix_keys(uint64_t *keys, uint64_t *scratch, size_t n)
{
    uint64_t *from = keys, *to = scratch;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t counts[256] = {0};
        for (size_t i = 0; i < n; i++)
            counts[from[i] >> shift & 255]++;
        if (bucket_starts(counts, n))
            continue;
        for (size_t i = 0; i < n; i++)
            to[counts[from[i] >> shift & 255]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != keys)
        memcpy(keys, from, n * sizeof *keys);
}

int sort_u64(uint64_t *keys, size_t n, struct error *error)
{
    if (n < 2)
        return 0;
    uint64_t *scratch = calloc(n, sizeof *scratch);
    if (!scratch)
        return error_memory(error);
    radix_keys(keys, scratch, n);
    free(scratch);
    return 0;
}

static int compare_doubles(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    uint64_t p = double_key(x), q = double_key(y);
    return p < q ? -1 : p > q;
}

void sort_doubles(double *values, size_t n)
{
    if (n < 2)
        return;
    uint64_t *keys = n < 64 ? NULL : calloc(2 * n, sizeof *keys);
    if (!keys) {
        qsort(values, n, sizeof *values, compare_doubles);
        return;
    }
    for (size_t i = 0; i < n; i++)
        keys[i] = double_key(values[i]);
    radix_keys(keys, keys + n, n);
    for (size_t i = 0; i < n; i++)
        values[i] = key_double(keys[i]);
    free(keys);
}

int sort_order(const double *values, size_t n, uint32_t *order, struct error *error)
{
    if (n == 0)
        return 0;
    struct radix_item *items = calloc(2 * n, sizeof *items);
    if (!items)
        return error_memory(error);
    struct radix_item *from = items, *to = items + n;
    for (size_t i = 0; i < n; i++)
        from[i] = (struct radix_item){double_key(values[i]), (uint32_t)i};
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t counts[256] = {0};
        for (size_t i = 0; i < n; i++)
            counts[from[i].key >> shift & 255]++;
        if (bucket_starts(counts, n))
            continue;
        for (size_t i = 0; i < n; i++)
            to[counts[from[i].key >> shift & 255]++] = from[i];
        struct radix_item *swap = from;
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = from[i].row;
    free(items);
    return 0;
}

size_t sorted_above(const double *sorted, size_t n, double threshold)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (sorted[middle] <= threshold)
            lo = middle + 1;
        else
            hi = middle;
    }
    return n - lo;
}

size_t sorted_from(const uint64_t *sorted, size_t n, uint64_t key)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (sorted[middle] < key)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}
