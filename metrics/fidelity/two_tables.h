/* What measures that learn from two pooled tables share: the rows they take and the scale of numbers. */
#ifndef ASSAY_METRICS_FIDELITY_TWO_TABLES_H
#define ASSAY_METRICS_FIDELITY_TWO_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "datasets/table.h"

/* `wanted` of the numbers 0 … rows−1 in ascending order, all when there are no more: selection sampling (Knuth, volume 2,
 * algorithm 3.4.2 S). The same for every table of this many rows. use: room for min(rows, wanted). Returns how many. */
size_t sample_rows(size_t rows, size_t wanted, uint64_t seed, const char *stream, uint32_t *use);

/* Mean and standard deviation of train's values; a column that is constant there is scaled by its size. */
void column_scale(const struct column_schema *column, double *mean, double *scale);

/* (value − mean)/scale, NaN for NaN; far outside train is as far as can be said and must fit single precision. */
double column_standard(double value, double mean, double scale);

#endif
