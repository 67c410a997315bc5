/* Membership by group: who is in which group, and which group is worse off than the rest. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/membership/group_details.h"
#include "core/random.h"
#include "tests/unit/privacy_world.h"

static uint8_t *alternating(size_t n, size_t n_members)
{
    uint8_t *half = calloc(n + 1, 1);

    for (size_t i = 0; i < n; i++)
        half[i] = (i < n_members ? i : i - n_members) % 2;
    return half;
}

/* 120 members, 200 non-members, score ((37 i + 11) mod 101)/10 rounded down for ties, 4 more for every fifth member; every
 * third target is outside. Python: AUCs of the two halves by counting pairs, their DeLong variances (statistics.variance of the
 * rows' means over m, of the columns' over n), averaged by pairs; rates at 10 %: the largest non-member score but floor(.1 n)
 * of the other half. */
Test(groups, worth_of_a_sample_as_counted_elsewhere)
{
    enum { MEMBERS = 120, N = 320 };
    uint8_t *half = alternating(N, MEMBERS), inside[N];
    double score[N];
    struct membership_trial trial = {.n_targets = N, .n_members = MEMBERS, .half = half, .level = .95, .rules = 3};
    struct group_worth worth;
    struct error error = {0};

    for (size_t i = 0; i < N; i++) {
        score[i] = floor((double)((37 * i + 11) % 101) / 10) + (i < MEMBERS && i % 5 == 0 ? 4 : 0);
        inside[i] = i % 3 != 0;
    }
    struct group_sample sample = {&trial, {score, score}, inside, 1};
    cr_assert_eq(group_evaluate(&sample, &worth, &error), 0);
    cr_expect_eq(worth.members, 80);
    cr_expect_eq(worth.nonmembers, 133);
    cr_expect_float_eq(worth.auc, 0.5421052631578948, 1e-12, "%.15g", worth.auc);
    cr_expect_float_eq(worth.variance, 0.001743163115739293, 1e-12, "%.15g", worth.variance);
    cr_expect(worth.point[2].supported && !worth.point[1].supported && isnan(worth.point[1].tpr));
    cr_expect_eq(worth.point[2].tp, 12, "%zu", worth.point[2].tp);
    cr_expect_eq(worth.point[2].fp, 12, "%zu", worth.point[2].fp);
    sample.side = 0;
    cr_assert_eq(group_evaluate(&sample, &worth, &error), 0);
    cr_expect_eq(worth.members + worth.nonmembers, N - 80 - 133);
    free(half);
}

/* Nobody, members alone, all scores equal, scores apart: nothing that is not a number where there is something, NaN elsewhere.
 */
Test(groups, edges)
{
    enum { MEMBERS = 100, N = 300 };
    uint8_t *half = alternating(N, MEMBERS), inside[N];
    double same[N], apart[N];
    struct membership_trial trial = {.n_targets = N, .n_members = MEMBERS, .half = half, .level = .95, .rules = 3};
    struct group_worth worth, rest;
    struct group_contrast contrast;
    struct error error = {0};

    for (size_t i = 0; i < N; i++) {
        same[i] = 1;
        apart[i] = i < MEMBERS ? 2 + (double)i : 0;
    }
    for (int who = 0; who < 2; who++) { /* nobody, members alone */
        for (size_t i = 0; i < N; i++)
            inside[i] = who && i < MEMBERS;
        cr_assert_eq(group_evaluate(&(struct group_sample){&trial, {same, same}, inside, 1}, &worth, &error), 0);
        cr_assert_eq(group_evaluate(&(struct group_sample){&trial, {same, same}, inside, 0}, &rest, &error), 0);
        cr_expect(isnan(worth.auc) && !worth.point[2].supported);
        contrast = group_compare(&worth, &rest, 2, .01);
        cr_expect(!contrast.worse);
    }
    for (size_t i = 0; i < N; i++)
        inside[i] = i % 2 == 0 || i % 3 == 0;
    cr_assert_eq(group_evaluate(&(struct group_sample){&trial, {same, same}, inside, 1}, &worth, &error), 0);
    cr_expect(worth.auc == .5 && worth.auc_lo < .5 && worth.auc_hi > .5 && worth.point[2].tp == 0 && worth.point[2].fp == 0);
    cr_assert_eq(group_evaluate(&(struct group_sample){&trial, {apart, apart}, inside, 1}, &rest, &error), 0);
    cr_expect(rest.auc == 1 && rest.point[2].tpr == 1 && rest.point[2].exposed == 1);
    contrast = group_compare(&rest, &worth, 0, .01); /* .1 % is not supported: the next that is */
    cr_expect(contrast.worse && contrast.point == 2 && contrast.exposed == 1 && contrast.exposed_lo > .8, "%g",
              contrast.exposed_lo);
    contrast = group_compare(&worth, &rest, 2, .01);
    cr_expect(!contrast.worse, "better off is not worse off");
    free(half);
}

