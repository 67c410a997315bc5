/* The density ratio against its kernel written out column by column, and what it sees of noisy copies. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "attacks/membership/attack_list.h"
#include "attacks/membership/density.h"
#include "core/random.h"
#include "numeric/ranking.h"
#include "tests/unit/neighbour_world.h"
#include "tests/unit/privacy_world.h"

/* 12000^(-1/19)/√24 = .12450…, log(Σ exp(−120.476 d)/7) of d = .05, .1, .2: python3, math.log and math.exp. */
Test(membership_density, bandwidth_and_log_by_hand)
{
    const double distance[] = {.05, .1, .2, INFINITY}, steep = 15 / density_bandwidth(12000, 15);

    cr_assert_float_eq(density_bandwidth(12000, 15), 0.12450896682202937, 1e-12);
    cr_assert_float_eq(density_log(distance, 4, steep, 7), -7.967154818492992, 1e-10);
    cr_assert_float_eq(density_log((double[]){0, INFINITY}, 2, steep, 7), -log(7), 1e-15, "one row alone, on the spot");
    cr_assert_float_eq(density_log((double[]){0, 0}, 2, steep, 7), log(2. / 7), 1e-15);
    cr_assert_float_eq(density_log((double[]){1, 1}, 2, 1e5, 2), -1e5, 1e-9, "nothing vanishes far away");
    cr_assert_gt(density_bandwidth(100, 3), density_bandwidth(10000, 3));
}

/* A table of 20 rows has no others than the 20 nearest, so that the density is the full product kernel: exp(−|rank − rank|/h)
 * for numbers, exp(−1/h) for another category, missing one of its own. */
Test(membership_density, is_a_product_kernel_over_mixed_columns)
{
    enum { ROWS = 20, TARGETS = 30, COLUMNS = 7 };
    struct arena *arena = arena_new();
    struct owned train, table;
    struct naive ranks, other;
    const struct neighbour_scale *scale;
    const struct neighbour_table *a, *b;
    struct neighbour_list list;
    const double h = density_bandwidth(TARGETS, COLUMNS);

    owned_random(&train, arena, TARGETS, COLUMNS, 3, 1);
    owned_random(&table, arena, ROWS, COLUMNS, 4, 1.3);
    owned_copy_some(&table, &train);
    naive_new(&ranks, NEIGHBOUR_RANK_GOWER, &train.columns, &train.columns);
    naive_new(&other, NEIGHBOUR_RANK_GOWER, &train.columns, &table.columns);
    cr_assert_eq(neighbour_scale_fit(NEIGHBOUR_RANK_GOWER, &train.columns, arena, &scale, NULL), 0);
    cr_assert_eq(neighbour_encode(scale, &train.columns, arena, &a, NULL), 0);
    cr_assert_eq(neighbour_encode(scale, &table.columns, arena, &b, NULL), 0);
    cr_assert_eq(neighbour_search(a, b, (struct neighbour_options){.k = ROWS}, NULL, arena, &list, NULL, NULL), 0);
    for (size_t i = 0; i < TARGETS; i++) {
        double density = 0, found = density_log(list.distance + i * ROWS, ROWS, COLUMNS / h, ROWS);

        for (size_t k = 0; k < ROWS; k++) {
            double product = 1;

            for (size_t j = 0; j < COLUMNS; j++) {
                double x = ranks.x[j][i], y = other.x[j][k], part = fabs(x - y) / ranks.divisor[j];

                if (isnan(x) || isnan(y))
                    part = isnan(x) != isnan(y);
                else if (ranks.categorical[j])
                    part = x != y;
                product *= exp(-part / h);
            }
            density += product / ROWS;
        }
        cr_assert_float_eq(found, log(density), 1e-9, "row %zu: %.12g, not %.12g", i, found, log(density));
    }
    naive_free(&ranks);
    naive_free(&other);
    arena_free(arena);
}

/* Two rows of S at .1 and .2, one of P at .3, kernel exp(−10 d): plain log((e^-1 + e^-2)/2) + 3; a copy adds e^0 and a row; a
 * noisy copy at .05 adds e^-½; values alone add nothing. */
Test(membership_density, plants_by_hand)
{
    double candidate[MEMBERSHIP_NEIGHBOURS] = {.1, .2}, reference[MEMBERSHIP_NEIGHBOURS] = {.3}, noisy = .05;
    struct membership_view view = {.n_targets = 1,
                                   .n_members = 1,
                                   .candidate_rows = 2,
                                   .reference_rows = 1,
                                   .near_candidate = candidate,
                                   .near_reference = reference,
                                   .noisy_distance = &noisy,
                                   .kernel_steepness = 10};
    double (*score)(const struct membership_view *, size_t, enum membership_plant) = membership_density_ratio.score;

    for (size_t j = 1; j < MEMBERSHIP_NEIGHBOURS; j++) {
        reference[j] = INFINITY;
        candidate[j] = j == 1 ? .2 : INFINITY;
    }
    cr_assert_float_eq(score(&view, 0, PLANT_NONE), log((exp(-1) + exp(-2)) / 2) + 3, 1e-12);
    cr_assert_float_eq(score(&view, 0, PLANT_COPY), log((1 + exp(-1) + exp(-2)) / 3) + 3, 1e-12);
    cr_assert_float_eq(score(&view, 0, PLANT_NOISY), log((exp(-.5) + exp(-1) + exp(-2)) / 3) + 3, 1e-12);
    cr_assert_eq(score(&view, 0, PLANT_VALUES), score(&view, 0, PLANT_NONE));
}

/* Noisy copies of all members: the ratio sees them, exact values do not. */
Test(membership_density, sees_noisy_copies)
{
    static const char *const name[] = {"density_ratio", "value_ratio"};
    double auc[2] = {0};
    const cJSON *attack;
    struct world world;
    struct result result;
    struct random random;

    world_new(&world, 6, 0, 1000, 2000, 1000);
    world_draw_all(&world, 21);
    random_init(&random, 5, "noise", 0, 0);
    for (size_t i = 0; i < 1000; i++) {
        world_copy_row(&world, world.subject, i, world.train, i);
        for (size_t j = 0; j < 6; j++)
            table_numbers(world.subject, j)[i] += .2 * random_normal(&random);
    }
    table_seal(world.subject);
    world_run(&world, "privacy.membership", &result);
    cJSON_ArrayForEach(attack, json_get(result.details, "attacks"))
    {
        for (size_t a = 0; a < 2; a++)
            if (strcmp(json_get_string(attack, "attack", ""), name[a]) == 0)
                auc[a] = json_get_number(attack, "auc", NAN);
    }
    cr_assert_gt(auc[0], .75, "density ratio: AUC %g", auc[0]);
    cr_assert_float_eq(auc[1], .5, 3 * auc_null_se(1000, 1000), "value ratio: AUC %g", auc[1]);
    world_result_free(&result);
    world_free(&world);
}
