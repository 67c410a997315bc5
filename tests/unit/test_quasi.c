/* Quasi-identifiers: the search against brute force, what is proposed and what is given; identity, k-map and delta-presence on
 * tables whose answer is counted by hand. */
#include <string.h>

#include "attacks/disclosure/quasi.h"
#include "attacks/disclosure/quasi_search.h"
#include "tests/unit/quasi_world.h"

/* ---- search ---- */

static void naive(const struct query_table *codes, uint32_t columns, size_t *unique, double *pairs)
{
    *unique = 0;
    *pairs = 0;
    for (size_t i = 0; i < codes->rows; i++) {
        size_t equal = 0;

        for (size_t j = 0; j < codes->rows; j++) {
            bool same = true;

            for (size_t a = 0; a < codes->columns; a++)
                same = same && (!(columns >> a & 1) || codes->code[a][i] == codes->code[a][j]);
            equal += same;
        }
        *unique += equal == 1;
        *pairs += (double)equal;
    }
}

Test(quasi_search, equals_brute_force)
{
    enum { ROWS = 80, WIDE = 7 };
    static const uint32_t widths[WIDE] = {2, 3, 9, 4, 2, 30, 5};
    static uint32_t cell[WIDE][ROWS];
    const uint32_t *code[WIDE];
    struct search_level levels[4];
    struct column_set single[WIDE];
    struct arena *arena = arena_new();
    size_t size = 0;

    for (uint64_t seed = 0; seed < 5; seed++) {
        const struct query_table codes = {ROWS, WIDE, code, widths};
        struct random random;
        size_t best[5] = {0};

        random_init(&random, seed, "quasi search", 0, 0);
        for (size_t a = 0; a < WIDE; a++) {
            code[a] = cell[a];
            for (size_t i = 0; i < ROWS; i++)
                cell[a][i] = (uint32_t)(random_uniform(&random) * random_uniform(&random) * widths[a]);
        }
        cr_assert_eq(quasi_search(&codes, &(struct search_options){4, 512, 2}, NULL, arena, levels, &size, NULL), 0);
        cr_assert_eq(quasi_single(&codes, single, NULL), 0);
        for (uint32_t set = 1; set < 1u << WIDE; set++) {
            const size_t k = (size_t)__builtin_popcount(set);
            size_t unique;
            double pairs;

            if (k > 4)
                continue;
            naive(&codes, set, &unique, &pairs);
            best[k] = unique > best[k] ? unique : best[k];
            if (k == 1)
                cr_assert(single[__builtin_ctz(set)].unique == unique && single[__builtin_ctz(set)].pairs == pairs);
            for (size_t i = 0; i < levels[k - 1].n; i++)
                if (levels[k - 1].sets[i].columns == set)
                    cr_assert(levels[k - 1].sets[i].unique == unique && levels[k - 1].sets[i].pairs == pairs, "set %x", set);
        }
        for (size_t k = 1; k <= 4; k++)
            cr_assert_eq(levels[k - 1].sets[0].unique, best[k], "size %zu", k);
        /* A target that no set reaches: the smallest with the most. */
        cr_assert(size == 4 || levels[size - 1].sets[0].unique == best[4]);
        cr_assert_eq(
            quasi_search(&codes, &(struct search_options){4, 512, (double)best[2] / ROWS}, NULL, arena, levels, &size, NULL),
            0);
        cr_assert_eq(size, best[1] == best[2] ? 1 : 2);
    }
    arena_free(arena);
}

/* ---- proposal ---- */

static size_t propose(const struct quasi_world *world, const size_t *except, size_t n_except, struct quasi_proposal *out)
{
    struct artifacts *artifacts;
    const struct quasi_proposal *proposal;

    cr_assert_eq(artifacts_new(&artifacts, NULL), 0);
    cr_assert_eq(
        quasi_propose(&(struct measure_task){.data = &world->data, .artifacts = artifacts}, except, n_except, &proposal, NULL),
        0);
    *out = *proposal;
    out->identifiers = NULL;
    artifacts_free(artifacts);
    return out->n;
}

/* 1,000 rows, a × b × c all combinations: a, b, c together identify everybody. d is a code of the person, e and f numbers with
 * 1,000 values (only their deciles count), g a secret that equals the row, h the target. */
