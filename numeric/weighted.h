/* Nearest rows under a weighted, capped Euclidean distance, by brute force: d² = Σ_c min((a_c − b_c)², cap_c).
 *
 * Weights are in the values: a number times w/range with cap w², a category as any values at least w apart. O(columns) vector
 * operations for 64 rows; no index, so for some thousands of queries. */
#ifndef ASSAY_NUMERIC_WEIGHTED_H
#define ASSAY_NUMERIC_WEIGHTED_H

#include <stddef.h>
#include <stdint.h>

#include "core/pool.h"

#define WEIGHTED_LANES 64

struct weighted_rows {
    size_t rows, n_columns;
    const double *cap; /* [n_columns], the same for both tables of a search */
    double *value;     /* [tiles][n_columns][WEIGHTED_LANES]: weighted_cell; lanes beyond the last row are not looked at */
};

static inline size_t weighted_tiles(size_t rows)
{
    return (rows + WEIGHTED_LANES - 1) / WEIGHTED_LANES;
}

static inline double *weighted_cell(const struct weighted_rows *table, size_t row, size_t column)
{
    return table->value + (row / WEIGHTED_LANES * table->n_columns + column) * WEIGHTED_LANES + row % WEIGHTED_LANES;
}

/* The two nearest rows, ties by row index; fewer rows: infinite. */
struct weighted_pair {
    double square[2];
    uint32_t row[2];
};

/* For each of the n rows query[i] of a its two nearest in b; where b is a the row itself is left out. Same bytes for any pool.
 */
int weighted_nearest(const struct weighted_rows *a, const uint32_t *query, size_t n, const struct weighted_rows *b,
                     struct pool *pool, struct weighted_pair *out, struct error *error);

#endif
