/* The value family of membership attacks: shares of values and of their combinations against a naive count, rare values against
 * the formula by hand, and what both see of candidates whose leak is known. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attacks/membership/attack_list.h"
#include "attacks/membership/marginals.h"
#include "attacks/membership/noisy.h"
#include "attacks/membership/rare_values.h"
#include "attacks/membership/targets.h"
#include "attacks/membership/view.h"
#include "core/random.h"
#include "numeric/ranking.h"
#include "tests/unit/neighbour_world.h"
#include "tests/unit/privacy_world.h"

static bool same_value(const struct neighbour_column *a, size_t i, const struct neighbour_column *b, size_t k)
{
    if (!a->value)
        return a->code[i] == b->code[k];
    return a->value[i] == b->value[k] || (isnan(a->value[i]) && isnan(b->value[k]));
}

/* Rows of the table that have target i's values in all columns of the set: a double loop over the tables themselves. */
static double naive_count(const struct marginal_set *set, const struct neighbour_columns *targets, size_t i,
                          const struct neighbour_columns *table)
{
    double count = 0;

    for (size_t k = 0; k < table->rows; k++) {
        bool same = true;

        for (uint32_t m = 0; m < set->k; m++)
            same = same && same_value(&targets->column[set->member[m]], i, &table->column[set->member[m]], k);
        count += same;
    }
    return count;
}

/* Rows more with all these values, where the member's value of each column in turn is written over that of its row. */
static double naive_apart(const struct marginal_set *set, const struct neighbour_columns *targets, size_t i,
                          const struct neighbour_columns *table, uint32_t *const *place)
{
    const double before = naive_count(set, targets, i, table);
    double more = 0;

    for (uint32_t m = 0; m < set->k; m++) {
        const struct neighbour_column *wanted = &targets->column[set->member[m]], *column = &table->column[set->member[m]];
        const uint32_t row = place[set->member[m]][i];

        if (wanted->value) {
            double *cell = (double *)(uintptr_t)&column->value[row], old = *cell;

            *cell = wanted->value[i];
            more += naive_count(set, targets, i, table) - before;
            *cell = old;
        } else {
            uint32_t *cell = (uint32_t *)(uintptr_t)&column->code[row], old = *cell;

            *cell = wanted->code[i];
            more += naive_count(set, targets, i, table) - before;
            *cell = old;
        }
    }
    return more;
}

struct shares_case {
    struct value_book book;
    struct value_codes targets, table;
    struct marginal_sets sets;
    struct marginal_shares out[MARGINAL_ORDERS];
    uint8_t *kept[OWNED_COLUMNS];
    uint32_t *place[OWNED_COLUMNS];
};

static void shares_room(struct shares_case *c, size_t n, struct arena *arena)
{
    for (size_t order = 0; order < MARGINAL_ORDERS; order++)
        c->out[order] = (struct marginal_shares){ARENA_ARRAY(arena, double, n + 1), ARENA_ARRAY(arena, double, n + 1),
                                                 ARENA_ARRAY(arena, double, n + 1), ARENA_ARRAY(arena, double, n + 1)};
}

static void shares_code(struct shares_case *c, const struct neighbour_columns *targets, const struct neighbour_columns *table,
                        struct pool *pool, struct arena *arena)
{
    cr_assert_eq(value_book_fit(targets, 1, pool, arena, &c->book, NULL), 0);
    cr_assert_eq(value_encode(&c->book, targets, 1, pool, arena, &c->targets, NULL), 0);
    cr_assert_eq(value_encode(&c->book, table, 1, pool, arena, &c->table, NULL), 0);
    cr_assert_eq(marginal_sets_choose(c->book.n_columns, 1, arena, &c->sets, NULL), 0);
    shares_room(c, targets->rows, arena);
}

static void shares_run(struct shares_case *c, size_t n_members, struct pool *pool)
{
    struct marginal_question question = {&c->book, &c->targets, &c->table, &c->sets, n_members, c->kept, c->place};

    cr_assert_eq(marginal_log_shares(&question, pool, c->out, NULL), 0);
}

