/* privacy.membership against worlds whose leak is known, its bounds against closed forms, and its promises by simulation. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/membership/attack_list.h"
#include "attacks/membership/evaluate.h"
#include "attacks/membership/targets.h"
#include "core/random.h"
#include "numeric/interval.h"
#include "numeric/ranking.h"
#include "tests/unit/privacy_world.h"

static const cJSON *attack_of(const struct result *result, const char *name)
{
    const cJSON *attacks = json_get(result->details, "attacks"), *attack;

    cJSON_ArrayForEach(attack, attacks) if (strcmp(json_get_string(attack, "attack", ""), name) == 0) return attack;
    cr_assert_fail("no attack '%s'", name);
    return NULL;
}

static double number_in(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItem(object, key);

    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

/* AT4: a share c of the members copied, the rest fresh: AUC = ½ + c/2, TPR at .1 % = c (+ (1 − c) of .1 %), exposed share c. */
Test(membership, copied_share_is_found_as_it_is)
{
    static const double share[] = {.02, .1, .5, 1};
    enum { MEMBERS = 3000, HOLDOUT = 20002 };

    for (size_t s = 0; s < sizeof share / sizeof *share; s++) {
        const double c = share[s], auc_se = auc_null_se(MEMBERS, HOLDOUT / 2), tpr_se = sqrt((c * (1 - c) + .001) / MEMBERS);
        static const char *const sees[] = {"exact", "dcr", "calibrated_dcr", "log_ratio", "value_ratio"};
        struct world world;
        struct result result;

        world_new(&world, 4, 2, MEMBERS, HOLDOUT, MEMBERS);
        world_draw(&world, world.train, 0, 11);
        world_draw(&world, world.holdout, 0, 11);
        for (size_t i = 0; i < (size_t)(c * MEMBERS); i++)
            world_copy_row(&world, world.subject, i, world.train, i * 7 % MEMBERS);
        world_draw(&world, world.subject, (size_t)(c * MEMBERS), 11);
        world_run(&world, "privacy.membership", &result);
        for (size_t a = 0; a < 5; a++) {
            const cJSON *attack = attack_of(&result, sees[a]), *tpr = cJSON_GetObjectItem(attack, "tpr");

            if (a < 2)
                cr_assert_float_eq(number_in(attack, "auc"), .5 + c / 2, 3 * auc_se, "c = %g, %s: AUC %g", c, sees[a],
                                   number_in(attack, "auc"));
            cr_assert_geq(number_in(attack, "auc"), .5 + c / 4 - 3 * auc_se, "c = %g, %s: AUC %g", c, sees[a],
                          number_in(attack, "auc"));
            if (a < 2)
                cr_assert_float_eq(number_in(tpr, "0.001"), c, 3 * tpr_se + .001, "c = %g, %s: TPR %g", c, sees[a],
                                   number_in(tpr, "0.001"));
        }
        cr_assert_float_eq(result.value, c, 4 * sqrt((c * (1 - c) + .01) / MEMBERS), "c = %g: %g", c, result.value);
        cr_assert(result.lo > 0 && result.lo <= c && result.hi >= c, "c = %g: [%g, %g]", c, result.lo, result.hi);
        if (s == 0) { /* 2 % are certain at .1 % false positives although the AUC is .51 */
            const cJSON *exact = attack_of(&result, "exact");

            cr_assert_lt(number_in(exact, "p_corrected"), 1e-6);
            cr_assert_lt(json_get_number(result.details, "p_value", 1), 1e-6);
            cr_assert_lt(number_in(exact, "auc"), .53);
        }
        world_result_free(&result);
        world_free(&world);
    }
}

