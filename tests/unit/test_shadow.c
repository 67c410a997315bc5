/* privacy.shadow against generators whose leak is known, and its parts against closed forms. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/membership/shadow_judge.h"
#include "attacks/membership/shadow_points.h"
#include "core/random.h"
#include "tests/unit/privacy_world.h"

enum { NUMBERS = 3, LEVELS = 2 };

/* A generator that looks at no row of train: fresh rows of the world's population. */
static int ignore_run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                      struct table **out, struct error *error)
{
    struct world world = {.schema = {.n_columns = NUMBERS + LEVELS}};
    int status = table_new(out, train->schema, name, rows, error);

    (void)pool;
    if (!status)
        world_draw(&world, *out, 0, 1000 + seed);
    return status;
}
static const struct generator ignore = {.name = "ignore", .run = ignore_run};

static struct shadow_settings settings_of(const struct generator *generator, size_t shadows)
{
    return (struct shadow_settings){.generator = {.builtin = generator, .text = generator->name, .name = generator->name},
                                    .shadows = shadows};
}

static void shadow_world(struct world *world, size_t rows, size_t made, uint64_t seed)
{
    world_new(world, NUMBERS, LEVELS, rows, 0, made);
    world_draw_all(world, seed);
    for (size_t i = 0; i < rows; i++) /* no missing cells: every row is unique */
        for (size_t j = 0; j < NUMBERS; j++)
            if (isnan(world->train->columns[j].number[i]))
                table_numbers(world->train, j)[i] = .001 * (double)i;
    table_seal(world->train);
}

static const cJSON *attack_of(const struct result *result, size_t attack)
{
    return cJSON_GetArrayItem(json_get(result->details, "attacks"), (int)attack);
}

/* AT22: bootstrap, unique targets: AUC = ½ + (1 − (1 − 1/n)^m)/2, n = 40 rows trained on. Nearness reaches it, nothing more. */
Test(shadow, bootstrap_leaks_what_it_must)
{
    static const size_t factor[] = {1, 5};

    for (size_t f = 0; f < 2; f++) {
        const double truth = .5 + (1 - pow(1 - 1. / 40, 40. * (double)factor[f])) / 2;
        const struct shadow_settings settings = settings_of(generator_find("bootstrap"), 240);
        struct world world;
        struct result result;

        shadow_world(&world, 80, 80 * factor[f], 5);
        world.task.shadow = &settings;
        world_run(&world, "privacy.shadow", &result);
        cr_assert_eq(json_get_number(result.details, "rows_trained_on", 0), 40);
        cr_assert_eq(json_get_number(result.details, "rows_made", 0), 40. * (double)factor[f]);
        for (size_t a = 0; a < SHADOW_ATTACKS; a++) {
            const double auc = json_get_number(attack_of(&result, a), "auc", NAN);
            const double se = fmax(json_get_number(attack_of(&result, a), "se", NAN), .002);

            cr_assert_leq(auc, truth + 3 * se, "m = %zu n, attack %zu: %g is more than %g", factor[f], a, auc, truth);
            if (a == SHADOW_DCR)
                cr_assert_geq(auc, truth - 3 * se, "m = %zu n: %g is less than %g", factor[f], auc, truth);
            else
                cr_assert_geq(auc, truth - .1, "m = %zu n, attack %zu: %g", factor[f], a, auc);
        }
        cr_assert_leq(result.lo, truth);
        cr_assert_geq(result.hi, truth - .005);
        cr_assert_geq(result.lo, .7);
        world_result_free(&result);
        world_free(&world);
    }
}

