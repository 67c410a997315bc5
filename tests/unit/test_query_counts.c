/* Query counts: the superset-sum transform against counting row by row, what counts as equal, wide tables. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "attacks/membership/query_counts.h"
#include "core/random.h"
#include "tests/unit/privacy_world.h"
#include "tests/unit/table_fixture.h"

Test(query_counts, superset_sums)
{
    for (size_t bits = 0; bits <= 10; bits++) {
        const uint32_t all = (uint32_t)1 << bits;
        uint32_t count[1024], naive[1024] = {0};
        struct random random;

        random_init(&random, 1, "superset", bits, 0);
        for (uint32_t w = 0; w < all; w++)
            count[w] = (uint32_t)random_below(&random, 9);
        for (uint32_t q = 0; q < all; q++)
            for (uint32_t w = 0; w < all; w++)
                naive[q] += (w & q) == q ? count[w] : 0;
        superset_sums(count, bits);
        for (uint32_t q = 0; q < all; q++)
            cr_assert_eq(count[q], naive[q], "%zu bits, subset %u: %u, not %u", bits, q, count[q], naive[q]);
    }
}

/* Cells equal by definition: the same level or bin, or both missing. */
static bool equal_cells(const struct query_space *space, const struct table *a, size_t i, const struct table *b, size_t j,
                        size_t c)
{
    const struct column *x = &a->columns[c], *y = &b->columns[c];
    size_t lower = 0, other = 0;

    if (x->code)
        return x->code[i] == y->code[j];
    if (isnan(x->number[i]) || isnan(y->number[j]))
        return isnan(x->number[i]) && isnan(y->number[j]);
    for (size_t e = 0; e < space->n_edges[c]; e++) {
        lower += space->edge[c][e] <= x->number[i];
        other += space->edge[c][e] <= y->number[j];
    }
    return lower == other;
}

/* All subsets of a group, block by block, against a scan of the table for each. */
Test(query_counts, against_a_scan)
{
    static const struct {
        size_t numbers, levels;
    } shapes[] = {{0, 1}, {1, 0}, {3, 4}, {6, 8}};

    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        const size_t d = shapes[k].numbers + shapes[k].levels, low = d < 5 ? d : 5;
        struct arena *arena = arena_new();
        struct query_space space;
        struct query_words words;
        struct error error = {0};
        uint32_t **train, **subject, x[16], count[32];
        struct world world;

        world_new(&world, shapes[k].numbers, shapes[k].levels, 100, 0, 150);
        world_draw_all(&world, 3);
        world_copy_row(&world, world.subject, 5, world.train, 7);
        cr_assert_eq(query_space_make(world.train, 1, arena, &space, &error), 0);
        cr_assert_eq(space.n_groups, 1);
        cr_assert_eq(query_count(&space), (size_t)1 << d);
        cr_assert_eq(query_classes(&space, world.train, arena, &train, &error), 0);
        cr_assert_eq(query_classes(&space, world.subject, arena, &subject, &error), 0);
        for (size_t c = 0; c < d; c++)
            x[c] = train[c][7];
        cr_assert_eq(query_words_make(&space, 0, x, subject, 150, arena, &words, &error), 0);
        for (uint32_t q = 0; q < (uint32_t)1 << d; q++) {
            size_t naive = 0;

            if (q % 32 == 0 || q >> low != (q - 1) >> low)
                query_block(&words, low, q >> low, count);
            if (q % 37 != 0 && q + 1 != (uint32_t)1 << d && d > 8)
                continue;
            for (size_t j = 0; j < 150; j++) {
                bool all = true;

                for (size_t c = 0; c < d; c++)
                    all = all && (!(q >> c & 1) || equal_cells(&space, world.train, 7, world.subject, j, c));
                naive += all;
            }
            cr_assert_eq(count[q & (((uint32_t)1 << low) - 1)], naive, "%zu columns, subset %u", d, q);
            if (q + 1 == (uint32_t)1 << d)
                cr_assert_geq(naive, 1, "the copy is not seen");
        }
        arena_free(arena);
        world_free(&world);
    }
}