static void expect_naive(const struct shares_case *c, const struct neighbour_columns *targets, size_t n_members,
                         const struct neighbour_columns *table, const char *what)
{
    double n = (double)table->rows;
    size_t s = 0;

    for (size_t order = 0; order < MARGINAL_ORDERS; s += c->sets.count[order++])
        for (size_t i = 0; i < targets->rows; i++) {
            double plain = 0, copied = 0, noisy = 0, apart = 0, sets = (double)c->sets.count[order];

            for (size_t t = s; t < s + c->sets.count[order]; t++) {
                double count = naive_count(&c->sets.set[t], targets, i, table), kept = 1;

                for (uint32_t m = 0; m < c->sets.set[t].k && i < n_members; m++)
                    kept *= c->kept[c->sets.set[t].member[m]][i];
                plain += log((count + .5) / (n + 1)) / sets;
                copied += log((count + 1.5) / (n + 2)) / sets;
                noisy += log((count + kept + .5) / (n + 2)) / sets;
                if (i < n_members)
                    apart += log((count + naive_apart(&c->sets.set[t], targets, i, table, c->place) + .5) / (n + 1)) / sets;
            }
            cr_assert_float_eq(c->out[order].plain[i], plain, 1e-9, "%s, order %zu, row %zu: %.12g, not %.12g", what, order + 1,
                               i, c->out[order].plain[i], plain);
            cr_assert(i >= n_members || fabs(c->out[order].copied[i] - copied) < 1e-9, "%s, order %zu, row %zu", what,
                      order + 1, i);
            cr_assert(i >= n_members || fabs(c->out[order].noisy[i] - noisy) < 1e-9, "%s, order %zu, row %zu", what, order + 1,
                      i);
            cr_assert(i >= n_members || fabs(c->out[order].apart[i] - apart) < 1e-9, "%s, order %zu, row %zu", what, order + 1,
                      i);
        }
}

/* Mixed random tables with missing cells, a constant and an all-missing column, values and levels that the targets lack, tables
 * of one row, one to seven columns; the same bytes for any pool; and so where cells are hashed because there are too many to
 * number. */
Test(membership_values, shares_are_those_of_a_naive_count)
{
    static const size_t rows[][3] = {{60, 90, 7}, {40, 1, 5}, {1, 70, 7}, {30, 30, 3}, {30, 30, 2}, {30, 30, 1}};
    struct pool *pool;

    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    for (size_t t = 0; t < sizeof rows / sizeof *rows; t++) {
        struct arena *arena = arena_new();
        struct owned targets, table;
        struct shares_case c = {0}, again;
        size_t n = rows[t][0], d = rows[t][2];
        struct random random;
        char what[40];

        owned_random(&targets, arena, n, d, 3, 1);
        owned_random(&table, arena, rows[t][1], d, 4, 1.3);
        owned_copy_some(&table, &targets);
        random_init(&random, 9, "kept", 0, 0);
        for (size_t j = 0; j < d; j++) {
            c.kept[j] = ARENA_ARRAY(arena, uint8_t, n + 1);
            c.place[j] = ARENA_ARRAY(arena, uint32_t, n + 1);
            for (size_t i = 0; i < n; i++) {
                c.kept[j][i] = random_uniform(&random) < .7;
                c.place[j][i] = (uint32_t)random_below(&random, rows[t][1]);
            }
        }
        snprintf(what, sizeof what, "%zu x %zu rows, %zu columns", n, rows[t][1], d);
        shares_code(&c, &targets.columns, &table.columns, NULL, arena);
        shares_run(&c, n / 2 + 1, NULL);
        expect_naive(&c, &targets.columns, n / 2 + 1, &table.columns, what);
        again = c;
        shares_code(&again, &targets.columns, &table.columns, pool, arena);
        shares_run(&again, n / 2 + 1, pool);
        for (size_t order = 0; order < MARGINAL_ORDERS; order++) {
            cr_assert_arr_eq(again.out[order].plain, c.out[order].plain, n * sizeof(double), "%s depends on the pool", what);
            cr_assert_arr_eq(again.out[order].noisy, c.out[order].noisy, (n / 2 + 1) * sizeof(double));
            cr_assert_arr_eq(again.out[order].apart, c.out[order].apart, (n / 2 + 1) * sizeof(double));
        }
        for (size_t j = 0; j < d; j++)
            again.book.column[j].levels = UINT32_MAX - 1;
        shares_run(&again, n / 2 + 1, pool);
        expect_naive(&again, &targets.columns, n / 2 + 1, &table.columns, "hashed");
        arena_free(arena);
    }
    pool_free(pool);
}

/* Two values among three rows: log((2 + ½)/4), log((1 + ½)/4), log(½/4); with one copy more log(3.5/5) …; a missing cell counts
 * as a value, −0 is 0. */
