/* What tests on scores alone promise: detection limits, the permutation test of all attacks, bounds that err together. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/membership/permutation.h"
#include "attacks/membership/planting.h"
#include "core/random.h"
#include "numeric/interval.h"

enum { MOST = 4 };

/* Scores without a table: some attacks, each N(0, 1) for everybody, the second half of them copies of the first with little
 * noise, the first half independent; `leak` members are `shift` higher with the first attack. */
struct scores {
    struct membership_trial trial;
    double *score[MOST], *planted[MOST];
    uint8_t *half;
    struct membership_result result[MOST];
    struct membership_overall overall;
    struct membership_ranks ranks;
    struct arena *arena;
    size_t n_attacks;
};

static void scores_new(struct scores *world, size_t members, size_t nonmembers, size_t n_attacks, size_t leak, double shift,
                       uint64_t seed)
{
    size_t n = members + nonmembers;
    struct random random;

    *world = (struct scores){.arena = arena_new(), .n_attacks = n_attacks};
    world->half = ARENA_ARRAY(world->arena, uint8_t, n);
    world->trial = (struct membership_trial){.n_targets = n,
                                             .n_members = members,
                                             .half = world->half,
                                             .level = .95,
                                             .rules = n_attacks * membership_points_supported(nonmembers)};
    random_init(&random, seed, "scores", 0, 0);
    for (size_t i = 0; i < n; i++)
        world->half[i] = i / 2 % 2;
    for (size_t a = 0; a < n_attacks; a++) {
        world->score[a] = ARENA_ARRAY(world->arena, double, n);
        world->planted[a] = ARENA_ARRAY(world->arena, double, members);
        for (size_t i = 0; i < n; i++)
            world->score[a][i] = a > 0 && 2 * a >= n_attacks ? world->score[0][i] + .2 * random_normal(&random)
                                                             : random_normal(&random) + (i < leak && a == 0 ? shift : 0);
        for (size_t i = 0; i < members; i++)
            world->planted[a][i] = random_normal(&random) + (a == 0 ? shift : 0);
    }
    cr_assert_eq(membership_ranks_make(&world->trial, world->score, n_attacks, NULL, world->arena, &world->ranks, NULL), 0);
}

static void scores_judge(struct scores *world)
{
    for (size_t a = 0; a < world->n_attacks; a++)
        cr_assert_eq(membership_evaluate(&world->trial, world->score[a], &world->result[a], NULL), 0);
    world->overall = membership_combine(&world->trial, world->result, world->n_attacks);
}

/* A number of records, whole, that is `mean` on average. */
static size_t about(double mean, uint64_t seed)
{
    struct random random;

    random_init(&random, seed, "planted", 0, 0);
    return (size_t)floor(mean + random_uniform(&random));
}

static struct membership_overall judged(size_t members, size_t nonmembers, size_t leak, double shift, uint64_t seed)
{
    struct scores world;

    scores_new(&world, members, nonmembers, 1, leak, shift, seed);
    scores_judge(&world);
    arena_free(world.arena);
    return world.overall;
}

/* What the detection limit promises: that share of planted members is found in 93 to 97 % of 200 worlds (± 3 SE of the 200), a
 * third of it in less than half. And where all of them score above everybody else, the interval covers the share in at least
 * 95 % − 3 SE. */
