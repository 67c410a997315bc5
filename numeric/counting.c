#include "numeric/counting.h"

#include <stdlib.h>
#include <string.h>

#include "numeric/counting_internal.h"

enum { SIGNS_MOST = 1 << 20 }; /* kept in a batch: they should stay in the last cache */

int column_pack(const uint32_t *codes, size_t rows, size_t levels, struct arena *arena, struct packed_column *column,
                struct error *error)
{
    uint32_t width = levels <= UINT8_MAX + 1 ? 1 : levels <= UINT16_MAX + 1 ? 2 : 4;
    void *lane = arena_array(arena, rows + 1, width);
    if (!lane)
        return error_memory(error);
    for (size_t i = 0; width == 1 && i < rows; i++)
        ((uint8_t *)lane)[i] = (uint8_t)codes[i];
    for (size_t i = 0; width == 2 && i < rows; i++)
        ((uint16_t *)lane)[i] = (uint16_t)codes[i];
    if (width == 4 && rows)
        memcpy(lane, codes, rows * sizeof *codes);
    *column = (struct packed_column){lane, (uint32_t)levels, width};
    return 0;
}

void tally_close(struct counting *c, size_t set, const struct set_tally *tally)
{
    const double rows[2] = {c->noise.n, c->noise.m};
    struct joint_gap *gap = &c->gaps[set];
    double variance = 0;
    *gap = (struct joint_gap){{.distance = tally->difference / (2 * rows[0] * rows[1]), .bias = tally->bias},
                              tally->relative,
                              tally->relative_cells,
                              tally->cells};
    for (size_t side = 0; c->influence && side < 2; side++) {
        c->mean[set][side] = tally->sum[side] / rows[side];
        double squares = tally->squares[side] - tally->sum[side] * c->mean[set][side];
        if (squares > 1e-12 * tally->squares[side]) /* else rounding: all rows have one sign */
            variance += squares / (rows[side] * rows[side]);
    }
    gap->gap.se = sqrt(variance);
}

/* A counting run: the groups, cut into batches, and what the workers share. */
struct counting_run {
    struct counting counting;
    struct cover cover;
    struct counting_scratch *scratch;
    double *signs; /* of a batch */
    size_t signs_most;
    size_t from, to; /* groups of the batch at work */
    double centre[2];
    const struct influence *sums;
};

static size_t both_rows(const struct counting_run *run)
{
    return run->counting.table[0]->rows + run->counting.table[1]->rows;
}

/* Scratch for every worker, as large as the groups need. */
static int make_scratch(struct counting_run *run, size_t workers, struct arena *arena, struct error *error)
{
    const struct packed_table *table = run->counting.table[0];
    size_t levels = 1, rows = 0, cells = 1;
    bool influence = run->counting.influence;
    for (size_t j = 0; j < table->columns; j++)
        levels = table->column[j].levels > levels ? table->column[j].levels : levels;
    for (size_t g = 0; g < run->cover.count; g++) {
        cells = run->cover.groups[g].cells > cells ? run->cover.groups[g].cells : cells;
        rows = run->cover.groups[g].sorted ? both_rows(run) : rows;
    }
    if (rows)
        cells = levels > cells ? levels : cells;
    for (size_t w = 0; w < workers; w++) {
        struct counting_scratch *s = &run->scratch[w];
        *s = (struct counting_scratch){
            .counts = ARENA_ARRAY(arena, uint32_t, 2 * cells),
            .sums = {ARENA_ARRAY(arena, uint32_t, 2 * cells), ARENA_ARRAY(arena, uint32_t, 2 * cells)},
            .half = {ARENA_ARRAY(arena, double, influence ? cells : 1), ARENA_ARRAY(arena, double, influence ? cells : 1)},
            .code = ARENA_ARRAY(arena, uint32_t, BLOCK_ROWS),
            .order = ARENA_ARRAY(arena, uint32_t, rows + 1),
            .spare = ARENA_ARRAY(arena, uint32_t, rows + 1),
            .starts = ARENA_ARRAY(arena, uint32_t, rows ? levels + 1 : 1)};
        s->cells = influence ? ARENA_NEW(arena, struct gap_pool) : NULL;
        if (!s->counts || (influence && !s->cells) || !s->sums[0] || !s->sums[1] || !s->half[0] || !s->half[1] || !s->code ||
            !s->order || !s->spare || !s->starts)
            return error_memory(error);
        if (s->cells)
            *s->cells = run->counting.sizes;
    }
    return 0;
}

/* Signs that a group keeps. */
static size_t group_signs(const struct counting_run *run, const struct set_group *group)
{
    return group->sorted ? both_rows(run) : group->cells;
}

static int make_signs(struct counting_run *run, struct arena *arena, struct error *error)
{
    size_t rows = both_rows(run);
    run->signs_most = 4 * rows > SIGNS_MOST ? 4 * rows : SIGNS_MOST;
    run->signs_most = CELLS_MOST > run->signs_most ? CELLS_MOST : run->signs_most; /* room for one group at least */
    run->signs = ARENA_ARRAY(arena, double, run->signs_most);
    return run->signs ? 0 : error_memory(error);
}

