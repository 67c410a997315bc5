/* The kernels of mixed.h with AVX2: the same operations on the same operands in the same order as the plain ones. */
#include "numeric/mixed.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2   __attribute__((target("avx2")))
#define VECTOR 4 /* doubles a register */

AVX2 static inline __m256i load_codes(const int32_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Counts in the eight lanes how many of the columns from … to − 1 agree with the query (as negative numbers). */
AVX2 static inline void count_equal(const struct mixed_query *query, const struct mixed_rows *rows, size_t from, size_t to,
                                    size_t j, __m256i equal[2])
{
    for (size_t c = from; c < to; c++) {
        __m256i code = _mm256_set1_epi32(query->code[c]);
        const int32_t *column = rows->code + c * rows->stride + j;
        equal[0] = _mm256_add_epi32(equal[0], _mm256_cmpeq_epi32(load_codes(column), code));
        equal[1] = _mm256_add_epi32(equal[1], _mm256_cmpeq_epi32(load_codes(column + 8), code));
    }
}

AVX2 void mixed_distances_avx2(const struct mixed_query *query, const struct mixed_rows *rows, size_t from, size_t to,
                               double *out)
{
    const __m256i most = _mm256_set1_epi32((int)(2 * rows->n_categories + rows->n_marks));
    for (size_t j = from / MIXED_LANES * MIXED_LANES; j < to; j += MIXED_LANES) {
        __m256d sum[4] = {_mm256_setzero_pd(), _mm256_setzero_pd(), _mm256_setzero_pd(), _mm256_setzero_pd()};
        for (size_t c = 0; c < rows->n_numbers; c++) {
            __m256d number = _mm256_set1_pd(query->number[c]);
            const double *column = rows->number + c * rows->stride + j;
            for (size_t k = 0; k < 4; k++) {
                __m256d difference = _mm256_sub_pd(_mm256_loadu_pd(column + k * VECTOR), number);
                sum[k] = _mm256_add_pd(sum[k], _mm256_mul_pd(difference, difference));
            }
        }
        __m256i equal[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        count_equal(query, rows, 0, rows->n_categories, j, equal);
        equal[0] = _mm256_add_epi32(equal[0], equal[0]);
        equal[1] = _mm256_add_epi32(equal[1], equal[1]);
        count_equal(query, rows, rows->n_categories, rows->n_categories + rows->n_marks, j, equal);
        for (size_t k = 0; k < 4; k++) {
            __m256i differ = _mm256_add_epi32(most, equal[k / 2]);
            __m128i half = k % 2 ? _mm256_extracti128_si256(differ, 1) : _mm256_castsi256_si128(differ);
            _mm256_storeu_pd(out + j + k * VECTOR, _mm256_sqrt_pd(_mm256_add_pd(sum[k], _mm256_cvtepi32_pd(half))));
        }
    }
}

AVX2 double mixed_sum_avx2(const double *distance, size_t from, size_t count, double *total)
{
    __m256d low = _mm256_setzero_pd(), high = _mm256_setzero_pd();
    double rest = 0, lane[4];
    size_t j = from;
    for (; j < count && j % 8; j++) {
        rest += distance[j];
        total[j] += distance[j];
    }
    for (; j + 8 <= count; j += 8) {
        __m256d a = _mm256_loadu_pd(distance + j), b = _mm256_loadu_pd(distance + j + VECTOR);
        low = _mm256_add_pd(low, a);
        high = _mm256_add_pd(high, b);
        _mm256_storeu_pd(total + j, _mm256_add_pd(_mm256_loadu_pd(total + j), a));
        _mm256_storeu_pd(total + j + VECTOR, _mm256_add_pd(_mm256_loadu_pd(total + j + VECTOR), b));
    }
    for (; j < count; j++) {
        rest += distance[j];
        total[j] += distance[j];
    }
    _mm256_storeu_pd(lane, _mm256_add_pd(low, high));
    return (lane[0] + lane[1]) + (lane[2] + lane[3]) + rest;
}

/* Up to five registers of eight lanes at a time. */
AVX2 static inline void signed_block(const double *distance, size_t count, const float *sign, size_t lanes, float *sum)
{
    __m256 a = _mm256_setzero_ps(), b = a, c = a, d = a, e = a;
    for (size_t j = 0; j < count; j++, sign += lanes) {
        __m256 x = _mm256_set1_ps((float)distance[j]);
        a = _mm256_add_ps(a, _mm256_mul_ps(x, _mm256_loadu_ps(sign)));
        b = _mm256_add_ps(b, _mm256_mul_ps(x, _mm256_loadu_ps(sign + 8)));
        c = _mm256_add_ps(c, _mm256_mul_ps(x, _mm256_loadu_ps(sign + 16)));
        d = _mm256_add_ps(d, _mm256_mul_ps(x, _mm256_loadu_ps(sign + 24)));
        e = _mm256_add_ps(e, _mm256_mul_ps(x, _mm256_loadu_ps(sign + 32)));
    }
    _mm256_storeu_ps(sum, a);
    _mm256_storeu_ps(sum + 8, b);
    _mm256_storeu_ps(sum + 16, c);
    _mm256_storeu_ps(sum + 24, d);
    _mm256_storeu_ps(sum + 32, e);
}

AVX2 void mixed_signed_sums_avx2(const double *distance, size_t count, const float *sign, size_t lanes, float *sum)
{
    size_t from = 0;
    for (; from + 40 <= lanes; from += 40)
        signed_block(distance, count, sign + from, lanes, sum + from);
    for (; from < lanes; from += 8) {
        __m256 a = _mm256_setzero_ps();
        for (size_t j = 0; j < count; j++)
            a = _mm256_add_ps(a, _mm256_mul_ps(_mm256_set1_ps((float)distance[j]), _mm256_loadu_ps(sign + j * lanes + from)));
        _mm256_storeu_ps(sum + from, a);
    }
}

#else

void mixed_distances_avx2(const struct mixed_query *query, const struct mixed_rows *rows, size_t from, size_t to, double *out)
{
    mixed_distances_plain(query, rows, from, to, out);
}

double mixed_sum_avx2(const double *distance, size_t from, size_t count, double *total)
{
    return mixed_sum_plain(distance, from, count, total);
}

void mixed_signed_sums_avx2(const double *distance, size_t count, const float *sign, size_t lanes, float *sum)
{
    mixed_signed_sums_plain(distance, count, sign, lanes, sum);
}

#endif
