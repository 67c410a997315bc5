/* The part of counting.h for groups with a table of all cells: rows into cells, cells summed up for each set, and back. */
#include <string.h>

#include "numeric/counting_internal.h"

/* The loops over a block of rows: the next column's codes enter the number of the cell; cells are counted; signs are added. Two
 * bytes a cell where they suffice: twice as many in a vector. */
#define EXTEND_LOOP(name, cell, type)                                                                                          \
    static void extend_##name(const type *code, size_t rows, uint32_t levels, cell number[])                                   \
    {                                                                                                                          \
        for (size_t i = 0; i < rows; i++)                                                                                      \
            number[i] = (cell)(number[i] * (cell)levels + (cell)code[i]);                                                      \
    }
#define CELL_LOOPS(name, cell)                                                                                                 \
    static void count_##name(const cell *number, size_t rows, uint32_t *counts)                                                \
    {                                                                                                                          \
        for (size_t i = 0; i < rows; i++)                                                                                      \
            counts[number[i]]++;                                                                                               \
    }                                                                                                                          \
    static void add_##name(const cell *number, size_t rows, const double *signs, double *sums)                                 \
    {                                                                                                                          \
        for (size_t i = 0; i < rows; i++)                                                                                      \
            sums[i] += signs[number[i]];                                                                                       \
    }

EXTEND_LOOP(narrow_8, uint16_t, uint8_t)
EXTEND_LOOP(narrow_16, uint16_t, uint16_t)
EXTEND_LOOP(wide_8, uint32_t, uint8_t)
EXTEND_LOOP(wide_16, uint32_t, uint16_t)
EXTEND_LOOP(wide_32, uint32_t, uint32_t)
CELL_LOOPS(narrow, uint16_t)
CELL_LOOPS(wide, uint32_t)

static bool is_narrow(const struct set_group *group)
{
    return group->cells <= NARROW_MOST;
}

/* Numbers of the cells of a block of rows. */
static void number_cells(const struct counting *c, const struct set_group *group, size_t side, size_t from, size_t rows,
                         uint32_t *number)
{
    uint16_t *narrow = (uint16_t *)number;
    memset(number, 0, rows * (is_narrow(group) ? sizeof *narrow : sizeof *number));
    for (size_t j = 0; j < group->columns; j++) {
        const struct packed_column *column = &c->table[side]->column[group->column[j]];
        const uint8_t *one = column->code;
        const uint16_t *two = column->code;
        const uint32_t *four = column->code;
        if (is_narrow(group) && column->width == 1)
            extend_narrow_8(one + from, rows, column->levels, narrow);
        else if (is_narrow(group))
            extend_narrow_16(two + from, rows, column->levels, narrow);
        else if (column->width == 1)
            extend_wide_8(one + from, rows, column->levels, number);
        else if (column->width == 2)
            extend_wide_16(two + from, rows, column->levels, number);
        else
            extend_wide_32(four + from, rows, column->levels, number);
    }
}

static void count_side(const struct counting *c, const struct set_group *group, size_t side, struct counting_scratch *scratch)
{
    size_t rows = c->table[side]->rows;
    uint32_t *counts = scratch->counts + side * group->cells;
    for (size_t from = 0; from < rows; from += BLOCK_ROWS) {
        size_t size = rows - from < BLOCK_ROWS ? rows - from : BLOCK_ROWS;
        number_cells(c, group, side, from, size, scratch->code);
        if (is_narrow(group))
            count_narrow((const uint16_t *)scratch->code, size, counts);
        else
            count_wide(scratch->code, size, counts);
    }
}

/* One axis of a table, as [outer][levels][inner]. */
struct axis {
    size_t outer, levels, inner;
};

static void sum_axis(struct axis axis, const uint32_t *from, uint32_t *to)
{
    for (size_t o = 0; o < axis.outer; o++, to += axis.inner) {
        memcpy(to, from, axis.inner * sizeof *to);
        from += axis.inner;
        for (size_t level = 1; level < axis.levels; level++, from += axis.inner)
            for (size_t i = 0; i < axis.inner; i++)
                to[i] += from[i];
    }
}

static void repeat_axis(struct axis axis, const double *from, double *to)
{
    for (size_t o = 0; o < axis.outer; o++, from += axis.inner)
        for (size_t level = 0; level < axis.levels; level++, to += axis.inner)
            memcpy(to, from, axis.inner * sizeof *to);
}