Test(membership_power, detection_limit_and_interval_keep_their_promise)
{
    enum { WORLDS = 200, LIMITS = 40, MEMBERS = 2000, NONMEMBERS = 1000 };
    static const double shift[] = {4, 2.5};

    for (size_t s = 0; s < 2; s++) {
        double limit = 0;
        size_t found = 0, found_less = 0, alarms = 0, covered = 0;

        for (uint64_t seed = 0; seed < LIMITS; seed++) {
            struct scores world;
            double *const *const planted[MEMBERSHIP_PLANTS] = {[PLANT_COPY] = world.planted};

            scores_new(&world, MEMBERS, NONMEMBERS, 1, 0, shift[s], seed);
            scores_judge(&world);
            cr_assert_eq(
                membership_plant(&world.ranks, world.score, planted, seed, NULL, NULL, world.result, &world.overall, NULL), 0);
            cr_assert_eq(world.overall.detection_limit[PLANT_COPY], world.result[0].detection_limit[PLANT_COPY]);
            cr_assert(isnan(world.overall.detection_limit[PLANT_NOISY]));
            limit += world.overall.detection_limit[PLANT_COPY] / LIMITS;
            cr_assert_geq(world.overall.power[PLANT_COPY][MEMBERSHIP_SHARES - 1], .95);
            arena_free(world.arena);
        }
        for (uint64_t seed = 0; seed < WORLDS; seed++) {
            const size_t leak = about(limit * MEMBERS, seed);
            struct membership_overall far = judged(MEMBERS, NONMEMBERS, leak, 100, 4000 + seed);

            covered += far.lo <= (double)leak / MEMBERS && far.hi >= (double)leak / MEMBERS;
            found += judged(MEMBERS, NONMEMBERS, leak, shift[s], 1000 + seed).lo > 0;
            found_less += judged(MEMBERS, NONMEMBERS, leak / 3, shift[s], 2000 + seed).lo > 0;
            alarms += judged(MEMBERS, NONMEMBERS, 0, shift[s], 3000 + seed).lo > 0;
        }
        cr_assert((double)found >= WORLDS * (.93 - 3 * sqrt(.93 * .07 / WORLDS)), "%zu of %d found at %g", found, WORLDS,
                  limit);
        cr_assert((double)found <= WORLDS * (.97 + 2 * sqrt(.97 * .03 / WORLDS)), "%zu of %d found at %g", found, WORLDS,
                  limit);
        cr_assert_lt(found_less, WORLDS / 2);
        cr_assert_geq((double)covered, WORLDS * (.95 - 3 * sqrt(.95 * .05 / WORLDS)), "%zu covered", covered);
        cr_assert_leq((double)alarms, WORLDS * (.025 + 3 * sqrt(.025 * .975 / WORLDS)), "%zu alarms", alarms);
    }
}

/* How often an audit finds c copies of 300 members among 287 strangers that nothing else tells apart: where at most 24 of its
 * 1,000 permutations deal out "member" to all of them. */
static double chance_of_finding(size_t copies)
{
    const double all = gsl_ran_hypergeometric_pdf((unsigned)copies, 300, 287, (unsigned)copies);

    return gsl_cdf_binomial_P(24, all, MEMBERSHIP_PERMUTATIONS);
}

/* Copies share one score, so that one more or less decides: here five are found in 4 %, six in 95 % and seven always. And what
 * the permutations at hand say of those of an audit is as noisy as the audit's own. Over 60 worlds the limits are found in 93
 * to 97 % all the same; were the noise taken for less than it is, they would not be (half of one of the two noises: 92.4 %). */
Test(membership_power, copies_are_found_at_the_limit)
{
    enum { WORLDS = 60, MEMBERS = 300, NONMEMBERS = 287 };
    double found = 0;

    for (uint64_t w = 0; w < WORLDS; w++) {
        struct scores world;
        struct membership_significance test;
        double *const *const planted[MEMBERSHIP_PLANTS] = {[PLANT_COPY] = world.planted};
        double limit, below;

        scores_new(&world, MEMBERS, NONMEMBERS, 1, 0, 0, w);
        for (size_t i = 0; i < MEMBERS + NONMEMBERS; i++)
            world.score[0][i] = 0;
        for (size_t i = 0; i < MEMBERS; i++)
            world.planted[0][i] = 1;
        cr_assert_eq(membership_ranks_make(&world.trial, world.score, 1, NULL, world.arena, &world.ranks, NULL), 0);
        cr_assert_eq(membership_permute(&world.ranks, w, NULL, world.arena, &test, NULL), 0);
        cr_assert_eq(membership_plant(&world.ranks, world.score, planted, w, &test, NULL, world.result, &world.overall, NULL),
                     0);
        limit = world.overall.detection_limit[PLANT_COPY] * MEMBERS;
        below = floor(limit);
        cr_assert(limit > 5 && limit < 8, "%g copies", limit);
        found += chance_of_finding((size_t)below) +
                 (limit - below) * (chance_of_finding((size_t)below + 1) - chance_of_finding((size_t)below));
        arena_free(world.arena);
    }
    cr_assert(found / WORLDS > .93 && found / WORLDS < .97, "found in %g", found / WORLDS);
}