Test(membership_values, shares_by_hand)
{
    static const double value[] = {7, 7, NAN}, wanted[] = {7, NAN, 8, -0.0}, zero[] = {0, -0.0, 5};
    static const uint32_t code[] = {3, NEIGHBOUR_MISSING, 3}, wanted_code[] = {3, NEIGHBOUR_MISSING, 4, 9};
    struct neighbour_column column[] = {{value, NULL}, {NULL, code}}, target[] = {{wanted, NULL}, {NULL, wanted_code}};
    struct neighbour_columns table = {3, 2, column, NULL}, targets = {4, 2, target, NULL};
    uint8_t kept[4] = {1, 1, 0, 0};
    uint32_t place[][4] = {{2, 2, 1, 0}, {1, 1, 0, 0}};
    struct arena *arena = arena_new();
    struct shares_case c = {.kept = {kept, kept}, .place = {place[0], place[1]}};

    shares_code(&c, &targets, &table, NULL, arena);
    shares_run(&c, 4, NULL);
    cr_assert_float_eq(c.out[0].plain[0], log(2.5 / 4), 1e-9);
    cr_assert_float_eq(c.out[0].plain[1], log(1.5 / 4), 1e-9);
    cr_assert_float_eq(c.out[0].plain[2], log(.5 / 4), 1e-9);
    cr_assert_float_eq(c.out[0].plain[3], log(.5 / 4), 1e-9);
    cr_assert_float_eq(c.out[0].copied[0], log(3.5 / 5), 1e-9);
    cr_assert_float_eq(c.out[0].noisy[0], log(3.5 / 5), 1e-9);
    cr_assert_float_eq(c.out[0].noisy[2], log(.5 / 5), 1e-9);
    cr_assert_float_eq(c.out[1].plain[0], log(1.5 / 4), 1e-9, "(7, 3) stands once");
    cr_assert_float_eq(c.out[1].apart[0], log(3.5 / 4), 1e-9, "7 goes to a row with 3, 3 to one with 7");
    cr_assert_float_eq(c.out[0].apart[1], (log(1.5 / 4) + log(1.5 / 4)) / 2, 1e-9, "both rows have the missing cell already");
    cr_assert_float_eq(c.out[1].apart[2], log(.5 / 4), 1e-9, "8 goes to a row without 4");
    cr_assert_eq(c.out[2].plain[0], 0, "there is no triple of two columns");
    column[0].value = zero;
    shares_code(&c, &targets, &table, NULL, arena);
    shares_run(&c, 4, NULL);
    cr_assert_float_eq(c.out[0].plain[3], (log(2.5 / 4) + log(.5 / 4)) / 2, 1e-9);
    arena_free(arena);
}

/* All pairs and triples once each where they are few, else so many different ones, in order; none of too few columns. */
Test(membership_values, sets_are_all_or_a_sample)
{
    static const struct {
        size_t columns, count[MARGINAL_ORDERS];
        double possible[MARGINAL_ORDERS];
    } cases[] = {{1, {1, 0, 0}, {1, 0, 0}},
                 {2, {2, 1, 0}, {2, 1, 0}},
                 {15, {15, 105, 455}, {15, 105, 455}},
                 {16, {16, 120, 455}, {16, 120, 560}},
                 {300, {300, 1225, 455}, {300, 44850, 4455100}}};

    for (size_t t = 0; t < sizeof cases / sizeof *cases; t++) {
        struct arena *arena = arena_new();
        struct marginal_sets sets;
        uint64_t last = 0;
        size_t s = 0;

        cr_assert_eq(marginal_sets_choose(cases[t].columns, 5, arena, &sets, NULL), 0);
        for (size_t order = 0; order < MARGINAL_ORDERS; order++, last = 0) {
            cr_assert_eq(sets.count[order], cases[t].count[order]);
            cr_assert_eq(sets.possible[order], cases[t].possible[order]);
            for (size_t i = 0; i < sets.count[order]; i++, s++) {
                const struct marginal_set *set = &sets.set[s];
                uint64_t key = 0;

                cr_assert_eq(set->k, order + 1);
                for (uint32_t m = set->k; m-- > 0;) {
                    cr_assert(set->member[m] < cases[t].columns && (m == 0 || set->member[m] > set->member[m - 1]));
                    key = key << 16 | (set->member[m] + 1);
                }
                cr_assert_gt(key, last, "set %zu of %zu columns comes twice or too early", s, cases[t].columns);
                last = key;
            }
        }
        arena_free(arena);
    }
}

