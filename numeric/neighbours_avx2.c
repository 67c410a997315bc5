/* Bounds with AVX2: 64 lanes in four vectors of 16, leaving a tile as soon as no lane can be a hit. */
#include "numeric/neighbours_layout.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* Written out, since compilers keep arrays of vectors in memory. */
struct lanes {
    __m256i a, b, c, d;
};

AVX2 static inline struct lanes lanes_load(const uint16_t *p)
{
    const __m256i *v = (const __m256i *)(const void *)p;

    return (struct lanes){_mm256_loadu_si256(v), _mm256_loadu_si256(v + 1), _mm256_loadu_si256(v + 2),
                          _mm256_loadu_si256(v + 3)};
}

AVX2 static inline void lanes_store(uint16_t *p, const struct lanes *x)
{
    __m256i *v = (__m256i *)(void *)p;

    _mm256_storeu_si256(v, x->a);
    _mm256_storeu_si256(v + 1, x->b);
    _mm256_storeu_si256(v + 2, x->c);
    _mm256_storeu_si256(v + 3, x->d);
}

AVX2 static inline struct lanes lanes_fill(__m256i x)
{
    return (struct lanes){x, x, x, x};
}

/* How far the query is outside [low, high]. */
AVX2 static inline __m256i gap(__m256i low, __m256i high, __m256i query)
{
    return _mm256_or_si256(_mm256_subs_epu16(low, query), _mm256_subs_epu16(query, high));
}

AVX2 static inline void add_capped(struct lanes *sum, const uint16_t *low, const uint16_t *high, __m256i query, __m256i cap)
{
    struct lanes l = lanes_load(low), h = lanes_load(high);

    sum->a = _mm256_adds_epu16(sum->a, _mm256_min_epu16(gap(l.a, h.a, query), cap));
    sum->b = _mm256_adds_epu16(sum->b, _mm256_min_epu16(gap(l.b, h.b, query), cap));
    sum->c = _mm256_adds_epu16(sum->c, _mm256_min_epu16(gap(l.c, h.c, query), cap));
    sum->d = _mm256_adds_epu16(sum->d, _mm256_min_epu16(gap(l.d, h.d, query), cap));
}

AVX2 static inline __m256i squared(__m256i x)
{
    x = _mm256_subs_epu16(x, _mm256_set1_epi16(1));
    return _mm256_mulhi_epu16(x, x);
}

AVX2 static inline void add_squared(struct lanes *sum, const uint16_t *low, const uint16_t *high, __m256i query)
{
    struct lanes l = lanes_load(low), h = lanes_load(high);

    sum->a = _mm256_adds_epu16(sum->a, squared(gap(l.a, h.a, query)));
    sum->b = _mm256_adds_epu16(sum->b, squared(gap(l.b, h.b, query)));
    sum->c = _mm256_adds_epu16(sum->c, squared(gap(l.c, h.c, query)));
    sum->d = _mm256_adds_epu16(sum->d, squared(gap(l.d, h.d, query)));
}

/* Saturated subtraction leaves 0 exactly in the hits. */
AVX2 static inline bool any_hit(const struct lanes *x, __m256i limit)
{
    __m256i least = _mm256_min_epu16(_mm256_min_epu16(x->a, x->b), _mm256_min_epu16(x->c, x->d));

    return _mm256_movemask_epi8(_mm256_cmpeq_epi16(_mm256_subs_epu16(least, limit), _mm256_setzero_si256())) != 0;
}

/* Hits of 32 lanes as bits; packing works within halves of a vector, so the quarters are put in order. */
AVX2 static inline uint32_t half_hits(__m256i x, __m256i y, __m256i limit)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i hit_x = _mm256_cmpeq_epi16(_mm256_subs_epu16(x, limit), zero);
    __m256i hit_y = _mm256_cmpeq_epi16(_mm256_subs_epu16(y, limit), zero);

    return (uint32_t)_mm256_movemask_epi8(_mm256_permute4x64_epi64(_mm256_packs_epi16(hit_x, hit_y), 0xd8));
}

AVX2 static inline uint64_t hits(const struct lanes *x, __m256i limit)
{
    return half_hits(x->a, x->b, limit) | (uint64_t)half_hits(x->c, x->d, limit) << 32;
}

/* Adds the numbers to the sums of the categories, which differ in `count` columns. A number has `width` slots of 64 codes: one
 * in a tile, two in a box. */
AVX2 static inline uint64_t add_numbers(const struct neighbour_query *query, const struct lanes *count, const uint16_t *lanes,
                                        const size_t width, uint16_t limit, uint16_t *sums)
{
    const struct neighbour_scale *scale = query->scale;
    const __m256i top = _mm256_set1_epi16((short)limit), weight = _mm256_set1_epi16((short)scale->weight);
    const __m256i cap = _mm256_set1_epi16((short)scale->limit);
    const bool euclidean = scale->metric == NEIGHBOUR_EUCLIDEAN;
    struct lanes sum = {_mm256_mullo_epi16(count->a, weight), _mm256_mullo_epi16(count->b, weight),
                        _mm256_mullo_epi16(count->c, weight), _mm256_mullo_epi16(count->d, weight)};
    size_t c = scale->n_categories;

    while (any_hit(&sum, top)) {
        size_t stop = c + 4 < scale->n_kernel ? c + 4 : scale->n_kernel;

        if (c == stop) {
            lanes_store(sums, &sum);
            return hits(&sum, top);
        }
        for (; c < stop; c++, lanes += width * NEIGHBOUR_LANES) {
            const uint16_t *high = lanes + (width - 1) * NEIGHBOUR_LANES;
            __m256i code = _mm256_set1_epi16((short)query->code[c]);

            if (euclidean)
                add_squared(&sum, lanes, high, code);
            else
                add_capped(&sum, lanes, high, code, cap);
        }
    }
    return 0;
}