/* Above 20 columns: groups of 12 different columns, every column in some, counts as by a scan. */
Test(query_counts, wide)
{
    enum { COLUMNS = 29, ROWS = 60 };
    static struct fixture_column columns[COLUMNS];
    struct arena *arena = arena_new();
    struct schema *schema;
    struct table *table;
    struct query_space space;
    struct error error = {0};
    uint32_t **classes, x[COLUMNS], *count = calloc((size_t)1 << QUERY_GROUP, sizeof *count);
    size_t seen[COLUMNS] = {0};

    for (size_t c = 0; c < COLUMNS; c++)
        columns[c] = (struct fixture_column){"c", COLUMN_CATEGORICAL, 0, 3, 0};
    schema = fixture_schema(columns, COLUMNS);
    table = fixture_table(schema, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t c = 0; c < COLUMNS; c++)
            table_codes(table, c)[i] = (uint32_t)((i * (c + 1) / 7) % 3);
    table_seal(table);
    cr_assert_eq(query_space_make(table, 1, arena, &space, &error), 0);
    cr_assert_eq(space.bits, QUERY_GROUP);
    cr_assert_eq(space.n_groups, 8);
    cr_assert_eq(query_classes(&space, table, arena, &classes, &error), 0);
    for (size_t c = 0; c < COLUMNS; c++)
        x[c] = classes[c][11];
    for (size_t g = 0; g < space.n_groups; g++) {
        struct query_words words;

        cr_assert_eq(query_words_make(&space, g, x, classes, ROWS, arena, &words, &error), 0);
        query_block(&words, QUERY_GROUP, 0, count);
        for (uint32_t q = 0; q < (uint32_t)1 << QUERY_GROUP; q += 97) {
            uint32_t naive = 0;

            for (size_t i = 0; i < ROWS; i++) {
                bool all = true;

                for (size_t b = 0; b < QUERY_GROUP; b++)
                    all = all && (!(q >> b & 1) || classes[space.group[g][b]][i] == x[space.group[g][b]]);
                naive += all;
            }
            cr_assert_eq(count[q], naive, "group %zu, subset %u", g, q);
        }
        for (size_t b = 0; b < QUERY_GROUP; b++) {
            seen[space.group[g][b]]++;
            for (size_t other = 0; other < b; other++)
                cr_assert_neq(space.group[g][b], space.group[g][other]);
        }
    }
    for (size_t c = 0; c < COLUMNS; c++)
        cr_assert(seen[c] >= 1 && seen[c] <= 4, "column %zu is in %zu groups", c, seen[c]);
    free(count);
    table_free(table);
    schema_free(schema);
    arena_free(arena);
}

/* Bins: few values are bins of their own, many are cut at 20 quantiles; a constant column has one bin; all missing, none. */
Test(query_counts, bins)
{
    struct arena *arena = arena_new();
    struct query_space space;
    struct error error = {0};
    struct world world;

    world_new(&world, 4, 0, 1000, 0, 1);
    for (size_t i = 0; i < 1000; i++) {
        table_numbers(world.train, 0)[i] = (double)(i % 7);
        table_numbers(world.train, 1)[i] = (double)i;
        table_numbers(world.train, 2)[i] = 4;
        table_numbers(world.train, 3)[i] = NAN;
    }
    table_seal(world.train);
    cr_assert_eq(query_space_make(world.train, 1, arena, &space, &error), 0);
    cr_assert_eq(space.n_edges[0], 6);
    cr_assert_eq(space.n_edges[1], 19);
    cr_assert_eq(space.edge[1][0], 50);
    cr_assert_eq(space.edge[1][18], 950);
    cr_assert_eq(space.n_edges[2], 0);
    cr_assert_eq(space.n_edges[3], 0);
    arena_free(arena);
    world_free(&world);
}
