#include "numeric/counting.h"

#include <stdlib.h>
#include <string.h>

#include "numeric/counting_internal.h"

/* Cells of a group of dense tables; signs kept in a batch (they should stay in the last cache), unless one group has more. */
enum { CELLS_MOST = 1 << 21, SIGNS_MOST = 1 << 20 };

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
    *gap = (struct joint_gap){
        {tally->difference / (2 * rows[0] * rows[1]), tally->bias, 0}, tally->relative, tally->relative_cells, tally->cells};
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
    struct set_group *groups;
    size_t group_count, dense_most; /* cells a table may have */
    struct counting_scratch *scratch;
    double *signs; /* of a batch */
    size_t signs_most;
    size_t from, to; /* groups of the batch at work */
    double centre[2];
    const struct influence *sums;
};

/* Cells of the set's table, SIZE_MAX above the most that a dense one may have. */
static size_t dense_cells(const struct counting_run *run, size_t set)
{
    const struct column_sets *sets = run->counting.sets;
    size_t cells = 1;
    for (size_t j = 0; j < sets->k; j++) {
        cells *= run->counting.table[0]->column[set_members(sets, set)[j]].levels;
        if (cells > run->dense_most)
            return SIZE_MAX;
    }
    return cells;
}

static void make_groups(struct counting_run *run)
{
    const struct column_sets *sets = run->counting.sets;
    size_t cells = 0, rows = run->counting.table[0]->rows + run->counting.table[1]->rows;
    size_t sorted_most = run->signs_most / (2 * rows); /* two groups a batch at least, ≥ 2 sets each */
    sorted_most = sorted_most < GROUP_SETS_MOST ? sorted_most : GROUP_SETS_MOST;
    for (size_t set = 0; set < sets->count; set++) {
        struct set_group *group = run->group_count ? &run->groups[run->group_count - 1] : NULL;
        size_t more = dense_cells(run, set);
        bool sorted = more == SIZE_MAX,
             joins = group && group->sorted == sorted && group->count < (sorted ? sorted_most : GROUP_SETS_MOST);
        joins = joins && !memcmp(set_members(sets, group->first), set_members(sets, set), (sets->k - 1) * sizeof *sets->member);
        if (joins && (sorted || cells + more <= run->dense_most)) {
            group->count++;
            cells += sorted ? 0 : more;
            continue;
        }
        run->groups[run->group_count++] = (struct set_group){set, 1, sorted};
        cells = sorted ? 0 : more;
    }
}

/* Scratch for every worker, as large as the groups need. */
static int make_scratch(struct counting_run *run, size_t workers, struct arena *arena, struct error *error)
{
    const struct packed_table *const *table = run->counting.table;
    size_t levels = 1, rows = 0, cells = 1;
    for (size_t j = 0; j < table[0]->columns; j++)
        levels = table[0]->column[j].levels > levels ? table[0]->column[j].levels : levels;
    for (size_t g = 0; g < run->group_count; g++) {
        size_t sum = 0;
        for (size_t s = 0; s < run->groups[g].count && !run->groups[g].sorted; s++)
            sum += dense_cells(run, run->groups[g].first + s);
        cells = sum > cells ? sum : cells;
        if (run->groups[g].sorted)
            rows = table[0]->rows + table[1]->rows;
    }
    if (rows)
        cells = levels > cells ? levels : cells;
    for (size_t w = 0; w < workers; w++) {
        struct counting_scratch *scratch = &run->scratch[w];
        *scratch = (struct counting_scratch){.counts = ARENA_ARRAY(arena, uint32_t, 2 * cells),
                                             .prefix = ARENA_ARRAY(arena, uint32_t, BLOCK_ROWS),
                                             .order = ARENA_ARRAY(arena, uint32_t, rows + 1),
                                             .spare = ARENA_ARRAY(arena, uint32_t, rows + 1),
                                             .starts = ARENA_ARRAY(arena, uint32_t, rows ? levels + 1 : 1),
                                             .sign = ARENA_ARRAY(arena, double, rows ? levels + 1 : 1)};
        if (!scratch->counts || !scratch->prefix || !scratch->order || !scratch->spare || !scratch->starts || !scratch->sign)
            return error_memory(error);
    }
    return 0;
}

/* Signs that a group keeps. */
static size_t group_signs(const struct counting_run *run, const struct set_group *group)
{
    size_t sum = 0, rows = run->counting.table[0]->rows + run->counting.table[1]->rows;
    for (size_t set = group->first; set < group->first + group->count; set++)
        sum += group->sorted ? rows : dense_cells(run, set);
    return sum;
}

static int make_signs(struct counting_run *run, struct arena *arena, struct error *error)
{
    for (size_t g = 0; g < run->group_count; g++) {
        size_t kept = group_signs(run, &run->groups[g]);
        run->signs_most = kept > run->signs_most ? kept : run->signs_most;
    }
    run->signs = ARENA_ARRAY(arena, double, run->signs_most);
    return run->signs ? 0 : error_memory(error);
}

