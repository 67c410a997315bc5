/* Cells of any kind as numbers that can be sorted and compared: a quantity as itself, a level or text as its code. */
#ifndef ASSAY_ATTACKS_DISCLOSURE_CELLS_H
#define ASSAY_ATTACKS_DISCLOSURE_CELLS_H

#include <math.h>

#include "datasets/table.h"

/* NaN: missing. */
static inline double cell_value(const struct table *table, size_t column, size_t row)
{
    const struct column *cells = &table->columns[column];

    if (cells->number)
        return cells->number[row];
    return cells->code[row] == CODE_MISSING ? NAN : (double)cells->code[row];
}

/* How many of the sorted values (NaN last) from index `from` on are equal to the one there; NaN equals NaN. */
static inline size_t run_length(const double *sorted, size_t n, size_t from)
{
    size_t to = from + 1;

    while (to < n && (sorted[to] <= sorted[from] || isnan(sorted[from])))
        to++;
    return to - from;
}

#endif
