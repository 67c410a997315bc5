/* Trust indices: the worked examples G1 … G10 (computed by hand from the formulas of audit/trust.h with exact fractions) and
 * the properties that any such index must have, on random pools. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "audit/trust.h"
#include "core/random.h"

enum { FIDELITY, UTILITY, FAIRNESS, ROBUSTNESS, PRIVACY, D };

struct g1 {
    size_t dimension;
    enum trust_polarity polarity;
    double value[5]; /* A B C S T */
};

static const struct g1 g1[] = {
    {FIDELITY, TRUST_LOWER, {.02, .05, .10, .30, 0}},      {FIDELITY, TRUST_LOWER, {.08, .10, .10, .90, 0}},
    {UTILITY, TRUST_HIGHER, {.86, .84, .80, .50, .88}},    {UTILITY, TRUST_HIGHER, {.74, .73, .70, .33, .76}},
    {FAIRNESS, TRUST_TARGET, {-.10, .05, -.05, 0, -.12}},  {FAIRNESS, TRUST_TARGET, {-.07, .06, -.09, 0, -.11}},
    {ROBUSTNESS, TRUST_HIGHER, {.60, .66, .64, .50, .58}}, {ROBUSTNESS, TRUST_LOWER, {.26, .18, .16, 0, .30}},
    {PRIVACY, TRUST_LOWER, {.02, .001, 0, 0, 1}},          {PRIVACY, TRUST_LOWER, {.62, .55, .51, .50, 1}},
};

struct run {
    struct trust_measure measures[10];
    struct trust_index index;
    struct arena *arena;
    int status;
};

static struct run g1_run(size_t observations, const double *omega, double eod_weight, const bool *eligible, bool no_fairness)
{
    static double none[5] = {NAN, NAN, NAN, NAN, NAN};
    struct run run = {.arena = arena_new()};
    struct trust_pool pool = {.observations = observations,
                              .candidates = observations,
                              .dimensions = D,
                              .omega = omega,
                              .n_measures = 10,
                              .measures = run.measures,
                              .alpha = 1,
                              .eligible = eligible};

    for (size_t j = 0; j < 10; j++)
        run.measures[j] = (struct trust_measure){.id = "m",
                                                 .dimension = g1[j].dimension,
                                                 .polarity = g1[j].polarity,
                                                 .weight = j == 4 ? eod_weight : 1,
                                                 .value = no_fairness && g1[j].dimension == FAIRNESS ? none : g1[j].value};
    run.status = trust_pool_index(&pool, run.arena, &run.index, NULL);
    return run;
}

static void near(const double *got, const double *want, size_t n, double tolerance, const char *what)
{
    for (size_t i = 0; i < n; i++)
        cr_assert(fabs(got[i] - want[i]) <= tolerance, "%s[%zu]: %.12g, expected %.12g", what, i, got[i], want[i]);
}

Test(trust, g1_emphasis_tables)
{
    static const struct {
        bool emphasis[D];
        double tau[3];
        size_t rank[3];
        double tolerance;
    } cases[] = {
        {{0}, {.554408968, .752897957, .594200819}, {3, 1, 2}, 1e-9},
        {{[UTILITY] = true}, {.744586441, .708471574, .445047121}, {1, 2, 3}, 1e-9},
        {{[PRIVACY] = true}, {.429887182, .708471574, .770844225}, {3, 2, 1}, 1e-9},
        {{[FAIRNESS] = true}, {.511225, .867697, .585715}, {3, 1, 2}, 5e-7},
        {{[PRIVACY] = true, [UTILITY] = true}, {.565763, .708472, .585715}, {3, 1, 2}, 5e-7},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double omega[D];
        struct run run;

        trust_emphasis(cases[i].emphasis, D, .5, omega);
        run = g1_run(3, omega, 1, NULL, false);
        cr_assert_eq(run.status, 0);
        near(run.index.tau, cases[i].tau, 3, cases[i].tolerance, "tau");
        for (size_t c = 0; c < 3; c++)
            cr_assert_eq(run.index.rank[c], cases[i].rank[c], "case %zu candidate %zu: rank %zu", i, c, run.index.rank[c]);
        arena_free(run.arena);
    }
}

