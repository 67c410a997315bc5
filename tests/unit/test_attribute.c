/* privacy.attribute and privacy.outliers: worlds whose answer is known, generalised CAP against a naive loop, edge cases. */
#include <stdio.h>
#include <string.h>

#include "attacks/disclosure/attribute_attacks.h"
#include "tests/unit/quasi_world.h"

static const cJSON *attack_of(const struct result *result, size_t secret, const char *name)
{
    const cJSON *item,
        *attacks =
            cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(result->details, "secrets"), (int)secret), "attacks");

    cJSON_ArrayForEach(item, attacks) if (strcmp(json_get_string(item, "attack", ""), name) == 0) return item;
    return NULL;
}

static double of_attack(const struct result *result, const char *name, const char *path)
{
    return json_get_number(attack_of(result, 0, name), path, NAN);
}

/* Quasi-identifiers x and y, secret s of three classes with shares .6, .3, .1: drawn by chance, or from x alone. */
static void draw(struct table *table, bool follows, struct random *random)
{
    for (size_t i = 0; i < table->rows; i++) {
        const double x = random_normal(random), u = follows ? normal_cdf(x) : random_uniform(random);

        fake_numbers(table, 0)[i] = x;
        fake_numbers(table, 1)[i] = -random_uniform(random);
        fake_codes(table, 2)[i] = u < .6 ? 0 : u < .9 ? 1 : 2;
    }
}

static const struct fake_column known[] = {{"x", COLUMN_NUMERIC, 0, ROLE_QUASI, 6},
                                           {"y", COLUMN_NUMERIC, 0, ROLE_QUASI, 6},
                                           {"s", COLUMN_CATEGORICAL, 3, ROLE_SECRET, 0}};

static void draw_world(struct quasi_world *world, size_t rows, bool follows, bool copy)
{
    struct random random;

    random_init(&random, 1, "attribute", 0, 0);
    quasi_world_new(world, known, 3, rows, rows, rows);
    draw(world->train, follows, &random);
    draw(world->holdout, follows, &random);
    draw(world->subject, follows, &random);
    for (size_t i = 0; i < rows && copy; i++)
        copy_row(world->subject, i, world->train, i);
    quasi_world_seal(world);
}

/* AT24, first half: the secret is random given unique quasi-identifiers, the candidate a perfect copy. Always right on train,
 * chance on the holdout: advantage 1. The same bytes for any number of threads. */
Test(attribute, random_secret_and_perfect_copy)
{
    struct strbuf first = STRBUF_INIT;
    struct quasi_world world;
    struct result result;
    struct error error = {0};

    draw_world(&world, 1000, false, true);
    for (size_t threads = 1; threads < 4; threads += 2) {
        struct strbuf text = STRBUF_INIT;

        cr_assert_eq(quasi_world_run(&world, "privacy.attribute", threads, &result, &error), 0, "%s", error.message);
        cr_assert_eq(result.value, 1);
        cr_assert(result.lo > .98 && result.hi == 1, "[%g, %g]", result.lo, result.hi);
        for (size_t a = 0; a < 3; a++) {
            const double chance = of_attack(&result, attribute_attack_names[a], "unweighted.holdout");

            cr_assert_eq(of_attack(&result, attribute_attack_names[a], "train"), 1);
            cr_assert_float_eq(chance, .46, 4 * sqrt(.46 * .54 / 1000), "%s: %g", attribute_attack_names[a], chance);
        }
        json_print(result.details, &text);
        strbuf_addf(&text, "%.17g %.17g %s", result.lo, result.hi, result.finding);
        if (threads == 1)
            first = text;
        else
            cr_assert_str_eq(strbuf_text(&text), strbuf_text(&first));
        if (threads > 1)
            strbuf_free(&text);
        quasi_result_free(&result);
    }
    strbuf_free(&first);
    quasi_world_free(&world);
}

