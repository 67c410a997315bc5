/* The part of counting.h for sets with too many cells for a table. Rows of both tables are numbered through: those of the
 * second table follow those of the first. */
#include <string.h>

#include "numeric/counting_internal.h"

static uint32_t code_at(const struct packed_column *column, size_t row)
{
    if (column->width == 1)
        return ((const uint8_t *)column->code)[row];
    if (column->width == 2)
        return ((const uint16_t *)column->code)[row];
    return ((const uint32_t *)column->code)[row];
}

static uint32_t code_of(const struct counting *c, uint32_t column, size_t row)
{
    size_t n = c->table[0]->rows;
    return row < n ? code_at(&c->table[0]->column[column], row) : code_at(&c->table[1]->column[column], row - n);
}

/* One stable pass of counting sort. */
static void sort_pass(const struct counting *c, uint32_t column, size_t rows, struct counting_scratch *scratch)
{
    size_t levels = c->table[0]->column[column].levels;
    uint32_t *starts = scratch->starts, *order = scratch->order;
    memset(starts, 0, (levels + 1) * sizeof *starts);
    for (size_t row = 0; row < rows; row++)
        starts[code_of(c, column, row) + 1]++;
    for (size_t level = 0; level < levels; level++)
        starts[level + 1] += starts[level];
    for (size_t i = 0; i < rows; i++)
        scratch->spare[starts[code_of(c, column, order[i])]++] = order[i];
    scratch->order = scratch->spare;
    scratch->spare = order;
}

/* Marks the first row of every run of equal prefixes in `spare`, which the sorting no longer needs. */
static void mark_runs(const struct counting *c, const uint32_t *member, size_t rows, struct counting_scratch *scratch)
{
    memset(scratch->spare, 0, rows * sizeof *scratch->spare);
    for (size_t j = 0; j + 1 < c->sets->k; j++) {
        uint32_t before = code_of(c, member[j], scratch->order[0]);
        for (size_t i = 1; i < rows; i++) {
            uint32_t code = code_of(c, member[j], scratch->order[i]);
            scratch->spare[i] |= code != before;
            before = code;
        }
    }
}

/* Counts the rows order[from … to − 1], takes in their cells and leaves the counts at 0. */
static void count_run(const struct counting *c, uint32_t column, size_t from, size_t to, double *signs,
                      struct counting_scratch *scratch, struct set_tally *tally)
{
    size_t levels = c->table[0]->column[column].levels, n = c->table[0]->rows, cells = 0;
    uint32_t *a = scratch->counts, *b = a + levels, *touched = scratch->starts;
    for (size_t i = from; i < to; i++) {
        uint32_t code = code_of(c, column, scratch->order[i]);
        if ((a[code] | b[code]) == 0)
            touched[cells++] = code;
        (scratch->order[i] < n ? a : b)[code]++;
    }
    for (size_t t = 0; t < cells; t++) {
        uint32_t level = touched[t];
        if (c->influence)
            scratch->half[0][level] = tally_cell(c, tally, a[level], b[level]);
        else
            tally->difference += fabs(a[level] * c->noise.m - b[level] * c->noise.n);
    }
    for (size_t i = from; c->influence && i < to; i++)
        signs[scratch->order[i]] += scratch->half[0][code_of(c, column, scratch->order[i])];
    for (size_t t = 0; t < cells; t++)
        a[touched[t]] = b[touched[t]] = 0;
}

void count_sorted(struct counting *c, const struct set_group *group, struct counting_scratch *scratch)
{
    const uint32_t *member = set_members(c->sets, group->set[0]);
    size_t rows = c->table[0]->rows + c->table[1]->rows, k = c->sets->k;
    if (c->influence)
        memset(group->signs, 0, rows * sizeof *group->signs);
    for (size_t i = 0; i < rows; i++)
        scratch->order[i] = (uint32_t)i;
    for (size_t j = k - 1; j-- > 0;)
        sort_pass(c, member[j], rows, scratch);
    mark_runs(c, member, rows, scratch);
    for (size_t s = 0; s < group->count; s++) {
        uint32_t last = set_members(c->sets, group->set[s])[k - 1];
        struct set_tally tally = {.pool = scratch->cells};
        memset(scratch->counts, 0, 2 * (size_t)c->table[0]->column[last].levels * sizeof *scratch->counts);
        for (size_t from = 0, to; from < rows; from = to) {
            for (to = from + 1; to < rows && !scratch->spare[to]; to++)
                ;
            count_run(c, last, from, to, group->signs, scratch, &tally);
        }
        tally_close(c, group->set[s], &tally);
    }
}
