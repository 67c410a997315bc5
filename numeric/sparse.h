/* Sparse 0/1 matrices: one row a counting query, the sorted list of the records it counts.
 *
 * Rows are queries, columns are records; entries are implicit ones. Row j holds index[start[j]] … index[start[j+1]−1], strictly
 * ascending and below `columns`. Both products cost one pass over the entries. The arrays belong to the caller (usually an
 * arena); the struct itself owns nothing. */
#ifndef ASSAY_NUMERIC_SPARSE_H
#define ASSAY_NUMERIC_SPARSE_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

struct sparse {
    size_t rows, columns;
    const size_t *start;   /* rows + 1 */
    const uint32_t *index; /* start[rows] entries */
};

/* Sum of x over the records of one row; four partial sums, so that additions need not wait for each other. */
static inline double sparse_row_sum(const struct sparse *matrix, size_t row, const double *x)
{
    const uint32_t *index = matrix->index + matrix->start[row];
    size_t length = matrix->start[row + 1] - matrix->start[row], k = 0;
    double sum[4] = {0, 0, 0, 0};
    for (; k + 4 <= length; k += 4) {
        sum[0] += x[index[k]];
        sum[1] += x[index[k + 1]];
        sum[2] += x[index[k + 2]];
        sum[3] += x[index[k + 3]];
    }
    for (; k < length; k++)
        sum[0] += x[index[k]];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* out[j] = sum of x over the records of row j. */
void sparse_multiply(const struct sparse *matrix, const double *x, double *out);
/* out[i] = sum of y over the rows that hold record i. */
void sparse_multiply_transposed(const struct sparse *matrix, const double *y, double *out);

/* Rows and columns exchanged, in the arena: a product with it gathers where sparse_multiply_transposed scatters. */
int sparse_transpose(const struct sparse *matrix, struct arena *arena, struct sparse *transposed, struct error *error);

/* Twins: columns that take part in the same rows. class_of: by column; count: members by class. Exact, by partition refinement,
 * O(entries). */
struct sparse_twins {
    size_t classes;
    uint32_t *class_of, *count;
};
int sparse_find_twins(const struct sparse *matrix, struct arena *arena, struct sparse_twins *twins, struct error *error);

/* The same matrix without repetitions. Records that take part in the same queries become one column, queries that count the
 * same records become one row: only the column's sum can be known, and a row's product is computed once. Column g stands for
 * count[g] records; empty rows become one. Exact (partition refinement for columns, compared lists for rows),
 * O(entries) time and memory. */
struct sparse_merged {
    struct sparse matrix;
    uint32_t *row_of;    /* old row -> new row */
    uint32_t *column_of; /* old column -> new column */
    uint32_t *count;     /* old columns per new column */
};
int sparse_merge(const struct sparse *matrix, struct arena *arena, struct sparse_merged *merged, struct error *error);

#endif