/* AT24, second half: the secret follows from x, the candidate is fresh: guessed of everybody, advantage 0. */
Test(attribute, what_follows_from_the_rest_is_no_leak)
{
    struct quasi_world world;
    struct result result;
    struct error error = {0};

    draw_world(&world, 1500, true, false);
    cr_assert_eq(quasi_world_run(&world, "privacy.attribute", 2, &result, &error), 0, "%s", error.message);
    cr_assert(of_attack(&result, "nearest", "train") > .7 && of_attack(&result, "nearest", "holdout") > .7);
    cr_assert(of_attack(&result, "tree", "train") > .85 && of_attack(&result, "tree", "holdout") > .85);
    for (size_t a = 0; a < ATTRIBUTE_ATTACKS; a++) { /* 95 % ends, widened to 3 SE */
        const char *name = attribute_attack_names[a];
        const double value = of_attack(&result, name, "advantage"), hi = of_attack(&result, name, "hi");

        cr_assert(fabs(value) < 3 / 1.96 * (hi - value), "%s: %g ± %g", name, value, hi - value);
    }
    cr_assert(result.lo <= 0 && result.hi >= 0 && result.hi < .12, "[%g, %g]", result.lo, result.hi);
    cr_assert(strstr(result.finding, "x and y") && strstr(result.finding, "no sign"), "%s", result.finding);
    quasi_result_free(&result);
    quasi_world_free(&world);
}

/* ---- CAP ---- */

enum { WIDE = 4, ROWS = 70 };

/* Mean probability of the true class among the candidate rows that differ in the fewest columns, by a naive double loop; and
 * CAP as published. */
static double naive_generalised(const struct table *records, const struct table *subject, double *cap, double *matched)
{
    double sum = 0, hits = 0, found = 0;

    for (size_t i = 0; i < ROWS; i++) {
        size_t nearest = WIDE + 1, all = 0, right = 0;

        for (size_t j = 0; j < ROWS; j++) {
            size_t apart = 0;

            for (size_t c = 0; c < WIDE; c++)
                apart += records->columns[c].code[i] != subject->columns[c].code[j];
            if (apart < nearest) {
                nearest = apart;
                all = right = 0;
            }
            all += apart == nearest;
            right += apart == nearest && records->columns[WIDE].code[i] == subject->columns[WIDE].code[j];
        }
        sum += (double)right / (double)all;
        found += nearest == 0;
        hits += nearest == 0 ? (double)right / (double)all : 0;
    }
    *cap = hits / found;
    *matched = found / ROWS;
    return sum / ROWS;
}

Test(attribute, cap_equals_a_naive_loop)
{
    static const struct fake_column columns[] = {{"a", COLUMN_CATEGORICAL, 6, ROLE_QUASI, 0},
                                                 {"b", COLUMN_CATEGORICAL, 9, ROLE_QUASI, 0},
                                                 {"c", COLUMN_CATEGORICAL, 3, ROLE_QUASI, 0},
                                                 {"d", COLUMN_CATEGORICAL, 8, ROLE_QUASI, 0},
                                                 {"s", COLUMN_CATEGORICAL, 4, ROLE_SECRET, 0}};
    static const char *const sides[] = {"train", "holdout"};

    for (uint64_t seed = 0; seed < 4; seed++) {
        struct quasi_world world;
        struct random random;
        struct result result;
        struct error error = {0};

        random_init(&random, seed, "cap", 0, 0);
        quasi_world_new(&world, columns, 5, ROWS, ROWS, ROWS);
        struct table *tables[] = {world.train, world.holdout, world.subject};
        for (size_t t = 0; t < 3; t++)
            for (size_t c = 0; c < 5; c++)
                for (size_t i = 0; i < ROWS; i++) {
                    const double u = random_uniform(&random);

                    fake_codes(tables[t], c)[i] = c < WIDE && u < .05 ? CODE_MISSING : (uint32_t)(u * u * columns[c].levels);
                }
        quasi_world_seal(&world);
        cr_assert_eq(quasi_world_run(&world, "privacy.attribute", 1, &result, &error), 0, "%s", error.message);
        for (size_t side = 0; side < 2; side++) {
            const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(result.details, "secrets"), 0);
            double cap, matched, want = naive_generalised(tables[side], world.subject, &cap, &matched);
            char path[40];

            snprintf(path, sizeof path, "unweighted.%s", sides[side]);
            cr_assert_float_eq(of_attack(&result, "generalised cap", path), want, 1e-12);
            snprintf(path, sizeof path, "cap.%s.cap", sides[side]);
            cr_assert_float_eq(json_get_number(item, path, NAN), cap, 1e-12);
            snprintf(path, sizeof path, "cap.%s.zero_cap", sides[side]);
            cr_assert_float_eq(json_get_number(item, path, NAN), cap * matched, 1e-12);
        }
        quasi_result_free(&result);
        quasi_world_free(&world);
    }
}

/* ---- edges ---- */

