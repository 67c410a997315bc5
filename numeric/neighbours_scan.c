/* The scan in plain C: the same sums as the AVX2 one, in loops over the 64 lanes that any compiler turns into vectors. */
#include <string.h>

#include "numeric/neighbours_layout.h"

static void add_categories(uint16_t sum[NEIGHBOUR_LANES], const uint16_t *codes, uint16_t query, uint16_t unit)
{
    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
        sum[lane] = (uint16_t)(sum[lane] + (codes[lane] == query ? 0 : unit));
}

static void add_numbers(uint16_t sum[NEIGHBOUR_LANES], const uint16_t *codes, uint16_t query, uint16_t unit)
{
    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++) {
        uint16_t x = codes[lane], gap = (uint16_t)(x > query ? x - query : query - x);

        sum[lane] = (uint16_t)(sum[lane] + (gap < unit ? gap : unit));
    }
}

static bool any_hit(const uint16_t total[NEIGHBOUR_LANES], const uint16_t sum[NEIGHBOUR_LANES], unsigned shift,
                    const uint16_t limits[NEIGHBOUR_LANES])
{
    uint16_t hit = 0;

    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
        hit = (uint16_t)(total[lane] + (sum[lane] >> shift)) <= limits[lane] ? 1 : hit;
    return hit != 0;
}

/* Sums of one tile; false as soon as no lane can be a hit. */
static bool tile_sums(const struct neighbour_scale *scale, const uint16_t *tile, const uint16_t *query,
                      const uint16_t limits[NEIGHBOUR_LANES], uint16_t total[NEIGHBOUR_LANES])
{
    const uint16_t unit = (uint16_t)scale->unit;

    memset(total, 0, NEIGHBOUR_LANES * sizeof *total);
    for (size_t from = 0; from < scale->n_columns; from += NEIGHBOUR_GROUP) {
        size_t to = from + NEIGHBOUR_GROUP < scale->n_columns ? from + NEIGHBOUR_GROUP : scale->n_columns;
        uint16_t sum[NEIGHBOUR_LANES] = {0};

        for (size_t c = from; c < to; c++) {
            if (c < scale->n_categorical)
                add_categories(sum, tile + c * NEIGHBOUR_LANES, query[c], unit);
            else
                add_numbers(sum, tile + c * NEIGHBOUR_LANES, query[c], unit);
            if ((c % 4 == 3 || c + 1 == to) && !any_hit(total, sum, scale->shift, limits))
                return false;
        }
        for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
            total[lane] = (uint16_t)(total[lane] + (sum[lane] >> scale->shift));
    }
    return true;
}

size_t neighbour_scan_plain(const struct neighbour_scan *scan, size_t from, size_t to, uint16_t limit,
                            uint16_t sums[NEIGHBOUR_LANES])
{
    const struct neighbour_scale *scale = scan->table->scale;
    const size_t stride = scale->n_columns * NEIGHBOUR_LANES;
    uint16_t limits[NEIGHBOUR_LANES];

    for (size_t lane = 0; lane < NEIGHBOUR_LANES; lane++)
        limits[lane] = limit;
    for (size_t t = from; t < to; t++) {
        const uint16_t *own = scan->lane_limits ? scan->lane_limits + t * NEIGHBOUR_LANES : NULL;

        for (size_t lane = 0; own && lane < NEIGHBOUR_LANES; lane++)
            limits[lane] = own[lane] > limit ? own[lane] : limit;
        if (tile_sums(scale, scan->table->lanes + t * stride, scan->query, limits, sums))
            return t;
    }
    return to;
}

/* Here and not beside the AVX2 code, whose file may be compiled for processors that have it. */
bool neighbour_has_avx2(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") != 0;
#else
    return false;
#endif
}