/* Each half is judged by what was best on the other half. */
Test(groups, attacks_are_chosen_on_the_other_half)
{
    static const struct membership_attack one = {.name = "one", .family = "distance"}, two = {.name = "two", .family = "value"};
    const struct membership_attack *const attacks[] = {&one, &two};
    uint8_t *half = alternating(400, 200);
    struct membership_trial trial = {.n_targets = 400, .n_members = 200, .half = half, .level = .95, .rules = 2};
    struct membership_result results[2] = {{0}};

    for (size_t a = 0; a < 2; a++) {
        results[a].point[2].supported = true;
        results[a].point[2].fp[0] = results[a].point[2].fp[1] = 10;
        results[a].point[2].tp[a] = 60; /* attack a is best on half a */
        results[a].point[2].tp[1 - a] = 10;
    }
    struct group_choice choice = group_choose(&trial, results, attacks, 2, NULL);
    cr_expect(choice.attack[0] == 1 && choice.attack[1] == 0);
    choice = group_choose(&trial, results, attacks, 2, "value");
    cr_expect(choice.attack[0] == 1 && choice.attack[1] == 1);
    choice = group_choose(&trial, results, attacks, 2, "shadow");
    cr_expect(choice.attack[0] == SIZE_MAX && choice.attack[1] == SIZE_MAX);
    free(half);
}

/* Scores that know nothing, six groups of 12 to 700 targets: some group is called worse off in at most 5 % + 3 SE of 400 runs.
 */
Test(groups, no_group_is_blamed_by_chance)
{
    enum { MEMBERS = 900, N = 1800, RUNS = 400, GROUPS = 6 };
    static const size_t part[GROUPS] = {12, 40, 100, 300, 700, 648};
    uint8_t *half = alternating(N, MEMBERS), inside[N];
    double score[N];
    struct membership_trial trial = {.n_targets = N, .n_members = MEMBERS, .half = half, .level = .95, .rules = 3};
    size_t alarms = 0;

    for (uint64_t run = 0; run < RUNS; run++) {
        struct random random;
        bool worse = false;

        random_init(&random, run, "groups", 0, 0);
        for (size_t i = 0; i < N; i++)
            score[i] = floor(20 * random_uniform(&random)); /* with ties */
        for (size_t g = 0, from = 0; g < GROUPS; from += part[g++] / 2) {
            struct group_worth worth, rest;
            struct error error = {0};

            for (size_t i = 0; i < N; i++) {
                const size_t at = i < MEMBERS ? i : i - MEMBERS;

                inside[i] = at >= from && at < from + part[g] / 2;
            }
            cr_assert_eq(group_evaluate(&(struct group_sample){&trial, {score, score}, inside, 1}, &worth, &error), 0);
            cr_assert_eq(group_evaluate(&(struct group_sample){&trial, {score, score}, inside, 0}, &rest, &error), 0);
            worse = worse || group_compare(&worth, &rest, 1, .05 / (2 * GROUPS)).worse;
        }
        alarms += worse;
    }
    cr_expect_leq(alarms, (size_t)(RUNS * (.05 + 3 * sqrt(.05 * .95 / RUNS))), "%zu of %d", alarms, RUNS);
    free(half);
}

static const cJSON *group_of(const struct result *result, const char *name)
{
    const cJSON *group;

    cJSON_ArrayForEach(group, json_get(result->details, "groups")) if (strcmp(json_get_string(group, "group", ""), name) ==
                                                                       0) return group;
    return NULL;
}

/* A quarter of the rows with level 3 of a sensitive column are copied, nobody else: that group is worse off, is named, and no
 * other level is; the level that 9 training rows share is named nowhere. */