/* AT5: all rows copied with noise: AUC falls with the noise; with noise the log ratio finds more at 1 % than bare distance. */
Test(membership, noise_on_copies_hides_them_step_by_step)
{
    static const double sigma[] = {0, .1, .5, 2};
    double last[5] = {1, 1, 1, 1, 1};

    for (size_t s = 0; s < 4; s++) {
        static const char *const name[] = {"dcr", "calibrated_dcr", "log_ratio", "nndr", "monte_carlo"};
        struct world world;
        struct result result;
        struct random random;

        world_new(&world, 5, 1, 2000, 4000, 2000);
        world_draw(&world, world.train, 0, 21);
        world_draw(&world, world.holdout, 0, 21);
        random_init(&random, 5, "noise", 0, 0);
        for (size_t i = 0; i < 2000; i++) {
            world_copy_row(&world, world.subject, i, world.train, i);
            for (size_t j = 0; j < 5; j++)
                table_numbers(world.subject, j)[i] += sigma[s] * random_normal(&random);
        }
        table_seal(world.subject);
        world_run(&world, "privacy.membership", &result);
        for (size_t a = 0; a < 5; a++) {
            double auc = number_in(attack_of(&result, name[a]), "auc");

            cr_assert_leq(auc, last[a] + .01, "sigma %g, %s: AUC %g after %g", sigma[s], name[a], auc, last[a]);
            last[a] = auc;
        }
        if (sigma[s] > 0) /* 3 SE of a difference where the noise has hidden both */
            cr_assert_geq(number_in(cJSON_GetObjectItem(attack_of(&result, "log_ratio"), "tpr"), "0.01"),
                          number_in(cJSON_GetObjectItem(attack_of(&result, "dcr"), "tpr"), "0.01") -
                              (sigma[s] > 1 ? 3 * sqrt(2 * .01 / 2000) : 0));
        world_result_free(&result);
        world_free(&world);
    }
    cr_assert_leq(last[1], .75);
}

/* AT6: fresh rows. The corrected lower end is above 0 in at most 5 % + 3 SE of the worlds, and AUCs average ½. */
Test(membership, fresh_rows_raise_no_alarm)
{
    enum { WORLDS = 120, ROWS = 500 };
    double auc[32] = {0};
    size_t alarms = 0, attacks = 0;

    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        const cJSON *attack;
        struct world world;
        struct result result;
        size_t a = 0;

        world_new(&world, 3, 2, ROWS, 2001, ROWS);
        world.task.seed = seed;
        world_draw_all(&world, 100 + seed);
        world_run(&world, "privacy.membership", &result);
        alarms += result.lo > 0;
        cJSON_ArrayForEach(attack, json_get(result.details, "attacks"))
        {
            cr_assert_lt(a, 32);
            auc[a++] += number_in(attack, "auc") / WORLDS;
            cr_assert(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetObjectItem(attack, "tpr"), "0.001")));
        }
        attacks = a;
        cr_assert(json_get_number(result.details, "rules", 0) == 2. * (double)attacks, "1000 strangers: 1 %% and 10 %%");
        if (result.lo <= 0)
            cr_assert(strstr(result.finding, "would have been found") || strstr(result.finding, "could have been missed"));
        world_result_free(&result);
        world_free(&world);
    }
    cr_assert_leq((double)alarms, WORLDS * (.05 + 3 * sqrt(.05 * .95 / WORLDS)), "%zu false alarms", alarms);
    for (size_t a = 0; a < attacks; a++)
        cr_assert_float_eq(auc[a], .5, 4 * auc_null_se(ROWS, 1000) / sqrt(WORLDS), "attack %zu: mean AUC %g", a, auc[a]);
}

/* AT9: independent columns on few-valued data show nothing; one unique-valued column resampled exactly puts 1 − (1 − 1/n)^n =
 * .632 of the members' values into the candidate, which the value ratio must report and distances hardly see. */
