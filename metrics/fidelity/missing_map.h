/* Which cells of a table are missing, one bit a row, kept as an artifact of the table. */
#ifndef ASSAY_METRICS_FIDELITY_MISSING_MAP_H
#define ASSAY_METRICS_FIDELITY_MISSING_MAP_H

#include "metrics/measure.h"

struct missing_map {
    size_t rows, words; /* words of 64 rows a column */
    uint64_t **bits;    /* indexed by schema column; NULL: nothing is missing, or the column is not measured */
    size_t *missing;    /* indexed by schema column */
};

/* Memory: one bit for every cell of the columns with missing cells. */
int missing_map_get(const struct measure_task *task, const struct table *table, const struct missing_map **map,
                    struct error *error);

/* Rows in which both columns are missing; a == b: rows in which the column is. */
size_t missing_both(const struct missing_map *map, size_t a, size_t b);

/* Adds a value to the number of every row in which both are missing. */
void missing_add(const struct missing_map *map, size_t a, size_t b, double value, double *sums);

#endif