Test(trust, g1_counts_sweep_not_assessed_weights_gate)
{
    static const double uniform[D] = {1, 1, 1, 1, 1};
    static const double k[10][3] = {{3, 2, 1}, {3, 2, 2}, {3, 2, 1}, {3, 2, 1}, {1, 3, 3},
                                    {2, 3, 1}, {1, 3, 2}, {1, 2, 3}, {1, 2, 3}, {1, 2, 3}};
    static const double share[3] = {17, 40.5, 12.5}, without_fairness[3] = {.577350, .701326, .598490},
                        pi_fair[3] = {.396402, 1, .759836};
    struct run run = g1_run(3, uniform, 1, NULL, false);
    double wins[3];
    size_t points;

    for (size_t j = 0; j < 10; j++)
        near(run.index.rank_count + j * 3, k[j], 3, 0, "k");
    cr_assert_eq(trust_weight_sweep(run.index.pi, D, 3, 4, wins, &points, NULL), 0);
    cr_assert_eq(points, 70);
    near(wins, share, 3, 1e-9, "wins");
    arena_free(run.arena);

    run = g1_run(3, uniform, 1, NULL, true);
    near(run.index.tau, without_fairness, 3, 5e-7, "tau without fairness");
    cr_assert(isnan(run.index.pi[FAIRNESS * 3]));
    near(run.index.omega, (const double[]){.25, .25, 0, .25, .25}, D, 1e-15, "omega");
    arena_free(run.arena);

    run = g1_run(3, uniform, 3, NULL, false);
    near(run.index.pi + FAIRNESS * 3, pi_fair, 3, 5e-7, "pi of fairness with 3:1");
    arena_free(run.arena);

    double utility[D];
    const bool emphasis[D] = {[UTILITY] = true}, eligible[3] = {false, true, true};
    trust_emphasis(emphasis, D, .5, utility);
    run = g1_run(3, utility, 1, eligible, false);
    near(run.index.tau, (const double[]){.744586441, .708471574, .445047121}, 3, 1e-9, "tau with a gate");
    cr_assert(run.index.rank[1] == 1 && run.index.rank[2] == 2 && run.index.rank[0] == 3);
    arena_free(run.arena);
}

Test(trust, g4_fakes_rank_second_without_gates)
{
    static const struct {
        bool emphasis[D];
        double tau[5];
    } cases[] = {
        {{0}, {.572388, .668843, .602386, .447214, .408057}},
        {{[UTILITY] = true}, {.676691, .633487, .490871, .299070, .638794}},
        {{[PRIVACY] = true}, {.478492, .633487, .734024, .668740, .285677}},
    };

    for (size_t i = 0; i < 3; i++) {
        double omega[D];
        struct run run;

        trust_emphasis(cases[i].emphasis, D, .5, omega);
        run = g1_run(5, omega, 1, NULL, false);
        near(run.index.tau, cases[i].tau, 5, 5e-7, "tau of G4");
        arena_free(run.arena);

        /* With gates replicas <= .01 and auc >= .70 only B and C are eligible: their scores and those of the others stay. */
        const bool eligible[5] = {false, true, true, false, false};
        run = g1_run(5, omega, 1, eligible, false);
        near(run.index.tau, cases[i].tau, 5, 5e-7, "tau of G4 with gates");
        for (size_t c = 0; c < 5; c++)
            cr_assert_eq(run.index.rank[c] <= 2, eligible[c], "case %zu candidate %zu: rank %zu", i, c, run.index.rank[c]);
        arena_free(run.arena);
    }
}

/* One row a case: values of up to two one-measure dimensions, and what comes out. */
struct small {
    const char *name;
    size_t n, dimensions;
    enum trust_polarity polarity[2];
    double value[2][5], resolution, omega[2], tau[5];
    double tolerance;
};