/* AT23: a candidate with 50 copies of one target and fresh rows else: that target's score is the highest, by what counts. */
Test(shadow, fifty_copies_score_first)
{
    const struct shadow_settings settings = settings_of(generator_find("bootstrap"), 64);
    struct strbuf evidence = STRBUF_INIT;
    struct shadow_plan plan;
    struct arena *arena = arena_new();
    struct error error = {0};
    struct world world;
    struct result result;

    shadow_world(&world, 200, 200, 6);
    cr_assert_eq(shadow_plan_make(&world.task, 64, 0, 200, arena, &plan, &error), 0);
    for (size_t i = 0; i < 50; i++)
        world_copy_row(&world, world.subject, 4 * i, world.train, plan.target[3]);
    table_seal(world.subject);
    world.task.shadow = &settings;
    world.task.evidence = &evidence;
    world_run(&world, "privacy.shadow", &result);
    for (size_t a = 0; a <= SHADOW_LIRA_COUNTS; a++) {
        double best = -INFINITY, second = -INFINITY;
        unsigned long first = 0;
        char line[100];
        const char *at = strbuf_text(&evidence);

        snprintf(line, sizeof line, ",privacy.shadow,shadow_%s,", shadow_attack_words[a].name);
        while ((at = strstr(at, line)) != NULL) {
            const double score = strtod(at + strlen(line), NULL);
            const char *row = at++;

            while (row[-1] != ',')
                row--;
            second = fmax(second, fmin(score, best));
            if (score > best)
                first = strtoul(row, NULL, 10);
            best = fmax(best, score);
        }
        cr_assert_eq(first, plan.target[3], "%s: row %lu is first", shadow_attack_words[a].name, first);
        cr_assert_gt(best, second);
    }
    strbuf_free(&evidence);
    world_result_free(&result);
    arena_free(arena);
    world_free(&world);
}

/* A generator that ignores its training rows (2,000 worlds: mean .501, 17 lower ends above ½, no upper end below): the lower
 * end is above ½ in at most 2.5 % + 3 SE of the worlds, the upper end below it as rarely, the AUC ½ on average. */
Test(shadow, no_alarm_without_a_leak)
{
    enum { WORLDS = 300 };
    double mean = 0;
    size_t high = 0, low = 0;

    for (size_t w = 0; w < WORLDS; w++) {
        const struct shadow_settings settings = settings_of(&ignore, 32);
        struct world world;
        struct result result;

        shadow_world(&world, 40, 40, 100 + w);
        world.task.seed = w;
        world.task.shadow = &settings;
        world_run(&world, "privacy.shadow", &result);
        mean += result.value / WORLDS;
        high += result.lo > .5;
        low += result.hi < .5;
        world_result_free(&result);
        world_free(&world);
    }
    cr_assert_leq((double)high, WORLDS * (.025 + 3 * sqrt(.025 * .975 / WORLDS)), "%zu alarms", high);
    cr_assert_leq((double)low, WORLDS * (.025 + 3 * sqrt(.025 * .975 / WORLDS)), "%zu below", low);
    cr_assert_float_eq(mean, .5, .01, "mean %g", mean);
}

/* Targets are the rows farthest from their five nearest; each is in one shadow of every pair, with an odd row number too. */
Test(shadow, plan)
{
    static const size_t rows[] = {30, 31, 21};

    for (size_t k = 0; k < 3; k++) {
        struct arena *arena = arena_new();
        struct shadow_plan plan;
        struct error error = {0};
        struct world world;
        uint32_t pick[2][16], scratch[31];

        shadow_world(&world, rows[k], 50, 9);
        for (size_t j = 0; j < LEVELS; j++) /* row 4 has levels of its own: nobody is as far from the rest */
            table_codes(world.train, NUMBERS + j)[4] = 4;
        for (size_t i = 0; i < rows[k]; i++)
            for (size_t j = 0; j < LEVELS && i != 4; j++)
                table_codes(world.train, NUMBERS + j)[i] = i % 2;
        cr_assert_eq(shadow_plan_make(&world.task, 12, 3, 50, arena, &plan, &error), 0);
        cr_assert_eq(plan.target[0], 4);
        cr_assert_eq(plan.n_worst, 10);
        cr_assert_eq(plan.n_targets, rows[k] == 21 ? 10 : 13);
        cr_assert_eq(plan.rows, (50 * (rows[k] / 2) + rows[k] / 2) / rows[k]);
        for (size_t p = 0; p < 6; p++) {
            shadow_pick(&plan, 2 * p, pick[0], scratch);
            shadow_pick(&plan, 2 * p + 1, pick[1], scratch);
            for (size_t i = 0; i < plan.half; i++)
                for (size_t j = 0; j < plan.half; j++)
                    cr_assert_neq(pick[0][i], pick[1][j]);
            for (size_t t = 0; t < plan.n_targets; t++)
                cr_assert_eq(plan.in[2 * p * plan.n_targets + t] + plan.in[(2 * p + 1) * plan.n_targets + t], 1);
        }
        arena_free(arena);
        world_free(&world);
    }
}