/* Gives the groups from … their places for signs until there is no more room; sets run->to. */
static void fill_batch(struct counting_run *run)
{
    size_t kept = 0;
    for (run->to = run->from; run->to < run->cover.count; run->to++) {
        struct set_group *group = &run->cover.groups[run->to];
        if (group_signs(run, group) > run->signs_most - kept)
            return;
        group->signs = run->signs + kept;
        kept += group_signs(run, group);
    }
}

static int count_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)error;
    struct counting_run *run = context;
    const struct set_group *group = &run->cover.groups[run->from + index];
    if (group->sorted)
        count_sorted(&run->counting, group, &run->scratch[worker]);
    else
        count_dense(&run->counting, group, &run->scratch[worker]);
    return 0;
}

static size_t blocks_of(const struct counting_run *run, size_t side)
{
    return (run->counting.table[side]->rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
}

/* Adds the batch's signs to one block of rows, group by group in their order. */
static int add_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)error;
    struct counting_run *run = context;
    const struct counting *c = &run->counting;
    size_t side = index >= blocks_of(run, 0), from = (index - (side ? blocks_of(run, 0) : 0)) * BLOCK_ROWS;
    size_t rows = c->table[side]->rows - from < BLOCK_ROWS ? c->table[side]->rows - from : BLOCK_ROWS;
    double *sums = (side ? run->sums->second : run->sums->first) + from;
    for (size_t g = run->from; g < run->to; g++) {
        const struct set_group *group = &run->cover.groups[g];
        const double *signs = group->signs + (side ? c->table[0]->rows : 0) + from;
        if (!group->sorted)
            add_dense(c, group, side, from, rows, run->scratch[worker].code, sums);
        for (size_t i = 0; group->sorted && i < rows; i++)
            sums[i] += signs[i];
    }
    for (size_t i = 0; i < rows; i++)
        sums[i] -= run->centre[side];
    return 0;
}

static int run_batch(struct counting_run *run, struct pool *pool, struct error *error)
{
    struct counting *c = &run->counting;
    run->to = run->cover.count;
    if (c->influence)
        fill_batch(run);
    int status = pool_run(pool, run->to - run->from, count_task, run, error);
    if (status == 0 && c->influence) {
        run->centre[0] = run->centre[1] = 0;
        for (size_t g = run->from; g < run->to; g++)
            for (size_t s = 0; s < run->cover.groups[g].count; s++)
                for (size_t side = 0; side < 2; side++)
                    run->centre[side] += c->mean[run->cover.groups[g].set[s]][side];
        status = pool_run(pool, blocks_of(run, 0) + blocks_of(run, 1), add_task, run, error);
    }
    run->from = run->to;
    return status;
}

static void noise_init(struct counting *c)
{
    cell_noise_init(&c->noise, c->table[0]->rows, c->table[1]->rows);
    gap_pool_init(&c->sizes, c->table[0]->rows, c->table[1]->rows);
    for (uint32_t a = 0; c->influence && a < FEW_ROWS; a++)
        for (uint32_t b = a == 0; b < FEW_ROWS; b++)
            c->few[a][b] = cell_part(c, a, b);
}

static int check_levels(const struct packed_table *first, const struct packed_table *second, struct error *error)
{
    if (first->columns != second->columns)
        return error_set(error, ERROR_INTERNAL, "joint tables of tables with different columns");
    for (size_t j = 0; j < first->columns; j++)
        if (first->column[j].levels != second->column[j].levels)
            return error_set(error, ERROR_INTERNAL, "joint tables of columns with different levels");
    return 0;
}

int counting_gaps_pooled(const struct packed_table *first, const struct packed_table *second, const struct column_sets *sets,
                         struct pool *pool, struct joint_gap *gaps, const struct influence *sums, struct gap_pool *cells,
                         struct error *error)
{
    size_t workers = pool_threads(pool);
    struct counting_run run = {.counting = {.table = {first, second}, .sets = sets, .gaps = gaps, .influence = sums != NULL},
                               .sums = sums};
    for (size_t set = 0; set < sets->count; set++)
        gaps[set] = (struct joint_gap){.gap.distance = NAN};
    if (cells)
        gap_pool_init(cells, first->rows, second->rows);
    if (first->rows == 0 || second->rows == 0 || sets->count == 0)
        return 0;
    struct arena *arena = arena_new();
    int status = arena ? check_levels(first, second, error) : error_memory(error);
    if (status == 0) {
        noise_init(&run.counting);
        run.scratch = ARENA_ARRAY(arena, struct counting_scratch, workers);
        run.counting.mean = arena_array(arena, sets->count, sizeof *run.counting.mean);
        status = run.scratch && run.counting.mean ? cover_make(first, sets, both_rows(&run), arena, &run.cover, error)
                                                  : error_memory(error);
    }
    if (status == 0)
        status = make_scratch(&run, workers, arena, error);
    if (status == 0 && sums)
        status = make_signs(&run, arena, error);
    while (status == 0 && run.from < run.cover.count)
        status = run_batch(&run, pool, error);
    for (size_t w = 0; status == 0 && sums && cells && w < workers; w++)
        gap_pool_merge(cells, run.scratch[w].cells);
    arena_free(arena);
    return status;
}
