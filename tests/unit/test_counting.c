#include <criterion/criterion.h>

#include "core/random.h"
#include "numeric/counting.h"
#include "tests/unit/golden.h"

enum { COLUMNS = 6, ROWS_MOST = 20000 };

/* Two coded tables and their lanes. Levels for lanes of one, two and four bytes. */
struct coded {
    uint32_t code[2][COLUMNS][ROWS_MOST];
    struct packed_table table[2];
    struct arena *arena;
};
static const uint32_t levels_of[COLUMNS] = {2, 7, 12, 256, 400, 70000};

static struct coded *coded_tables(size_t n, size_t m, uint64_t seed)
{
    static struct coded coded;
    struct random random;
    const size_t rows[2] = {n, m};
    random_init(&random, seed, "counting", 0, 0);
    coded.arena = arena_new();
    for (size_t side = 0; side < 2; side++) {
        coded.table[side] = (struct packed_table){rows[side], COLUMNS, ARENA_ARRAY(coded.arena, struct packed_column, COLUMNS)};
        for (size_t i = 0; i < rows[side]; i++) {
            double hidden = random_uniform(&random);
            for (size_t j = 0; j < COLUMNS; j++) {
                double x = (hidden + random_uniform(&random)) / 2;
                coded.code[side][j][i] = (uint32_t)((side ? x : x * x) * levels_of[j]);
            }
        }
        for (size_t j = 0; j < COLUMNS; j++)
            cr_assert_eq(
                column_pack(coded.code[side][j], rows[side], levels_of[j], coded.arena, &coded.table[side].column[j], NULL), 0);
    }
    return &coded;
}

/* The cells of a set's joint table, numbered by first appearance: two loops, no engine. */
static size_t number_cells(const struct coded *coded, const uint32_t *member, size_t k, uint32_t *number[2])
{
    size_t count = 0;
    static uint64_t seen[2 * ROWS_MOST];
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < coded->table[side].rows; i++) {
            uint64_t joint = 0;
            size_t at = 0;
            for (size_t j = 0; j < k; j++)
                joint = joint * levels_of[member[j]] + coded->code[side][member[j]][i];
            while (at < count && seen[at] != joint)
                at++;
            if (at == count)
                seen[count++] = joint;
            number[side][i] = (uint32_t)at;
        }
    return count;
}

/* Every set against gap_shares of its numbered cells, which counts one table at a time. */
static void check_sets(const struct coded *coded, const struct column_sets *sets)
{
    static double sums[4][ROWS_MOST];
    static uint32_t first[ROWS_MOST], second[ROWS_MOST];
    struct joint_gap gaps[20], brief[20];
    const struct influence added = {sums[0], sums[1]}, wanted = {sums[2], sums[3]};
    size_t n = coded->table[0].rows, m = coded->table[1].rows;
    uint32_t *number[2] = {first, second};
    memset(sums, 0, sizeof sums);
    cr_assert_eq(counting_gaps_pooled(&coded->table[0], &coded->table[1], sets, NULL, gaps, &added, NULL, NULL), 0);
    cr_assert_eq(counting_gaps_pooled(&coded->table[0], &coded->table[1], sets, NULL, brief, NULL, NULL, NULL), 0);
    for (size_t s = 0; s < sets->count; s++) {
        size_t cells = number_cells(coded, sets->member + s * sets->k, sets->k, number);
        struct gap want;
        cr_assert_eq(gap_shares(first, n, second, m, cells, UINT32_MAX, &wanted, &want, NULL), 0);
        cr_near(gaps[s].gap.distance, want.distance, 1e-14, "distance of set %zu of %zu", s, sets->k);
        cr_expect_eq(brief[s].gap.distance, gaps[s].gap.distance);
        cr_near(gaps[s].gap.bias, want.bias, 1e-12, "bias of set %zu of %zu", s, sets->k);
        cr_near(gaps[s].gap.se, want.se, 1e-12, "se of set %zu of %zu", s, sets->k);
        cr_expect_eq(gaps[s].cells, cells);
    }
    for (size_t i = 0; i < n; i++)
        cr_assert(fabs(added.first[i] - wanted.first[i]) < 1e-11, "influence of row %zu", i);
    for (size_t i = 0; i < m; i++)
        cr_assert(fabs(added.second[i] - wanted.second[i]) < 1e-11, "influence of row %zu of the second table", i);
}