static void add_axis(struct axis axis, const double *from, double *to)
{
    for (size_t o = 0; o < axis.outer; o++, from += axis.inner)
        for (size_t level = 0; level < axis.levels; level++, to += axis.inner)
            for (size_t i = 0; i < axis.inner; i++)
                to[i] += from[i];
}

/* The axes of a group's table that a set does not have; outer: the levels of the set's columns before. */
static size_t absent_axes(const struct counting *c, const struct set_group *group, size_t set, struct axis *axes)
{
    const uint32_t *member = set_members(c->sets, set);
    size_t count = 0, outer = 1, inner = group->cells;
    for (size_t j = 0; j < group->columns; j++) {
        size_t levels = c->table[0]->column[group->column[j]].levels;
        bool present = false;
        for (size_t i = 0; i < c->sets->k; i++)
            present |= member[i] == group->column[j];
        inner /= levels;
        if (present)
            outer *= levels;
        else
            axes[count++] = (struct axis){outer, levels, inner};
    }
    return count;
}

/* The distance alone: whole numbers below 2^53, so that the order of adding does not matter. */
static double add_differences(const struct counting *c, const uint32_t *a, const uint32_t *b, size_t cells)
{
    double sum = 0;
    for (size_t cell = 0; cell < cells; cell++)
        sum += fabs(a[cell] * c->noise.m - b[cell] * c->noise.n);
    return sum;
}

static void look_at_cells(const struct counting *c, const uint32_t *a, const uint32_t *b, size_t cells, double *half,
                          struct set_tally *tally)
{
    memset(half, 0, cells * sizeof *half);
    for (size_t from = 0; from < cells; from += 8) { /* most large tables are sparse: eight cells at a time */
        size_t to = from + 8 < cells ? from + 8 : cells;
        uint32_t any = 0;
        for (size_t cell = from; cell < to; cell++)
            any |= a[cell] | b[cell];
        for (size_t cell = from; any && cell < to; cell++)
            if (a[cell] | b[cell])
                half[cell] = tally_cell(c, tally, a[cell], b[cell]);
    }
}

/* Spreads a set's half signs over the group's table and adds them there. */
static void keep_signs(const struct set_group *group, const struct axis *axes, size_t absent, size_t cells,
                       struct counting_scratch *scratch)
{
    const double *half = scratch->half[0];
    size_t spare = 1;
    for (size_t j = absent; j-- > 1; spare = 1 - spare) {
        repeat_axis(axes[j], half, scratch->half[spare]);
        half = scratch->half[spare];
    }
    add_axis(absent ? axes[0] : (struct axis){1, 1, cells}, half, group->signs);
}

static void reduce(struct counting *c, const struct set_group *group, size_t set, struct counting_scratch *scratch)
{
    struct axis axes[BUNDLE_COLUMNS];
    struct set_tally tally = {.pool = scratch->cells};
    size_t absent = absent_axes(c, group, set, axes), cells = group->cells;
    const uint32_t *counts = scratch->counts;
    for (size_t j = 0; j < absent; j++) {
        struct axis both = {2 * axes[j].outer, axes[j].levels, axes[j].inner};
        sum_axis(both, counts, scratch->sums[j % 2]);
        counts = scratch->sums[j % 2];
        cells /= axes[j].levels;
    }
    if (c->influence) {
        look_at_cells(c, counts, counts + cells, cells, scratch->half[0], &tally);
        keep_signs(group, axes, absent, cells, scratch);
    } else {
        tally.difference = add_differences(c, counts, counts + cells, cells);
    }
    tally_close(c, set, &tally);
}

void count_dense(struct counting *c, const struct set_group *group, struct counting_scratch *scratch)
{
    memset(scratch->counts, 0, 2 * group->cells * sizeof *scratch->counts);
    if (c->influence)
        memset(group->signs, 0, group->cells * sizeof *group->signs);
    for (size_t side = 0; side < 2; side++)
        count_side(c, group, side, scratch);
    for (size_t s = 0; s < group->count; s++)
        reduce(c, group, group->set[s], scratch);
}

void add_dense(const struct counting *c, const struct set_group *group, size_t side, size_t from, size_t rows, uint32_t *code,
               double *sums)
{
    number_cells(c, group, side, from, rows, code);
    if (is_narrow(group))
        add_narrow((const uint16_t *)code, rows, group->signs, sums);
    else
        add_wide(code, rows, group->signs, sums);
}
