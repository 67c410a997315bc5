/* proxy.*: numbers by hand on small tables, known truths, what they cannot see, odd tables. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attacks/proxies/distances.h"
#include "core/random.h"
#include "tests/unit/privacy_world.h"

static const char *const proxies[] = {
    "proxy.apparent_match", "proxy.dcr_baseline", "proxy.dcr_overfitting",   "proxy.dcr_quantiles",
    "proxy.dcr_share",      "proxy.hitting_rate", "proxy.identifiability",   "proxy.ims",
    "proxy.nnaa",           "proxy.nndr",         "proxy.unique_exact_match"};
enum { PROXIES = sizeof proxies / sizeof *proxies };

static double detail(const struct result *result, const char *key)
{
    return json_get_number(result->details, key, NAN);
}

/* Labelled, out of the privacy dimension, and the finding says why it is not enough. */
Test(proxies, are_labelled)
{
    struct world world;
    size_t found = 0;

    for (size_t m = 0; m < measure_count; m++)
        found += strncmp(measure_registry[m]->id, "proxy.", 6) == 0;
    cr_assert_eq(found, PROXIES);
    world_new(&world, 3, 2, 200, 200, 200);
    world.columns[3].roles = world.columns[4].roles = ROLE_QUASI;
    world_draw_all(&world, 3);
    for (size_t m = 0; m < PROXIES; m++) {
        const struct measure *measure = measure_find(proxies[m]);
        struct result result;

        cr_assert(measure && measure->proxy && measure->anchor == ANCHOR_NONE && !measure->threat, "%s", proxies[m]);
        cr_expect(strstr(measure->summary, "A proxy, not an attack"), "%s", proxies[m]);
        world_run(&world, proxies[m], &result);
        cr_expect(strstr(result.finding, "proxy") || strstr(result.finding, "cannot clear"), "%s: %s", proxies[m],
                  result.finding);
        cr_expect_lt(strlen(result.finding), sizeof result.finding - 1, "%s is cut", proxies[m]);
        cr_expect(strstr(result.finding, "cannot clear the candidate"), "%s: %s", proxies[m], result.finding);
        cr_expect(result.lo <= result.value && result.value <= result.hi && result.hi > result.lo, "%s: %g [%g, %g]",
                  proxies[m], result.value, result.lo, result.hi);
        world_result_free(&result);
    }
    world_free(&world);
}

/* ---- by hand ---- */

/* x whole from 0 to 19, y in quarters or missing, g of three levels; the generator of tests/golden/oracle/proxies_example.py.
 */
static void fill(struct table *table, uint64_t state)
{
    for (size_t i = 0; i < table->rows; i++) {
        double u[4];

        for (size_t k = 0; k < 4; k++) {
            state = (1103515245 * state + 12345) % (UINT64_C(1) << 31);
            u[k] = (double)state / (double)(UINT64_C(1) << 31);
        }
        table_numbers(table, 0)[i] = floor(20 * u[0]);
        table_numbers(table, 1)[i] = u[1] < .15 ? NAN : floor(8 * u[2]) / 4;
        table_codes(table, 2)[i] = (uint32_t)(3 * u[3]);
    }
}

static void example_world(struct world *world)
{
    world_new(world, 2, 1, 14, 14, 11);
    world->columns[0].roles = ROLE_QUASI;
    fill(world->train, 1);
    fill(world->holdout, 2);
    fill(world->subject, 3);
    world_copy_row(world, world->train, 5, world->train, 4);
    world_copy_row(world, world->subject, 0, world->train, 3);
    world_copy_row(world, world->subject, 1, world->train, 4);
    world_copy_row(world, world->subject, 2, world->holdout, 6);
    world_copy_row(world, world->subject, 4, world->subject, 3);
    table_seal(world->train);
    table_seal(world->holdout);
    table_seal(world->subject);
}

/* Numbers of an independent program: in tests/golden, python3 -m oracle.proxies_example (plain Python; the jackknife leaves out
 * every row in turn). detail NULL: none. */