Test(quasi, proposes_the_smallest_set)
{
    static const struct fake_column columns[] = {{"d", COLUMN_CATEGORICAL, 1000, 0, 0},
                                                 {"a", COLUMN_CATEGORICAL, 10, 0, 0},
                                                 {"e", COLUMN_NUMERIC, 0, 0, 3},
                                                 {"b", COLUMN_NUMERIC, 0, 0, 0},
                                                 {"f", COLUMN_DATETIME, 0, 0, 0},
                                                 {"c", COLUMN_CATEGORICAL, 10, 0, 0},
                                                 {"g", COLUMN_CATEGORICAL, 400, ROLE_SECRET, 0},
                                                 {"h", COLUMN_CATEGORICAL, 300, ROLE_TARGET, 0},
                                                 {"t", COLUMN_TEXT, 1000, 0, 0}};
    struct quasi_proposal proposal;
    struct quasi_world world;
    const size_t a = 1;

    quasi_world_new(&world, columns, 9, 1000, 1, 1);
    for (uint32_t i = 0; i < 1000; i++) {
        fake_codes(world.train, 0)[i] = i;
        fake_codes(world.train, 1)[i] = i % 10;
        fake_numbers(world.train, 2)[i] = i * .001 - .5;
        fake_numbers(world.train, 3)[i] = i / 10 % 10 - 5.;
        fake_numbers(world.train, 4)[i] = i;
        fake_codes(world.train, 5)[i] = i / 100;
        fake_codes(world.train, 6)[i] = i % 400;
        fake_codes(world.train, 7)[i] = i % 300;
        fake_codes(world.train, 8)[i] = i;
    }
    quasi_world_seal(&world);
    cr_assert_geq(propose(&world, NULL, 0, &proposal), 3);
    cr_assert_eq(proposal.n_identifiers, 1);
    cr_assert_eq(proposal.sets[0].n, 3);
    cr_assert_eq(proposal.sets[0].unique, 1);
    /* c, e's and f's deciles are the same partition: the first met of the three stands for it. */
    cr_assert(proposal.sets[0].columns[0] == 1 && proposal.sets[0].columns[1] == 2 && proposal.sets[0].columns[2] == 3);
    cr_assert_eq(proposal.sets[proposal.n - 1].n, 1);
    for (size_t i = 0; i < proposal.n; i++)
        for (size_t j = 0; j < proposal.sets[i].n; j++)
            cr_assert(proposal.sets[i].columns[j] >= 1 && proposal.sets[i].columns[j] <= 5);
    propose(&world, &a, 1, &proposal);
    cr_assert_eq(proposal.sets[0].unique, 0, "without a nobody is unique");
    quasi_world_free(&world);
}

/* 200 columns of 300 rows: at most 32 take part; no column left: nothing is proposed. */
Test(quasi, works_with_many_columns_and_with_none)
{
    enum { WIDE = 200 };
    static struct fake_column columns[WIDE];
    struct quasi_proposal proposal;
    struct quasi_world world;
    struct random random;
    struct result result;
    struct error error = {0};

    for (size_t j = 0; j < WIDE; j++)
        columns[j] = (struct fake_column){"c", j % 2 ? COLUMN_CATEGORICAL : COLUMN_NUMERIC, j % 2 ? 4 : 0, 0, 0};
    random_init(&random, 1, "wide", 0, 0);
    quasi_world_new(&world, columns, WIDE, 300, 300, 300);
    struct table *tables[] = {world.train, world.holdout, world.subject};
    for (size_t t = 0; t < 3; t++)
        for (size_t j = 0; j < WIDE; j++)
            for (size_t i = 0; i < 300; i++)
                if (j % 2)
                    fake_codes(tables[t], j)[i] = (uint32_t)random_below(&random, 4);
                else
                    fake_numbers(tables[t], j)[i] = random_uniform(&random) < .1 ? NAN : random_normal(&random);
    quasi_world_seal(&world);
    cr_assert_geq(propose(&world, NULL, 0, &proposal), 1);
    cr_assert_geq(proposal.sets[0].unique, .5);
    cr_assert_eq(quasi_world_run(&world, "privacy.identity", 1, &result, &error), 0, "%s", error.message);
    cr_assert(result.lo <= 0 && result.hi >= 0);
    quasi_result_free(&result);
    quasi_world_free(&world);

    quasi_world_new(&world, (struct fake_column[]){{"c", COLUMN_CATEGORICAL, 1, 0, 0}}, 1, 30, 30, 30);
    quasi_world_seal(&world);
    cr_assert_eq(propose(&world, NULL, 0, &proposal), 0);
    cr_assert_eq(quasi_world_run(&world, "privacy.identity", 1, &result, &error), ERROR_UNMEASURABLE);
    cr_assert(strstr(error.message, "--quasi"), "%s", error.message);
    quasi_result_free(&result);
    quasi_world_free(&world);
}

