/* Nearest neighbours in mixed tables: exact, blocked, arrays in, numbers out.
 *
 * The distance of two rows is the mean over all columns of a part in [0, 1], summed in column order in double:
 *   numeric, GOWER        min(|a − b| / range, 1), the range (max − min) taken from the fitted table; a column that is constant
 *                         there gives 0 for equal values, else 1
 *   numeric, RANK_GOWER   |rank(a) − rank(b)|, rank(v) = (#fitted values below v + ½ #equal) / #present fitted values, so that
 *                         heavy tails and units do not matter (Gower 1971, Biometrics 27, eq. 1, with Podani's 1999 rank form)
 *   categorical           0 when equal, else 1
 *   missing               0 when both are missing, 1 when one is, in either kind
 * and under EUCLIDEAN the root of the sum, in column order, of
 *   numeric               ((a − b) / sd)², the standard deviation of the fitted table's present values (n − 1; 1 where it is 0
 *                         or undefined); a missing number stands at the fitted mean, and where one of the two is missing 1 is
 *                         added
 *   categorical           0 when equal, else 2; categories that the fitted table lacks are one category, missing is another
 * the distance on the usual encoding: z-scores with a column that marks missing numbers, one 0/1 column a category.
 *
 * All are metrics. Numbers must be finite; −0 equals 0.
 *
 * How it works (docs/design.md, "Neighbour engine"): equal rows are merged, the rest put in the order of a tree that halves
 * them where it keeps most pairs apart, and coded in 16-bit lanes, 64 rows to a tile. One vector pass gives lower bounds of the
 * distances from a row to 64 tiles, or to the 64 rows of one; what the bounds cannot rule out is computed again in double. The
 * answer is therefore that of the naive double loop, bit for bit, whatever the bounds rule out.
 *
 * Complexity: O(rows_a · rows_b · columns) in the worst case, continuous noise in many columns, at about 1/16 of an instruction
 * a cell; on tables of mixed columns the time grows with rows to the power 1.3 to 1.4. Memory: 1 or 2 bytes for a category,
 * 6 or 10 for a number, about 20 a row; a search adds O(rows).
 */
#ifndef ASSAY_NUMERIC_NEIGHBOURS_H
#define ASSAY_NUMERIC_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/pool.h"

#define NEIGHBOUR_MISSING UINT32_MAX /* a missing category; also "no such row" in a list */
#define NEIGHBOUR_MAX_K   50

enum neighbour_metric { NEIGHBOUR_GOWER, NEIGHBOUR_RANK_GOWER, NEIGHBOUR_EUCLIDEAN };

/* One column: numbers (NaN is missing) or category codes shared by all tables (NEIGHBOUR_MISSING is missing). */
struct neighbour_column {
    const double *value;  /* NULL in a categorical column */
    const uint32_t *code; /* NULL in a numeric column */
};

struct neighbour_columns {
    size_t rows, n_columns;
    const struct neighbour_column *column;
    const uint32_t *pick; /* NULL, or `rows` row numbers: the table is column[…][pick[i]], and i is its row index */
};

struct neighbour_scale; /* what is learned from the training table: kinds, ranges, ranks, order of columns */
struct neighbour_table; /* one table, coded for search */

/* Both live in the arena. The scale keeps no pointer into `columns`. ERROR_UNMEASURABLE: no column, or more than 50,000 (32,767
 * under EUCLIDEAN). */
int neighbour_scale_fit(enum neighbour_metric metric, const struct neighbour_columns *columns, struct arena *arena,
                        const struct neighbour_scale **scale, struct error *error);
int neighbour_encode(const struct neighbour_scale *scale, const struct neighbour_columns *columns, struct arena *arena,
                     const struct neighbour_table **table, struct error *error);
size_t neighbour_unique_rows(const struct neighbour_table *table);

/* The exact distance of row i of a and row j of b (0 ≤ i, j < rows); NaN when memory is short. */
double neighbour_distance(const struct neighbour_table *a, size_t i, const struct neighbour_table *b, size_t j);

struct neighbour_options {
    size_t k;             /* 1 … NEIGHBOUR_MAX_K */
    bool exclude_self;    /* b must be a: row i is no neighbour of itself (its duplicates are) */
    bool both_directions; /* also each row of b its nearest row of a, in the same pass; not with exclude_self */
};

/* The k nearest rows of each of `rows` rows, in order of (distance, row index). Where the other table has fewer than k rows,
 * row is NEIGHBOUR_MISSING and distance infinite. ties: how many rows lie at exactly the nearest distance. */
struct neighbour_list {
    size_t rows, k;
    uint32_t *row;    /* [rows · k] */
    double *distance; /* [rows · k] */
    uint32_t *ties;   /* [rows] */
};

/* forward: each row of a, its k nearest in b. backward (NULL unless both_directions): each row of b, its nearest in a, k = 1.
 * Lists are allocated in the arena. Same bytes for any pool. */
int neighbour_search(const struct neighbour_table *a, const struct neighbour_table *b, struct neighbour_options options,
                     struct pool *pool, struct arena *arena, struct neighbour_list *forward, struct neighbour_list *backward,
                     struct error *error);

/* All rows of b at most `distance` (0 or more, may be infinite) from row i of a, in no particular order: the rows as near as
 * the k-th nearest, ties included, when `distance` is what the list of a search has for it. near: room for all rows of b. */
int neighbour_rows_within(const struct neighbour_table *a, size_t i, const struct neighbour_table *b, double distance,
                          uint32_t *near, size_t *n, struct error *error);

/* Balls around the rows of b: closed holds d ≤ radius, open d < radius, where squared distances within 1e-9 of each other
 * (relative) + 1e-12 count as equal. */
struct neighbour_balls {
    uint32_t *closed, *open;         /* [rows of a]: how many balls hold the row */
    bool *holds_closed, *holds_open; /* [rows of b]: whether the row's ball holds any row of a */
};

/* radius: [rows of b]; infinite holds everything, NaN or negative nothing. a may be b: a row lies in its own ball. Arrays are
 * allocated in the arena. Same bytes for any pool. */
int neighbour_count_balls(const struct neighbour_table *a, const struct neighbour_table *b, const double *radius,
                          struct pool *pool, struct arena *arena, struct neighbour_balls *balls, struct error *error);

/* For each row of a: how many rows of b are equal to it in every cell (missing equals missing). Equal as coded: under
 * RANK_GOWER two numbers between the same fitted values are the same. count: [rows of a]. O(rows · columns). */
void neighbour_equal_rows(const struct neighbour_table *a, const struct neighbour_table *b, uint32_t *count);

/* For each row of a: how many rows of b are near it, 0, 1 or 2 (two or more): equal categories, and every number within
 * tolerance · divisor (under GOWER the divisor is the fitted range) of the other, missing near missing alone. only[i] is the
 * one row of b where count[i] is 1, else NEIGHBOUR_MISSING. Searches a window of the column that sets rows apart best; stops at
 * two. */
int neighbour_near_rows(const struct neighbour_table *a, const struct neighbour_table *b, double tolerance, struct pool *pool,
                        uint32_t *count, uint32_t *only, struct error *error);

#endif
