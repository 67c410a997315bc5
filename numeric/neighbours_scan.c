/* Bounds in plain C: the same as with AVX2, in loops over the 64 lanes that any compiler turns into vectors. */
#include <string.h>

#include "numeric/neighbours_layout.h"

/* How far the query is outside [low, high]. */
static inline uint16_t gap(uint16_t low, uint16_t high, uint16_t query)
{
    uint16_t under = (uint16_t)(low > query ? low - query : 0), over = (uint16_t)(query > high ? query - high : 0);

    return under | over;
}

/* Capped parts of all columns together fit 16 bits; squared ones saturate. */
static void add_capped(uint16_t *restrict sum, const uint16_t *restrict low, const uint16_t *restrict high, uint16_t query,
                       uint16_t cap)
{
    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++) {
        uint16_t part = gap(low[lane], high[lane], query);

        sum[lane] = (uint16_t)(sum[lane] + (part < cap ? part : cap));
    }
}

static void add_squared(uint16_t *restrict sum, const uint16_t *restrict low, const uint16_t *restrict high, uint16_t query)
{
    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++) {
        uint16_t part = gap(low[lane], high[lane], query), root = (uint16_t)(part > 0 ? part - 1 : 0), total;

        part = (uint16_t)((uint32_t)root * root >> 16);
        total = (uint16_t)(sum[lane] + part);
        sum[lane] = total < part ? UINT16_MAX : total;
    }
}

static uint64_t hits(const uint16_t *sum, uint16_t limit)
{
    uint64_t mask = 0;

    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
        mask |= (uint64_t)(sum[lane] <= limit) << lane;
    return mask;
}

static bool any_hit(const uint16_t *restrict sum, uint16_t limit)
{
    uint16_t any = 0;

    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
        any |= (uint16_t)(sum[lane] <= limit);
    return any != 0;
}

/* Adds the numbers to the sums of the categories. A number has `width` slots of 64 codes: one in a tile, two in a box. */
static uint64_t add_numbers(const struct neighbour_query *query, const uint16_t *lanes, size_t width, uint16_t limit,
                            uint16_t *sums)
{
    const struct neighbour_scale *scale = query->scale;
    size_t c = scale->n_categories;

    while (any_hit(sums, limit)) {
        size_t stop = c + 4 < scale->n_kernel ? c + 4 : scale->n_kernel;

        if (c == stop)
            return hits(sums, limit);
        for (; c < stop; c++, lanes += width * NEIGHBOUR_LANES) {
            const uint16_t *high = lanes + (width - 1) * NEIGHBOUR_LANES;

            if (scale->metric == NEIGHBOUR_EUCLIDEAN)
                add_squared(sums, lanes, high, query->code[c]);
            else
                add_capped(sums, lanes, high, query->code[c], scale->limit);
        }
    }
    return 0;
}

/* Two small categories to a lane. */
static void add_two(uint16_t *restrict sum, const uint16_t *restrict codes, uint16_t query, uint16_t weight)
{
    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++) {
        uint16_t differ = codes[lane] ^ query;

        sum[lane] = (uint16_t)(sum[lane] + weight * ((differ & 0xff) != 0) + weight * (differ > 0xff));
    }
}

static void add_categories(uint16_t *restrict sum, const uint16_t *restrict codes, uint16_t query, uint16_t weight)
{
    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
        sum[lane] = (uint16_t)(sum[lane] + weight * (codes[lane] != query));
}

static void add_masks(uint16_t *restrict sum, const uint16_t *restrict masks, uint16_t bit, uint16_t weight)
{
    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
        sum[lane] = (uint16_t)(sum[lane] + weight * ((masks[lane] & bit) == 0));
}

static void add_ranges(uint16_t *restrict sum, const uint16_t *restrict low, const uint16_t *restrict high, uint16_t query,
                       uint16_t weight)
{
    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
        sum[lane] = (uint16_t)(sum[lane] + weight * (gap(low[lane], high[lane], query) != 0));
}

static uint64_t tile_bounds(const struct neighbour_query *query, const uint16_t *lanes, uint16_t limit,
                            uint16_t sums[NEIGHBOUR_LANES])
{
    const struct neighbour_scale *scale = query->scale;

    memset(sums, 0, NEIGHBOUR_LANES * sizeof *sums);
    for (size_t p = 0; 2 * p < scale->n_small; p++, lanes += NEIGHBOUR_LANES)
        add_two(sums, lanes, query->two[p], scale->weight);
    for (size_t c = scale->n_small; c < scale->n_categories; c++, lanes += NEIGHBOUR_LANES)
        add_categories(sums, lanes, query->code[c], scale->weight);
    return add_numbers(query, lanes, 1, limit, sums);
}

static uint64_t box_bounds(const struct neighbour_query *query, const uint16_t *lanes, uint16_t limit,
                           uint16_t sums[NEIGHBOUR_LANES])
{
    const struct neighbour_scale *scale = query->scale;
    size_t c = 0;

    memset(sums, 0, NEIGHBOUR_LANES * sizeof *sums);
    for (; c < scale->n_masked; c++, lanes += NEIGHBOUR_LANES)
        add_masks(sums, lanes, query->bit[c], scale->weight);
    for (; c < scale->n_categories; c++, lanes += (size_t)2 * NEIGHBOUR_LANES)
        add_ranges(sums, lanes, lanes + NEIGHBOUR_LANES, query->code[c], scale->weight);
    return add_numbers(query, lanes, 2, limit, sums);
}

const struct neighbour_kernel neighbour_kernel_plain = {tile_bounds, box_bounds};

/* Here and not beside the AVX2 code, whose file may be compiled for processors that have it. */
bool neighbour_has_avx2(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") != 0;
#else
    return false;
#endif
}

const struct neighbour_kernel *neighbour_kernel_best(void)
{
    return neighbour_has_avx2() ? &neighbour_kernel_avx2 : &neighbour_kernel_plain;
}