/* ---- measures ---- */

static double detail(const struct result *result, const char *path)
{
    return json_get_number(result->details, path, NAN);
}

/* Given a level and a continuous number: values are compared exactly. Rows 0 … 49 of train are in the subject; 20 holdout rows
 * are as well. */
static void draw_given(struct quasi_world *world, size_t copied, size_t strangers)
{
    static const struct fake_column columns[] = {
        {"x", COLUMN_NUMERIC, 0, ROLE_QUASI, 6}, {"y", COLUMN_CATEGORICAL, 3, ROLE_QUASI, 0}, {"z", COLUMN_NUMERIC, 0, 0, 0}};
    struct random random;

    random_init(&random, 3, "given", 0, 0);
    quasi_world_new(world, columns, 3, 200, 200, 300);
    struct table *tables[] = {world->train, world->holdout, world->subject};
    for (size_t t = 0; t < 3; t++)
        for (size_t i = 0; i < tables[t]->rows; i++) {
            fake_numbers(tables[t], 0)[i] = i % 20 ? random_normal(&random) : NAN;
            fake_codes(tables[t], 1)[i] = i % 20 ? (uint32_t)random_below(&random, 3) : CODE_MISSING;
            fake_numbers(tables[t], 2)[i] = -(double)i;
        }
    for (size_t i = 0; i < copied; i++)
        copy_row(world->subject, i, world->train, i);
    for (size_t i = 0; i < strangers; i++)
        copy_row(world->subject, copied + i, world->holdout, i);
    quasi_world_seal(world);
}

/* Of 200 rows the 10 without x and y are equal and not alone: 190 are. Of 50 copied ones 47 are, of 20 strangers 19. */
Test(identity, is_counted_by_hand)
{
    struct quasi_world world;
    struct result result;
    struct error error = {0};

    draw_given(&world, 50, 20);
    cr_assert_eq(quasi_world_run(&world, "privacy.identity", 1, &result, &error), 0, "%s", error.message);
    cr_assert(json_get_bool(result.details, "quasi.given", false));
    cr_assert_float_eq(detail(&result, "unique"), .95, 1e-15);
    cr_assert_float_eq(detail(&result, "found"), 47. / 190, 1e-15);
    cr_assert_float_eq(detail(&result, "found_holdout"), 19. / 190, 1e-15);
    cr_assert_float_eq(detail(&result, "replicated"), 47. / 200, 1e-15);
    cr_assert_float_eq(detail(&result, "shared"), 57. / 200, 1e-15);
    cr_assert_float_eq(result.value, .95 * 28 / 190, 1e-15);
    /* python3: Newcombe's method 10 from Wilson's ends of 47/190 and 19/190 (z = 1.959963984540054), times .95 */
    cr_assert_float_eq(result.lo, 0.06815129979436597, 1e-12);
    cr_assert_float_eq(result.hi, 0.2109516185110087, 1e-12);
    cr_assert(strstr(result.finding, "x and y") && strstr(result.finding, "picked out"), "%s", result.finding);
    quasi_result_free(&result);

    cr_assert_eq(quasi_world_run(&world, "privacy.delta_presence", 1, &result, &error), 0, "%s", error.message);
    /* alone in both tables: 47 members of 66; the 20 without values are a class of their own that is too small for no one */
    cr_assert_float_eq(result.value, 47. / 66, 1e-15);
    cr_assert_float_eq(json_get_number(cJSON_GetArrayItem(cJSON_GetObjectItem(result.details, "classes"), 4), "people", NAN),
                       20, 0);
    cr_assert_float_eq(detail(&result, "absent.people"), 400 - 86, 0);
    cr_assert_float_eq(detail(&result, "absent.train"), 143. / 314, 1e-15);
    cr_assert_float_eq(detail(&result, "single_key.p_value"), 0.58809852600097656, 1e-12); /* P[B ≥ 10 | 20, ½] */
    quasi_result_free(&result);

    cr_assert_eq(quasi_world_run(&world, "privacy.k_map", 1, &result, &error), 0, "%s", error.message);
    /* 66 rows stand for one record; the rows without values (3 + 1 copied, rows 80, 100 … 280) for 20 */
    cr_assert_float_eq(detail(&result, "matched"), (66. + 15) / 300, 1e-15);
    cr_assert_eq(result.value, 1);
    cr_assert_eq(detail(&result, "smallest"), 1);
    cr_assert_float_eq(json_get_number(cJSON_GetArrayItem(cJSON_GetObjectItem(result.details, "below"), 3), "share", NAN),
                       66. / 81, 1e-15);
    quasi_result_free(&result);
    quasi_world_free(&world);
}

