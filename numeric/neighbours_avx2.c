/* The scan with AVX2: 64 rows at a time in four vectors of 16 lanes, leaving a tile as soon as no lane can be a hit. */
#include "numeric/neighbours_layout.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

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

/* All bits set in the lanes that match the query's category: adding that counts matches downwards. */
AVX2 static inline void lanes_count(struct lanes *count, const uint16_t *p, __m256i query)
{
    struct lanes x = lanes_load(p);

    count->a = _mm256_add_epi16(count->a, _mm256_cmpeq_epi16(x.a, query));
    count->b = _mm256_add_epi16(count->b, _mm256_cmpeq_epi16(x.b, query));
    count->c = _mm256_add_epi16(count->c, _mm256_cmpeq_epi16(x.c, query));
    count->d = _mm256_add_epi16(count->d, _mm256_cmpeq_epi16(x.d, query));
}

AVX2 static inline __m256i part(__m256i x, __m256i query, __m256i unit)
{
    __m256i gap = _mm256_sub_epi16(_mm256_max_epu16(x, query), _mm256_min_epu16(x, query));

    return _mm256_min_epu16(gap, unit);
}

AVX2 static inline void lanes_add_parts(struct lanes *sum, const uint16_t *p, __m256i query, __m256i unit)
{
    struct lanes x = lanes_load(p);

    sum->a = _mm256_add_epi16(sum->a, part(x.a, query, unit));
    sum->b = _mm256_add_epi16(sum->b, part(x.b, query, unit));
    sum->c = _mm256_add_epi16(sum->c, part(x.c, query, unit));
    sum->d = _mm256_add_epi16(sum->d, part(x.d, query, unit));
}

AVX2 static inline struct lanes lanes_total(const struct lanes *total, const struct lanes *sum, __m128i shift)
{
    return (struct lanes){_mm256_add_epi16(total->a, _mm256_srl_epi16(sum->a, shift)),
                          _mm256_add_epi16(total->b, _mm256_srl_epi16(sum->b, shift)),
                          _mm256_add_epi16(total->c, _mm256_srl_epi16(sum->c, shift)),
                          _mm256_add_epi16(total->d, _mm256_srl_epi16(sum->d, shift))};
}

/* Is any lane not above its limit? Saturated subtraction leaves 0 exactly there. */
AVX2 static inline bool lanes_hit(const struct lanes *x, const struct lanes *limit)
{
    __m256i ab = _mm256_min_epu16(_mm256_subs_epu16(x->a, limit->a), _mm256_subs_epu16(x->b, limit->b));
    __m256i cd = _mm256_min_epu16(_mm256_subs_epu16(x->c, limit->c), _mm256_subs_epu16(x->d, limit->d));

    return _mm256_movemask_epi8(_mm256_cmpeq_epi16(_mm256_min_epu16(ab, cd), _mm256_setzero_si256())) != 0;
}

AVX2 static inline struct lanes lanes_times(const struct lanes *count, __m256i unit)
{
    return (struct lanes){_mm256_mullo_epi16(count->a, unit), _mm256_mullo_epi16(count->b, unit),
                          _mm256_mullo_epi16(count->c, unit), _mm256_mullo_epi16(count->d, unit)};
}

AVX2 static inline struct lanes lanes_fill(__m256i x)
{
    return (struct lanes){x, x, x, x};
}

/* Sums of one tile into *total; false as soon as no lane can be a hit. */
AVX2 static inline bool tile_sums(const struct neighbour_scale *scale, const uint16_t *tile, const uint16_t *query,
                                  const struct lanes *limit, struct lanes *total)
{
    const __m256i unit = _mm256_set1_epi16((short)(uint16_t)scale->unit);
    const __m128i shift = _mm_cvtsi32_si128((int)scale->shift);
    const size_t n = scale->n_columns, categories = scale->n_categorical;
    struct lanes reached = lanes_fill(_mm256_setzero_si256());

    *total = reached;
    for (size_t from = 0; from < n; from += NEIGHBOUR_GROUP) {
        size_t to = from + NEIGHBOUR_GROUP < n ? from + NEIGHBOUR_GROUP : n, c = from;
        size_t last = categories < to ? categories : to;
        struct lanes sum = lanes_fill(_mm256_set1_epi16(last > from ? (short)(last - from) : 0));

        for (; c < last; c++)
            lanes_count(&sum, tile + c * NEIGHBOUR_LANES, _mm256_set1_epi16((short)query[c]));
        sum = lanes_times(&sum, unit);
        while (true) {
            size_t stop = c + 4 < to ? c + 4 : to;

            reached = lanes_total(total, &sum, shift);
            if (!lanes_hit(&reached, limit))
                return false;
            if (c == to)
                break;
            for (; c < stop; c++)
                lanes_add_parts(&sum, tile + c * NEIGHBOUR_LANES, _mm256_set1_epi16((short)query[c]), unit);
        }
        *total = reached;
    }
    return true;
}

AVX2 size_t neighbour_scan_avx2(const struct neighbour_scan *scan, size_t from, size_t to, uint16_t limit,
                                uint16_t sums[NEIGHBOUR_LANES])
{
    const struct neighbour_scale *scale = scan->table->scale;
    const size_t stride = scale->n_columns * NEIGHBOUR_LANES;
    const __m256i common = _mm256_set1_epi16((short)limit);
    struct lanes limits = lanes_fill(common), total;

    for (size_t t = from; t < to; t++) {
        if (scan->lane_limits) {
            limits = lanes_load(scan->lane_limits + t * NEIGHBOUR_LANES);
            limits = (struct lanes){_mm256_max_epu16(limits.a, common), _mm256_max_epu16(limits.b, common),
                                    _mm256_max_epu16(limits.c, common), _mm256_max_epu16(limits.d, common)};
        }
        if (tile_sums(scale, scan->table->lanes + t * stride, scan->query, &limits, &total)) {
            lanes_store(sums, &total);
            return t;
        }
    }
    return to;
}

#else

size_t neighbour_scan_avx2(const struct neighbour_scan *scan, size_t from, size_t to, uint16_t limit,
                           uint16_t sums[NEIGHBOUR_LANES])
{
    return neighbour_scan_plain(scan, from, to, limit, sums);
}

#endif