/* 100 members; twenty trials: one took 2, two 4, one found nothing, the others took 3: power 1/20 with two planted, 17/20 with
 * three and 19/20 with four, which is 95 %. Power lies on straight lines between whole numbers: were it 20/20 with four, 95 %
 * were 3 + 2/3 records. With a second failure there is no limit. */
Test(membership_power, limits_are_read_off_the_trials)
{
    size_t needed[20] = {SIZE_MAX, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 3};
    double power[MEMBERSHIP_SHARES], limit;

    planting_limit(needed, 20, 100, power, &limit);
    cr_assert_float_eq(limit, .04, 1e-12);
    cr_assert_eq(power[3], 0);
    cr_assert_float_eq(power[4], .05, 1e-12);
    cr_assert_float_eq(power[5], .95, 1e-12);
    needed[19] = 4;
    planting_limit(needed, 20, 100, power, &limit);
    cr_assert_float_eq(limit, .03 + .01 * 2 / 3, 1e-12);
    planting_limit(needed, 20, 70, power, &limit); /* 3.5 records of 70 are 5 % */
    cr_assert_float_eq(power[5], (17 / 20. + 1) / 2, 1e-12);
    needed[18] = needed[19] = SIZE_MAX;
    planting_limit(needed, 20, 100, power, &limit);
    cr_assert(isnan(limit));
    memset(needed, 0, sizeof needed); /* found before anything is planted: still one record */
    planting_limit(needed, 20, 100, power, &limit);
    cr_assert_eq(limit, .01);
}

/* Signed root of the likelihood ratio, by hand for 3/4 against 1/4: √(2 (6 ln 1.5 + 2 ln ½)) = 1.446718. The lower bound is the
 * share at which the deviance is root²; oracle numbers: minimise the binomial deviance over p0 by golden section and bisect the
 * ratio (python3, math alone). It is above 0 exactly where the signed root passes, and at fp = 0 of many it is the likelihood
 * bound of T alone: tp = 30 of 1000 at root 1.959964. */
Test(membership_power, the_lower_bound_is_the_likelihoods)
{
    static const struct {
        size_t counts[4];
        double root, lo;
    } known[] = {{{60, 1000, 10, 1000}, 1.95996, 0.035158197},
                 {{34, 2000, 0, 1000}, 3.2, 0.00872478297},
                 {{10, 500, 9, 250}, 2.5, -0.0599662697},
                 {{450, 500, 20, 250}, 3, 0.841641258},
                 {{30, 1000, 0, 100000000}, 1.95996, 0.0206036801}};
    static const size_t members[] = {500, 24000}, nonmembers[] = {250, 12000};

    cr_assert_float_eq(signed_root(3, 4, 1, 4), 1.446717863, 1e-9);
    cr_assert_float_eq(signed_root(1, 4, 3, 4), -1.446717863, 1e-9);
    cr_assert_eq(signed_root(0, 4, 0, 4), 0);
    cr_assert_eq(signed_root(4, 4, 4, 4), 0);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const size_t *c = known[i].counts;

        cr_assert_float_eq(exposed_lower_root(c[0], c[1], c[2], c[3], known[i].root), known[i].lo, 1e-6, "case %zu: %.9g", i,
                           exposed_lower_root(c[0], c[1], c[2], c[3], known[i].root));
    }
    cr_assert_eq(exposed_lower_root(5, 10, 10, 10, 2), -INFINITY);
    for (size_t m = 0; m < 2; m++)
        for (size_t fp = 0; fp < nonmembers[m] / 8; fp = fp < 2 ? fp + 1 : fp * 3)
            for (double root = 2; root < 4; root += .9)
                for (size_t tp = fp; tp < members[m]; tp += 1 + tp / 20) {
                    const double lo = exposed_lower_root(tp, members[m], fp, nonmembers[m], root);
                    const double t = (double)tp / (double)members[m], f = (double)fp / (double)nonmembers[m];

                    cr_assert_eq(lo > 0, signed_root(tp, members[m], fp, nonmembers[m]) > root);
                    cr_assert_leq(lo, fmax((t - f) / (1 - f), 0));
                }
}