/* One feature x: the dual ridge is the primal one, score = ȳ + w (x − x̄), w = Σ(x − x̄)(y − ȳ)/(Σ(x − x̄)² (1 + 10/k)). */
Test(shadow, ridge_and_likelihood_ratio)
{
    static const double x[] = {1, 2, 4, 3, 7, 9, 5};
    static const uint8_t in[] = {0, 0, 1, 0, 1, 1, 0}, taught[] = {1, 1, 1, 1, 0, 1, 0};
    double gram[49], score[7], mean = 0, label = 0, product = 0, square = 0;
    struct error error = {0};
    struct shadow_gaussian model;

    for (size_t i = 0; i < 7; i++)
        for (size_t j = 0; j < 7; j++)
            gram[i * 7 + j] = (x[i] - 2.5) * (x[j] - 2.5);
    for (size_t i = 0; i < 7; i++)
        if (taught[i]) {
            mean += x[i] / 5;
            label += (in[i] ? 1. : -1.) / 5;
        }
    for (size_t i = 0; i < 7; i++)
        if (taught[i]) {
            product += (x[i] - mean) * ((in[i] ? 1 : -1) - label);
            square += (x[i] - mean) * (x[i] - mean);
        }
    cr_assert_eq(shadow_ridge(gram, in, taught, 7, score, &error), 0);
    for (size_t i = 0; i < 7; i++)
        cr_assert_float_eq(score[i], label + product / (square * (1 + 10. / 5)) * (x[i] - mean), 1e-9, "row %zu: %g", i,
                           score[i]);
    /* in: 4, 9; out: 1, 2, 3; means 6.5 and 2, pooled variance (12.5 + 2)/3 */
    model = shadow_gaussian_fit(x, in, taught, 7);
    cr_assert_float_eq(model.variance, 14.5 / 3, 1e-12);
    cr_assert_float_eq(shadow_gaussian_ratio(&model, 5), (pow(5 - 2, 2) - pow(5 - 6.5, 2)) / (2 * 14.5 / 3), 1e-12);
}

/* AUC, jackknife and ends by hand: 8 pairs in 4 folds of 2, one target, which is in the even shadows. */
Test(shadow, judge)
{
    static double score[][16] = {{1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0},
                                 {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
                                 {1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0},
                                 {0}};
    /* third: fold 0 (pairs 0 and 4) compares 1 > 0, 1 = 1, 0 = 0 and 0 < 1: 2 of 4, the other folds 4 of 4 */
    static const double auc[] = {1, 0, 14. / 16, .5}, first[] = {1, 0, .5, .5};
    uint8_t in[16] = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0};
    const struct shadow_plan plan = {.n_shadows = 16, .n_targets = 1, .n_worst = 1, .in = in};
    /* left out: pair 0 leaves 0 of 1 in its fold, pair 4 leaves 1 of 1, any other 2 of 4 there and 1 of 1 in its own */
    const double without[] = {12. / 13, 13. / 13, 11. / 13}, mean = (without[0] + without[1] + 6 * without[2]) / 8;
    double squares = pow(without[0] - mean, 2) + pow(without[1] - mean, 2) + 6 * pow(without[2] - mean, 2);
    struct shadow_tally inner[SHADOW_FOLDS * SHADOW_FOLDS] = {{0}};
    struct error error = {0};

    for (size_t k = 0; k < 4; k++) {
        const struct shadow_scores scores = {.held_out = {score[k], NULL, NULL, score[k]}, .inner = {inner, NULL, NULL, inner}};
        struct shadow_auc result, dcr;

        cr_assert_eq(shadow_judge(&plan, &scores, SHADOW_QUERY_COUNTS, 0, 1, .95, &result, &error), 0);
        cr_assert_eq(shadow_judge(&plan, &scores, SHADOW_DCR, 0, 1, .95, &dcr, &error), 0);
        cr_assert_float_eq(result.auc, auc[k], 1e-12);
        cr_assert_float_eq(result.fold[0], first[k], 1e-12);
        cr_assert_float_eq(result.fold[3], k == 2 ? 1 : auc[k], 1e-12);
        cr_assert(k == 2 ? result.limit > dcr.limit : isnan(result.limit));
        cr_assert(result.lo <= result.auc && result.auc <= result.hi && result.lower <= result.lo);
        if (k == 0) /* .025^(1/8) */
            cr_assert_float_eq(result.lo, .6305834, 1e-6);
        if (k == 2) {
            cr_assert_float_eq(dcr.se, sqrt(squares * 7 / 8), 1e-12);
            cr_assert_float_eq(result.se, dcr.se * sqrt(7. / 3), 1e-12);
            cr_assert_float_eq(dcr.limit, .9988568, 1e-6, "%.7f", dcr.limit); /* t of 7: 1 - .025/4 and .95 */
        }
    }
}