Test(attribute, edges)
{
    struct quasi_world world;
    struct result result;
    struct error error = {0};

    /* The secret has one value in the candidate: all guesses are that one, of train and holdout alike. */
    draw_world(&world, 300, false, true);
    for (size_t i = 0; i < 300; i++)
        fake_codes(world.subject, 2)[i] = 1;
    cr_assert_eq(quasi_world_run(&world, "privacy.attribute", 1, &result, &error), 0, "%s", error.message);
    cr_assert(result.lo <= 0 && result.hi >= 0, "[%g, %g]", result.lo, result.hi);
    cr_assert_eq(of_attack(&result, "tree", "train"), of_attack(&result, "cap", "train"));
    quasi_result_free(&result);
    /* It is missing in all candidate rows, or has a level that train lacks. */
    for (size_t i = 0; i < 300; i++)
        fake_codes(world.subject, 2)[i] = i % 2 ? CODE_MISSING : 77;
    cr_assert_eq(quasi_world_run(&world, "privacy.attribute", 1, &result, &error), ERROR_UNMEASURABLE);
    cr_assert(strstr(error.message, "no candidate row has a value of 's'"), "%s", error.message);
    quasi_result_free(&result);
    /* The quasi-identifiers are missing in all candidate rows: no key matches, all draw from all. */
    for (size_t i = 0; i < 300; i++) {
        fake_numbers(world.subject, 0)[i] = fake_numbers(world.subject, 1)[i] = NAN;
        fake_codes(world.subject, 2)[i] = (uint32_t)(i % 3);
    }
    cr_assert_eq(quasi_world_run(&world, "privacy.attribute", 1, &result, &error), 0, "%s", error.message);
    cr_assert_float_eq(of_attack(&result, "cap", "unweighted.train"), 1. / 3, 1e-12);
    cr_assert(result.lo <= 0 && result.hi >= 0);
    quasi_result_free(&result);
    /* Of too few records. */
    for (size_t i = 10; i < 300; i++)
        fake_codes(world.holdout, 2)[i] = CODE_MISSING;
    cr_assert_eq(quasi_world_run(&world, "privacy.attribute", 1, &result, &error), ERROR_UNMEASURABLE);
    quasi_result_free(&result);
    quasi_world_free(&world);

    /* A text can be no secret, and nothing else is named. */
    quasi_world_new(&world,
                    (struct fake_column[]){{"x", COLUMN_NUMERIC, 0, ROLE_QUASI, 0}, {"t", COLUMN_TEXT, 40, ROLE_SECRET, 0}}, 2,
                    40, 40, 40);
    quasi_world_seal(&world);
    cr_assert_eq(quasi_world_run(&world, "privacy.attribute", 1, &result, &error), ERROR_UNMEASURABLE);
    cr_assert(strstr(error.message, "no secret column"), "%s", error.message);
    quasi_result_free(&result);
    quasi_world_free(&world);
}

/* ---- outliers ---- */

Test(outliers, known_truths)
{
    struct quasi_world world;
    struct result result;
    struct error error = {0};

    draw_world(&world, 600, false, true);
    cr_assert_eq(quasi_world_run(&world, "privacy.outliers", 1, &result, &error), 0, "%s", error.message);
    cr_assert_eq(result.value, 1, "a copy is at distance 0 from every outlier of train");
    cr_assert_lt(result.lo, 1);
    cr_assert_eq(json_get_number(result.details, "equal", NAN), 1);
    cr_assert_float_eq(json_get_number(result.details, "outliers", 0) + json_get_number(result.details, "outliers_holdout", 0),
                       119, 1.5, "a tenth of 1200, but for ties");
    quasi_result_free(&result);
    quasi_world_free(&world);

    draw_world(&world, 600, false, false);
    cr_assert_eq(quasi_world_run(&world, "privacy.outliers", 3, &result, &error), 0, "%s", error.message);
    cr_assert(result.lo < .5 && result.hi > .5 && result.hi - result.lo < .3, "[%g, %g]", result.lo, result.hi);
    quasi_result_free(&result);
    quasi_world_free(&world);

    draw_world(&world, 30, false, false);
    cr_assert_eq(quasi_world_run(&world, "privacy.outliers", 1, &result, &error), ERROR_UNMEASURABLE);
    cr_assert(strstr(error.message, "too few outlying records"), "%s", error.message);
    quasi_result_free(&result);
    quasi_world_free(&world);
}