/* The sum of the two bytes of each lane. */
AVX2 static inline __m256i bytes_sum(__m256i x)
{
    return _mm256_add_epi16(_mm256_and_si256(x, _mm256_set1_epi16(0xff)), _mm256_srli_epi16(x, 8));
}

/* In how many small categories each row differs from the query: bytes that match are −1, adding that counts downwards. */
AVX2 static inline struct lanes count_small(const uint16_t *two, size_t pairs, const uint16_t *lanes)
{
    struct lanes count = lanes_fill(_mm256_set1_epi8((char)(uint8_t)pairs));

    for (size_t p = 0; p < pairs; p++, lanes += NEIGHBOUR_LANES) {
        struct lanes x = lanes_load(lanes);
        __m256i codes = _mm256_set1_epi16((short)two[p]);

        count.a = _mm256_add_epi8(count.a, _mm256_cmpeq_epi8(x.a, codes));
        count.b = _mm256_add_epi8(count.b, _mm256_cmpeq_epi8(x.b, codes));
        count.c = _mm256_add_epi8(count.c, _mm256_cmpeq_epi8(x.c, codes));
        count.d = _mm256_add_epi8(count.d, _mm256_cmpeq_epi8(x.d, codes));
    }
    return (struct lanes){bytes_sum(count.a), bytes_sum(count.b), bytes_sum(count.c), bytes_sum(count.d)};
}

AVX2 static uint64_t tile_bounds(const struct neighbour_query *query, const uint16_t *lanes, uint16_t limit,
                                 uint16_t sums[NEIGHBOUR_LANES])
{
    const size_t small = query->scale->n_small, pairs = (small + 1) / 2, n = query->scale->n_categories;
    struct lanes count = count_small(query->two, pairs, lanes);
    const __m256i others = _mm256_set1_epi16((short)(n - small));

    if (n > small)
        count = (struct lanes){_mm256_add_epi16(count.a, others), _mm256_add_epi16(count.b, others),
                               _mm256_add_epi16(count.c, others), _mm256_add_epi16(count.d, others)};
    lanes += pairs * NEIGHBOUR_LANES;
    for (size_t c = small; c < n; c++, lanes += NEIGHBOUR_LANES) {
        struct lanes x = lanes_load(lanes);
        __m256i code = _mm256_set1_epi16((short)query->code[c]);

        count.a = _mm256_add_epi16(count.a, _mm256_cmpeq_epi16(x.a, code));
        count.b = _mm256_add_epi16(count.b, _mm256_cmpeq_epi16(x.b, code));
        count.c = _mm256_add_epi16(count.c, _mm256_cmpeq_epi16(x.c, code));
        count.d = _mm256_add_epi16(count.d, _mm256_cmpeq_epi16(x.d, code));
    }
    return add_numbers(query, &count, lanes, 1, limit, sums);
}

/* Boxes without the query's category are counted upwards. */
AVX2 static inline void count_masks(struct lanes *count, const uint16_t *lanes, __m256i bit)
{
    const __m256i zero = _mm256_setzero_si256();
    struct lanes x = lanes_load(lanes);

    count->a = _mm256_sub_epi16(count->a, _mm256_cmpeq_epi16(_mm256_and_si256(x.a, bit), zero));
    count->b = _mm256_sub_epi16(count->b, _mm256_cmpeq_epi16(_mm256_and_si256(x.b, bit), zero));
    count->c = _mm256_sub_epi16(count->c, _mm256_cmpeq_epi16(_mm256_and_si256(x.c, bit), zero));
    count->d = _mm256_sub_epi16(count->d, _mm256_cmpeq_epi16(_mm256_and_si256(x.d, bit), zero));
}

/* Boxes whose range has the query's category are counted downwards. */
AVX2 static inline void count_ranges(struct lanes *count, const uint16_t *lanes, __m256i code)
{
    const __m256i zero = _mm256_setzero_si256();
    struct lanes low = lanes_load(lanes), high = lanes_load(lanes + NEIGHBOUR_LANES);

    count->a = _mm256_add_epi16(count->a, _mm256_cmpeq_epi16(gap(low.a, high.a, code), zero));
    count->b = _mm256_add_epi16(count->b, _mm256_cmpeq_epi16(gap(low.b, high.b, code), zero));
    count->c = _mm256_add_epi16(count->c, _mm256_cmpeq_epi16(gap(low.c, high.c, code), zero));
    count->d = _mm256_add_epi16(count->d, _mm256_cmpeq_epi16(gap(low.d, high.d, code), zero));
}

AVX2 static uint64_t box_bounds(const struct neighbour_query *query, const uint16_t *lanes, uint16_t limit,
                                uint16_t sums[NEIGHBOUR_LANES])
{
    const struct neighbour_scale *scale = query->scale;
    struct lanes count = lanes_fill(_mm256_set1_epi16((short)(scale->n_categories - scale->n_masked)));
    size_t c = 0;

    for (; c < scale->n_masked; c++, lanes += NEIGHBOUR_LANES)
        count_masks(&count, lanes, _mm256_set1_epi16((short)query->bit[c]));
    for (; c < scale->n_categories; c++, lanes += (size_t)2 * NEIGHBOUR_LANES)
        count_ranges(&count, lanes, _mm256_set1_epi16((short)query->code[c]));
    return add_numbers(query, &count, lanes, 2, limit, sums);
}

const struct neighbour_kernel neighbour_kernel_avx2 = {tile_bounds, box_bounds};

#else

const struct neighbour_kernel neighbour_kernel_avx2 = {NULL, NULL};

#endif