static const struct {
    const char *id;
    double value, lo, hi;
    const char *detail;
    double want;
} examples[] = {
    {"proxy.dcr_quantiles", -0.011904761904761899, -0.06712663068268729, 0.11497173533888903, NULL, 0},
    {"proxy.nndr", 0.25772898310612913, -0.21008685945555122, 0.7255448256678094, "mean_train", 0.7937889645249623},
    {"proxy.nndr", 0.25772898310612913, -0.21008685945555122, 0.7255448256678094, "p05_holdout", 0.022727272727272724},
    {"proxy.nnaa", -0.12175324675324684, -0.6682550963193685, 0.42474860281287485, "accuracy_train", 0.4545454545454546},
    {"proxy.nnaa", -0.12175324675324684, -0.6682550963193685, 0.42474860281287485, "accuracy_by_chance", 0.4791666666666667},
    {"proxy.dcr_overfitting", 0.9090909090909092, 0.4254254324491953, 1, "one_scale", 0.9090909090909092},
    {"proxy.dcr_overfitting", 0.9090909090909092, 0.4254254324491953, 1, "closer_train", 6},
    {"proxy.identifiability", 0.5, 0.04672014853516182, 0.9532798514648382, "holdout", 0.6785714285714286},
    {"proxy.identifiability", 0.5, 0.04672014853516182, 0.9532798514648382, "by_chance", 0.4583333333333333},
    {"proxy.hitting_rate", 0.21428571428571427, 0, 0.5923699206631827, "holdout", 0.07142857142857142},
    {"proxy.apparent_match", 0.2727272727272727, 0, 0.8439869210997875, "holdout", 0.5454545454545454},
    {"proxy.ims", 0.18181818181818182, 0, 0.5201893260084096, "holdout", 0},
    {"proxy.unique_exact_match", 0.08333333333333333, 0, 0.391946992680011, "holdout", 0.07142857142857142},
    {"proxy.unique_exact_match", 0.08333333333333333, 0, 0.391946992680011, "unique_rows", 12},
};

Test(proxies, numbers_of_another_program)
{
    for (size_t e = 0; e < sizeof examples / sizeof *examples; e++) {
        struct world world;
        struct result result;

        example_world(&world);
        world_run(&world, examples[e].id, &result);
        cr_expect_float_eq(result.value, examples[e].value, 1e-12, "%s: %.17g", examples[e].id, result.value);
        cr_expect_float_eq(result.lo, examples[e].lo, 1e-12, "%s: lower end %.17g", examples[e].id, result.lo);
        cr_expect_float_eq(result.hi, examples[e].hi, 1e-12, "%s: upper end %.17g", examples[e].id, result.hi);
        if (examples[e].detail)
            cr_expect_float_eq(detail(&result, examples[e].detail), examples[e].want, 1e-12, "%s: %s %.17g", examples[e].id,
                               examples[e].detail, detail(&result, examples[e].detail));
        world_result_free(&result);
        world_free(&world);
    }
}

/* ---- truths ---- */

/* A share c of the candidate's rows are training rows, each another one; the rest fresh. Columns are continuous, so that no two
 * rows are equal by chance. nnaa and nndr move by at most c/2 and −c; a copy of all of train, in another order, is at the end
 * of every scale. */