Test(trust, g3_g6_g7_g9_g10_and_two_dimensions)
{
    static const struct small cases[] = {
        {"G3", 3, 2, {0, 0}, {{5, 3, 4}, {3, 9, 1}}, 0, {1, 1}, {.816497, .577350, .471405}, 5e-7},
        {"G3 more",
         5,
         2,
         {0, 0},
         {{5, 3, 4, 2, 1}, {3, 9, 1, 8, 7}},
         0,
         {1, 1},
         {.632456, .774597, .4, .565685, .346410},
         5e-7},
        {"G6", 2, 2, {0, TRUST_LOWER}, {{.9000, .9001}, {.55, .60}}, 0, {1, 1}, {.707107, .707107}, 5e-7},
        {"G6 resolution", 2, 2, {0, TRUST_LOWER}, {{.9000, .9001}, {.55, .60}}, .001, {1, 1}, {1, .707107}, 5e-7},
        {"G7", 3, 2, {0, 0}, {{1, 1, 1}, {1, 2, 2}}, 0, {1, 1}, {.577350, 1, 1}, 5e-7},
        {"G10 last missing", 3, 1, {0}, {{.86, .84, NAN}}, 0, {1}, {1, 2. / 3, 1. / 3}, 1e-12},
        {"G10 two missing", 3, 1, {0}, {{.86, NAN, NAN}}, 0, {1}, {1, 1. / 3, 1. / 3}, 1e-12},
        {"R1", 3, 1, {0}, {{0., -0., -INFINITY}}, 0, {1}, {1, 1, 1. / 3}, 1e-12},
        {"R1 +inf", 3, 1, {0}, {{INFINITY, .5, .2}}, 0, {1}, {1. / 3, 1, 2. / 3}, 1e-12},
        {"even", 3, 2, {0, 0}, {{.9, .8, .5}, {.2, .6, .9}}, 0, {1, 1}, {.5774, .6667, .5774}, 5e-5},
        {"nine to one", 3, 2, {0, 0}, {{.9, .8, .5}, {.2, .6, .9}}, 0, {.9, .1}, {.8960, .6667, .3720}, 5e-5},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct small *c = &cases[i];
        struct trust_measure measures[2];
        struct trust_index index;
        struct arena *arena = arena_new();

        for (size_t j = 0; j < c->dimensions; j++)
            measures[j] = (struct trust_measure){"m", j, c->polarity[j], 0, j == 0 ? c->resolution : 0, 1, c->value[j]};
        cr_assert_eq(trust_pool_index(&(struct trust_pool){.observations = c->n,
                                                           .candidates = c->n,
                                                           .dimensions = c->dimensions,
                                                           .omega = c->omega,
                                                           .n_measures = c->dimensions,
                                                           .measures = measures},
                                      arena, &index, NULL),
                     0);
        near(index.tau, c->tau, c->n, c->tolerance, c->name);
        arena_free(arena);
    }
}

Test(trust, g2_replicates)
{
    static const double value[] = {.95, .50, .94, .80, .81, .82};
    static const size_t candidate[] = {0, 0, 0, 1, 1, 1};
    static const struct {
        double alpha, key[2];
        size_t rank[2];
    } cases[] = {{0, {2. / 3, .5}, {1, 2}}, {.5, {.446187, .416667}, {1, 2}}, {1, {.225708, .333333}, {2, 1}}};
    const struct trust_measure measure = {"m", 0, TRUST_HIGHER, 0, 0, 1, value};

    for (size_t i = 0; i < 3; i++) {
        struct arena *arena = arena_new();
        struct trust_index index;

        cr_assert_eq(trust_pool_index(&(struct trust_pool){.observations = 6,
                                                           .candidates = 2,
                                                           .candidate = candidate,
                                                           .dimensions = 1,
                                                           .omega = (const double[]){1},
                                                           .n_measures = 1,
                                                           .measures = &measure,
                                                           .alpha = cases[i].alpha},
                                      arena, &index, NULL),
                     0);
        near(index.key, cases[i].key, 2, 5e-7, "key");
        near(index.sd, (const double[]){.440959, .166667}, 2, 5e-7, "sd");
        cr_assert(index.rank[0] == cases[i].rank[0] && index.rank[1] == cases[i].rank[1]);
        arena_free(arena);
    }
}

