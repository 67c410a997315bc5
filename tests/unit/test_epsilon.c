#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/canary/canary.h"
#include "attacks/membership/epsilon_bound.h"
#include "attacks/membership/sources.h"
#include "core/random.h"
#include "tests/unit/golden.h"
#include "tests/unit/privacy_world.h"

/* Scores made by hand: 400 members and 300 strangers, halves by turns. */
enum { MEMBERS = 400, TARGETS = 700 };

struct hand {
    double score[2][TARGETS];
    uint8_t half[TARGETS];
    const double *list[2];
    struct epsilon_trial trial;
};

static void hand_new(struct hand *hand)
{
    struct random random;

    random_init(&random, 3, "test epsilon", 0, 0);
    for (size_t i = 0; i < TARGETS; i++) {
        hand->half[i] = i % 2;
        hand->score[0][i] = random_uniform(&random);
        hand->score[1][i] = i < MEMBERS && i % 10 < 6; /* 60 % of the members of either half, no stranger */
    }
    hand->list[0] = hand->score[0];
    hand->list[1] = hand->score[1];
    hand->trial = (struct epsilon_trial){TARGETS, MEMBERS, 2, hand->half, hand->list, .05, 0};
}

Test(epsilon, rule_of_the_other_half)
{
    struct hand hand;
    struct epsilon_result result;

    hand_new(&hand);
    cr_assert_eq(epsilon_audit(&hand.trial, NULL, &result, NULL), 0);
    for (size_t h = 0; h < 2; h++) {
        const struct rule_counts want = {120, 0, 200, 150};

        cr_assert(result.rule[h].attack == 1 && result.rule[h].threshold == 1, "half %zu: attack %zu", h,
                  result.rule[h].attack);
        cr_assert(!memcmp(&result.rule[h].counts, &want, sizeof want), "counts on the other half");
        cr_near(result.rule[h].epsilon, epsilon_lower(&want, 0, .025), 1e-12, "half %zu", h);
    }
    /* What one half alone shows is worth nothing: members of half 0 only. */
    for (size_t i = 0; i < MEMBERS; i++)
        hand.score[1][i] = i % 2 == 0;
    cr_assert_eq(epsilon_audit(&hand.trial, NULL, &result, NULL), 0);
    cr_assert(result.rule[0].attack == 1 && result.rule[0].counts.tp == 0 && result.rule[0].epsilon == 0);
    cr_assert(result.rule[result.best].epsilon < .5, "%g", result.rule[result.best].epsilon);
    /* δ = 1 allows everything; scores that all tie prove nothing. */
    hand_new(&hand);
    hand.trial.delta = 1;
    cr_assert_eq(epsilon_audit(&hand.trial, NULL, &result, NULL), 0);
    cr_assert(result.rule[0].epsilon == 0 && result.rule[1].epsilon == 0);
    hand.trial.delta = 0;
    memset(hand.score, 0, sizeof hand.score);
    cr_assert_eq(epsilon_audit(&hand.trial, NULL, &result, NULL), 0);
    cr_assert(result.rule[0].epsilon == 0 && result.rule[1].epsilon == 0);
}

/* AT15 through the choice of attack and threshold: a score that is randomised response beside nine that are noise. The bound is
 * above the truth in at most 5 % of 400 runs (and chance), and near it with many records. */
static double audited(size_t n, double truth, uint64_t run)
{
    enum { ATTACKS = 10 };
    const double p = 1 / (1 + exp(-truth));
    double *score[ATTACKS];
    uint8_t *half = calloc(2 * n, 1);
    struct epsilon_result result;
    struct random random;

    random_init(&random, 21, "test choice", run, 0);
    for (size_t a = 0; a < ATTACKS; a++) {
        score[a] = calloc(2 * n, sizeof(double));
        for (size_t i = 0; i < 2 * n; i++)
            score[a][i] = a == 4 ? random_uniform(&random) < (i < n ? p : 1 - p) : random_uniform(&random);
    }
    for (size_t i = 0; i < 2 * n; i++)
        half[i] = i % 2;
    cr_assert_eq(epsilon_audit(&(struct epsilon_trial){2 * n, n, ATTACKS, half, (const double *const *)score, .05, 0}, NULL,
                               &result, NULL),
                 0);
    for (size_t a = 0; a < ATTACKS; a++)
        free(score[a]);
    free(half);
    return result.rule[result.best].epsilon;
}

