/* Sorting numbers: least significant digit radix sort on the bits of doubles, O(n), about 10 ns a value; passes in which all
 * values share the digit are skipped, so that whole numbers need few. Scratch: 8 bytes a value. No NaN. −0 sorts before +0. */
#ifndef ASSAY_DATASETS_SORT_H
#define ASSAY_DATASETS_SORT_H

#include <stddef.h>

#include "core/error.h"

int sort_numbers(double *values, size_t n, struct error *error);

#endif