/* A perfect copy whose quasi-identifiers are unique: everybody is found. None: nobody; and too few unique records are no
 * evidence of anything. The same bytes for any number of threads. */
Test(identity, known_truths_and_threads)
{
    struct quasi_world world;
    struct result result;
    struct error error = {0};
    struct strbuf first = STRBUF_INIT;

    draw_given(&world, 200, 0);
    for (size_t threads = 1; threads < 8; threads += 3) {
        struct strbuf text = STRBUF_INIT;

        cr_assert_eq(quasi_world_run(&world, "privacy.identity", threads, &result, &error), 0, "%s", error.message);
        cr_assert_float_eq(result.value, .95, 1e-15);
        cr_assert_gt(result.lo, .9);
        json_print(result.details, &text);
        strbuf_addf(&text, "%.17g %.17g %s", result.lo, result.hi, result.finding);
        if (threads == 1)
            first = text;
        else
            cr_assert_str_eq(strbuf_text(&text), strbuf_text(&first));
        quasi_result_free(&result);
        if (threads > 1)
            strbuf_free(&text);
    }
    strbuf_free(&first);
    quasi_world_free(&world);

    draw_given(&world, 0, 0);
    for (size_t i = 0; i < 300; i++)
        fake_codes(world.subject, 1)[i] = 2 + (uint32_t)(i % 2); /* a level that nobody has, or other numbers */
    quasi_world_seal(&world);
    cr_assert_eq(quasi_world_run(&world, "privacy.identity", 1, &result, &error), 0);
    cr_assert(result.value == 0 && result.lo < 0 && result.hi > 0 && result.hi < .03, "%g [%g, %g]", result.value, result.lo,
              result.hi);
    quasi_result_free(&result);
    static const char *const ids[] = {"privacy.k_map", "privacy.delta_presence"};
    for (size_t m = 0; m < 2; m++) {
        cr_assert_eq(quasi_world_run(&world, ids[m], 1, &result, &error), ERROR_UNMEASURABLE, "%s", ids[m]);
        quasi_result_free(&result);
    }
    for (size_t i = 0; i < 200; i++)
        fake_numbers(world.train, 0)[i] = 0;
    quasi_world_seal(&world);
    cr_assert_eq(quasi_world_run(&world, "privacy.identity", 1, &result, &error), ERROR_UNMEASURABLE);
    cr_assert(strstr(error.message, "too few real records are alone"), "%s", error.message);
    quasi_result_free(&result);
    quasi_world_free(&world);
}

/* k-map where people share keys: key 0 has 12 people, key 1 has 6, key 2 nobody. 30 rows of key 0, 10 of key 1, 60 of key 2. */
Test(k_map, is_counted_by_hand)
{
    struct quasi_world world;
    struct result result;
    struct error error = {0};

    quasi_world_new(&world,
                    (struct fake_column[]){{"key", COLUMN_CATEGORICAL, 4, ROLE_QUASI, 0}, {"x", COLUMN_NUMERIC, 0, 0, 0}}, 2,
                    20, 20, 100);
    for (uint32_t i = 0; i < 20; i++) {
        fake_codes(world.train, 0)[i] = i < 8 ? 0 : i < 10 ? 1 : 3;
        fake_codes(world.holdout, 0)[i] = i < 4 ? 0 : i < 8 ? 1 : 3;
    }
    for (uint32_t i = 0; i < 100; i++)
        fake_codes(world.subject, 0)[i] = i < 30 ? 0 : i < 40 ? 1 : 2;
    quasi_world_seal(&world);
    cr_assert_eq(quasi_world_run(&world, "privacy.k_map", 1, &result, &error), 0, "%s", error.message);
    cr_assert_eq(result.value, 6);
    cr_assert_eq(result.lo, 1, "no rank is sure to be below the quantile: %g", result.lo);
    /* python3: the least u with P[B(40, .05) >= u] <= .025 is 6, a row of key 1 */
    cr_assert_eq(result.hi, 6);
    cr_assert_eq(result.n, 40);
    cr_assert_float_eq(detail(&result, "matched"), .4, 1e-15);
    cr_assert_eq(detail(&result, "median"), 12);
    quasi_result_free(&result);
    quasi_world_free(&world);
}
