/* Predicates on rows ("age ≤ 20 and region = north and income missing") and how many rows of a table satisfy one.
 *
 * Every condition is a range of the column's sorted order (missing cells last), found by binary search. The index keeps each
 * column's order and the bit sets of 32 prefixes of it; a range's bit set is a prefix, less another, with the rest of at most a
 * 32nd of the rows set bit by bit. The sets are ANDed and counted word by word until more rows match than the caller wants to
 * know. Before that 256 rows of the shortest range are looked at one by one, which is enough for most predicates. Level codes
 * are compared as numbers. Columns are numbered among the measured ones (schema_measured). Memory: 8 bytes a cell. A condition
 * on a column that is entirely missing matches nothing but MISSING. */
#ifndef ASSAY_ATTACKS_DISCLOSURE_PREDICATES_H
#define ASSAY_ATTACKS_DISCLOSURE_PREDICATES_H

#include "core/arena.h"
#include "core/pool.h"
#include "datasets/table.h"

enum condition_kind { CONDITION_AT_MOST, CONDITION_AT_LEAST, CONDITION_EQUAL, CONDITION_MISSING }; /* missing last */
enum { PREDICATE_MOST = 16 };

struct condition {
    double value; /* MISSING: 0; never −0, so that equal conditions have equal bytes */
    uint32_t column;
    uint32_t kind;
};

/* Conditions in ascending order of column, at most one a column; unused ones zero. */
struct predicate {
    struct condition condition[PREDICATE_MOST];
    size_t n;
};

struct predicate_column {
    const double *number; /* the table's own arrays */
    const uint32_t *code;
    uint32_t *order;  /* rows by ascending value, then by row, then the missing ones */
    uint64_t *prefix; /* PREFIXES + 1 sets of `words` words */
    size_t present;
};

struct predicate_index {
    size_t rows, words, step; /* prefix k holds the first k · step rows of the order */
    size_t n_columns;
    const uint32_t *pick; /* rows of the table, NULL: all; the index counts rows of the pick from 0 */
    struct predicate_column *column;
};

/* pick: NULL for all rows, else n rows; kept by reference. The table must live as long as the index. */
int predicate_index_make(const struct table *table, const uint32_t *pick, size_t n, struct pool *pool, struct arena *arena,
                         struct predicate_index **index, struct error *error);

/* The value at position i of a column's order, i < present. */
double predicate_value(const struct predicate_index *index, size_t column, size_t i);
double predicate_cell(const struct predicate_index *index, size_t column, size_t row); /* NaN: missing */

size_t predicate_scratch(const struct predicate_index *index); /* words that predicate_count wants */

/* Rows that satisfy all conditions (all rows where there is none), at most `most` + 1; the first `most` that
 * are found go into rows, in any order (NULL: not wanted). */
size_t predicate_count(const struct predicate_index *index, const struct predicate *predicate, size_t most, uint32_t *rows,
                       uint64_t *scratch);

#endif
