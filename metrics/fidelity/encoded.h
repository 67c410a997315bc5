/* The encoding of rows as vectors, fitted on train, that measures of whole rows share (artifact "fidelity.encoding").
 *
 * A quantity gives two columns: (x − mean)/sd over train's present values, sd with n − 1 (0 where missing), and a 0/1 mark of
 * missing; a column that is constant in train is not divided. A column of levels gives one 0/1 column a train level, one for
 * any level that train lacks, one for missing. Nothing is weighted: two rows that differ in a category are √2 apart in it.
 * Values farther than 1e50 sd from the mean count as 1e50, so that no square overflows.
 *
 * The matrix is never written out: rows are encoded when they are looked at. */
#ifndef ASSAY_METRICS_FIDELITY_ENCODED_H
#define ASSAY_METRICS_FIDELITY_ENCODED_H

#include "metrics/measure.h"
#include "numeric/mixed.h"

struct encoded_number {
    size_t column;
    double mean, sd;
};

struct encoded_category {
    size_t column;
    uint32_t levels; /* of train; code `levels` is any other level, levels + 1 missing */
};

struct encoding {
    size_t n_numbers, n_categories;
    struct encoded_number *numbers;
    struct encoded_category *categories;
    size_t width; /* columns of the matrix: 2 a number, levels + 2 a category */
};

/* ERROR_UNMEASURABLE when there is no column to encode or train has no rows. */
int encoding_get(const struct measure_task *task, const struct encoding **encoding, struct error *error);

/* The number as encoded; 0 where missing. */
double encoded_value(const struct encoded_number *number, double x);
uint32_t encoded_code(const struct encoded_category *category, uint32_t code);

/* Where the columns of the matrix are: number k at k, its mark at n_numbers + k, code c of category k at slot[k][c]. When the
 * matrix has more than `limit` columns, the levels with the fewest rows in train are pooled into one column of their category:
 * all levels with fewer than `least` rows, least being as small as the limit allows. */
struct encoded_layout {
    size_t width;
    uint32_t **slot;
    size_t pooled; /* levels without a column of their own */
    uint32_t least;
};
int encoded_layout_make(const struct encoding *encoding, const struct table *train, size_t limit, struct arena *arena,
                        struct encoded_layout *layout, struct error *error);

/* The entries of one row that can differ from 0, n_numbers + n_categories of them; returns how many. */
size_t encoded_row(const struct encoding *encoding, const struct encoded_layout *layout, const struct table *table, size_t row,
                   uint32_t *index, double *value);

/* Rows of a table, encoded for distances: all of them, or `most` drawn without replacement, in a random order that depends on
 * the seed and the number of rows alone (the same rows of two tables of equal length). n_marks is 1 + the last number that is
 * missing somewhere; room for all marks is there, so a table can be given the n_marks of another that has more. */
int encoded_rows(const struct encoding *encoding, const struct table *table, size_t most, uint64_t seed, struct arena *arena,
                 struct mixed_rows *rows, struct error *error);

#endif
