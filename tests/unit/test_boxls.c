#include <criterion/criterion.h>
#include <math.h>

#include "numeric/boxls.h"
#include "tests/unit/reconstruction_instance.h"

static struct boxls_result solve(const struct instance *instance, bool weighted, const char *what)
{
    struct error error = {.message = ""};
    struct boxls_problem problem = {&instance->queries, instance->answers, weighted ? instance->weights : NULL};
    struct boxls_result result;
    cr_assert_eq(boxls_solve(&problem, &(struct boxls_options){.tolerance = 1e-11}, instance->arena, &result, &error), 0,
                 "%s: %s", what, error.message);
    cr_assert(result.converged, "%s: KKT residual %g after %zu iterations", what, result.kkt, result.iterations);
    return result;
}

/* SciPy's BVLS on the same data, see the golden file. */
Test(boxls, golden)
{
    struct instance data, truth;
    if (!instance_read(&data, "n60_m300_weighted") || !instance_read(&truth, "n60_m300_box_least_squares")) {
        cr_skip_test("../shared/golden/reconstruction is absent");
        return;
    }
    struct boxls_result result = solve(&data, true, "n60_m300");
    const cJSON *solution = json_get(truth.json, "solution");
    double objective = json_get_number(truth.json, "objective", -1);
    cr_expect_float_eq(result.objective, objective, 1e-7);
    cr_expect(result.gap >= 0 && result.gap < 1e-6, "gap %g", result.gap);
    for (size_t steps = 1; steps <= 64; steps *= 2) { /* the bound holds wherever the iterations end */
        struct boxls_problem problem = {&data.queries, data.answers, data.weights};
        struct boxls_result early;
        cr_assert_eq(boxls_solve(&problem, &(struct boxls_options){.max_iterations = steps}, data.arena, &early, NULL), 0);
        cr_expect(early.objective - early.gap <= objective + 1e-9, "%zu steps: %g - %g", steps, early.objective, early.gap);
        cr_expect(early.gap <= early.objective);
    }
    for (int i = 0; i < 60; i++)
        cr_expect_float_eq(result.t[i], cJSON_GetArrayItem(solution, i)->valuedouble, 1e-6, "t[%d] = %.9g", i, result.t[i]);
    instance_free(&data);
    instance_free(&truth);
}

/* The optimum's own conditions, computed here from the definition: g_i = 2 sum_j w_j (A t − b)_j is 0 inside, >= 0 at t = 0,
 * <= 0 at t = 1. */
static void check_conditions(const struct instance *instance, const double *t, bool weighted, double slack)
{
    const struct sparse *a = &instance->queries;
    double *gradient = ARENA_ARRAY(instance->arena, double, a->columns);
    for (size_t j = 0; j < a->rows; j++) {
        double residual = -instance->answers[j];
        for (size_t k = a->start[j]; k < a->start[j + 1]; k++)
            residual += t[a->index[k]];
        for (size_t k = a->start[j]; k < a->start[j + 1]; k++)
            gradient[a->index[k]] += 2 * (weighted ? instance->weights[j] : 1) * residual;
    }
    for (size_t i = 0; i < a->columns; i++) {
        cr_expect(t[i] >= 0 && t[i] <= 1);
        cr_expect(t[i] <= 0 || gradient[i] <= slack, "record %zu: t %g, gradient %g", i, t[i], gradient[i]);
        cr_expect(t[i] >= 1 || gradient[i] >= -slack, "record %zu: t %g, gradient %g", i, t[i], gradient[i]);
    }
}

Test(boxls, optimality_and_mirror)
{
    static const struct {
        size_t n, columns, levels, sample;
        bool weighted;
    } cases[] = {
        {12, 4, 3, 40, false}, {60, 6, 4, 200, true}, {200, 8, 4, 400, true}, {400, 4, 2, 0, false}, {300, 9, 5, 300, true}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct instance instance;
        instance_draw(&instance, cases[k].n, cases[k].columns, cases[k].levels, cases[k].sample, 200 + k);
        struct boxls_result one = solve(&instance, cases[k].weighted, "as drawn");
        check_conditions(&instance, one.t, cases[k].weighted, 1e-5);
        for (size_t j = 0; j < instance.queries.rows; j++)
            instance.answers[j] = (double)(instance.queries.start[j + 1] - instance.queries.start[j]) - instance.answers[j];
        struct boxls_result other = solve(&instance, cases[k].weighted, "flipped");
        /* AT12 */
        for (size_t i = 0; i < cases[k].n; i++)
            cr_expect_float_eq(one.t[i], 1 - other.t[i], 1e-5, "case %zu record %zu: %g and %g", k, i, one.t[i], other.t[i]);
        instance_free(&instance);
    }
}

Test(boxls, edges)
{
    static const size_t start[] = {0, 2, 2, 3, 3};
    static const uint32_t index[] = {0, 1, 2};
    static const struct {
        size_t rows;
        double answers[3], t[4];
    } cases[] = {{0, {0}, {.5, .5, .5, .5}},     /* no queries: nothing is known */
                 {1, {1.5}, {.75, .75, .5, .5}}, /* one query over two records */
                 {3, {-3, 7, 9}, {0, 0, 1, .5}}, /* answers outside 0 … N, an empty query */
                 {3, {2, 0, .25}, {1, 1, .25, .5}}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct arena *arena = arena_new();
        struct sparse queries = {.rows = cases[k].rows, .columns = 4, .start = start, .index = index};
        struct boxls_problem problem = {&queries, cases[k].answers, NULL};
        struct boxls_result result;
        struct error error;
        cr_assert_eq(boxls_solve(&problem, &(struct boxls_options){.tolerance = 1e-12}, arena, &result, &error), 0);
        for (size_t i = 0; i < 4; i++)
            cr_expect_float_eq(result.t[i], cases[k].t[i], 1e-8, "case %zu: t[%zu] = %g", k, i, result.t[i]);
        arena_free(arena);
    }
    /* N = 10, M = 5, c = 2: 1/(100 · .4 · .6/5 + .05) = 1/4.85 */
    cr_expect_float_eq(boxls_weight(10, 5, 2), 1 / 4.85, 1e-15);
    cr_expect_float_eq(boxls_weight(10, 5, 0), 20, 1e-12);
    struct arena *arena = arena_new();
    struct sparse queries = {.rows = 1, .columns = 4, .start = start, .index = index};
    struct boxls_problem bad = {&queries, (double[]){INFINITY}, NULL};
    struct boxls_result result;
    struct error error;
    cr_expect_neq(boxls_solve(&bad, &(struct boxls_options){.tolerance = 0}, arena, &result, &error), 0);
    arena_free(arena);
}