/* 20 pairs, five targets, each in the even shadows. Scores without the target: 0 … 4 in pairs of even number (folds 0 and 2), 5
 * … 9 in the others, so that 7 of 75 allowed above give the threshold 9 for folds 0 and 2 and 8 for folds 1 and 3: 10 false
 * alarms of 100. Scores with it: 10 in every third pair, else 8.5: 4 of 10 pairs pass in folds 0 and 2, all of them in the
 * others. Without any pair the thresholds are the same, so that the standard error is that of 14 of 20. Ends: plain Python,
 * Student's t by Simpson's rule and bisection. */
Test(shadow, points)
{
    enum { SHADOWS = 40, TARGETS = 5 };
    static double score[TARGETS * SHADOWS];
    static uint8_t in[SHADOWS * TARGETS];
    const struct shadow_plan plan = {.n_shadows = SHADOWS, .n_targets = TARGETS, .n_worst = TARGETS, .in = in};
    const struct shadow_scores scores = {.held_out = {score, NULL, NULL, score}};
    struct shadow_point points[MEMBERSHIP_POINTS], wide[MEMBERSHIP_POINTS];
    struct error error = {0};

    for (size_t s = 0; s < SHADOWS; s++)
        for (size_t t = 0; t < TARGETS; t++) {
            in[s * TARGETS + t] = s % 2 == 0;
            score[t * SHADOWS + s] = s % 2 ? (double)(s / 2 % 2 * 5 + t) : s / 2 % 3 ? 8.5 : 10;
        }
    cr_assert_eq(shadow_points(&plan, &scores, SHADOW_DCR, 0, TARGETS, .95, points, &error), 0);
    cr_assert_eq(shadow_points(&plan, &scores, SHADOW_QUERY_COUNTS, 0, TARGETS, .95, wide, &error), 0);
    cr_assert(!points[0].supported && !points[1].supported && isnan(points[1].tpr));
    cr_assert_float_eq(points[2].fpr, .1, 1e-12);
    cr_assert_float_eq(points[2].tpr, .7, 1e-12);
    cr_assert_float_eq(points[2].tpr_lo, .4500361, 1e-6, "%.7f", points[2].tpr_lo);
    cr_assert_float_eq(points[2].tpr_hi, .8693383, 1e-6, "%.7f", points[2].tpr_hi);
    cr_assert_lt(wide[2].tpr_lo, points[2].tpr_lo);
    cr_assert_eq(shadow_points(&plan, &scores, SHADOW_DCR, 0, 4, .95, points, &error), 0); /* 80 scores are too few */
    cr_assert(!points[2].supported);
}

/* Without a generator, and where the table under test is nobody's work, the measure says so. */
Test(shadow, not_measurable)
{
    const struct shadow_settings settings = settings_of(generator_find("bootstrap"), 8);
    const struct measure *measure = measure_find("privacy.shadow");
    struct world world;
    struct result result = {0};
    struct error error = {0};

    shadow_world(&world, 40, 40, 3);
    cr_assert_eq(measure->run(&world.task, &result, &error), ERROR_UNMEASURABLE);
    cr_assert(strstr(error.message, "--generator"));
    world.task.shadow = &settings;
    world.task.kind = SUBJECT_HONEST;
    cr_assert_eq(measure->run(&world.task, &result, &error), ERROR_UNMEASURABLE);
    world_free(&world);
}
