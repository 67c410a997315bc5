/* privacy.linkability and privacy.inference: rules by hand, worlds whose answer is known, odd tables, threads. The attacks
 * themselves are recomputed row by row in exact fractions by tests/golden/oracle/linkage.py. */
#include <criterion/criterion.h>
#include <string.h>

#include "attacks/disclosure/guesses.h"
#include "attacks/disclosure/halves.h"
#include "tests/unit/fake_table.h"
#include "tests/unit/privacy_world.h"

extern const struct measure measure_privacy_linkability, measure_privacy_inference;

static double detail(const struct result *result, const char *key)
{
    return json_get_number(result->details, key, NAN);
}

static double secret_detail(const struct result *result, int index, const char *key)
{
    return json_get_number(cJSON_GetArrayItem(json_get(result->details, "secrets"), index), key, NAN);
}

/* ---- rules ---- */

Test(linkage, a_guess_is_right_or_wrong)
{
    static const struct guess_rule number = {true, false, 100, .05}, narrow = {true, false, 8, .05},
                                   date = {true, true, 100, .05}, level = {false, false, 0, .05};
    static const struct {
        const struct guess_rule *rule;
        double guess, secret;
        bool right;
    } cases[] = {{&number, 105, 100, true},    {&number, 95, 100, true},     {&number, 105.1, 100, false},
                 {&number, -100, 100, false},  {&number, -1e9, 100, false},  {&number, -96, -100, true},
                 {&number, 100, -100, false},  {&number, 0, 0, true},        {&number, .001, 0, false},
                 {&number, 0, 1, false},       {&number, 1015, 1000, false}, /* near for its size, far on the column's scale */
                 {&number, 1004, 1000, true},  {&narrow, 2014, 2013, false}, {&narrow, 2013.3, 2013, true},
                 {&date, 4, 0, true},          {&date, -6, 0, false},        {&date, -1005, -1000, true},
                 {&date, 16000, 16006, false}, {&level, 3, 3, true},         {&level, 3, 4, false}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(guess_is_right(cases[i].rule, cases[i].guess, cases[i].secret), cases[i].right, "case %zu: %g for %g", i,
                     cases[i].guess, cases[i].secret);
}

Test(linkage, the_most_frequent_value_wins_and_ties_are_drawn)
{
    size_t drawn[3] = {0};
    double votes[] = {4, 2, 9, 2, 4, 2};
    struct random random;

    random_init(&random, 1, "test", 0, 0);
    cr_assert_eq(most_frequent_value(votes, 6, &random), 2);
    for (size_t i = 0; i < 3000; i++) {
        double ties[] = {7, -1, 7, 3, 5, 5, -1};

        random_init(&random, 1, "test", 1, i);
        double value = most_frequent_value(ties, 7, &random);
        cr_assert(value == 7 || value == 5 || value == -1, "%g", value);
        drawn[value == 7 ? 0 : value == 5 ? 1 : 2]++;
    }
    for (size_t k = 0; k < 3; k++) /* 4 standard errors */
        cr_expect(fabs((double)drawn[k] - 1000) < 4 * sqrt(3000 * 2 / 9.), "%zu of 3000", drawn[k]);
}

/* Powers by python3: from math import log2; from collections import Counter
 *   f = lambda v: -log2(sum((k/len(v))**2 for k in Counter(v).values())). */
Test(linkage, columns_are_dealt_to_halves_that_identify_equally)
{
    static const double number[8] = {1, 2, 3, 4, 5, 6, 7, NAN}, twice[8] = {1, 1, 2, 2, 3, 3, 4, 4},
                        odd[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    static const double power[6] = {3, 2, 1, 0.35614381022527536, 0, 1.678071905112638};
    struct schema *schema = fake_schema((struct fake_column[]){{.name = "number", .type = COLUMN_NUMERIC},
                                                               {.name = "twice", .type = COLUMN_NUMERIC},
                                                               {.name = "half", .type = COLUMN_CATEGORICAL, .levels = 2},
                                                               {.name = "odd", .type = COLUMN_NUMERIC},
                                                               {.name = "constant", .type = COLUMN_NUMERIC},
                                                               {.name = "missing", .type = COLUMN_CATEGORICAL, .levels = 3}},
                                        6);
    struct table *table = fake_table(schema, "train", 8);
    struct halves halves;
    const size_t all[] = {0, 1, 2, 3, 4, 5}, two[] = {4, 3};

    memcpy(fake_numbers(table, 0), number, sizeof number);
    memcpy(fake_numbers(table, 1), twice, sizeof twice);
    memcpy(fake_numbers(table, 3), odd, sizeof odd);
    for (size_t i = 0; i < 8; i++) {
        fake_codes(table, 2)[i] = (uint32_t)i % 2;
        fake_codes(table, 5)[i] = i < 3 ? CODE_MISSING : i < 5 ? 0 : i < 7 ? 1 : 2; /* 3, 2, 2, 1 of 8 */
    }
    for (size_t c = 0; c < 6; c++)
        cr_expect_float_eq(identification_power(table, c), c == 5 ? 1.8300749985576876 : power[c], 1e-12, "column %zu: %.17g",
                           c, identification_power(table, c));
    cr_assert_eq(halves_deal(table, all, 6, schema->arena, &halves, NULL), 0);
    /* 3 | 2; 3 | 3.83; 4 | 3.83; 4 | 4.19; the constant to the lesser half */
    cr_assert(halves.n[0] == 3 && halves.n[1] == 3);
    cr_expect(halves.columns[0][0] == 0 && halves.columns[0][1] == 2 && halves.columns[0][2] == 4);
    cr_expect(halves.columns[1][0] == 1 && halves.columns[1][1] == 3 && halves.columns[1][2] == 5);
    cr_assert_eq(halves_deal(table, two, 2, schema->arena, &halves, NULL), 0);
    cr_expect(halves.n[0] == 1 && halves.n[1] == 1 && halves.columns[0][0] == 3);
    fake_schema_free(schema);
}

/* ---- known truths ---- */

static void copy_train(struct world *world, size_t rows)
{
    for (size_t i = 0; i < rows; i++)
        world_copy_row(world, world->subject, i, world->train, i);
    table_seal(world->subject);
}

/* A share of the members is copied, each one certainly linked and certainly guessed; the rest are as strangers. AT17: 1. */
Test(linkage, a_share_of_copied_members_is_that_risk)
{
    static const char *const ids[] = {"privacy.linkability", "privacy.inference"};
    static const double shares[] = {0, .1, .5, 1};

    for (size_t s = 0; s < sizeof shares / sizeof *shares; s++) {
        struct world world;

        world_new(&world, 4, 3, 1000, 1000, 1000);
        world.columns[5].roles = ROLE_SECRET;
        world_draw_all(&world, 3 + s);
        copy_train(&world, (size_t)(1000 * shares[s]));
        for (size_t m = 0; m < 2; m++) {
            struct result result;

            world_run(&world, ids[m], &result);
            cr_expect(result.lo <= shares[s] && result.hi >= shares[s], "%s, %g copied: [%g, %g]", ids[m], shares[s], result.lo,
                      result.hi);
            cr_expect_float_eq(result.value, shares[s], .06, "%s, %g copied: %g", ids[m], shares[s], result.value);
            cr_expect(shares[s] > 0 ? result.lo > 0 && *result.remedy : result.lo <= 0 && !*result.remedy, "%s", ids[m]);
            cr_expect(shares[s] < 1 || (result.value >= .95 && result.lo >= .95), "AT17, %s: %g", ids[m], result.value);
            cr_expect_null(result.unreliable);
            world_result_free(&result);
        }
        world_free(&world);
    }
}

/* Rows that repeat on one half or on both: an exact copy links everybody where all ties count. (Cut to one row by their order
 * such a table links a quarter of its own people.) Eight rows a value of each of two columns, every pair of values once. */
Test(linkage, ties_do_not_hide_a_copy)
{
    struct world world;
    struct result result;

    world_new(&world, 2, 0, 64, 64, 64);
    for (size_t i = 0; i < 64; i++) {
        table_numbers(world.train, 0)[i] = (double)(i / 8);
        table_numbers(world.train, 1)[i] = (double)(i % 8);
        table_numbers(world.holdout, 0)[i] = (double)(i / 8) + .2;
        table_numbers(world.holdout, 1)[i] = 20;
    }
    table_seal(world.train);
    table_seal(world.holdout);
    copy_train(&world, 64);
    world_run(&world, "privacy.linkability", &result);
    cr_expect_eq(detail(&result, "successes"), 64);
    /* Strangers: the eight rows of one value of the first column, those of the greatest of the second: one is in both. */
    cr_expect_eq(detail(&result, "control_successes"), 64);
    cr_expect(result.unreliable && strstr(result.finding, "stranger"), "%s", result.finding);
    /* As many random rows: 1 - C(56, 8)/C(64, 8) = 0.679 */
    cr_expect_float_eq(detail(&result, "baseline"), .679, 4 * sqrt(.25 / 64));
    world_result_free(&result);

    /* Half of the strangers without a value in the first column: their nearest rows are all 64, so they link as well. A value
     * missing on both sides is no difference: none of train's. */
    for (size_t i = 0; i < 32; i++)
        table_numbers(world.holdout, 0)[i] = NAN;
    table_seal(world.holdout);
    world_run(&world, "privacy.linkability", &result);
    cr_expect_eq(detail(&result, "control_successes"), 64);
    world_result_free(&result);
    world_free(&world);
}

/* Where the secret follows from what is known (a fact about everybody), it is guessed right of members and strangers alike; a
 * random secret is guessed by nobody but from a copy. AT24's tables, with the nearest row as the attacker. */
Test(linkage, facts_about_everybody_are_no_risk)
{
    for (size_t copied = 0; copied < 2; copied++)
        for (size_t random_secret = 0; random_secret < 2; random_secret++) {
            struct world world;
            struct result result;
            struct table *tables[3];

            world_new(&world, 3, 1, 800, 800, 800);
            world.columns[3].roles = ROLE_SECRET;
            world_draw_all(&world, 77);
            tables[0] = world.train;
            tables[1] = world.holdout;
            tables[2] = world.subject;
            for (size_t t = 0; t < 3; t++) {
                for (size_t i = 0; i < 800; i++) {
                    struct random random;

                    random_init(&random, 5, "secret", t, i);
                    table_codes(tables[t], 3)[i] = random_secret                            ? (uint32_t)random_below(&random, 5)
                                                   : isnan(tables[t]->columns[0].number[i]) ? 4
                                                   : tables[t]->columns[0].number[i] > 0    ? 1
                                                                                            : 0;
                }
                table_seal(tables[t]);
            }
            if (copied)
                copy_train(&world, 800);
            world_run(&world, "privacy.inference", &result);
            cr_expect(copied ? result.value >= .95 : result.lo <= 0 && result.value < .2, "%g", result.value);
            cr_expect(secret_detail(&result, 0, "control") > (random_secret ? .15 : .85) &&
                          secret_detail(&result, 0, "control") < (random_secret ? .25 : 1),
                      "%g", secret_detail(&result, 0, "control"));
            cr_expect(strstr(result.finding, "An attacker who knows c, c and c of a person in the data guesses 'c' right in"),
                      "%s", result.finding);
            world_result_free(&result);
            world_free(&world);
        }
}

/* AT20 in short; docs/calibration.md has the long run. */
Test(linkage, fresh_rows_raise_no_alarm)
{
    enum { WORLDS = 100 };
    static const char *const ids[] = {"privacy.linkability", "privacy.inference"};
    size_t alarms[2] = {0};

    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        struct world world;

        world_new(&world, 1, 3, 300, 200, 250);
        world.columns[0].roles = ROLE_SECRET | ROLE_QUASI;
        world.columns[3].roles = ROLE_SECRET | ROLE_QUASI;
        world.columns[1].roles = world.columns[2].roles = ROLE_QUASI;
        world.task.seed = seed;
        world_draw_all(&world, 4000 + seed);
        for (size_t m = 0; m < 2; m++) {
            struct result result;

            world_run(&world, ids[m], &result);
            alarms[m] += result.lo > 0;
            world_result_free(&result);
        }
        world_free(&world);
    }
    for (size_t m = 0; m < 2; m++)
        cr_assert_leq((double)alarms[m], WORLDS * (.05 + 3 * sqrt(.05 * .95 / WORLDS)), "%s: %zu alarms", ids[m], alarms[m]);
}

/* ---- odd tables ---- */

enum { NEGATIVE, ZERO, DATE, TEXT, GAPS, LEVEL, CONSTANT, NEVER, KNOWN, ODD_COLUMNS };

static const struct fake_column odd_columns[ODD_COLUMNS] = {
    {.name = "net worth", .type = COLUMN_NUMERIC, .roles = ROLE_SECRET},
    {.name = "capital-gain", .type = COLUMN_NUMERIC, .roles = ROLE_SECRET},
    {.name = "since", .type = COLUMN_DATETIME, .roles = ROLE_SECRET},
    {.name = "notes", .type = COLUMN_TEXT, .levels = 200, .roles = ROLE_SECRET},
    {.name = "gaps", .type = COLUMN_NUMERIC, .roles = ROLE_SECRET},
    {.name = "level", .type = COLUMN_CATEGORICAL, .levels = 4, .roles = ROLE_SECRET},
    {.name = "constant", .type = COLUMN_NUMERIC, .roles = ROLE_SECRET},
    {.name = "never", .type = COLUMN_CATEGORICAL, .levels = 900, .roles = ROLE_QUASI},
    {.name = "known to all", .type = COLUMN_NUMERIC, .roles = ROLE_QUASI}};

static struct table *odd_table(struct schema *schema, const char *name, size_t rows, uint32_t never)
{
    struct table *table = fake_table(schema, name, rows);
    struct random random;

    random_init(&random, 9, name, 0, 0);
    for (uint32_t i = 0; i < rows; i++) {
        fake_numbers(table, NEGATIVE)[i] = -exp(random_normal(&random));
        fake_numbers(table, ZERO)[i] = random_uniform(&random) < .9 ? 0 : 1000 * random_uniform(&random);
        fake_numbers(table, DATE)[i] = floor(4000 * random_normal(&random)); /* about 1970: half of them negative */
        fake_codes(table, TEXT)[i] = (uint32_t)random_below(&random, 200);
        fake_numbers(table, GAPS)[i] = random_uniform(&random) < .5 ? NAN : random_normal(&random);
        fake_codes(table, LEVEL)[i] = (uint32_t)random_below(&random, 4);
        fake_numbers(table, CONSTANT)[i] = 3;
        fake_codes(table, NEVER)[i] = never + i % 300; /* no table has a level of another */
        fake_numbers(table, KNOWN)[i] = random_uniform(&random);
    }
    fake_seal(table);
    return table;
}

static int run_odd(const struct measure *measure, struct schema *schema, struct table *train, struct table *holdout,
                   struct table *subject, struct result *result, struct error *error)
{
    struct dataset data = {.schema = schema, .train.table = train, .holdout.table = holdout, .target = SIZE_MAX};
    struct parameter_value parameters[8];
    struct measure_task task = {.data = &data,
                                .reference = train,
                                .subject = subject,
                                .seed = 1,
                                .level = .95,
                                .min_group = 10,
                                .parameters = parameters};

    for (size_t k = 0; measure->parameters[k].name; k++)
        parameters[k].value = measure->parameters[k].fallback;
    *result = (struct result){.arena = arena_new()};
    return measure->run(&task, result, error);
}

/* Fresh tables whose quasi-identifiers never match, then a copy of train: every kind of secret gives itself away. */
Test(linkage, every_kind_of_secret)
{
    struct schema *schema = fake_schema(odd_columns, ODD_COLUMNS);
    struct table *train = odd_table(schema, "train", 400, 0), *holdout = odd_table(schema, "holdout", 400, 300),
                 *fresh = odd_table(schema, "fresh", 400, 600);
    struct result result;
    struct error error = {0};

    cr_assert_eq(run_odd(&measure_privacy_inference, schema, train, holdout, fresh, &result, &error), 0, "%s", error.message);
    cr_expect_eq(cJSON_GetArraySize(json_get(result.details, "secrets")), 6);
    cr_expect_eq(cJSON_GetArraySize(json_get(result.details, "not_attacked")), 1); /* the constant */
    cr_expect(result.lo <= 0 && result.value < .2, "%g", result.value);
    cr_expect_eq(secret_detail(&result, GAPS, "n") + (double)train->columns[GAPS].missing, 400);
    world_result_free(&result);

    cr_assert_eq(run_odd(&measure_privacy_inference, schema, train, holdout, train, &result, &error), 0, "%s", error.message);
    for (int s = 0; s < 6; s++)
        cr_expect(secret_detail(&result, s, "attack") == 1 && secret_detail(&result, s, "risk") == 1 &&
                      secret_detail(&result, s, "control") < .95,
                  "secret %d: %g, %g", s, secret_detail(&result, s, "attack"), secret_detail(&result, s, "control"));
    world_result_free(&result);

    /* A secret with one value in the candidate is guessed, of everybody alike; one without any is not attacked. */
    for (size_t i = 0; i < 400; i++) {
        fake_codes(fresh, LEVEL)[i] = 2;
        fake_numbers(fresh, ZERO)[i] = NAN;
    }
    fake_seal(fresh);
    cr_assert_eq(run_odd(&measure_privacy_inference, schema, train, holdout, fresh, &result, &error), 0, "%s", error.message);
    cr_expect_eq(cJSON_GetArraySize(json_get(result.details, "not_attacked")), 2);
    cr_expect_float_eq(secret_detail(&result, 4, "attack"), secret_detail(&result, 4, "majority"), 1e-12);
    cr_expect_eq(secret_detail(&result, 4, "attack"), secret_detail(&result, 4, "baseline"));
    world_result_free(&result);

    cr_assert_eq(run_odd(&measure_privacy_linkability, schema, train, holdout, fresh, &result, &error), 0, "%s", error.message);
    cr_expect(result.lo <= 0, "%g", result.lo);
    cr_expect_str_eq(cJSON_GetArrayItem(json_get(result.details, "known_to_other"), 0)->valuestring, "never");
    world_result_free(&result);
    fake_schema_free(schema);
}

/* One row, a constant secret alone, one known column, no strangers: a reason instead of a number, and no crash. */
Test(linkage, what_cannot_be_measured_says_why)
{
    static const struct {
        const struct measure *measure;
        size_t train, holdout, subject;
        unsigned secret; /* column; roles are cleared but for this one */
        bool known;      /* a second column */
        const char *why; /* NULL: it can be measured */
    } cases[] = {{&measure_privacy_inference, 1, 1, 1, LEVEL, true, "one value in train"},
                 {&measure_privacy_linkability, 1, 1, 1, LEVEL, true, NULL},
                 {&measure_privacy_inference, 50, 50, 50, CONSTANT, true, "'constant' has one value in train"},
                 {&measure_privacy_inference, 50, 50, 50, LEVEL, false, "nothing is known beside the secret 'level'"},
                 {&measure_privacy_linkability, 50, 50, 50, LEVEL, false, "linking needs two columns"},
                 {&measure_privacy_inference, 50, 0, 50, LEVEL, true, "no real rows are left"},
                 {&measure_privacy_linkability, 50, 0, 50, LEVEL, true, "no real rows are left"},
                 {&measure_privacy_inference, 50, 50, 50, ODD_COLUMNS, true, "no secret column was named"},
                 {&measure_privacy_inference, 50, 50, 1, LEVEL, true, NULL}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct schema *schema = fake_schema(odd_columns, ODD_COLUMNS);
        struct table *train, *holdout, *subject;
        struct result result;
        struct error error = {0};
        int status;

        for (size_t c = 0; c < ODD_COLUMNS; c++)
            schema->columns[c].roles = c == cases[i].secret           ? ROLE_SECRET | ROLE_QUASI
                                       : c == KNOWN && cases[i].known ? ROLE_QUASI
                                                                      : 0;
        train = odd_table(schema, "train", cases[i].train, 0);
        holdout = odd_table(schema, "holdout", cases[i].holdout, 0);
        subject = odd_table(schema, "subject", cases[i].subject, 0);
        status = run_odd(cases[i].measure, schema, train, holdout, subject, &result, &error);
        cr_expect_eq(status, cases[i].why ? ERROR_UNMEASURABLE : 0, "case %zu: %s", i, error.message);
        cr_expect(!cases[i].why || strstr(error.message, cases[i].why), "case %zu: %s", i, error.message);
        world_result_free(&result);
        fake_schema_free(schema);
    }
}

/* 200 columns, all of them known, of 60 rows; the same bytes for any number of threads. */
Test(linkage, many_columns_and_threads)
{
    enum { WIDE = 200, ROWS = 60 };
    static const size_t threads[] = {1, 2, 7};
    static const struct measure *const measures[] = {&measure_privacy_linkability, &measure_privacy_inference};
    struct fake_column columns[WIDE];
    struct strbuf first[2] = {STRBUF_INIT, STRBUF_INIT};
    struct schema *schema;
    struct table *tables[3];

    for (size_t c = 0; c < WIDE; c++)
        columns[c] = (struct fake_column){.name = "a column whose name is longer than any sentence would want it to be, naïve",
                                          .type = c % 2 ? COLUMN_NUMERIC : COLUMN_CATEGORICAL,
                                          .levels = c % 2 ? 0 : 7,
                                          .roles = c < 40 ? ROLE_SECRET : 0};
    schema = fake_schema(columns, WIDE);
    for (size_t t = 0; t < 3; t++) {
        struct random random;

        tables[t] = fake_table(schema, "table", ROWS);
        random_init(&random, 3, "wide", t, 0);
        for (size_t c = 0; c < WIDE; c++)
            for (size_t i = 0; i < ROWS; i++)
                if (c % 2)
                    fake_numbers(tables[t], c)[i] = floor(10 * random_normal(&random));
                else
                    fake_codes(tables[t], c)[i] = (uint32_t)random_below(&random, 7);
        fake_seal(tables[t]);
    }
    for (size_t t = 0; t < 3; t++)
        for (size_t m = 0; m < 2; m++) {
            struct dataset data = {.schema = schema, .train.table = tables[0], .holdout.table = tables[1], .target = SIZE_MAX};
            struct parameter_value parameters[8];
            struct strbuf text = STRBUF_INIT, evidence = STRBUF_INIT;
            struct result result = {.arena = arena_new()};
            struct pool *pool;

            for (size_t k = 0; measures[m]->parameters[k].name; k++)
                parameters[k].value = measures[m]->parameters[k].fallback;
            cr_assert_eq(pool_new(&pool, threads[t], NULL), 0);
            struct measure_task task = {.data = &data,
                                        .reference = tables[0],
                                        .subject = tables[2],
                                        .seed = 1,
                                        .level = .95,
                                        .parameters = parameters,
                                        .pool = pool,
                                        .evidence = &evidence};
            cr_assert_eq(measures[m]->run(&task, &result, NULL), 0);
            json_print(result.details, &text);
            strbuf_addf(&text, "%.17g %.17g %.17g %s %s", result.value, result.lo, result.hi, result.finding, evidence.text);
            cr_expect(strlen(result.finding) < sizeof result.finding - 1 && strchr(result.finding, '.'), "%s", result.finding);
            if (t == 0)
                first[m] = text;
            else {
                cr_assert_str_eq(strbuf_text(&text), strbuf_text(&first[m]));
                strbuf_free(&text);
            }
            strbuf_free(&evidence);
            world_result_free(&result);
            pool_free(pool);
        }
    strbuf_free(&first[0]);
    strbuf_free(&first[1]);
    fake_schema_free(schema);
}