Test(membership, unique_values_leak_where_no_distance_shows)
{
    enum { ROWS = 2000 };

    for (int unique = 0; unique < 2; unique++) {
        struct world world;
        struct result result;
        struct random random;
        double ratio, dcr, se = auc_null_se(ROWS, ROWS);

        world_new(&world, 6, 3, ROWS, 2 * ROWS, ROWS);
        world_draw(&world, world.train, 0, 31);
        world_draw(&world, world.holdout, 0, 31);
        for (size_t j = 0; j < 6; j++)
            for (size_t t = 0; t < 2; t++) {
                struct table *table = t ? world.holdout : world.train;

                for (size_t i = 0; i < table->rows && !(unique && j == 0); i++)
                    table_numbers(table, j)[i] = rint(3 * table_numbers(table, j)[i]); /* about 20 values */
            }
        random_init(&random, 3, "independent", 0, 0);
        for (size_t j = 0; j < 9; j++)
            for (size_t i = 0; i < ROWS; i++) {
                size_t source = random_below(&random, ROWS);

                if (j < 6)
                    table_numbers(world.subject, j)[i] = world.train->columns[j].number[source];
                else
                    table_codes(world.subject, j)[i] = world.train->columns[j].code[source];
            }
        table_seal(world.subject);
        world_run(&world, "privacy.membership", &result);
        ratio = number_in(attack_of(&result, "value_ratio"), "auc");
        dcr = number_in(attack_of(&result, "dcr"), "auc");
        if (unique) {
            cr_assert_gt(ratio, .7, "value ratio: AUC %g", ratio);
            cr_assert_gt(result.lo, .3, "value %g, lower end %g", result.value, result.lo);
            cr_assert_lt(dcr, .55, "distance: AUC %g", dcr);
            for (int j = 0; j < 9; j++) { /* column 0 alone: ½ + .632/2 · (the members' share of hits), the others ½ */
                double auc = number_in(cJSON_GetArrayItem(json_get(result.details, "value_columns"), j), "auc");

                cr_assert_float_eq(auc, j == 0 ? .5 + (1 - exp(-1)) / 2 : .5, .05, "column %d: AUC %g", j, auc);
            }
        } else {
            cr_assert_float_eq(dcr, .5, 3 * se);
            cr_assert_lt(result.lo, .02);
        }
        world_result_free(&result);
        world_free(&world);
    }
}

/* AT23: 50 copies of one member put that member first: alone with the attacks that count copies, and with those that look at
 * the nearest rows nobody is before it (a record that ties is another copy, or as near as one). */