/* One column; P = 1 2 3 4 4: of its values seen once (1, 2, 3) S = 1 1 9 5 6 holds one, so q = 1.5/4 and a hit weighs
 * log((q + (1 − q)(1 − 1/e))/q) = log((.375 + .625 · .6321205588)/.375) = .719561… (python3). Targets: 9 (unseen in P, in S), 7
 * (unseen, not in S), 4 (known): the weight, −1, 0. */
Test(membership_values, rare_values_by_hand)
{
    static const double p[] = {1, 2, 3, 4, 4}, s[] = {1, 1, 9, 5, 6}, x[] = {9, 7, 4};
    const double hit = log((.375 + .625 * (1 - exp(-1))) / .375);
    struct neighbour_column target[] = {{x, NULL}}, reference[] = {{p, NULL}}, candidate[] = {{s, NULL}};
    struct neighbour_columns part[] = {{3, 1, target, NULL}, {5, 1, reference, NULL}}, subject = {5, 1, candidate, NULL};
    uint8_t kept[3] = {0, 1, 0}, *const column_kept[] = {kept};
    struct arena *arena = arena_new();
    struct value_book book;
    struct value_codes targets, known, codes;
    double plain[3], copied[3], noisy[3];

    cr_assert_eq(value_book_fit(part, 2, NULL, arena, &book, NULL), 0);
    cr_assert_eq(value_encode(&book, part, 1, NULL, arena, &targets, NULL), 0);
    cr_assert_eq(value_encode(&book, part + 1, 1, NULL, arena, &known, NULL), 0);
    cr_assert_eq(value_encode(&book, &subject, 1, NULL, arena, &codes, NULL), 0);
    struct rare_question question = {&book, &targets, &known, &codes, 3, column_kept};
    cr_assert_eq(rare_value_scores(&question, plain, copied, noisy, NULL), 0);
    cr_assert_float_eq(hit, 0.7195616, 1e-6);
    cr_assert(plain[0] == hit && plain[1] == -1 && plain[2] == 0, "%g %g %g", plain[0], plain[1], plain[2]);
    cr_assert(copied[0] == hit && copied[1] == hit && copied[2] == 0);
    cr_assert(noisy[0] == hit && noisy[1] == hit && noisy[2] == 0);
    kept[1] = 0;
    cr_assert_eq(rare_value_scores(&question, plain, copied, noisy, NULL), 0);
    cr_assert_eq(noisy[1], -1);
    arena_free(arena);
}

static double attack_auc(const struct result *result, const char *name)
{
    const cJSON *attack;

    cJSON_ArrayForEach(attack, json_get(result->details, "attacks"))
    {
        if (strcmp(json_get_string(attack, "attack", ""), name) == 0)
            return json_get_number(attack, "auc", NAN);
    }
    cr_assert_fail("no attack '%s'", name);
    return NAN;
}

enum { ROWS = 3000 };

/* Train and strangers of independent columns with `values` equally frequent values each (column 0 of its own normal number a
 * row where `unique`); the candidate draws each column alone from train's. */
static void independent_world(struct world *world, size_t columns, size_t values, bool unique, uint64_t seed)
{
    struct random random;

    world_new(world, columns, 0, ROWS, 2 * ROWS, ROWS);
    random_init(&random, seed, "independent", 0, 0);
    for (size_t t = 0; t < 2; t++) {
        struct table *table = t ? world->holdout : world->train;

        for (size_t i = 0; i < table->rows; i++)
            for (size_t j = 0; j < columns; j++)
                table_numbers(table, j)[i] = unique && j == 0 ? random_normal(&random) : (double)random_below(&random, values);
        table_seal(table);
    }
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < columns; j++)
            table_numbers(world->subject, j)[i] = world->train->columns[j].number[random_below(&random, ROWS)];
    table_seal(world->subject);
}

