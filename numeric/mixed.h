/* Rows of numbers and categories as arrays, and exact Euclidean distances between them without the 0/1 columns written out.
 *
 * A number adds the square of its difference, a category 2 where it differs (two 0/1 columns change), a mark 1. Columns are
 * stored one after the other, padded to whole blocks of MIXED_LANES rows; padding rows are copies of zeros and their distances
 * mean nothing. The squares are summed in column order, so that every processor gives the same bytes, with or without AVX2. */
#ifndef ASSAY_NUMERIC_MIXED_H
#define ASSAY_NUMERIC_MIXED_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

#define MIXED_LANES ((size_t)16)

struct mixed_rows {
    size_t rows, stride; /* stride: rows rounded up to whole blocks */
    size_t n_numbers, n_categories, n_marks;
    double *number; /* [n_numbers · stride] */
    int32_t *code;  /* [(n_categories + n_marks) · stride]: categories first */
};

/* One row picked out, to be compared with others. */
struct mixed_query {
    double *number; /* [n_numbers] */
    int32_t *code;  /* [n_categories + n_marks] */
};

/* Allocates (zeroed); the caller fills. */
int mixed_rows_new(size_t rows, size_t n_numbers, size_t n_categories, size_t n_marks, struct arena *arena,
                   struct mixed_rows *out, struct error *error);
int mixed_query_new(const struct mixed_rows *rows, struct arena *arena, struct mixed_query *query, struct error *error);
void mixed_query_set(const struct mixed_rows *rows, size_t row, struct mixed_query *query);

/* out[j] = distance of the query to row j, from ≤ j < to ≤ rows, and for the rest of the blocks that hold them; out: [stride].
 */
void mixed_distances(const struct mixed_query *query, const struct mixed_rows *rows, size_t from, size_t to, double *out);

/* Sum of distance[from … count − 1]; each is also added to total[j]. Summed in eight lanes in a fixed order. */
double mixed_sum(const double *distance, size_t from, size_t count, double *total);

/* For every lane b: sum[b] = Σ_{j < count} (float)distance[j] · sign[j · lanes + b]; lanes a multiple of 8. */
void mixed_signed_sums(const double *distance, size_t count, const float *sign, size_t lanes, float *sum);

/* The kernels; mixed_distances and the others choose. Internal to mixed*.c and their test. */
void mixed_distances_plain(const struct mixed_query *query, const struct mixed_rows *rows, size_t from, size_t to, double *out);
void mixed_distances_avx2(const struct mixed_query *query, const struct mixed_rows *rows, size_t from, size_t to, double *out);
double mixed_sum_plain(const double *distance, size_t from, size_t count, double *total);
double mixed_sum_avx2(const double *distance, size_t from, size_t count, double *total);
void mixed_signed_sums_plain(const double *distance, size_t count, const float *sign, size_t lanes, float *sum);
void mixed_signed_sums_avx2(const double *distance, size_t count, const float *sign, size_t lanes, float *sum);

#endif
