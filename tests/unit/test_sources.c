/* Do train and the holdout come from one source? */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "attacks/membership/sources.h"
#include "core/arena.h"
#include "core/random.h"
#include "numeric/interval.h"
#include "tests/unit/privacy_world.h"

static const struct membership_sources *sources_of(struct world *world)
{
    const struct membership_sources *sources = NULL;
    struct error error = {0};

    cr_assert_eq(membership_sources_get(&world->task, &sources, &error), 0, "%s", error.message);
    return sources;
}

/* Every number of the holdout is raised by d sd (its distribution has variance .98): what is known of the truth is that the
 * best score of one shifted normal column has AUC Φ(d/√2), and more columns of one factor tell no less. */
Test(sources, shifts)
{
    static const struct {
        double shift;
        size_t rows;
        bool differ;
    } cases[] = {{0, 1000, false}, {0, 4000, false}, {.6, 1000, true}, {.3, 4000, true}, {.02, 4000, false}};

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct arena *arena = arena_new();
        struct world world;
        const struct membership_sources *sources;
        struct result result = {.arena = arena, .finding = "What was found."};

        world_new(&world, 2, 2, cases[k].rows, cases[k].rows, 20);
        world_draw_all(&world, 31 + k);
        for (size_t i = 0; i < cases[k].rows; i++)
            for (size_t j = 0; j < 2; j++)
                table_numbers(world.holdout, j)[i] += cases[k].shift * sqrt(.98);
        sources = sources_of(&world);
        cr_assert_eq(membership_sources_judge(sources, &result, NULL), 0);
        cr_expect_eq(sources->differ, cases[k].differ, "case %zu: AUC %.3f", k, sources->auc);
        cr_expect_eq(result.unreliable != NULL, cases[k].differ);
        cr_expect(strstr(result.finding, "What was found."));
        cr_expect(sources->lo <= sources->auc && sources->auc <= sources->hi && sources->hi - sources->lo > 0);
        cr_expect(sources->rows[0] == cases[k].rows && sources->rows[1] == cases[k].rows);
        if (cases[k].shift >= .3) {
            cr_expect_lt(sources->column, 2, "a shifted column tells most");
            cr_expect_gt(sources->hi, normal_cdf(cases[k].shift / sqrt(2)), "case %zu: %.3f", k, sources->auc);
            cr_expect(strstr(result.finding, "unreliable"), "%s", result.finding);
        }
        world_free(&world);
        arena_free(arena);
    }
}

/* Two columns whose sign of dependence is turned: no single column differs, the combination does. */
Test(sources, a_combination)
{
    struct world world;
    const struct membership_sources *sources;

    world_new(&world, 2, 0, 1500, 1500, 20);
    world_draw_all(&world, 5);
    for (size_t i = 0; i < 1500; i++)
        table_numbers(world.holdout, 1)[i] *= -1;
    sources = sources_of(&world);
    cr_expect(sources->differ && sources->auc > .6, "AUC %.3f", sources->auc);
    world_free(&world);
}

/* One source: a warning in none of 60 draws (one in 2,000 by construction), and the mean AUC is ½ ± 3 SE. */
Test(sources, fresh_rows_raise_no_warning)
{
    enum { DRAWS = 60 };
    double sum = 0, squares = 0;

    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        struct world world;
        const struct membership_sources *sources;

        world_new(&world, 3, 2, 600, 400, 20);
        world_draw_all(&world, 100 + seed);
        sources = sources_of(&world);
        cr_expect(!sources->differ, "seed %zu: AUC %.3f", (size_t)seed, sources->auc);
        sum += sources->auc / DRAWS;
        squares += sources->auc * sources->auc / DRAWS;
        world_free(&world);
    }
    cr_expect_float_eq(sum, .5, 3 * sqrt((squares - sum * sum) / DRAWS), "mean %.4f", sum);
}

/* A column of 2,000 levels, of which each table of one source holds about a half: that train's levels come first in the
 * vocabulary, and that each table has levels of its own, tells nothing. Without the shuffled order the AUC was above .7. */
Test(sources, a_long_vocabulary)
{
    enum { LEVELS = 2000, ROWS = 1500 };
    uint32_t place[LEVELS], next = 0;
    struct random random;
    struct world world;
    const struct membership_sources *sources;

    world_new(&world, 1, 1, ROWS, ROWS, 20);
    world_draw_all(&world, 3);
    for (uint32_t k = 0; k < LEVELS; k++)
        place[k] = UINT32_MAX;
    random_init(&random, 1, "levels", 0, 0);
    for (int t = 0; t < 2; t++)
        for (size_t i = 0; i < ROWS; i++) {
            const size_t level = random_below(&random, LEVELS);

            if (place[level] == UINT32_MAX)
                place[level] = next++;
            table_codes(t ? world.holdout : world.train, 1)[i] = place[level];
        }
    world.columns[1].n_levels = LEVELS;
    world.columns[1].fitted_levels = LEVELS / 2;
    sources = sources_of(&world);
    cr_expect(!sources->differ && sources->auc < .54, "AUC %.3f", sources->auc);
    world_free(&world);
}

/* Few rows, and columns that teach nothing: no number and no warning. */
Test(sources, edges)
{
    static const size_t rows[] = {19, 30};

    for (size_t k = 0; k < 2; k++) {
        struct world world;
        const struct membership_sources *sources;

        world_new(&world, 1, 1, rows[k], 400, 20);
        if (k == 0)
            world_draw_all(&world, 1); /* k = 1: all cells are the same */
        table_seal(world.train);
        table_seal(world.holdout);
        sources = sources_of(&world);
        cr_expect(isnan(sources->auc) && !sources->differ, "%g", sources->auc);
        world_free(&world);
    }
}

/* The measure keeps its value and says why it must not be scored. */
Test(sources, the_measure_says_so)
{
    for (int shifted = 0; shifted < 2; shifted++) {
        struct world world;
        struct result result;

        world_new(&world, 2, 2, 2000, 2000, 2000);
        world_draw_all(&world, 8);
        for (size_t i = 0; shifted && i < 2000; i++)
            table_numbers(world.holdout, 0)[i] += .35;
        world_run(&world, "privacy.membership", &result);
        cr_expect_eq(result.unreliable != NULL, shifted);
        cr_expect_eq(json_get_bool(result.details, "sources.differ", !shifted), shifted);
        cr_expect_eq(strstr(result.finding, "Warning: train and holdout come from different sources") != NULL, shifted, "%s",
                     result.finding);
        cr_expect(isfinite(result.value) && json_get(result.details, "sources.auc"));
        world_result_free(&result);
        world_free(&world);
    }
}