Test(membership, a_record_copied_fifty_times_scores_first)
{
    static const char *const first[] = {"exact", "knn_5", "knn_20", "dcr", "log_ratio", "nndr", "dpi"};
    enum { NAMES = sizeof first / sizeof *first, MEMBER = 123 };
    struct world world;
    struct result result;
    struct strbuf evidence = STRBUF_INIT;
    char *line, *rest, attack[40], table[40];
    double best[NAMES], own[NAMES];
    size_t row, others = 0;

    world_new(&world, 4, 2, 300, 401, 300);
    world_draw(&world, world.train, 0, 41);
    world_draw(&world, world.holdout, 0, 41);
    for (size_t i = 0; i < 50; i++)
        world_copy_row(&world, world.subject, i, world.train, MEMBER);
    world_draw(&world, world.subject, 50, 41);
    world.task.evidence = &evidence;
    world_run(&world, "privacy.membership", &result);
    for (size_t a = 0; a < NAMES; a++)
        best[a] = own[a] = -INFINITY;
    for (line = strtok_r(evidence.text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        double score;

        cr_assert_eq(sscanf(line, "%39[^,],%zu,privacy.membership,%39[^,],%lf", table, &row, attack, &score), 4, "%s", line);
        for (size_t a = 0; a < NAMES; a++)
            if (strcmp(attack, first[a]) == 0) {
                const bool mine = row == MEMBER && strcmp(table, "train") == 0;

                *(mine ? &own[a] : &best[a]) = mine ? score : fmax(best[a], score);
                others += !mine;
            }
    }
    cr_assert_eq(own[0], 50);
    cr_assert_eq(others, NAMES * (299 + 201));
    for (size_t a = 0; a < NAMES; a++)
        cr_assert(a < 3 ? own[a] > best[a] : own[a] >= best[a], "%s: %g, others up to %g", first[a], own[a], best[a]);
    strbuf_free(&evidence);
    world_result_free(&result);
    world_free(&world);
}

/* Exposed share 1 − (1 − T)/(1 − F): ends contain it, tighten with n, meet the Clopper-Pearson ends of T where F is known to be
 * 0, and the copy (T = 1) has upper end 1. */
Test(membership, bounds_of_the_exposed_share)
{
    static const size_t counts[][4] = {{60, 1000, 10, 1000}, {1000, 1000, 0, 1000}, {0, 500, 0, 500}, {50, 500, 60, 500}};

    for (size_t i = 0; i < 4; i++) {
        const size_t *c = counts[i];
        double t = (double)c[0] / (double)c[1], f = (double)c[2] / (double)c[3], share = (t - f) / (1 - f);
        double lo = exposed_lower(c[0], c[1], c[2], c[3], .025), hi = exposed_upper(c[0], c[1], c[2], c[3], .025);

        cr_assert(lo <= share && share <= hi, "case %zu: %g not in [%g, %g]", i, share, lo, hi);
        cr_assert_lt(exposed_lower(c[0], c[1], c[2], c[3], .0025), lo);
        cr_assert_gt(exposed_lower(10 * c[0], 10 * c[1], 10 * c[2], 10 * c[3], .025), lo);
    }
    cr_assert_float_eq(exposed_upper(1000, 1000, 0, 1000, .025), 1, 1e-12);
    /* non-members without number: lower end = Clopper-Pearson lower end of T = 60/1000, .046095 (bisection of P[X >= 60] =
     * .025, summed in python3 with lgamma) */
    cr_assert_float_eq(exposed_lower(60, 1000, 0, 100000000, .025), 0.04609503542, 1e-6);
    cr_assert_float_eq(exposed_lower(60, 1000, 0, 100000000, .025), clopper_pearson_lower(60, 1000, .025), 1e-6);
}

/* One rule finds ten copies in each half without a false alarm (its lower end is .01); two others look better on one half each
 * by chance and are worse than chance on the other, so that the halves choose them. The proof stands: value and lower end are
 * .01. */
Test(membership, a_proof_stands_whichever_rule_is_chosen)
{
    enum { MEMBERS = 1000, NONMEMBERS = 1000 };
    uint8_t half[MEMBERS + NONMEMBERS];
    struct membership_trial trial = {
        .n_targets = MEMBERS + NONMEMBERS, .n_members = MEMBERS, .half = half, .level = .95, .rules = 3};
    struct membership_result results[3] = {0};
    struct membership_overall all;

    for (size_t i = 0; i < MEMBERS + NONMEMBERS; i++)
        half[i] = i % 2;
    results[0].point[1] = (struct membership_point){.supported = true, .tp = {10, 10}, .lo = .01, .hi = .03};
    results[1].point[1] = (struct membership_point){.supported = true, .tp = {60, 40}, .fp = {10, 50}, .lo = -.02, .hi = .04};
    results[2].point[1] = (struct membership_point){.supported = true, .tp = {40, 60}, .fp = {50, 10}, .lo = -.02, .hi = .04};
    all = membership_combine(&trial, results, 3);
    cr_assert_eq(all.lo, .01);
    cr_assert_eq(all.value, .01);
    cr_assert_eq(all.hi, .04);
    cr_assert_eq(all.attack, 0);
}

/* A reference table from outside leaves the holdout whole; the honest case is tested on the rows it was not made of. */
Test(membership, reference_and_honest_case_choose_the_strangers)
{
    struct world world;
    struct table *reference;
    struct result result;

    world_new(&world, 3, 1, 400, 420, 400);
    world_draw_all(&world, 71);
    world_run(&world, "privacy.membership", &result);
    cr_assert_eq(json_get_number(result.details, "non_members", 0), 210);
    cr_assert_eq(json_get_number(result.details, "reference_rows", 0), 210);
    world_result_free(&result);

    cr_assert_eq(table_new(&reference, &world.schema, "reference", 350, NULL), 0);
    world_draw(&world, reference, 0, 71);
    artifacts_drop(world.artifacts, world.holdout);
    world.data.reference.table = reference;
    world_run(&world, "privacy.membership", &result);
    cr_assert_eq(json_get_number(result.details, "non_members", 0), 420);
    cr_assert_eq(json_get_number(result.details, "reference_rows", 0), 350);
    cr_assert_leq(result.lo, 0);
    world_result_free(&result);

    world.data.reference.table = NULL;
    world.task.kind = SUBJECT_HONEST;
    world.task.honest_test = reference;
    world_run(&world, "privacy.membership", &result);
    cr_assert_eq(json_get_number(result.details, "non_members", 0), 175);
    world_result_free(&result);
    table_free(reference);
    world_free(&world);
}

Test(membership, says_why_it_cannot_measure)
{
    struct world world;
    struct result result = {0};
    struct error error = {0};

    world_new(&world, 3, 1, 300, 150, 300);
    world_draw_all(&world, 1);
    cr_assert_eq(measure_find("privacy.membership")->run(&world.task, &result, &error), ERROR_UNMEASURABLE);
    cr_assert(strstr(error.message, "larger holdout"), "%s", error.message);
    world.task.kind = SUBJECT_HONEST; /* no rows left to test on */
    cr_assert_eq(measure_find("privacy.membership")->run(&world.task, &result, &error), ERROR_UNMEASURABLE);
    world_free(&world);
}

/* Rows of level 0 that are tested, out of a holdout of 201 whose first 100 have level 0, the others the last level. */
static size_t tested_of_first_class(uint32_t levels)
{
    struct world world;
    const struct membership_targets *targets = NULL;
    size_t first = 0;

    world_new(&world, 3, 1, 300, 201, 300);
    world_draw_all(&world, 1);
    world.columns[3].n_levels = world.columns[3].fitted_levels = levels;
    for (size_t i = 0; i < 201; i++)
        table_codes(world.holdout, 3)[i] = i < 100 ? 0 : levels - 1;
    for (size_t i = 0; i < 300; i++)
        table_codes(world.train, 3)[i] = i % 2 ? 0 : levels - 1;
    world.data.target = 3;
    cr_assert_eq(membership_targets_get(&world.task, &targets, NULL), 0);
    cr_assert_eq(targets->n_targets - targets->n_members, levels == 2 ? 100 : 101);
    for (size_t i = 0; i < targets->n_targets - targets->n_members; i++)
        first += targets->stranger[i] < 100;
    world_free(&world);
    return first;
}

/* The strangers are cut within the levels of a target of two, and at random where there are more. */
Test(membership, the_cut_is_within_two_levels_only)
{
    cr_assert_eq(tested_of_first_class(2), 50);
    cr_assert_neq(tested_of_first_class(3), 50);
}

/* A fifth of the training rows lie far from everybody else: the candidate avoids them, AUC < ½, and it is said. Were it more of
 * them, train and holdout would pass for two populations. */
Test(membership, worse_than_chance_is_a_warning)
{
    struct world world;
    struct result result;

    world_new(&world, 3, 1, 500, 1001, 500);
    world_draw_all(&world, 51);
    for (size_t i = 0; i < 100; i++)
        table_numbers(world.train, 0)[i] += 30;
    world_run(&world, "privacy.membership", &result);
    cr_assert(strstr(result.finding, "worse than chance"), "%s", result.finding);
    cr_assert(json_get_string(result.details, "warning", NULL));
    world_result_free(&result);
    world_free(&world);
}