Test(proxies, see_copies_as_they_should)
{
    enum { ROWS = 600 };
    static const double shares[] = {0, .05, .3, 1};

    for (size_t k = 0; k < sizeof shares / sizeof *shares; k++) {
        size_t copied = (size_t)lround(shares[k] * ROWS);
        double c = shares[k], value[PROXIES];
        struct world world;

        world_new(&world, 4, 1, ROWS, ROWS, ROWS);
        world.columns[0].roles = ROLE_QUASI;
        world_draw_all(&world, 40);
        for (size_t i = 0; i < copied; i++)
            world_copy_row(&world, world.subject, i, world.train, (i * 7 + 3) % ROWS);
        table_seal(world.subject);
        for (size_t m = 0; m < PROXIES; m++) {
            struct result result;

            world_run(&world, proxies[m], &result);
            value[m] = result.value;
            if (strcmp(proxies[m], "proxy.ims") == 0 || strcmp(proxies[m], "proxy.unique_exact_match") == 0)
                cr_expect(fabs(result.value - c) <= 1e-12 && detail(&result, "holdout") <= 0, "%s: %g", proxies[m],
                          result.value);
            if (strcmp(proxies[m], "proxy.dcr_overfitting") == 0)
                cr_expect_float_eq(detail(&result, "one_scale"), 1 - c, .08, "protection %g at %g", result.value, c);
            world_result_free(&result);
        }
        cr_expect_float_eq(value[8], c / 2, .08, "nnaa %g at %g", value[8], c);
        cr_expect(value[9] <= .05 && value[9] >= -c - .05, "nndr %g at %g", value[9], c);
        cr_expect_geq(value[5], c - 1e-12, "hitting rate %g at %g", value[5], c);
        if (copied == ROWS) {
            cr_expect(value[1] <= 0 && value[2] <= 0 && value[3] < 0 && value[4] >= 1 && value[6] >= 1 && value[5] >= 1);
            cr_expect_lt(value[9], -.5);
        }
        world_free(&world);
    }
}

/* Fresh rows: the interval holds what strangers show (0; for identifiability the share by chance) in at least 95 % − 3 SE of
 * the worlds, with unequal sizes too. */
Test(proxies, intervals_hold_on_fresh_rows)
{
    enum { WORLDS = 150, KINDS = 4 };
    static const char *const ids[KINDS] = {"proxy.dcr_quantiles", "proxy.nndr", "proxy.nnaa", "proxy.identifiability"};
    size_t held[KINDS] = {0};

    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        struct world world;

        world_new(&world, 3, 1, 250, seed % 2 ? 180 : 300, 200);
        world.task.seed = seed;
        world_draw_all(&world, 7000 + seed);
        for (size_t m = 0; m < KINDS; m++) {
            struct result result;
            double truth;

            world_run(&world, ids[m], &result);
            truth = m == 3 ? detail(&result, "by_chance") : 0;
            held[m] += result.lo <= truth && truth <= result.hi;
            world_result_free(&result);
        }
        world_free(&world);
    }
    for (size_t m = 0; m < KINDS; m++)
        cr_expect_geq((double)held[m], WORLDS * (.95 - 3 * sqrt(.95 * .05 / WORLDS)), "%s: %zu of %d", ids[m], held[m], WORLDS);
}

/* The same bytes for any number of threads; searches are shared, so the second measure finds what the first left. */
Test(proxies, threads_and_shared_searches)
{
    static const size_t threads[] = {1, 2, 7};
    struct strbuf first = STRBUF_INIT;

    for (size_t t = 0; t < 3; t++) {
        struct strbuf text = STRBUF_INIT;
        struct world world;
        struct pool *pool;
        const struct nearest *a = NULL, *b = NULL;

        world_new(&world, 4, 3, 900, 700, 800);
        world.columns[5].roles = world.columns[6].roles = ROLE_QUASI;
        world_draw_all(&world, 77);
        cr_assert_eq(pool_new(&pool, threads[t], NULL), 0);
        world.task.pool = pool;
        for (size_t m = 0; m < PROXIES; m++) {
            struct result result;

            world_run(&world, proxies[m], &result);
            json_print(result.details, &text);
            strbuf_addf(&text, "%s %.17g %.17g %.17g %s\n", proxies[m], result.value, result.lo, result.hi, result.finding);
            world_result_free(&result);
        }
        cr_assert_eq(nearest_rows(&world.task, PARTY_SUBJECT, PARTY_TRAIN, &a, NULL), 0);
        cr_assert_eq(nearest_rows(&world.task, PARTY_SUBJECT, PARTY_TRAIN, &b, NULL), 0);
        cr_assert_eq(a, b);
        cr_assert_eq(a->others, 700);
        if (t == 0)
            first = text;
        else {
            cr_assert_str_eq(strbuf_text(&text), strbuf_text(&first), "%zu threads", threads[t]);
            strbuf_free(&text);
        }
        pool_free(pool);
        world_free(&world);
    }
    strbuf_free(&first);
}

