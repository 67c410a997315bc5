/* privacy.copies and proxy.dcr_share on worlds whose answer is known, and on the golden pairs of real tables. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attacks/tables.h"
#include "core/random.h"
#include "tests/unit/privacy_world.h"

static double detail(const struct result *result, const char *key)
{
    return json_get_number(result->details, key, NAN);
}

/* A share c of training rows, the rest fresh; noise (in ranges of train) makes them near copies. */
struct copy_case {
    double share, noise;
    size_t train, holdout, subject;
    double exact, value; /* expected */
};

Test(copies, are_counted_beyond_the_holdout)
{
    static const struct copy_case cases[] = {{0, 0, 1000, 1000, 1000, 0, 0},    {.05, 0, 1000, 1000, 1000, .05, .05},
                                             {1, 0, 1000, 1000, 1000, 1, 1},    {.3, .005, 1000, 1000, 1000, 0, .3},
                                             {.2, 0, 2000, 1000, 1000, .2, .2}, {.2, 0, 1000, 3000, 500, .2, .2},
                                             {.2, .02, 1000, 1000, 1000, 0, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct copy_case *c = &cases[i];
        double tolerance = 4 * sqrt((c->value + .01) / (double)c->subject) * (c->train > c->holdout ? 1.5 : 1);
        size_t copied = (size_t)(c->share * (double)c->subject);
        struct world world;
        struct result result;

        world_new(&world, 5, 2, c->train, c->holdout, c->subject);
        world_draw(&world, world.train, 0, 7);
        world_draw(&world, world.holdout, 0, 7);
        world_draw(&world, world.subject, copied, 7);
        for (size_t row = 0; row < copied; row++) {
            world_copy_row(&world, world.subject, row, world.train, row * 7 % c->train);
            for (size_t j = 0; j < 5 && c->noise > 0; j++)
                table_numbers(world.subject, j)[row] += c->noise * 5; /* train's ranges are 6 to 7: .005 is near, .02 is not */
        }
        table_seal(world.subject);
        world_run(&world, "privacy.copies", &result);
        cr_assert_float_eq(detail(&result, "exact_rows"), c->exact * (double)c->subject, 1e-9, "case %zu: %g exact", i,
                           detail(&result, "exact_rows"));
        cr_assert_eq(detail(&result, "exact_holdout"), 0);
        cr_assert_float_eq(result.value, c->value, tolerance, "case %zu: %g", i, result.value);
        cr_assert(result.lo <= result.value && result.value <= result.hi);
        cr_assert(c->value > 0 ? result.lo > 0 : result.lo <= 0, "case %zu: lower end %g", i, result.lo);
        cr_assert(result.hi <= (c->value > 0 ? 1 : .02), "case %zu: upper end %g", i, result.hi);
        world_result_free(&result);
        world_free(&world);
    }
}

/* Twenty rows against a holdout of 21 say next to nothing: the finding claims no more, and in plain digits. */
Test(copies, tiny_tables_prove_nothing)
{
    struct world world;
    struct result result;

    world_new(&world, 1, 1, 2000, 21, 20);
    world_draw_all(&world, 1);
    world_run(&world, "privacy.copies", &result);
    cr_assert(result.lo <= 0 && result.hi >= 1, "[%g, %g]", result.lo, result.hi);
    cr_expect(strstr(result.finding, "Nothing proves") && strstr(result.finding, "at most 100.0 %"), "%s", result.finding);
    world_result_free(&result);
    world_free(&world);
}

/* Common rows are no leak: on few-valued rows everything has a match in train and in the holdout, and the excess is about 0. */
Test(copies, common_rows_are_no_leak)
{
    struct world world;
    struct result result;

    world_new(&world, 0, 3, 2000, 2000, 2000);
    world_draw_all(&world, 17);
    world_run(&world, "privacy.copies", &result);
    cr_assert_gt(detail(&result, "exact"), .95);
    cr_assert_gt(detail(&result, "exact_holdout"), .95);
    cr_assert(result.lo <= 0 && result.value < .01 && result.hi < .03, "%g [%g, %g]", result.value, result.lo, result.hi);
    world_result_free(&result);
    world_free(&world);
}

/* Fresh rows: the lower end is above 0 in at most 2.5 % + 3 SE of the worlds, with near matches common (two columns). */
Test(copies, fresh_rows_raise_no_alarm)
{
    enum { WORLDS = 150 };
    size_t alarms = 0;

    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        struct world world;
        struct result result;

        world_new(&world, 2, 1, 300, 300, 300);
        world_draw_all(&world, 500 + seed);
        world_run(&world, "privacy.copies", &result);
        alarms += result.lo > 0;
        world_result_free(&result);
        world_free(&world);
    }
    cr_assert_leq((double)alarms, WORLDS * (.025 + 3 * sqrt(.025 * .975 / WORLDS)), "%zu alarms", alarms);
}

