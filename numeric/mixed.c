#include "numeric/mixed.h"

#include <math.h>
#include <stdbool.h>

static bool has_avx2(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") != 0;
#else
    return false;
#endif
}

int mixed_rows_new(size_t rows, size_t n_numbers, size_t n_categories, size_t n_marks, struct arena *arena,
                   struct mixed_rows *out, struct error *error)
{
    size_t stride = (rows + MIXED_LANES - 1) / MIXED_LANES * MIXED_LANES, codes = n_categories + n_marks;
    *out = (struct mixed_rows){.rows = rows,
                               .stride = stride,
                               .n_numbers = n_numbers,
                               .n_categories = n_categories,
                               .n_marks = n_marks,
                               .number = arena_array(arena, stride + 1, (n_numbers + 1) * sizeof(double)),
                               .code = arena_array(arena, stride + 1, (codes + 1) * sizeof(int32_t))};
    return out->number && out->code ? 0 : error_memory(error);
}

int mixed_query_new(const struct mixed_rows *rows, struct arena *arena, struct mixed_query *query, struct error *error)
{
    *query = (struct mixed_query){ARENA_ARRAY(arena, double, rows->n_numbers + 1),
                                  ARENA_ARRAY(arena, int32_t, rows->n_categories + rows->n_marks + 1)};
    return query->number && query->code ? 0 : error_memory(error);
}

void mixed_query_set(const struct mixed_rows *rows, size_t row, struct mixed_query *query)
{
    for (size_t c = 0; c < rows->n_numbers; c++)
        query->number[c] = rows->number[c * rows->stride + row];
    for (size_t c = 0; c < rows->n_categories + rows->n_marks; c++)
        query->code[c] = rows->code[c * rows->stride + row];
}

void mixed_distances_plain(const struct mixed_query *query, const struct mixed_rows *rows, size_t from, size_t to, double *out)
{
    size_t codes = rows->n_categories + rows->n_marks;
    for (size_t j = from; j < to; j++) {
        double sum = 0;
        int32_t differ = 0;
        for (size_t c = 0; c < rows->n_numbers; c++) {
            double difference = rows->number[c * rows->stride + j] - query->number[c];
            sum += difference * difference;
        }
        for (size_t c = 0; c < codes; c++)
            differ += (rows->code[c * rows->stride + j] != query->code[c]) * (c < rows->n_categories ? 2 : 1);
        out[j] = sqrt(sum + (double)differ);
    }
}

double mixed_sum_plain(const double *distance, size_t from, size_t count, double *total)
{
    double lane[8] = {0}, rest = 0;
    size_t j = from;
    for (; j < count && j % 8; j++) {
        rest += distance[j];
        total[j] += distance[j];
    }
    for (; j + 8 <= count; j += 8)
        for (size_t k = 0; k < 8; k++) {
            lane[k] += distance[j + k];
            total[j + k] += distance[j + k];
        }
    for (; j < count; j++) {
        rest += distance[j];
        total[j] += distance[j];
    }
    return ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7])) + rest;
}

void mixed_signed_sums_plain(const double *distance, size_t count, const float *sign, size_t lanes, float *sum)
{
    for (size_t b = 0; b < lanes; b++)
        sum[b] = 0;
    for (size_t j = 0; j < count; j++) {
        float d = (float)distance[j];
        for (size_t b = 0; b < lanes; b++)
            sum[b] += d * sign[j * lanes + b];
    }
}

void mixed_distances(const struct mixed_query *query, const struct mixed_rows *rows, size_t from, size_t to, double *out)
{
    (has_avx2() ? mixed_distances_avx2 : mixed_distances_plain)(query, rows, from, to, out);
}

double mixed_sum(const double *distance, size_t from, size_t count, double *total)
{
    return (has_avx2() ? mixed_sum_avx2 : mixed_sum_plain)(distance, from, count, total);
}

void mixed_signed_sums(const double *distance, size_t count, const float *sign, size_t lanes, float *sum)
{
    (has_avx2() ? mixed_signed_sums_avx2 : mixed_signed_sums_plain)(distance, count, sign, lanes, sum);
}