Test(trust, g5_fixed_reference)
{
    static const double value[2][5] = {{.1, .2, .5, .8, .95}, {1, 1, 1, 1, 1}}, reference[8] = {.2, .4, .6, .8, 1, 1, 1, 1};
    static const double u[] = {.125, .25, .5, 1, 1}, pi[] = {.353553, .5, .707107, 1, 1};
    const struct trust_measure measures[] = {{"a", 0, TRUST_HIGHER, 0, 0, 1, value[0]},
                                             {"b", 0, TRUST_HIGHER, 0, 0, 1, value[1]}};
    struct arena *arena = arena_new();
    struct trust_index index;

    cr_assert_eq(trust_pool_index(&(struct trust_pool){.observations = 5,
                                                       .candidates = 5,
                                                       .dimensions = 1,
                                                       .omega = (const double[]){1},
                                                       .n_measures = 2,
                                                       .measures = measures,
                                                       .reference = reference,
                                                       .n_reference = 4},
                                  arena, &index, NULL),
                 0);
    near(index.u, u, 5, 1e-12, "u");
    near(index.pi, pi, 5, 5e-7, "pi");
    arena_free(arena);
}

Test(trust, g9_checkpoints)
{
    static const double mmd[] = {.20, .10, .05, .04}, auc[] = {.70, .80, .84, .85}, mia[] = {.50, .52, .58, .70};
    static const struct {
        bool emphasis[3];
        bool gate;
        double tau[4];
        size_t best;
    } cases[] = {{{0}, false, {.396850, .572357, .655185, .629961}, 2},
                 {{false, false, true}, false, {.629961, .655185, .572357, .396850}, 1},
                 {{false, true, false}, false, {.314980, .534957, .700991, .793701}, 3},
                 {{false, true, false}, true, {.314980, .534957, .700991, .793701}, 2}};
    const struct trust_measure measures[] = {
        {"mmd", 0, TRUST_LOWER, 0, 0, 1, mmd}, {"auc", 1, TRUST_HIGHER, 0, 0, 1, auc}, {"mia", 2, TRUST_LOWER, 0, 0, 1, mia}};

    for (size_t i = 0; i < 4; i++) {
        const bool eligible[] = {true, true, true, !cases[i].gate};
        struct arena *arena = arena_new();
        struct trust_index index;
        double omega[3];

        trust_emphasis(cases[i].emphasis, 3, .5, omega);
        cr_assert_eq(trust_pool_index(&(struct trust_pool){.observations = 4,
                                                           .candidates = 4,
                                                           .dimensions = 3,
                                                           .omega = omega,
                                                           .n_measures = 3,
                                                           .measures = measures,
                                                           .eligible = eligible},
                                      arena, &index, NULL),
                     0);
        near(index.tau, cases[i].tau, 4, 5e-7, "tau of G9");
        cr_assert_eq(index.rank[cases[i].best], 1);
        arena_free(arena);
    }
}

Test(trust, refusals)
{
    static const struct {
        const char *name;
        size_t n;
        double value[2], weight, omega;
        int code;
    } cases[] = {{"G8 one candidate", 1, {.5, 0}, 1, 1, ERROR_UNMEASURABLE},
                 {"all identical", 2, {.5, .5}, 1, 1, ERROR_UNMEASURABLE},
                 {"negative weight", 2, {.5, .6}, -1, 1, ERROR_INPUT},
                 {"zero omega", 2, {.5, .6}, 1, 0, ERROR_INPUT},
                 {"negative omega", 2, {.5, .6}, 1, -1, ERROR_INPUT},
                 {"zero weight removes all", 2, {.5, .6}, 0, 1, ERROR_UNMEASURABLE},
                 {"missing everywhere", 2, {NAN, NAN}, 1, 1, ERROR_UNMEASURABLE}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct trust_measure measure = {"m", 0, TRUST_HIGHER, 0, 0, cases[i].weight, cases[i].value};
        struct arena *arena = arena_new();
        struct error error = {0};
        struct trust_index index;

        cr_assert_eq(trust_pool_index(&(struct trust_pool){.observations = cases[i].n,
                                                           .candidates = cases[i].n,
                                                           .dimensions = 1,
                                                           .omega = &cases[i].omega,
                                                           .n_measures = 1,
                                                           .measures = &measure},
                                      arena, &index, &error),
                     cases[i].code, "%s", cases[i].name);
        cr_assert(strlen(error.message) > 10, "%s", cases[i].name);
        arena_free(arena);
    }
}

