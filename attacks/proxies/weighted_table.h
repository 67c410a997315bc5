/* Tables coded for the weighted distance of ε-identifiability: each column weighs the inverse of its entropy in train. */
#ifndef ASSAY_ATTACKS_PROXIES_WEIGHTED_TABLE_H
#define ASSAY_ATTACKS_PROXIES_WEIGHTED_TABLE_H

#include "metrics/measure.h"
#include "numeric/weighted.h"

/* A measured column with its weight. Entropy in nats over train's rows: of levels, of ten equally wide parts of the range for
 * numbers; missing is a level of its own. Columns of one value have no entropy and take no part. */
struct weighted_column {
    size_t column;
    double weight;
    double lo, range; /* of train's numbers */
};

struct weighted_columns {
    size_t n;
    struct weighted_column *column;
    double *cap;
};

/* ERROR_UNMEASURABLE: every column has one value. */
int weighted_columns_fit(const struct table *train, struct arena *arena, struct weighted_columns *columns, struct error *error);

/* Numbers are divided by train's range and differ by 1 at most; categories, and a missing cell from any other, differ by 1. */
int weighted_table_code(const struct weighted_columns *columns, const struct table *table, struct arena *arena,
                        struct weighted_rows *rows, struct error *error);

#endif
