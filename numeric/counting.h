/* Counting engine: the joint tables of many sets of columns (pairs, triples, …), counted in two tables of rows at once and
 * reduced to their distance as soon as they are counted.
 *
 * Idea and layout. A column is a lane of packed codes, one byte a row where it has up to 256 levels. Several sets that have
 * columns in common share one table: the joint table of, say, five columns of five levels is counted once, in one pass over the
 * rows, and summed up to the tables of its ten triples, which costs cells, not rows (counting_cover.c chooses the tables:
 * greedy, as long as they stay small beside the rows). Rows are numbered into cells block by block, the codes of one column
 * after the other, two bytes a cell where they suffice. A set with more cells than are worth clearing is counted in sorted
 * order instead: the rows are put in order of all members but the last by counting sort, and each run of equal ones counts the
 * last member's levels in a small array of which only the touched cells are looked at. Nothing is allocated for a set; scratch
 * belongs to a worker of the pool.
 *
 * Where intervals are asked for, the sign (and weight, gap.h) of every cell is kept, summed over the sets that share a table,
 * and a second pass adds it to one number a row, block by block over all tables, so that the sums do not depend on the number
 * of threads. Tables are taken in batches, so that the kept signs take 16 MiB, or 32 bytes a row.
 *
 * Complexity: O(sets · rows) time at worst; memory O(rows + 2^21) a worker. */
#ifndef ASSAY_NUMERIC_COUNTING_H
#define ASSAY_NUMERIC_COUNTING_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/pool.h"
#include "numeric/gap.h"
#include "numeric/gap_pool.h"

enum { SET_MEMBERS_MOST = 8 };

/* A lane: codes in 0 … levels − 1, `width` (1, 2 or 4) bytes each. */
struct packed_column {
    const void *code;
    uint32_t levels;
    uint32_t width;
};

struct packed_table {
    size_t rows, columns;
    struct packed_column *column;
};

/* Packs codes (all below `levels`) into a lane from the arena. */
int column_pack(const uint32_t *codes, size_t rows, size_t levels, struct arena *arena, struct packed_column *column,
                struct error *error);

/* `count` sets of k members each, one after the other: numbers of columns, 2 ≤ k ≤ SET_MEMBERS_MOST. Any order is right. For
 * sets of many cells lexicographic order is fast, with columns of many levels last. */
struct column_sets {
    size_t k, count;
    const uint32_t *member;
};

/* One joint table against the other. Without sums only the distance is filled. */
struct joint_gap {
    struct gap gap;        /* total variation */
    double relative;       /* Σ |p − q|/p over the cells that count more than RELATIVE_ROWS rows in the first table */
    size_t relative_cells; /* number of these */
    size_t cells;          /* that occur in one of the tables */
};

#define RELATIVE_ROWS 10

/* Distances of all sets between two tables with the same columns and levels, both with rows (no rows: all NaN). `sums`: NULL,
 * or one number a row of either table to which every set's influence values (mean 0 a table) are added. `cells`: NULL, or
 * initialized here; where `sums` are given, it takes in the cells of all sets. pool NULL: in the calling thread. The same
 * tables give exactly 0. */
int counting_gaps_pooled(const struct packed_table *first, const struct packed_table *second, const struct column_sets *sets,
                         struct pool *pool, struct joint_gap *gaps, const struct influence *sums, struct gap_pool *cells,
                         struct error *error);

#endif