Test(groups, the_group_that_leaks_is_named)
{
    static const char *levels[] = {"zero", "one", "two", "three", "seldom"};
    enum { ROWS = 2000, LEVELS = 3 };
    struct world world;
    struct result result;
    size_t copied = 0, seen = 0;
    char *text;

    world_new(&world, 3, 2, ROWS, 3000, ROWS);
    world.columns[LEVELS].name = "origin";
    world.columns[LEVELS].roles = ROLE_SENSITIVE;
    world.columns[LEVELS].levels = levels;
    world_draw_all(&world, 7);
    for (size_t i = 0; i < ROWS; i++)
        table_codes(world.train, LEVELS)[i] = i < 9 ? 4 : i % 4;
    for (size_t i = 0; i < 3000; i++)
        table_codes(world.holdout, LEVELS)[i] = i < 14 ? 4 : i % 4;
    for (size_t i = 0; i < ROWS; i++)
        table_codes(world.subject, LEVELS)[i] = i % 4;
    for (size_t i = 9; i < ROWS; i++)
        if (i % 4 == 3 && seen++ % 4 == 0)
            world_copy_row(&world, world.subject, copied++, world.train, i);
    world_run(&world, "privacy.membership", &result);
    for (size_t g = 0; g < 4; g++) {
        const cJSON *group = group_of(&result, levels[g]);

        cr_assert(group, "%s", levels[g]);
        cr_expect_eq(json_get_bool(group, "worse", false), g == 3, "%s: AUC %g", levels[g], json_get_number(group, "auc", 0));
        cr_expect(cJSON_GetArraySize(json_get(group, "families")) >= 2);
    }
    cr_expect(strstr(result.finding, "Worse off than the rest: 'origin' = 'three'"), "%s", result.finding);
    text = cJSON_Print(result.details);
    cr_expect(!strstr(text, "seldom"), "a group of 9 rows is named");
    cr_expect(!group_of(&result, "other (<10)"), "a pool of 9 rows is listed");
    cr_expect_eq(json_get_number(group_of(&result, "outliers"), "members", 0), ROWS / 10);
    cJSON_free(text);
    world_result_free(&result);
    world_free(&world);
}

/* The tenth of the training rows that lie farthest out is copied: the outliers are worse off, and the sentence says so. Levels
 * of 9 and 8 rows together make a pool. */
Test(groups, copied_outliers_and_a_pool)
{
    static const char *levels[] = {"zero", "rare a", "rare b", "three", "four"};
    enum { ROWS = 1500, LEVELS = 3 };
    struct world world;
    struct result result;
    size_t copied = 0;

    world_new(&world, 3, 1, ROWS, 2500, ROWS);
    world.columns[LEVELS].roles = ROLE_SENSITIVE;
    world.columns[LEVELS].levels = levels;
    world_draw_all(&world, 9);
    for (size_t i = 0; i < ROWS; i++)
        table_codes(world.train, LEVELS)[i] = i < 9 ? 1 : i < 17 ? 2 : 0;
    for (size_t i = 0; i < 2500; i++)
        table_codes(world.holdout, LEVELS)[i] = i % 100 == 0 ? 1 + (i / 100) % 2 : 0;
    for (size_t i = 0; i < ROWS; i++)
        table_codes(world.subject, LEVELS)[i] = 0;
    for (size_t i = 0; i < ROWS; i++) { /* numbers far from each other's usual company */
        const double *a = world.train->columns[0].number, *b = world.train->columns[1].number;

        if (fabs(a[i] - b[i]) > 2)
            world_copy_row(&world, world.subject, copied++, world.train, i);
    }
    cr_assert_gt(copied, 20);
    world_run(&world, "privacy.membership", &result);
    cr_expect(json_get_bool(group_of(&result, "outliers"), "worse", false));
    cr_expect(strstr(result.finding, "the outliers"), "%s", result.finding);
    cr_assert(group_of(&result, "other (<10)"));
    cr_expect_eq(json_get_number(group_of(&result, "other (<10)"), "members", 0), 17);
    cr_expect(!group_of(&result, "rare a") && !group_of(&result, "rare b"));
    world_result_free(&result);
    world_free(&world);
}