/* AT9, few values: nothing is left of a record, and every attack says so. */
Test(membership_values, independent_columns_of_few_values_show_nothing)
{
    const cJSON *attack;
    struct world world;
    struct result result;

    independent_world(&world, 4, 3, false, 17);
    world_run(&world, "privacy.membership", &result);
    cJSON_ArrayForEach(attack, json_get(result.details, "attacks"))
    {
        cr_expect_float_eq(json_get_number(attack, "auc", NAN), .5, 3 * auc_null_se(ROWS, ROWS), "%s: AUC %g",
                           json_get_string(attack, "attack", ""), json_get_number(attack, "auc", NAN));
    }
    cr_assert_lt(result.lo, .005, "lower end %g", result.lo);
    world_result_free(&result);
    world_free(&world);
}

/* Many values are another matter: the candidate repeats what train's shares have of chance. With D free shares in all and n
 * rows each of train, candidate and reference, the value ratio is about Σ (p_S − p_P)/p: its mean is D/n higher for members,
 * its variance 3 D/n, so AUC = Φ(√(D/6n)) (after Sankararaman, Obozinski, Jordan, Halperin 2009): D = 10 · 19, n = 3000: .5408.
 */
Test(membership_values, shares_of_train_tell_members_by_their_chance)
{
    struct world world;
    struct result result;
    double auc, expected = .5 * erfc(-sqrt(10 * 19 / (6.0 * ROWS)) / sqrt(2));

    independent_world(&world, 10, 20, false, 18);
    world_run(&world, "privacy.membership", &result);
    auc = attack_auc(&result, "value_ratio");
    cr_assert_float_eq(expected, .5409, 2e-4, "%g", expected);
    cr_assert_float_eq(auc, expected, 3 * auc_null_se(ROWS, ROWS), "AUC %g", auc);
    cr_assert_float_eq(attack_auc(&result, "rare_values"), .5, 1e-12, "no value is rare");
    cr_assert_float_eq(attack_auc(&result, "dcr"), .5, 3 * auc_null_se(ROWS, ROWS));
    world_result_free(&result);
    world_free(&world);
}

/* AT9, one column of values that nobody shares, kept exact: a member's is in the candidate with chance 1 − (1 − 1/n)^m = .632,
 * a stranger's never. So an attack that looks for it has AUC ½ + .632/2 = .816; with other columns beside it somewhat less.
 * Distances see next to nothing. */
Test(membership_values, one_exact_column_gives_two_thirds_away)
{
    static const char *const blind[] = {"exact", "dcr", "calibrated_dcr", "log_ratio", "density_ratio"};
    const double held = 1 - pow(1 - 1.0 / ROWS, ROWS);
    struct world world;
    struct result result;

    independent_world(&world, 4, 3, true, 19);
    world_run(&world, "privacy.membership", &result);
    cr_assert_float_eq(attack_auc(&result, "rare_values"), .5 + held / 2, 3 * sqrt(held * (1 - held) / ROWS) / 2, "AUC %g",
                       attack_auc(&result, "rare_values"));
    cr_assert_gt(attack_auc(&result, "value_ratio"), .75, "AUC %g", attack_auc(&result, "value_ratio"));
    cr_assert_eq(json_get_number(cJSON_GetArrayItem(json_get(result.details, "combinations"), 1), "counted", 0), 4);
    cr_assert_gt(attack_auc(&result, "marginal_ratio_2"), .5 + 5 * auc_null_se(ROWS, ROWS));
    cr_assert_gt(result.lo, held - .05, "[%g, %g]", result.lo, result.hi);
    for (size_t a = 0; a < sizeof blind / sizeof *blind; a++)
        cr_assert_lt(attack_auc(&result, blind[a]), .56, "%s: AUC %g", blind[a], attack_auc(&result, blind[a]));
    world_result_free(&result);
    world_free(&world);
}

/* What makes no sense to any attack must not break one: one column alone, all cells missing, all equal, all different; the
 * smallest reference. Scores that know nothing give ½. */
