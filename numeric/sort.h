/* Sorting by radix: least significant byte first, stable, bytes that all keys share skipped. O(n) for a fixed key length.
 *
 * Order of doubles: −inf … +inf, then NaN; −0 counts as 0. */
#ifndef ASSAY_NUMERIC_SORT_H
#define ASSAY_NUMERIC_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

int sort_u64(uint64_t *keys, size_t n, struct error *error);

/* Without memory for the radix passes the C library's sort does it, so this cannot fail. */
void sort_doubles(double *values, size_t n);

/* How many of ascending values are greater than `threshold`. O(log n). */
size_t sorted_above(const double *sorted, size_t n, double threshold);

/* Position of the first of ascending keys that is not below `key`; n where all are. O(log n). */
size_t sorted_from(const uint64_t *sorted, size_t n, uint64_t key);

/* Row numbers in ascending order of value, ties by row. */
int sort_order(const double *values, size_t n, uint32_t *order, struct error *error);

#endif
