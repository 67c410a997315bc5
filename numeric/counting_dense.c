/* The part of counting.h for sets with a table of all cells. */
#include <string.h>

#include "numeric/counting_internal.h"

/* The three loops over a block of rows, for one width of code each: prefix·levels + code. */
#define LANE_LOOPS(type, name)                                                                                                 \
    static void extend_##name(const type *code, size_t rows, uint32_t levels, uint32_t *prefix)                                \
    {                                                                                                                          \
        for (size_t i = 0; i < rows; i++)                                                                                      \
            prefix[i] = prefix[i] * levels + (uint32_t)code[i];                                                                \
    }                                                                                                                          \
    static void count_##name(const type *code, size_t rows, uint32_t levels, const uint32_t *prefix, uint32_t *counts)         \
    {                                                                                                                          \
        for (size_t i = 0; i < rows; i++)                                                                                      \
            counts[prefix[i] * levels + (uint32_t)code[i]]++;                                                                  \
    }                                                                                                                          \
    static void add_##name(const type *code, size_t rows, uint32_t levels, const uint32_t *prefix, const double *signs,        \
                           double *sums)                                                                                       \
    {                                                                                                                          \
        for (size_t i = 0; i < rows; i++)                                                                                      \
            sums[i] += signs[prefix[i] * levels + (uint32_t)code[i]];                                                          \
    }

LANE_LOOPS(uint8_t, 8)
LANE_LOOPS(uint16_t, 16)
LANE_LOOPS(uint32_t, 32)

static void extend(const struct packed_column *column, size_t from, size_t rows, uint32_t *prefix)
{
    if (column->width == 1)
        extend_8((const uint8_t *)column->code + from, rows, column->levels, prefix);
    else if (column->width == 2)
        extend_16((const uint16_t *)column->code + from, rows, column->levels, prefix);
    else
        extend_32((const uint32_t *)column->code + from, rows, column->levels, prefix);
}

static void count(const struct packed_column *column, size_t from, size_t rows, const uint32_t *prefix, uint32_t *counts)
{
    if (column->width == 1)
        count_8((const uint8_t *)column->code + from, rows, column->levels, prefix, counts);
    else if (column->width == 2)
        count_16((const uint16_t *)column->code + from, rows, column->levels, prefix, counts);
    else
        count_32((const uint32_t *)column->code + from, rows, column->levels, prefix, counts);
}

static void add(const struct packed_column *column, size_t from, size_t rows, const uint32_t *prefix, const double *signs,
                double *sums)
{
    if (column->width == 1)
        add_8((const uint8_t *)column->code + from, rows, column->levels, prefix, signs, sums);
    else if (column->width == 2)
        add_16((const uint16_t *)column->code + from, rows, column->levels, prefix, signs, sums);
    else
        add_32((const uint32_t *)column->code + from, rows, column->levels, prefix, signs, sums);
}

static void make_prefix(const struct counting *c, const struct set_group *group, size_t side, size_t from, size_t rows,
                        uint32_t *prefix)
{
    const uint32_t *member = set_members(c->sets, group->first);
    memset(prefix, 0, rows * sizeof *prefix);
    for (size_t j = 0; j + 1 < c->sets->k; j++)
        extend(&c->table[side]->column[member[j]], from, rows, prefix);
}

/* Cells of the set; those of the first table come first in its counts, then those of the second. */
static size_t set_cells(const struct counting *c, size_t set)
{
    const uint32_t *member = set_members(c->sets, set);
    size_t cells = 1;
    for (size_t j = 0; j < c->sets->k; j++)
        cells *= c->table[0]->column[member[j]].levels;
    return cells;
}

static void count_side(const struct counting *c, const struct set_group *group, size_t side, const size_t *offset,
                       struct counting_scratch *scratch)
{
    const struct packed_table *table = c->table[side];
    for (size_t from = 0; from < table->rows; from += BLOCK_ROWS) {
        size_t rows = table->rows - from < BLOCK_ROWS ? table->rows - from : BLOCK_ROWS;
        make_prefix(c, group, side, from, rows, scratch->prefix);
        for (size_t s = 0; s < group->count; s++)
            count(&table->column[last_member(c->sets, group->first + s)], from, rows, scratch->prefix,
                  scratch->counts + offset[s] + side * (offset[s + 1] - offset[s]) / 2);
    }
}

/* Looks at the cells that occur: eight at a time, since most tables are sparse. */
static void reduce(struct counting *c, size_t set, const uint32_t *a, size_t cells)
{
    const uint32_t *b = a + cells;
    double *signs = c->influence ? c->signs[set] : NULL;
    struct set_tally tally = {0};
    for (size_t from = 0; from < cells; from += 8) {
        size_t to = from + 8 < cells ? from + 8 : cells;
        uint32_t any = 0;
        for (size_t cell = from; cell < to; cell++)
            any |= a[cell] | b[cell];
        for (size_t cell = from; any && cell < to; cell++) {
            if ((a[cell] | b[cell]) == 0)
                continue;
            double half = tally_cell(c, &tally, a[cell], b[cell]);
            if (signs)
                signs[cell] = half;
        }
    }
    tally_close(c, set, &tally);
}

void count_dense(struct counting *c, const struct set_group *group, struct counting_scratch *scratch)
{
    size_t offset[GROUP_SETS_MOST + 1] = {0};
    for (size_t s = 0; s < group->count; s++)
        offset[s + 1] = offset[s] + 2 * set_cells(c, group->first + s);
    memset(scratch->counts, 0, offset[group->count] * sizeof *scratch->counts);
    for (size_t side = 0; side < 2; side++)
        count_side(c, group, side, offset, scratch);
    for (size_t s = 0; s < group->count; s++)
        reduce(c, group->first + s, scratch->counts + offset[s], (offset[s + 1] - offset[s]) / 2);
}

void add_dense(const struct counting *c, const struct set_group *group, size_t side, size_t from, size_t rows, uint32_t *prefix,
               double *sums)
{
    make_prefix(c, group, side, from, rows, prefix);
    for (size_t s = 0; s < group->count; s++)
        add(&c->table[side]->column[last_member(c->sets, group->first + s)], from, rows, prefix, c->signs[group->first + s],
            sums);
}
