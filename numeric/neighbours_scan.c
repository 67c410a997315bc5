/* Bounds in plain C: the same as with AVX2, in loops over the 64 lanes that any compiler turns into vectors. */
#include <string.h>

#include "numeric/neighbours_layout.h"

static void add_part(const struct neighbour_scale *scale, uint16_t sum[NEIGHBOUR_LANES], const uint16_t *low,
                     const uint16_t *high, uint16_t query)
{
    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++) {
        uint32_t under = low[lane] > query ? (uint32_t)(low[lane] - query) : 0;
        uint32_t over = query > high[lane] ? (uint32_t)(query - high[lane]) : 0, gap = under | over, total;

        if (scale->metric == NEIGHBOUR_EUCLIDEAN) {
            gap = gap > 0 ? gap - 1 : 0;
            gap = gap * gap >> 16;
        } else {
            gap = gap < scale->limit ? gap : scale->limit;
        }
        total = sum[lane] + gap;
        sum[lane] = (uint16_t)(total < UINT16_MAX ? total : UINT16_MAX);
    }
}

static uint64_t hits(const uint16_t sum[NEIGHBOUR_LANES], uint16_t limit)
{
    uint64_t mask = 0;

    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
        mask |= (uint64_t)(sum[lane] <= limit) << lane;
    return mask;
}

static bool any_hit(const uint16_t sum[NEIGHBOUR_LANES], uint16_t limit)
{
    uint16_t least = UINT16_MAX;

    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
        least = sum[lane] < least ? sum[lane] : least;
    return least <= limit;
}

static uint64_t tile_bounds(const struct neighbour_query *query, const uint16_t *lanes, uint16_t limit,
                            uint16_t sums[NEIGHBOUR_LANES])
{
    const struct neighbour_scale *scale = query->scale;
    size_t c = 0;

    memset(sums, 0, NEIGHBOUR_LANES * sizeof *sums);
    for (; c < scale->n_categories; c++)
        for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
            sums[lane] = (uint16_t)(sums[lane] + (lanes[c * NEIGHBOUR_LANES + lane] == query->code[c] ? 0 : scale->weight));
    for (; any_hit(sums, limit); c++) {
        if (c == scale->n_kernel)
            return hits(sums, limit);
        add_part(scale, sums, lanes + c * NEIGHBOUR_LANES, lanes + c * NEIGHBOUR_LANES, query->code[c]);
    }
    return 0;
}

static uint64_t box_bounds(const struct neighbour_query *query, const uint16_t *lanes, uint16_t limit,
                           uint16_t sums[NEIGHBOUR_LANES])
{
    const struct neighbour_scale *scale = query->scale;
    size_t c = 0;

    memset(sums, 0, NEIGHBOUR_LANES * sizeof *sums);
    for (; c < scale->n_masked; c++, lanes += NEIGHBOUR_LANES)
        for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
            sums[lane] = (uint16_t)(sums[lane] + (lanes[lane] & query->bit[c] ? 0 : scale->weight));
    for (; c < scale->n_categories; c++, lanes += (size_t)2 * NEIGHBOUR_LANES)
        for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++) {
            bool inside = lanes[lane] <= query->code[c] && query->code[c] <= lanes[NEIGHBOUR_LANES + lane];

            sums[lane] = (uint16_t)(sums[lane] + (inside ? 0 : scale->weight));
        }
    for (; any_hit(sums, limit); c++, lanes += (size_t)2 * NEIGHBOUR_LANES) {
        if (c == scale->n_kernel)
            return hits(sums, limit);
        add_part(scale, sums, lanes, lanes + NEIGHBOUR_LANES, query->code[c]);
    }
    return 0;
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