/* ---- odd tables ---- */

enum oddity { ONE_ROW, TWO_ROWS, NO_HOLDOUT, EQUAL_ROWS, ALL_MISSING, CONSTANT_COLUMN, LEVELS_ONLY, NOTHING_QUASI, ODDITIES };

static const struct {
    const char *what;
    size_t numbers, levels, train, holdout, subject;
    unsigned unmeasurable; /* bit m: proxies[m] must say why not */
} oddities[ODDITIES] = {
    [ONE_ROW] = {"one row", 2, 1, 50, 50, 1, 1 << 2 | 1 << 3 | 1 << 4 | 1 << 8 | 1 << 9 | 1 << 1},
    [TWO_ROWS] = {"two real rows", 2, 1, 2, 2, 40, 1 << 2 | 1 << 3 | 1 << 4 | 1 << 6 | 1 << 8 | 1 << 9 | 1 << 1},
    [NO_HOLDOUT] = {"no holdout", 2, 1, 50, 0, 40, 1 << 2 | 1 << 3 | 1 << 4 | 1 << 8 | 1 << 9},
    [EQUAL_ROWS] = {"equal rows", 2, 1, 50, 50, 40, 1 << 6 | 1 << 10},
    [ALL_MISSING] = {"all missing", 2, 1, 50, 50, 40, 1 << 1 | 1 << 6 | 1 << 10},
    [CONSTANT_COLUMN] = {"a constant column", 2, 1, 50, 50, 40, 0},
    [LEVELS_ONLY] = {"categories only", 0, 3, 50, 50, 40, 0},
    [NOTHING_QUASI] = {"no quasi-identifier", 2, 1, 50, 50, 40, 1},
};

static void make_odd(struct world *world, enum oddity oddity)
{
    struct table *tables[3];

    world_new(world, oddities[oddity].numbers, oddities[oddity].levels, oddities[oddity].train, oddities[oddity].holdout,
              oddities[oddity].subject);
    world->columns[0].roles = oddity == NOTHING_QUASI ? 0 : ROLE_QUASI;
    world_draw_all(world, 5);
    tables[0] = world->train, tables[1] = world->holdout, tables[2] = world->subject;
    for (size_t t = 0; t < 3; t++) {
        for (size_t i = 0; i < tables[t]->rows && oddity == EQUAL_ROWS; i++)
            world_copy_row(world, tables[t], i, world->train, 0);
        for (size_t i = 0; i < tables[t]->rows && (oddity == ALL_MISSING || oddity == CONSTANT_COLUMN); i++) {
            table_numbers(tables[t], 0)[i] = oddity == ALL_MISSING ? NAN : 3;
            if (oddity == ALL_MISSING) {
                table_numbers(tables[t], 1)[i] = NAN;
                table_codes(tables[t], 2)[i] = CODE_MISSING;
            }
        }
        table_seal(tables[t]);
    }
}

Test(proxies, odd_tables_have_a_number_or_a_reason)
{
    for (enum oddity oddity = 0; oddity < ODDITIES; oddity++)
        for (size_t m = 0; m < PROXIES; m++) {
            struct result result = {.arena = arena_new()};
            struct error error = {0};
            struct world world;
            int status;

            make_odd(&world, oddity);
            status = measure_find(proxies[m])->run(&world.task, &result, &error);
            if (oddities[oddity].unmeasurable >> m & 1)
                cr_expect(status == ERROR_UNMEASURABLE && error.message[0], "%s of %s: status %d, %g", proxies[m],
                          oddities[oddity].what, status, result.value);
            else
                cr_expect(status == 0 && result.lo <= result.value && result.value <= result.hi && isfinite(result.lo) &&
                              isfinite(result.hi) && json_complete(result.details),
                          "%s of %s: status %d (%s), %g [%g, %g]", proxies[m], oddities[oddity].what, status, error.message,
                          result.value, result.lo, result.hi);
            world_result_free(&result);
            world_free(&world);
        }
}
