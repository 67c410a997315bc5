/* Rows that two tables share: equal in every given cell (missing equals missing, −0 equals 0). Rows are compared by 64-bit
 * hashes: two different ones among a million pass for equal with a chance of 3e-8. */
#ifndef ASSAY_DATASETS_ROW_OVERLAP_H
#define ASSAY_DATASETS_ROW_OVERLAP_H

#include "datasets/table.h"

/* A cell as a key: equal cells of one column have equal keys, in all tables. */
uint64_t cell_key(const struct column *column, size_t row);

/* Hashes of all rows over n columns, in ascending order, from the arena. */
int row_hashes(const struct table *table, const size_t *columns, size_t n, struct arena *arena, uint64_t **hashes,
               struct error *error);
size_t run_length(const uint64_t *sorted, size_t n, size_t from); /* equal values from there on */

/* How many rows of a (with repeats) are in b and not in `except` (k = 0: no such condition); all sorted. */
size_t count_matches(const uint64_t *a, size_t n, const uint64_t *b, size_t m, const uint64_t *except, size_t k);

/* What chance makes of it: as two tables of one source share rows that are common, so do rows of one table repeat each other.
 */
struct row_overlap {
    size_t shared, rows;     /* rows of a that are in b, of all rows of a */
    size_t repeated, others; /* rows of b that another row of b equals, of all rows of b */
};

/* Over the measured columns (schema_measured); none: nothing is shared. O(rows · columns). */
int row_overlap_count(const struct table *a, const struct table *b, struct row_overlap *overlap, struct error *error);

/* More than chance does once in a million, and `tolerated` (a share) on top: the lower Clopper-Pearson bound of shared/rows
 * lies above the upper one of repeated/others + tolerated. */
bool row_overlap_exceeds(const struct row_overlap *overlap, double tolerated);

#endif