Test(membership_values, odd_tables_are_measured)
{
    for (int odd = 0; odd < 5; odd++) {
        const cJSON *attack;
        struct world world;
        struct result result;
        struct table *reference = NULL;

        world_new(&world, odd == 0 ? 1 : 3, odd == 0 ? 0 : 1, 300, 420, 300);
        world_draw_all(&world, 5);
        for (size_t t = 0; t < 3; t++) {
            struct table *table = t == 0 ? world.train : t == 1 ? world.holdout : world.subject;

            for (size_t j = 0; j < table->n_columns && (odd == 1 || odd == 2); j++)
                for (size_t i = 0; i < table->rows; i++)
                    if (table->columns[j].number)
                        table_numbers(table, j)[i] = odd == 1 ? NAN : 4;
                    else
                        table_codes(table, j)[i] = odd == 1 ? CODE_MISSING : 2;
            for (size_t i = 0; i < table->rows && odd == 3; i++)
                for (size_t j = 0; j < 3; j++)
                    table_numbers(table, j)[i] = (double)(1000 * i + t + 10 * j);
            table_seal(table);
        }
        if (odd == 4) {
            cr_assert_eq(table_new(&reference, &world.schema, "reference", MEMBERSHIP_MIN_REFERENCE, NULL), 0);
            world_draw(&world, reference, 0, 6);
            world.data.reference.table = reference;
        }
        world_run(&world, "privacy.membership", &result);
        cJSON_ArrayForEach(attack, json_get(result.details, "attacks"))
        {
            double auc = json_get_number(attack, "auc", NAN);

            cr_assert(auc >= 0 && auc <= 1, "case %d, %s: AUC %g", odd, json_get_string(attack, "attack", ""), auc);
            if (odd == 1 || odd == 2)
                cr_assert_eq(auc, .5, "case %d, %s: AUC %g", odd, json_get_string(attack, "attack", ""), auc);
        }
        cr_assert_leq(result.lo, 0);
        world_result_free(&result);
        table_free(reference);
        world_free(&world);
    }
}

static double score_of(const struct world *world, const struct table *subject, const struct membership_attack *attack,
                       size_t target, enum membership_plant plant)
{
    struct measure_task task = world->task;
    const struct membership_targets *targets;
    struct arena *arena = arena_new();
    struct membership_view view;
    double score;

    task.subject = subject;
    cr_assert_eq(membership_targets_get(&task, &targets, NULL), 0);
    cr_assert_eq(membership_view_make(&task, targets, arena, &view, NULL), 0);
    score = attack->score(&view, target, plant);
    arena_free(arena);
    return score;
}

/* Planting is what it says: the score with a plant is that of a candidate with one more row, the member word for word or its
 * noisy copy; a plant of values alone leaves densities as they are and lowers no count. */
Test(membership_values, planted_scores_are_those_of_a_candidate_with_one_more_row)
{
    static const struct membership_attack *const attacks[] = {&membership_value_ratio, &membership_marginal_ratio_2,
                                                              &membership_marginal_ratio_3, &membership_rare_values,
                                                              &membership_density_ratio};
    const struct membership_noisy *noisy;
    struct world world;

    world_new(&world, 3, 2, 120, 260, 100);
    world_draw_all(&world, 8);
    for (size_t i = 0; i < 100; i += 3) /* some values in common */
        world_copy_row(&world, world.subject, i, world.train, i);
    table_seal(world.subject);
    cr_assert_eq(membership_noisy_get(&world.task, &noisy, NULL), 0);
    for (size_t member = 0; member < 6; member++)
        for (enum membership_plant plant = PLANT_COPY; plant <= PLANT_NOISY; plant++) {
            struct table *more;

            cr_assert_eq(table_new(&more, &world.schema, "one more", 101, NULL), 0);
            for (size_t i = 0; i < 100; i++)
                world_copy_row(&world, more, i, world.subject, i);
            world_copy_row(&world, more, 100, plant == PLANT_COPY ? world.train : noisy->table, member);
            table_seal(more);
            for (size_t a = 0; a < sizeof attacks / sizeof *attacks; a++)
                cr_assert_float_eq(score_of(&world, world.subject, attacks[a], member, plant),
                                   score_of(&world, more, attacks[a], member, PLANT_NONE), 1e-8, "%s, member %zu, plant %d",
                                   attacks[a]->name, member, (int)plant);
            artifacts_drop(world.artifacts, more);
            table_free(more);
        }
    for (size_t a = 0; a < 3; a++)
        cr_assert_geq(score_of(&world, world.subject, attacks[a], 1, PLANT_VALUES),
                      score_of(&world, world.subject, attacks[a], 1, PLANT_NONE), "%s", attacks[a]->name);
    cr_assert_eq(score_of(&world, world.subject, &membership_density_ratio, 1, PLANT_VALUES),
                 score_of(&world, world.subject, &membership_density_ratio, 1, PLANT_NONE));
    cr_assert_eq(score_of(&world, world.subject, &membership_rare_values, 1, PLANT_VALUES),
                 score_of(&world, world.subject, &membership_rare_values, 1, PLANT_COPY));
    world_free(&world);
}