/* One numeric column: train 0, 10, 20 (range 20), holdout 5, 15, 20.5; subject 1 (nearer to train), 2.5 (a tie: .125 from 0 and
 * from 5), 14, 20.5 and 30 (nearer to the holdout). */
Test(dcr_share, counts_rows_by_hand)
{
    static const double train[] = {0, 10, 20}, holdout[] = {5, 15, 20.5}, subject[] = {1, 2.5, 14, 20.5, 30};
    struct world world;
    struct result result;

    world_new(&world, 1, 0, 3, 3, 5);
    memcpy(table_numbers(world.train, 0), train, sizeof train);
    memcpy(table_numbers(world.holdout, 0), holdout, sizeof holdout);
    memcpy(table_numbers(world.subject, 0), subject, sizeof subject);
    world_run(&world, "proxy.dcr_share", &result);
    cr_assert_eq(detail(&result, "closer_train"), 1);
    cr_assert_eq(detail(&result, "closer_holdout"), 3);
    cr_assert_eq(detail(&result, "ties"), 1);
    cr_assert_float_eq(result.value, .3, 1e-15);
    /* Wilson's interval of 1.5 of 5 rows, unrounded (python3: statistics.NormalDist().inv_cdf(.975) and Wilson 1927). */
    cr_assert_float_eq(result.lo, 0.072584039985663429, 1e-12);
    cr_assert_float_eq(result.hi, 0.70120894592760652, 1e-12);
    world_result_free(&result);
    world_free(&world);
}

/* A copy gives 1, an honest table ½ within its interval in at least 95 % − 3 SE of the worlds (unequal sizes too), 5 % of
 * copies stay inside the interval of an honest one: the reason why this is a proxy. */
Test(dcr_share, known_truths)
{
    enum { WORLDS = 200 };
    size_t covered = 0;
    struct world world;
    struct result result;

    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        world_new(&world, 3, 1, 300, seed % 2 ? 200 : 450, 250);
        world.task.seed = seed;
        world_draw_all(&world, 900 + seed);
        world_run(&world, "proxy.dcr_share", &result);
        covered += result.lo <= .5 && result.hi >= .5;
        world_result_free(&result);
        world_free(&world);
    }
    cr_assert_geq((double)covered, WORLDS * (.95 - 3 * sqrt(.95 * .05 / WORLDS)), "%zu of %d", covered, WORLDS);

    world_new(&world, 3, 1, 400, 400, 400);
    world_draw(&world, world.train, 0, 1);
    world_draw(&world, world.holdout, 0, 1);
    for (size_t i = 0; i < 400; i++)
        world_copy_row(&world, world.subject, i, world.train, i);
    world_run(&world, "proxy.dcr_share", &result);
    cr_assert_geq(result.value, .99);
    cr_assert(measure_find("proxy.dcr_share")->proxy && strstr(result.finding, "proxy"));
    world_result_free(&result);
    world_free(&world);
}

/* The holdout itself as the candidate: nothing of train is in it, though every row equals a holdout row. And the same bytes for
 * any number of threads, from all three measures. */