Test(epsilon, randomised_response)
{
    static const double truths[] = {.5, 1, 2};

    for (size_t t = 0; t < 3; t++) {
        size_t above = 0;

        for (uint64_t run = 0; run < 400; run++)
            above += audited(200, truths[t], run) > truths[t];
        cr_assert(above <= 20 + 13, "ε = %g: %zu of 400 above", truths[t], above);
        cr_assert(audited(50000, truths[t], 1000) >= .9 * truths[t], "ε = %g", truths[t]);
    }
}

/* The measure: strangers' rows prove nothing, a copy proves much; the claim; and what is said. */
Test(epsilon, measure)
{
    static const struct parameter_value claims[] = {{1}, {0}};
    struct world world;
    struct result result;

    world_new(&world, 3, 2, 600, 600, 600);
    world_draw_all(&world, 5);
    world_run(&world, "privacy.epsilon", &result);
    cr_assert(result.value <= .3, "fresh rows: %g", result.value);
    cr_assert(strstr(result.finding, "No epsilon above 0") || result.value > 0, "%s", result.finding);
    cr_assert(isnan(result.hi) && result.lo == result.value && !json_get(result.details, "claim"));
    world_result_free(&result);
    for (size_t i = 0; i < 600; i++)
        world_copy_row(&world, world.subject, i, world.train, i);
    artifacts_drop(world.artifacts, world.subject);
    world.task.parameters = claims;
    world_run(&world, "privacy.epsilon", &result);
    cr_assert(result.value > 3 && result.value <= json_get_number(result.details, "ceiling", NAN), "copy: %g", result.value);
    cr_assert_str_eq(json_get_string(result.details, "claim.result", ""), "contradicted");
    cr_assert(!strncmp(result.finding, "The claimed epsilon of 1 is contradicted: ", 42), "%s", result.finding);
    cr_assert(result.remedy[0]);
    world_result_free(&result);
    world_free(&world);
}

/* Every row has a code of its own; train's codes come first in the vocabulary, then the strangers', then the candidate's, as
 * they do when tables are read in this order. None of it tells train from the holdout, or members from strangers. */
Test(epsilon, vocabulary_order_is_no_leak)
{
    enum { ROWS = 400 };
    struct world world;
    const struct membership_sources *sources = NULL;
    struct result result;
    struct table *tables[3];

    world_new(&world, 1, 1, ROWS, ROWS, 3 * ROWS);
    world_draw_all(&world, 8);
    world.columns[1].fitted_levels = ROWS;
    world.columns[1].n_levels = 6 * ROWS;
    tables[0] = world.train;
    tables[1] = world.holdout;
    tables[2] = world.subject;
    for (size_t t = 0, next = 0; t < 3; t++)
        for (size_t i = 0; i < tables[t]->rows; i++, next++)
            table_codes(tables[t], 1)[i] = (uint32_t)next;
    cr_assert_eq(membership_sources_get(&world.task, &sources, NULL), 0);
    cr_assert(!sources->differ && sources->auc < .56, "sources: AUC %g", sources->auc);
    /* A candidate with codes of all three, members' no more often than strangers'. */
    for (size_t i = 0; i < world.subject->rows; i++)
        table_codes(world.subject, 1)[i] = (uint32_t)(i * 2 % (6 * ROWS));
    world_run(&world, "privacy.epsilon", &result);
    cr_assert(result.value <= .2, "%g: %s", result.value, result.finding);
    world_result_free(&result);
    world_free(&world);
}

static void check(struct world *world, const struct canaries *canaries, const struct table *candidate,
                  struct canary_verdict *verdict)
{
    struct error error = {0};

    cr_assert_eq(canaries_check(canaries, candidate, world->train, 1, 0, .05, NULL, verdict, &error), 0, "%s", error.message);
}

static void fit(struct world *world)
{
    world->columns[0].lo = -3;
    world->columns[0].hi = 3;
    world->columns[0].decimals = 3;
}

