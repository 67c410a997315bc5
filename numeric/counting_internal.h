/* Inside the counting engine: see counting.h. */
#ifndef ASSAY_NUMERIC_COUNTING_INTERNAL_H
#define ASSAY_NUMERIC_COUNTING_INTERNAL_H

#include <math.h>

#include "numeric/counting.h"
#include "numeric/gap_cells.h"

enum { BLOCK_ROWS = 4096, GROUP_SETS_MOST = 16, FEW_ROWS = 32 };

/* What a cell adds. Most cells of large tables count few rows: theirs is looked up. */
struct cell_part {
    double bias, half; /* halves of its bias and of its weighted sign */
};

/* Sets first … first + count − 1 have the same members but the last. */
struct set_group {
    size_t first, count;
    bool sorted; /* counted in sorted order, not in a table of all cells */
};

struct counting {
    const struct packed_table *table[2];
    const struct column_sets *sets;
    struct joint_gap *gaps;
    struct cell_noise noise;
    bool influence;
    struct cell_part few[FEW_ROWS][FEW_ROWS]; /* by count in the first and in the second table */
    double **signs; /* a set's half signs: by cell, or by row (first table, then second) where sorted; NULL without influence */
    double (*mean)[2]; /* of a set's half signs over the rows of either table */
};

/* Scratch of one worker. */
struct counting_scratch {
    uint32_t *counts; /* both tables' counts of a group of sets, or of one run of the sorted order */
    uint32_t *prefix; /* BLOCK_ROWS codes of the shared members */
    uint32_t *order;  /* row numbers of both tables in order of the prefix, and room for a pass of sorting */
    uint32_t *spare;
    uint32_t *starts; /* of the buckets of a pass, or the touched levels of a run */
    double *sign;     /* by level of the last member */
};

/* What has been seen of a set's cells. */
struct set_tally {
    double difference, bias, relative;
    double sum[2], squares[2]; /* of half signs over the rows of either table */
    size_t relative_cells, cells;
};

static inline const uint32_t *set_members(const struct column_sets *sets, size_t set)
{
    return sets->member + set * sets->k;
}

static inline uint32_t last_member(const struct column_sets *sets, size_t set)
{
    return set_members(sets, set)[sets->k - 1];
}

static inline struct cell_part cell_part(const struct cell_noise *noise, uint32_t a, uint32_t b)
{
    double weight, bias = cell_bias(noise, a, b, &weight), difference = a * noise->m - b * noise->n;
    return (struct cell_part){bias / 2, difference > 0 ? weight / 2 : difference < 0 ? -weight / 2 : 0};
}

/* Takes in a cell with counts a and b, not both 0; returns half its weighted sign (0 without influence). */
static inline double tally_cell(const struct counting *c, struct set_tally *tally, uint32_t a, uint32_t b)
{
    double difference = fabs(a * c->noise.m - b * c->noise.n);
    tally->difference += difference;
    if (!c->influence)
        return 0;
    struct cell_part part = a < FEW_ROWS && b < FEW_ROWS ? c->few[a][b] : cell_part(&c->noise, a, b);
    double half = part.half;
    tally->cells++;
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

/* Counts a group and fills gaps, means and signs of its sets. */
void count_dense(struct counting *c, const struct set_group *group, struct counting_scratch *scratch);
void count_sorted(struct counting *c, const struct set_group *group, struct counting_scratch *scratch);

/* Adds the half signs of a group's sets to `rows` (≤ BLOCK_ROWS) rows of one table from row `from` on. */
void add_dense(const struct counting *c, const struct set_group *group, size_t side, size_t from, size_t rows, uint32_t *prefix,
               double *sums);

#endif