Test(counting, agrees_with_counting_one_table_at_a_time)
{
    static const struct {
        size_t n, m;
    } sizes[] = {{1, 1}, {2, 5000}, {300, 300}, {4000, 3500}};
    static const uint32_t pairs[] = {0, 1, 0, 2, 0, 5, 1, 2, 1, 3, 3, 4, 4, 5, 5, 4, 5, 0};
    static const uint32_t triples[] = {0, 1, 2, 0, 1, 3, 0, 1, 5, 1, 2, 4, 3, 4, 5, 5, 4, 0};
    static const uint32_t fours[] = {0, 1, 2, 3, 0, 1, 2, 4, 1, 2, 3, 5, 2, 3, 4, 5};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct coded *coded = coded_tables(sizes[s].n, sizes[s].m, s);
        check_sets(coded, &(struct column_sets){2, 9, pairs});
        check_sets(coded, &(struct column_sets){3, 6, triples});
        check_sets(coded, &(struct column_sets){4, 4, fours});
        arena_free(coded->arena);
    }
    struct coded *coded = coded_tables(20000, 17000, 4); /* several blocks of rows */
    check_sets(coded, &(struct column_sets){2, 2, pairs});
    check_sets(coded, &(struct column_sets){3, 1, triples});
    arena_free(coded->arena);
}

/* First table: cells (0,0) (0,1) (1,0) of 60, 30, 10 rows; second: (0,0) 50, (1,1) 50. TV = ½(.1 + .3 + .1 + .5) = .5. More
 * than ten real rows: the first two cells, |p − q|/p = .1/.6 and 1. */
Test(counting, worked_example)
{
    uint32_t a[100], b[100], c[100], d[100], pair[] = {0, 1};
    struct arena *arena = arena_new();
    struct packed_column columns[2][2];
    struct joint_gap gap;
    double sums[2][100] = {{0}};
    for (size_t i = 0; i < 100; i++) {
        a[i] = i >= 90;
        b[i] = i >= 60 && i < 90;
        c[i] = d[i] = i >= 50;
    }
    const uint32_t *const codes[2][2] = {{a, b}, {c, d}};
    for (size_t side = 0; side < 2; side++)
        for (size_t j = 0; j < 2; j++)
            cr_assert_eq(column_pack(codes[side][j], 100, 2, arena, &columns[side][j], NULL), 0);
    struct packed_table first = {100, 2, columns[0]}, second = {100, 2, columns[1]};
    const struct influence influence = {sums[0], sums[1]};
    cr_assert_eq(counting_gaps_pooled(&first, &second, &(struct column_sets){2, 1, pair}, NULL, &gap, &influence, NULL, NULL),
                 0);
    cr_near(gap.gap.distance, 0.5, 1e-15, "distance");
    cr_expect(gap.cells == 4 && gap.relative_cells == 2, "%zu cells, %zu of more than 10 rows", gap.cells, gap.relative_cells);
    cr_near(gap.relative, 1.0 / 6 + 1, 1e-15, "relative error");
    arena_free(arena);
}