Test(disclosure, holdout_as_candidate_and_threads)
{
    static const char *const ids[] = {"privacy.copies", "privacy.membership", "proxy.dcr_share"};
    static const size_t threads[] = {1, 2, 7};
    struct strbuf first[3] = {STRBUF_INIT, STRBUF_INIT, STRBUF_INIT};

    for (size_t t = 0; t < 3; t++) {
        struct world world;
        struct pool *pool;

        world_new(&world, 5, 3, 1500, 1500, 1500);
        world_draw(&world, world.train, 0, 61);
        world_draw(&world, world.holdout, 0, 61);
        for (size_t i = 0; i < 1500; i++)
            world_copy_row(&world, world.subject, i, world.holdout, i);
        cr_assert_eq(pool_new(&pool, threads[t], NULL), 0);
        world.task.pool = pool;
        for (size_t m = 0; m < 3; m++) {
            struct strbuf text = STRBUF_INIT;
            struct result result;

            world_run(&world, ids[m], &result);
            json_print(result.details, &text);
            strbuf_addf(&text, "%.17g %.17g %.17g %s", result.value, result.lo, result.hi, result.finding);
            if (t == 0) {
                first[m] = text;
                cr_assert(m == 2 || (result.value < .02 && result.lo <= 0), "%s: %g", ids[m], result.value);
            } else {
                cr_assert_str_eq(strbuf_text(&text), strbuf_text(&first[m]), "%s with %zu threads", ids[m], threads[t]);
                strbuf_free(&text);
            }
            world_result_free(&result);
        }
        pool_free(pool);
        world_free(&world);
    }
    for (size_t m = 0; m < 3; m++)
        strbuf_free(&first[m]);
}

/* ---- real tables ---- */

/* What a release gate must tell apart at n = 2404 and 6000: fresh real rows from a copy and from 5 % leaked rows. */
Test(disclosure, honest_passes_and_leaks_fail_on_real_tables)
{
    static const char *const sets[] = {"../shared/golden/pairs/compas", "../shared/golden/pairs/law_school"};

    if (access(sets[0], R_OK) != 0)
        cr_skip_test("../shared/golden is not here");
    for (size_t s = 0; s < 2; s++) {
        static const char *const names[] = {"reserve", "copy", "leak05"};
        char path[5][200];
        const char *candidates[] = {path[2], path[3], path[4]};
        struct dataset_options options = {.train = path[0], .holdout = path[1], .candidates = candidates, .n_candidates = 3};
        struct artifacts *artifacts;
        struct dataset *data;
        struct error error = {0};

        snprintf(path[0], sizeof path[0], "%s/train.csv", sets[s]);
        snprintf(path[1], sizeof path[1], "%s/holdout.csv", sets[s]);
        for (size_t c = 0; c < 3; c++)
            snprintf(path[2 + c], sizeof path[2 + c], "%s/%s.csv", sets[s], names[c]);
        cr_assert_eq(dataset_read(&data, &options, &error), 0, "%s", error.message);
        cr_assert_eq(artifacts_new(&artifacts, &error), 0);
        for (size_t c = 0; c < 3; c++) {
            struct result copies, membership, share;

            dataset_run(data, artifacts, c, "privacy.copies", &copies);
            dataset_run(data, artifacts, c, "privacy.membership", &membership);
            dataset_run(data, artifacts, c, "proxy.dcr_share", &share);
            cr_assert(c == 0 ? copies.hi < .015 : copies.lo > .03, "%s %s: copies [%g, %g]", sets[s], names[c], copies.lo,
                      copies.hi);
            cr_assert(c == 0 ? membership.lo <= 0 && membership.hi < .06 : membership.lo > .03, "%s %s: membership [%g, %g]",
                      sets[s], names[c], membership.lo, membership.hi);
            cr_assert(c == 1 ? share.lo > .95 : share.value < .6, "%s %s: share %g", sets[s], names[c], share.value);
            if (c == 2) /* truth.json: 5 % of the candidate's rows are training rows; one more by chance */
                cr_assert_float_eq(detail(&copies, "exact_rows"), .05 * (double)copies.n, 2);
            world_result_free(&copies);
            world_result_free(&membership);
            world_result_free(&share);
        }
        artifacts_free(artifacts);
        dataset_free(data);
    }
}