/* 200 worlds of four attacks, two of them nearly the same as another: p-values are uniform (Kolmogorov-Smirnov p > .01, so the
 * distance is below 1.628/√200), each attack's too; the audit's lower end errs in at most 2.5 % + 3 SE, with an error for each
 * rule that is above Bonferroni's. */
Test(membership_power, p_values_are_uniform_and_bounds_err_together)
{
    enum { WORLDS = 200, MEMBERS = 300, NONMEMBERS = 250 };
    double p[1 + MOST][WORLDS] = {{0}}, larger = 0;
    size_t alarms = 0, worse = 0;

    for (uint64_t w = 0; w < WORLDS; w++) {
        struct scores world;
        struct membership_significance test;

        scores_new(&world, MEMBERS, NONMEMBERS, MOST, 0, 0, w);
        cr_assert_eq(membership_permute(&world.ranks, w, NULL, world.arena, &test, NULL), 0);
        larger += normal_upper(test.root) / (.025 / (double)world.trial.rules) / WORLDS;
        world.trial.root = test.root;
        scores_judge(&world);
        alarms += world.overall.lo > 0;
        worse += test.worse <= .025;
        p[0][w] = test.p_value;
        for (size_t a = 0; a < MOST; a++) {
            p[1 + a][w] = test.attack[a].own;
            cr_assert_geq(test.attack[a].corrected, test.p_value);
            cr_assert_geq(test.attack[a].corrected, test.attack[a].own);
        }
        arena_free(world.arena);
    }
    cr_assert_leq((double)alarms, WORLDS * (.025 + 3 * sqrt(.025 * .975 / WORLDS)), "%zu alarms", alarms);
    cr_assert_leq((double)worse, WORLDS * (.025 + 3 * sqrt(.025 * .975 / WORLDS)), "%zu worse than chance", worse);
    cr_assert_gt(larger, 1.2, "error over Bonferroni's: %g", larger);
    for (size_t k = 0; k <= MOST; k++)
        for (size_t i = 0; i < WORLDS; i++) {
            size_t below = 0;

            for (size_t j = 0; j < WORLDS; j++)
                below += p[k][j] <= p[k][i];
            cr_assert_lt(fabs((double)below / WORLDS - p[k][i]), 1.628 / sqrt(WORLDS), "p-value %zu: %g", k, p[k][i]);
        }
}

/* A leak that is plain: beyond the permutations' floor of 1/1001 the exact tests go on, and only the attack that sees it is
 * significant over all. A score turned round is worse than chance. Scores that all tie see nothing. */
Test(membership_power, a_leak_is_seen_and_its_opposite_too)
{
    enum { MEMBERS = 400, NONMEMBERS = 300 };
    struct scores world;
    struct membership_significance test;

    scores_new(&world, MEMBERS, NONMEMBERS, 3, 200, 50, 1);
    for (size_t i = 0; i < MEMBERS + NONMEMBERS; i++) {
        world.score[1][i] = -world.score[0][i];
        world.score[2][i] = 7;
    }
    cr_assert_eq(membership_ranks_make(&world.trial, world.score, 3, NULL, world.arena, &world.ranks, NULL), 0);
    cr_assert_eq(membership_permute(&world.ranks, 1, NULL, world.arena, &test, NULL), 0);
    cr_assert_lt(test.p_value, 1e-6);
    cr_assert_eq(test.p_value, test.attack[0].corrected);
    cr_assert_gt(test.attack[1].corrected, .5);
    cr_assert_leq(test.worse, .025);
    cr_assert_eq(test.worse, test.attack[1].worse);
    cr_assert_gt(test.attack[0].worse, .5);
    cr_assert_eq(test.attack[2].own, 1);
    cr_assert_gt(test.attack[2].corrected, .5);
    arena_free(world.arena);
}
