/* Exact values as codes: what equal values share is one small number a column, so that cells of several columns can be
 * counted. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_VALUE_CODES_H
#define ASSAY_ATTACKS_MEMBERSHIP_VALUE_CODES_H

#include "core/arena.h"
#include "core/pool.h"
#include "numeric/neighbours.h"

/* The values of one column that some tables hold. Codes: 0 … levels − 3 the values, levels − 2 missing, levels − 1 any other
 * value. */
struct value_column {
    double *number; /* distinct numbers, ascending; NULL in a categorical column, whose codes are kept */
    size_t n_numbers;
    uint32_t levels;
};

struct value_book {
    size_t n_columns;
    struct value_column *column;
};

struct value_codes {
    size_t rows, n_columns;
    uint32_t **code; /* [column][row] */
};

/* The book of all values of `n_parts` tables with the same columns; in the arena. −0 equals 0. O(cells log rows). */
int value_book_fit(const struct neighbour_columns *parts, size_t n_parts, struct pool *pool, struct arena *arena,
                   struct value_book *book, struct error *error);

/* The tables, one below the other, as codes of the book. O(cells log rows). */
int value_encode(const struct value_book *book, const struct neighbour_columns *parts, size_t n_parts, struct pool *pool,
                 struct arena *arena, struct value_codes *codes, struct error *error);

/* count[j][code]: rows with this code in column j. O(cells). */
int value_count(const struct value_book *book, const struct value_codes *codes, struct arena *arena, uint32_t ***count,
                struct error *error);

#endif