Test(trust, ranks_and_means)
{
    static const double key[] = {.5, .7, .7 - 1e-13, NAN, .1};
    size_t rank[5];

    trust_rank(key, NULL, 5, rank);
    cr_assert(rank[0] == 3 && rank[1] == 1 && rank[2] == 1 && rank[3] == 5 && rank[4] == 4);
    cr_assert(fabs(trust_geometric_mean((const double[]){.25, NAN, 1}, (const double[]){1, 5, 1}, 3) - .5) < 1e-15);
    cr_assert(isnan(trust_geometric_mean((const double[]){NAN}, (const double[]){1}, 1)));
    cr_assert_eq(trust_geometric_mean((const double[]){0, 1}, (const double[]){1, 1}, 2), 0);
}

/* A random pool: 4 candidates, 3 dimensions, 6 measures, values on a coarse grid so that ties occur. */
static void random_pool(uint64_t seed, double value[6][4])
{
    struct random random;

    random_init(&random, seed, "test.trust", 0, 0);
    for (size_t j = 0; j < 6; j++)
        for (size_t c = 0; c < 4; c++)
            value[j][c] = (double)random_below(&random, 6) / 5;
}

static int random_index(double value[6][4], const double *omega, struct arena *arena, struct trust_index *index)
{
    static struct trust_measure measures[6];

    for (size_t j = 0; j < 6; j++)
        measures[j] = (struct trust_measure){"m", j / 2, TRUST_HIGHER, 0, 0, 1, value[j]};
    return trust_pool_index(
        &(struct trust_pool){
            .observations = 4, .candidates = 4, .dimensions = 3, .omega = omega, .n_measures = 6, .measures = measures},
        arena, index, NULL);
}

static void check_properties(uint64_t seed)
{
    static const double even[3] = {1, 1, 1}, hot[3] = {0, 1, 0};
    double value[6][4], other[6][4];
    struct arena *arena = arena_new();
    struct trust_index base, changed;

    random_pool(seed, value);
    cr_assert_eq(random_index(value, even, arena, &base), 0);
    for (size_t c = 0; c < 4; c++)
        cr_assert(base.tau[c] >= .25 - 1e-12 && base.tau[c] <= 1 + 1e-12);
    for (size_t i = 0; i < 24; i++) /* R2 */
        cr_assert(base.u[i] == base.rank_count[i] / 4 && base.rank_count[i] == floor(base.rank_count[i]));

    for (size_t j = 0; j < 6; j++) /* a strictly increasing transform */
        for (size_t c = 0; c < 4; c++)
            other[j][c] = exp(3 * value[j][c]) - 7;
    random_index(other, even, arena, &changed);
    near(changed.u, base.u, 24, 0, "u after a transform");

    for (size_t j = 0; j < 6; j++) /* a permutation of the candidates */
        for (size_t c = 0; c < 4; c++)
            other[j][c] = value[j][(c + 1) % 4];
    random_index(other, even, arena, &changed);
    for (size_t c = 0; c < 4; c++)
        cr_assert(fabs(changed.tau[c] - base.tau[(c + 1) % 4]) < 1e-15);

    for (size_t j = 0; j < 6; j++) /* a permutation of the measures within and of the dimensions: their u, the same tau */
        memcpy(other[j], value[5 - j], sizeof other[j]);
    random_index(other, even, arena, &changed);
    near(changed.tau, base.tau, 4, 1e-15, "tau after a permutation of the measures");
    for (size_t j = 0; j < 6; j++)
        near(changed.u + 4 * j, base.u + 4 * (5 - j), 4, 0, "u after a permutation of the measures");

    memcpy(other, value, sizeof other); /* candidate 2 improves on measure 3 */
    other[3][2] += .5;
    random_index(other, even, arena, &changed);
    cr_assert(changed.tau[2] >= base.tau[2] - 1e-15);

    for (size_t j = 0; j < 6; j++) { /* 0 best on all; 1 weakly dominates 3 */
        other[j][0] = 9;
        other[j][1] = value[j][3] + (j % 2 ? .2 : 0);
        other[j][2] = value[j][2];
        other[j][3] = value[j][3];
    }
    random_index(other, even, arena, &changed);
    cr_assert(fabs(changed.tau[0] - 1) < 1e-15 && changed.tau[1] >= changed.tau[3]);

    random_index(value, hot, arena, &changed);
    near(changed.tau, base.pi + 4, 4, 1e-12, "tau under one-hot weights");
    arena_free(arena);
}

Test(trust, properties_on_random_pools)
{
    for (uint64_t seed = 1; seed <= 200; seed++)
        check_properties(seed);
}