/* Gives the groups from … their places for signs until there is no more room; sets run->to. */
static void fill_batch(struct counting_run *run)
{
    struct counting *c = &run->counting;
    size_t rows = c->table[0]->rows + c->table[1]->rows;
    double *free_from = run->signs;
    for (run->to = run->from; run->to < run->group_count; run->to++) {
        const struct set_group *group = &run->groups[run->to];
        if (group_signs(run, group) > run->signs_most - (size_t)(free_from - run->signs))
            return;
        for (size_t set = group->first; set < group->first + group->count; set++) {
            c->signs[set] = free_from;
            free_from += group->sorted ? rows : dense_cells(run, set);
        }
    }
}

static int count_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)error;
    struct counting_run *run = context;
    const struct set_group *group = &run->groups[run->from + index];
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

/* Adds the batch's signs to one block of rows, set by set in their order. */
static int add_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)error;
    struct counting_run *run = context;
    const struct counting *c = &run->counting;
    size_t side = index >= blocks_of(run, 0), from = (index - (side ? blocks_of(run, 0) : 0)) * BLOCK_ROWS;
    size_t rows = c->table[side]->rows - from < BLOCK_ROWS ? c->table[side]->rows - from : BLOCK_ROWS;
    double *sums = (side ? run->sums->second : run->sums->first) + from;
    for (size_t g = run->from; g < run->to; g++) {
        const struct set_group *group = &run->groups[g];
        if (!group->sorted) {
            add_dense(c, group, side, from, rows, run->scratch[worker].prefix, sums);
            continue;
        }
        for (size_t set = group->first; set < group->first + group->count; set++) {
            const double *signs = c->signs[set] + (side ? c->table[0]->rows : 0) + from;
            for (size_t i = 0; i < rows; i++)
                sums[i] += signs[i];
        }
    }
    for (size_t i = 0; i < rows; i++)
        sums[i] -= run->centre[side];
    return 0;
}

static int run_batch(struct counting_run *run, struct pool *pool, struct error *error)
{
    struct counting *c = &run->counting;
    int status;
    run->to = run->group_count;
    if (c->influence)
        fill_batch(run);
    status = pool_run(pool, run->to - run->from, count_task, run, error);
    if (status == 0 && c->influence) {
        run->centre[0] = run->centre[1] = 0;
        const struct set_group *last = &run->groups[run->to - 1];
        for (size_t set = run->groups[run->from].first; set < last->first + last->count; set++)
            for (size_t side = 0; side < 2; side++)
                run->centre[side] += c->mean[set][side];
        status = pool_run(pool, blocks_of(run, 0) + blocks_of(run, 1), add_task, run, error);
    }
    run->from = run->to;
    return status;
}

static void noise_init(struct counting *c)
{
    cell_noise_init(&c->noise, c->table[0]->rows, c->table[1]->rows);
    for (uint32_t a = 0; c->influence && a < FEW_ROWS; a++)
        for (uint32_t b = a == 0; b < FEW_ROWS; b++)
            c->few[a][b] = cell_part(&c->noise, a, b);
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

int counting_gaps(const struct packed_table *first, const struct packed_table *second, const struct column_sets *sets,
                  struct pool *pool, struct joint_gap *gaps, const struct influence *sums, struct error *error)
{
    size_t rows = first->rows + second->rows, workers = pool_threads(pool);
    struct counting_run run = {
        .counting = {.table = {first, second}, .sets = sets, .gaps = gaps, .influence = sums != NULL},
        .dense_most = 65536 + 4 * rows < CELLS_MOST ? 65536 + 4 * rows : CELLS_MOST,
        .signs_most = 4 * rows > SIGNS_MOST ? 4 * rows : SIGNS_MOST,
        .sums = sums,
    };
    for (size_t set = 0; set < sets->count; set++)
        gaps[set] = (struct joint_gap){{NAN, 0, 0}, 0, 0, 0};
    if (first->rows == 0 || second->rows == 0 || sets->count == 0)
        return 0;
    noise_init(&run.counting);
    struct arena *arena = arena_new();
    int status = arena ? check_levels(first, second, error) : error_memory(error);
    if (status == 0) {
        run.groups = ARENA_ARRAY(arena, struct set_group, sets->count);
        run.scratch = ARENA_ARRAY(arena, struct counting_scratch, workers);
        run.counting.signs = ARENA_ARRAY(arena, double *, sets->count);
        run.counting.mean = arena_array(arena, sets->count, sizeof *run.counting.mean);
        if (!run.groups || !run.scratch || !run.counting.signs || !run.counting.mean)
            status = error_memory(error);
    }
    if (status == 0) {
        make_groups(&run);
        status = make_scratch(&run, workers, arena, error);
    }
    if (status == 0 && sums)
        status = make_signs(&run, arena, error);
    while (status == 0 && run.from < run.group_count)
        status = run_batch(&run, pool, error);
    arena_free(arena);
    return status;
}