/* The canaries of a copy are told apart nearly without an error; those of strangers' rows are not. */
Test(epsilon, canaries)
{
    struct world world;
    struct canaries canaries, again;
    struct canary_verdict verdict;
    struct table *planted = NULL, *replaced = NULL;
    size_t in = 0;

    world_new(&world, 1, 2, 500, 500, 500);
    fit(&world);
    world_draw_all(&world, 6);
    cr_assert_eq(canaries_draw(world.train, 200, 77, &canaries, NULL), 0);
    cr_assert_eq(canaries_draw(world.train, 200, 77, &again, NULL), 0);
    for (size_t i = 0; i < 200; i++) {
        const double x = canaries.table->columns[0].number[i];

        in += canaries.in[i];
        cr_assert(x >= -3 && x <= 3 && canaries.table->columns[1].code[i] < 5 && x == again.table->columns[0].number[i] &&
                  canaries.in[i] == again.in[i]);
    }
    cr_assert(in > 70 && in < 130, "%zu of 200 fair coins", in);
    cr_assert_eq(canaries_plant(world.train, &canaries, false, 77, &planted, NULL), 0);
    cr_assert_eq(canaries_plant(world.train, &canaries, true, 77, &replaced, NULL), 0);
    cr_assert(planted->rows == 500 + in && replaced->rows == 500);
    check(&world, &canaries, planted, &verdict);
    for (size_t h = 0; h < 2; h++) /* a half need not hold as many canaries as are called in */
        cr_assert(verdict.guess[h].r >= 10 && 10 * verdict.guess[h].v >= 9 * verdict.guess[h].r);
    cr_near(verdict.guess[0].epsilon, one_run_epsilon(verdict.guess[0].m, verdict.guess[0].r, verdict.guess[0].v, 0, .025),
            1e-9, "bound");
    cr_assert(verdict.guess[verdict.best].epsilon > 1.5, "%g", verdict.guess[verdict.best].epsilon);
    check(&world, &canaries, world.subject, &verdict);
    cr_assert(verdict.guess[verdict.best].epsilon < .3, "strangers: %g", verdict.guess[verdict.best].epsilon);
    table_free(planted);
    table_free(replaced);
    canaries_free(&again);
    canaries_free(&canaries);
    world_free(&world);
}

/* A candidate that knows nothing of the canaries, 40 times: the one-run bound is above 0 in about 5 % at most. */
Test(epsilon, canaries_false_alarms)
{
    size_t alarms = 0;

    for (uint64_t run = 0; run < 40; run++) {
        struct world world;
        struct canaries canaries;
        struct canary_verdict verdict;

        world_new(&world, 1, 2, 200, 0, 300);
        fit(&world);
        world_draw(&world, world.train, 0, run);
        world_draw(&world, world.subject, 0, run);
        cr_assert_eq(canaries_draw(world.train, 100, run, &canaries, NULL), 0);
        check(&world, &canaries, world.subject, &verdict);
        alarms += verdict.guess[verdict.best].epsilon > 0;
        canaries_free(&canaries);
        world_free(&world);
    }
    cr_assert(alarms <= 2 + 4, "%zu of 40", alarms); /* P[more | .05] < 1 % */
}

/* A rule that guesses nothing is never taken, although a fiftieth of ten canaries is none. */
Test(epsilon, few_canaries)
{
    for (uint64_t run = 1; run <= 4; run++) {
        struct world world;
        struct canaries canaries;
        struct canary_verdict verdict;

        world_new(&world, 1, 1, 60, 0, 60);
        fit(&world);
        world_draw(&world, world.train, 0, run);
        world_draw(&world, world.subject, 0, run);
        cr_assert_eq(canaries_draw(world.train, CANARY_LEAST, run, &canaries, NULL), 0);
        check(&world, &canaries, world.subject, &verdict);
        cr_assert(verdict.guess[0].r > 0 && verdict.guess[1].r > 0, "%zu and %zu guesses", verdict.guess[0].r,
                  verdict.guess[1].r);
        canaries_free(&canaries);
        world_free(&world);
    }
}

Test(epsilon, canary_refusals)
{
    struct world world;
    struct canaries canaries;
    struct canary_verdict verdict;
    struct table *out = NULL;
    struct error error = {0};

    world_new(&world, 1, 1, 30, 0, 30);
    fit(&world);
    world_draw(&world, world.train, 0, 1);
    world_draw(&world, world.subject, 0, 1);
    cr_assert_eq(canaries_draw(world.train, 10, 1, &canaries, NULL), 0);
    cr_assert_eq(canaries_check(&canaries, world.subject, world.train, 1, 0, .05, NULL, &verdict, &error), ERROR_UNMEASURABLE);
    cr_assert(strstr(error.message, "too few"), "%s", error.message);
    canaries_free(&canaries);
    cr_assert_eq(canaries_draw(world.train, 200, 1, &canaries, NULL), 0);
    cr_assert_eq(canaries_plant(world.train, &canaries, true, 1, &out, &error), ERROR_INPUT);
    cr_assert(!out && strstr(error.message, "cannot replace"), "%s", error.message);
    canaries_free(&canaries);
    world_free(&world);
}