/* {(0,0), (1,1)} against {(0,0), (0,1), (1,1), (1,1)}: ½(1/4 + 1/4 + 0) = 1/4, in a table of all cells and in sorted order. */
Test(counting, few_rows_of_many_levels)
{
    const uint32_t a[] = {0, 1}, b[] = {0, 1}, c[] = {0, 0, 1, 1}, d[] = {0, 1, 1, 1}, pair[] = {0, 1};
    const uint32_t *const codes[2][2] = {{a, b}, {c, d}};
    const size_t levels[] = {2, 200, 10000, 4000000}, rows[2] = {2, 4};
    for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
        struct arena *arena = arena_new();
        struct packed_column columns[2][2];
        struct joint_gap gap;
        for (size_t side = 0; side < 2; side++)
            for (size_t j = 0; j < 2; j++)
                cr_assert_eq(column_pack(codes[side][j], rows[side], levels[l], arena, &columns[side][j], NULL), 0);
        struct packed_table first = {2, 2, columns[0]}, second = {4, 2, columns[1]};
        cr_assert_eq(counting_gaps_pooled(&first, &second, &(struct column_sets){2, 1, pair}, NULL, &gap, NULL, NULL, NULL), 0);
        cr_expect_eq(gap.gap.distance, 0.25, "%zu levels: %g", levels[l], gap.gap.distance);
        arena_free(arena);
    }
}

/* Sums do not depend on the number of threads; a table against itself is at distance 0 without noise of direction. */
Test(counting, threads_and_a_table_against_itself)
{
    static double one[2][ROWS_MOST], many[2][ROWS_MOST];
    const uint32_t triples[] = {0, 1, 2, 0, 1, 3, 0, 1, 4, 0, 2, 3, 1, 2, 3, 2, 3, 4, 3, 4, 5};
    const struct column_sets sets = {3, 7, triples};
    struct coded *coded = coded_tables(5000, 4500, 9);
    struct joint_gap gaps[2][7];
    struct pool *pool = NULL;
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    const struct influence sums[2] = {{one[0], one[1]}, {many[0], many[1]}};
    static struct gap_pool cells[2];
    cr_assert_eq(counting_gaps_pooled(&coded->table[0], &coded->table[1], &sets, NULL, gaps[0], &sums[0], &cells[0], NULL), 0);
    cr_assert_eq(counting_gaps_pooled(&coded->table[0], &coded->table[1], &sets, pool, gaps[1], &sums[1], &cells[1], NULL), 0);
    uint64_t pooled = 0, met = 0;
    for (size_t i = 0; i < POOL_BINS; i++)
        pooled += cells[0].bin[i].cells;
    for (size_t s = 0; s < 7; s++)
        met += gaps[0][s].cells;
    cr_expect(pooled == met && memcmp(&cells[0], &cells[1], sizeof cells[0]) == 0, "pooled cells");
    cr_expect(memcmp(gaps[0], gaps[1], sizeof gaps[0]) == 0 && memcmp(one, many, sizeof one) == 0);
    cr_assert_eq(counting_gaps_pooled(&coded->table[0], &coded->table[0], &sets, pool, gaps[0], &sums[0], NULL, NULL), 0);
    for (size_t s = 0; s < 7; s++)
        cr_expect(gaps[0][s].gap.distance == 0 && gaps[0][s].gap.se == 0 && gaps[0][s].gap.bias > 0);
    pool_free(pool);
    arena_free(coded->arena);
}

Test(counting, no_rows_and_other_levels)
{
    const uint32_t pair[] = {0, 1};
    const struct column_sets sets = {2, 1, pair};
    struct coded *coded = coded_tables(10, 0, 1);
    struct joint_gap gap;
    cr_assert_eq(counting_gaps_pooled(&coded->table[0], &coded->table[1], &sets, NULL, &gap, NULL, NULL, NULL), 0);
    cr_expect(isnan(gap.gap.distance));
    struct packed_table other = coded->table[0];
    struct packed_column columns[COLUMNS];
    memcpy(columns, other.column, sizeof columns);
    other.column = columns;
    columns[1].levels++;
    cr_expect_eq(counting_gaps_pooled(&coded->table[0], &other, &sets, NULL, &gap, NULL, NULL, NULL), ERROR_INTERNAL);
    arena_free(coded->arena);
}
