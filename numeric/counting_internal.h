/* Inside the counting engine: see counting.h. */
#ifndef ASSAY_NUMERIC_COUNTING_INTERNAL_H
#define ASSAY_NUMERIC_COUNTING_INTERNAL_H

#include <math.h>

#include "numeric/counting.h"
#include "numeric/gap_cells.h"

enum {
    BLOCK_ROWS = 16384,
    CELLS_MOST = 1 << 21,  /* of a table of all cells; sets with more are counted in sorted order */
    NARROW_MOST = 1 << 16, /* cells that two bytes can number */
    BUNDLE_COLUMNS = 8,    /* of a table that several sets share */
    SORTED_SETS_MOST = 16, /* in a group that is counted in sorted order */
    FEW_ROWS = 32
};

/* Sets that are counted together. Dense: all are subsets of `column`, whose joint table is counted once and summed up for each.
 * Sorted: all have the same members but the last. */
struct set_group {
    const uint32_t *set; /* numbers of the sets */
    size_t count;
    bool sorted;
    size_t columns, cells; /* of the shared table; sorted: 0 */
    uint32_t column[BUNDLE_COLUMNS];
    double *signs; /* sum of the sets' half signs: by cell, or by row (first table, then second) where sorted */
};

struct cover {
    struct set_group *groups;
    size_t count;
};

/* What a cell adds. Most cells of large tables count few rows: theirs is looked up. */
struct cell_part {
    double bias, half; /* halves of its bias and of its weighted sign */
    uint32_t place;    /* among the pooled cells */
};

struct counting {
    const struct packed_table *table[2];
    const struct column_sets *sets;
    struct joint_gap *gaps;
    struct cell_noise noise;
    struct gap_pool sizes; /* empty: knows where a cell belongs */
    bool influence;
    struct cell_part few[FEW_ROWS][FEW_ROWS]; /* by count in the first and in the second table */
    double (*mean)[2];                        /* of a set's half signs over the rows of either table */
};

/* Scratch of one worker. */
struct counting_scratch {
    struct gap_pool *cells; /* of this worker; NULL without influence */
    uint32_t *counts;       /* both tables' counts of a group, or of one run of the sorted order */
    uint32_t *sums[2];      /* the same summed up over columns */
    double *half[2];        /* half signs by cell of a set, or by level of the last member; room to spread them */
    uint32_t *code;         /* BLOCK_ROWS numbers of cells, of two or four bytes */
    uint32_t *order;        /* row numbers of both tables in order of the prefix, and room for a pass of sorting */
    uint32_t *spare;
    uint32_t *starts; /* of the buckets of a pass, or the touched levels of a run */
};

/* What has been seen of a set's cells. */
struct set_tally {
    double difference, bias, relative;
    double sum[2], squares[2]; /* of half signs over the rows of either table */
    size_t relative_cells, cells;
    struct gap_pool *pool;
};

static inline const uint32_t *set_members(const struct column_sets *sets, size_t set)
{
    return sets->member + set * sets->k;
}

static inline struct cell_part cell_part(const struct counting *c, uint32_t a, uint32_t b)
{
    double weight, bias = cell_bias(&c->noise, a, b, &weight), difference = a * c->noise.m - b * c->noise.n;
    return (struct cell_part){bias / 2,
                              difference > 0   ? weight / 2
                              : difference < 0 ? -weight / 2
                                               : 0,
                              gap_pool_place(&c->sizes, a, b)};
}

/* Takes in a cell with counts a and b, not both 0, of a run with influence; returns half its weighted sign. */
static inline double tally_cell(const struct counting *c, struct set_tally *tally, uint32_t a, uint32_t b)
{
    double difference = fabs(a * c->noise.m - b * c->noise.n);
    struct cell_part part = a < FEW_ROWS && b < FEW_ROWS ? c->few[a][b] : cell_part(c, a, b);
    double half = part.half;
    tally->difference += difference;
    tally->cells++;
    gap_pool_add(tally->pool, part.place, a, b);
    tally->bias += part.bias;
    tally->sum[0] += a * half;
    tally->sum[1] += b * half;
    tally->squares[0] += a * half * half;
    tally->squares[1] += b * half * half;
    if (a > RELATIVE_ROWS) {
        tally->relative += difference / (a * c->noise.m);
        tally->relative_cells++;
    }
    return half;
}

void tally_close(struct counting *c, size_t set, const struct set_tally *tally);

/* Puts every set into one group: dense groups first. rows: of both tables together. Greedy: a set that is in no group yet is
 * joined by the columns that bring the most further sets in, as long as the shared table stays small beside the rows. */
int cover_make(const struct packed_table *table, const struct column_sets *sets, size_t rows, struct arena *arena,
               struct cover *cover, struct error *error);

/* Counts a group and fills gaps and means of its sets, and the group's signs. */
void count_dense(struct counting *c, const struct set_group *group, struct counting_scratch *scratch);
void count_sorted(struct counting *c, const struct set_group *group, struct counting_scratch *scratch);

/* Adds a dense group's signs to `rows` (≤ BLOCK_ROWS) rows of one table from row `from` on. */
void add_dense(const struct counting *c, const struct set_group *group, size_t side, size_t from, size_t rows, uint32_t *code,
               double *sums);

#endif
