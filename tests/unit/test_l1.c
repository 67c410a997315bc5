/* LIBS: -lglpk */
#include <criterion/criterion.h>
#include <glpk.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/random.h"
#include "numeric/l1.h"
#include "tests/unit/reconstruction_instance.h"

static struct l1_problem problem_of(const struct instance *instance, bool weighted)
{
    return (struct l1_problem){.queries = &instance->queries,
                               .classes = instance->classes,
                               .answers = instance->answers,
                               .weights = weighted ? instance->weights : NULL};
}

static struct l1_result solve(const struct l1_problem *problem, struct arena *arena, const char *what)
{
    struct error error = {.message = ""};
    struct l1_result result;
    cr_assert_eq(l1_solve(problem, &(struct l1_options){.bounds = true}, arena, &result, &error), 0, "%s: %s", what,
                 error.message);
    cr_assert(result.converged && result.bounds_complete, "%s: gap %g after %zu iterations", what, result.gap,
              result.iterations);
    return result;
}

/* Value `index` of a possibly nested array. */
static double nested(const cJSON *array, size_t index, size_t width)
{
    const cJSON *item = cJSON_GetArrayItem(array, (int)(index / width));
    return cJSON_IsArray(item) ? cJSON_GetArrayItem(item, (int)(index % width))->valuedouble : item->valuedouble;
}

static bool listed(const cJSON *array, size_t record)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, array) if ((size_t)item->valuedouble == record) return true;
    return false;
}

/* What else the files say: how many records and which are undetermined, the value of another optimum, what a unique one rounds
 * to, the best of all bit vectors (which the relaxation cannot exceed). */
static void check_facts(const char *name, const struct l1_problem *problem, const cJSON *json, const struct l1_result *result)
{
    size_t n = problem->queries->columns, classes = problem->classes, right = 0, inside = 0;
    const cJSON *truth = json_get(json, "truth"), *other = json_get(json, "one_solution"), *list;
    double *t = calloc(n * classes, sizeof *t), *sums = calloc(problem->queries->rows, sizeof *sums);
    cr_expect_eq(cJSON_IsTrue(json_get(json, "unique")), result->n_undetermined == 0, "%s", name);
    list = json_get(json, classes > 1 ? "undetermined_records" : "undetermined");
    for (size_t i = 0; list && i < n; i++)
        cr_expect_eq(result->undetermined[i], listed(list, i), "%s: undetermined[%zu]", name, i);
    for (size_t i = 0; other && i < n * classes; i++)
        t[i] = nested(other, i, classes);
    if (other)
        cr_expect_float_eq(l1_objective(problem, t, sums), result->objective, 1e-7, "%s: the other optimum", name);
    for (size_t i = 0; !other && i < n; i++) {
        right += (result->t[i] >= .5) == (cJSON_GetArrayItem(truth, (int)i)->valuedouble > 0);
        inside += result->t[i] > 1e-6 && result->t[i] < 1 - 1e-6;
    }
    if (!other) {
        cr_expect_float_eq((double)right / (double)n, json_get_number(json, "accuracy_of_rounding", -1), 1e-12, "%s", name);
        cr_expect_eq((double)inside, json_get_number(json, "entries_not_0_or_1", -1), "%s: %zu inside", name, inside);
    }
    cr_expect_leq(result->dual_bound, json_get_number(json, "least_objective_over_bits", INFINITY) + 1e-9, "%s", name);
    cr_expect_float_eq(result->dual_bound, json_get_number(json, "dual_bound", -1), 1e-7, "%s", name);
    free(t);
    free(sums);
}

static void check_golden(const char *name, const cJSON *json, const struct l1_result *result, size_t n, size_t classes)
{
    const cJSON *solution = json_get(json, "solution"), *least = json_get(json, "least_t"),
                *greatest = json_get(json, "greatest_t");
    double objective = json_get_number(json, "objective", -1);
    cr_expect_float_eq(result->objective, objective, 1e-9 * fmax(1, objective), "%s: objective %.12g", name, result->objective);
    cr_expect_leq(fabs(result->objective - result->dual_bound), 1e-8 * (1 + objective), "%s: gap", name);
    for (size_t i = 0; i < n * classes; i++) {
        bool point = solution != NULL;
        double lo = nested(point ? solution : least, i, classes), hi = nested(point ? solution : greatest, i, classes);
        cr_expect(result->t[i] >= lo - 1e-6 && result->t[i] <= hi + 1e-6, "%s: t[%zu] = %.9g outside %.9g ... %.9g", name, i,
                  result->t[i], lo, hi);
        cr_expect_float_eq(result->least[i], lo, 1e-6, "%s: least[%zu] = %.9g, not %.9g", name, i, result->least[i], lo);
        cr_expect_float_eq(result->greatest[i], hi, 1e-6, "%s: greatest[%zu] = %.9g, not %.9g", name, i, result->greatest[i],
                           hi);
        cr_expect(classes > 1 || result->undetermined[i] == (hi - lo > 1e-6), "%s: undetermined[%zu]", name, i);
    }
}

Test(l1, golden)
{
    static const char *const names[] = {"n6_all_vertices",   "n12_exact",       "n12_exact_undetermined",
                                        "n12_integer_noise", "n12_conditional", "n60_m300",
                                        "n60_m300_weighted", "n200_m1500",      "multiclass_n40_c3"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct instance instance;
        if (!instance_read(&instance, names[k])) {
            cr_skip_test("../shared/golden/reconstruction is absent");
            return;
        }
        struct l1_problem problem = problem_of(&instance, true);
        struct l1_result result = solve(&problem, instance.arena, names[k]);
        check_golden(names[k], instance.json, &result, instance.queries.columns, instance.classes);
        check_facts(names[k], &problem, instance.json, &result);
        instance_free(&instance);
    }
}

/* {0,1}^3 with exact counts of all cells of the given number of columns. */
static void cube_queries(struct instance *instance, size_t fixed, const uint32_t secret[8])
{
    struct arena *arena = arena_new();
    size_t *start = ARENA_ARRAY(arena, size_t, 28);
    uint32_t *index = ARENA_ARRAY(arena, uint32_t, 64);
    *instance = (struct instance){.arena = arena, .classes = 1, .answers = ARENA_ARRAY(arena, double, 28)};
    size_t m = 0;
    for (uint32_t mask = 0; mask < 8; mask++) {
        if ((size_t)__builtin_popcount(mask) != fixed)
            continue;
        for (uint32_t value = 0; value < 8; value++) {
            if (value & ~mask)
                continue;
            start[m + 1] = start[m];
            for (uint32_t i = 0; i < 8; i++)
                if ((i & mask) == value) {
                    index[start[m + 1]++] = i;
                    instance->answers[m] += secret[i];
                }
            m++;
        }
    }
    instance->queries = (struct sparse){.rows = m, .columns = 8, .start = start, .index = index};
}

/* The same truths as an independent program found them. */
static void check_cube_file(const char *secret, size_t way, const struct l1_result *result)
{
    struct instance file;
    char name[16];
    if (!instance_read(&file, "cube8"))
        return;
    snprintf(name, sizeof name, "%zu_way", way);
    const cJSON *truth = json_get(json_get(file.json, strcmp(secret, "parity") == 0 ? "xor" : secret), name);
    cr_assert_neq(truth, NULL, "%s %s", secret, name);
    cr_expect_eq(8 - (double)result->n_undetermined, json_get_number(truth, "determined", -1), "%s %s", secret, name);
    for (size_t i = 0; i < 8; i++) {
        cr_expect_float_eq(result->least[i], nested(json_get(truth, "least_t"), i, 1), 1e-6, "%s %s", secret, name);
        cr_expect_float_eq(result->greatest[i], nested(json_get(truth, "greatest_t"), i, 1), 1e-6, "%s %s", secret, name);
    }
    instance_free(&file);
}

/* Known truth: exact 3- and 4-way counts fix all eight records, 2-way none; for a parity only 4-way counts say anything. */
Test(l1, cube_of_eight_records)
{
    static const uint32_t mixed[8] = {1, 0, 0, 1, 1, 1, 0, 0}, parity[8] = {0, 1, 1, 0, 1, 0, 0, 1};
    static const struct {
        const char *name;
        const uint32_t *secret;
        size_t way, determined;
    } cases[] = {{"mixed", mixed, 2, 0},   {"mixed", mixed, 3, 8},   {"mixed", mixed, 4, 8},
                 {"parity", parity, 2, 0}, {"parity", parity, 3, 0}, {"parity", parity, 4, 8}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct instance instance;
        cube_queries(&instance, cases[k].way - 1, cases[k].secret);
        struct l1_problem problem = problem_of(&instance, false);
        struct l1_result result = solve(&problem, instance.arena, cases[k].name);
        cr_expect_eq(8 - result.n_undetermined, cases[k].determined, "%s %zu-way", cases[k].name, cases[k].way);
        cr_expect_float_eq(result.objective, 0, 1e-9);
        check_cube_file(cases[k].name, cases[k].way, &result);
        for (size_t i = 0; i < 8; i++) {
            bool fixed = cases[k].determined == 8;
            cr_expect_float_eq(result.least[i], fixed ? cases[k].secret[i] : 0, 1e-9, "%s %zu-way", cases[k].name,
                               cases[k].way);
            cr_expect_float_eq(result.greatest[i], fixed ? cases[k].secret[i] : 1, 1e-9);
        }
        instance_free(&instance);
    }
}

/* AT10: with exact counts the relaxation's optimum is 0, as is the best bit vector's (exhaustive search over 4,096); with
 * noise it is never above the best bit vector's. */
Test(l1, exhaustive_search)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct instance instance;
        instance_draw(&instance, 12, 4, 3, seed % 3 == 0 ? 0 : 40, seed);
        struct l1_problem problem = problem_of(&instance, false);
        struct l1_result result = solve(&problem, instance.arena, "n = 12");
        double best = INFINITY, bits[12], sums[200];
        for (uint32_t word = 0; word < 4096; word++) {
            for (size_t i = 0; i < 12; i++)
                bits[i] = word >> i & 1;
            best = fmin(best, l1_objective(&problem, bits, sums));
        }
        cr_expect_leq(result.objective, best + 1e-9, "seed %lu", (unsigned long)seed);
        cr_expect_geq(best + 1e-9, result.dual_bound);
        if (seed % 3 == 0)
            cr_expect_float_eq(result.objective, best, 1e-6);
        instance_free(&instance);
    }
}

/* The same problem for GLPK's simplex method: t, then residual parts p and q. Optimum of sense·t_i over the optimal face when
 * `record` is given, else of the objective. */
static double glpk_solve(const struct l1_problem *problem, size_t record, int sense, double objective)
{
    const struct sparse *a = problem->queries;
    int n = (int)a->columns, m = (int)a->rows, *columns = malloc(sizeof(int) * (size_t)(n + 2 * m + 3));
    double *ones = malloc(sizeof(double) * (size_t)(n + 2 * m + 3));
    bool face = record != SIZE_MAX;
    glp_prob *lp = glp_create_prob();
    glp_add_rows(lp, m + face);
    glp_add_cols(lp, n + 2 * m);
    for (int i = 1; i <= n; i++)
        glp_set_col_bnds(lp, i, GLP_DB, 0, 1);
    for (int j = 1; j <= 2 * m; j++) {
        glp_set_col_bnds(lp, n + j, GLP_LO, 0, 0);
        if (!face)
            glp_set_obj_coef(lp, n + j, problem->weights ? problem->weights[(j - 1) % m] : 1);
    }
    for (int j = 1; j <= m; j++) {
        int count = 0;
        for (size_t k = a->start[j - 1]; k < a->start[j]; k++) {
            columns[++count] = (int)a->index[k] + 1;
            ones[count] = 1;
        }
        columns[++count] = n + j;
        ones[count] = 1;
        columns[++count] = n + m + j;
        ones[count] = -1;
        glp_set_mat_row(lp, j, count, columns, ones);
        glp_set_row_bnds(lp, j, GLP_FX, problem->answers[j - 1], problem->answers[j - 1]);
    }
    if (face) {
        for (int j = 1; j <= 2 * m; j++) {
            columns[j] = n + j;
            ones[j] = problem->weights ? problem->weights[(j - 1) % m] : 1;
        }
        glp_set_mat_row(lp, m + 1, 2 * m, columns, ones);
        glp_set_row_bnds(lp, m + 1, GLP_UP, 0, objective + 1e-9);
        glp_set_obj_coef(lp, (int)record + 1, sense);
    }
    glp_smcp settings;
    glp_init_smcp(&settings);
    settings.msg_lev = GLP_MSG_OFF;
    settings.presolve = GLP_ON;
    cr_assert_eq(glp_simplex(lp, &settings), 0);
    double value = glp_get_obj_val(lp);
    glp_delete_prob(lp);
    free(columns);
    free(ones);
    return face ? value * sense : value;
}

/* AT10: objective equal to GLPK's to 1e-7 for n = 60 and 200; ranges over the optimal face of the records where they differ
 * most from a point, against two linear programs each. */
Test(l1, glpk)
{
    static const struct {
        size_t n, columns, levels, sample;
        bool weighted;
    } cases[] = {
        {60, 6, 4, 200, false}, {60, 6, 4, 200, true}, {200, 8, 4, 400, false}, {200, 5, 3, 0, false}, {90, 5, 3, 90, true}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct instance instance;
        instance_draw(&instance, cases[k].n, cases[k].columns, cases[k].levels, cases[k].sample, 100 + k);
        struct l1_problem problem = problem_of(&instance, cases[k].weighted);
        struct l1_result result = solve(&problem, instance.arena, "glpk");
        cr_expect_float_eq(result.objective, glpk_solve(&problem, SIZE_MAX, 0, 0), 1e-7, "case %zu", k);
        struct l1_result early; /* an end before the optimum is told, with a gap that holds */
        cr_assert_eq(l1_solve(&problem, &(struct l1_options){.max_iterations = 2}, instance.arena, &early, NULL), 0);
        cr_expect(!early.converged && early.dual_bound <= result.objective + 1e-9 && early.objective >= result.objective - 1e-9,
                  "case %zu: %g ... %g", k, early.dual_bound, early.objective);
        for (size_t i = 0; i < cases[k].n; i += 29) {
            double least = glpk_solve(&problem, i, 1, result.objective),
                   greatest = -glpk_solve(&problem, i, -1, result.objective);
            greatest = fabs(greatest);
            cr_expect_float_eq(result.least[i], least, 1e-5, "case %zu record %zu: least %g, not %g", k, i, result.least[i],
                               least);
            cr_expect_float_eq(result.greatest[i], greatest, 1e-5, "case %zu record %zu: greatest %g, not %g", k, i,
                               result.greatest[i], greatest);
        }
        instance_free(&instance);
    }
}

/* AT12: with the complement's answers N − b the optimum is the same and the optimal set is mirrored. */
Test(l1, flipped_labels_mirror)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct instance instance;
        instance_draw(&instance, 80, 6, 4, 300, seed);
        struct l1_problem problem = problem_of(&instance, false);
        struct l1_result one = solve(&problem, instance.arena, "as drawn");
        for (size_t j = 0; j < instance.queries.rows; j++)
            instance.answers[j] = (double)(instance.queries.start[j + 1] - instance.queries.start[j]) - instance.answers[j];
        struct l1_result other = solve(&problem, instance.arena, "flipped");
        cr_expect_float_eq(one.objective, other.objective, 1e-8);
        for (size_t i = 0; i < 80; i++) {
            cr_expect_float_eq(one.least[i], 1 - other.greatest[i], 1e-6, "record %zu", i);
            cr_expect_float_eq(one.greatest[i], 1 - other.least[i], 1e-6, "record %zu", i);
        }
        instance_free(&instance);
    }
}

/* Two classes on the simplex are one class with twice the objective, when the answers of the two add up to N. */
Test(l1, two_classes_equal_bits)
{
    struct instance instance;
    instance_draw(&instance, 40, 5, 3, 120, 7);
    size_t m = instance.queries.rows;
    struct l1_problem problem = problem_of(&instance, false), pair = problem;
    double *answers = ARENA_ARRAY(instance.arena, double, 2 * m);
    for (size_t j = 0; j < m; j++) {
        answers[2 * j] = instance.answers[j];
        answers[2 * j + 1] = (double)(instance.queries.start[j + 1] - instance.queries.start[j]) - instance.answers[j];
    }
    pair.answers = answers;
    pair.classes = 2;
    struct l1_result one = solve(&problem, instance.arena, "bits"), two = solve(&pair, instance.arena, "classes");
    cr_expect_float_eq(two.objective, 2 * one.objective, 1e-7);
    for (size_t i = 0; i < 40; i++) {
        cr_expect_float_eq(two.least[2 * i], one.least[i], 1e-6, "record %zu: %g, not %g", i, two.least[2 * i], one.least[i]);
        cr_expect_float_eq(two.greatest[2 * i], one.greatest[i], 1e-6);
        cr_expect_float_eq(two.t[2 * i] + two.t[2 * i + 1], 1, 1e-9);
    }
    instance_free(&instance);
}

/* Closed forms: no queries; one query over all; answers outside 0 … N; equal records; an empty query; weights of zero. */
Test(l1, edges)
{
    static const size_t start[] = {0, 3, 5, 5, 6, 6};
    static const uint32_t index[] = {0, 1, 2, 3, 4, 5};
    static const struct {
        const char *name;
        size_t rows;
        double answers[5], weights[5], objective, least[6], greatest[6];
    } cases[] = {
        {"no queries", 0, {0}, {0}, 0, {0, 0, 0, 0, 0, 0}, {1, 1, 1, 1, 1, 1}},
        {"one of three", 1, {1}, {1}, 0, {0, 0, 0, 0, 0, 0}, {1, 1, 1, 1, 1, 1}},
        {"two and a half of three", 1, {2.5}, {1}, 0, {.5, .5, .5, 0, 0, 0}, {1, 1, 1, 1, 1, 1}},
        {"out of range", 4, {-1, 9, 2, 1.5}, {1, 1, 1, 1}, 1 + 7 + 2 + .5, {0, 0, 0, 1, 1, 1}, {0, 0, 0, 1, 1, 1}},
        {"weight zero", 4, {0, 2, 7, .25}, {1, 0, 0, 3}, 0, {0, 0, 0, 0, 0, .25}, {0, 0, 0, 1, 1, .25}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct arena *arena = arena_new();
        struct sparse queries = {.rows = cases[k].rows, .columns = 6, .start = start, .index = index};
        struct l1_problem problem = {&queries, 1, cases[k].answers, cases[k].weights};
        struct l1_result result = solve(&problem, arena, cases[k].name);
        cr_expect_float_eq(result.objective, cases[k].objective, 1e-9, "%s: %g", cases[k].name, result.objective);
        for (size_t i = 0; i < 6; i++) {
            cr_expect_float_eq(result.least[i], cases[k].least[i], 1e-7, "%s: least[%zu] %g", cases[k].name, i,
                               result.least[i]);
            cr_expect_float_eq(result.greatest[i], cases[k].greatest[i], 1e-7, "%s: greatest[%zu] %g", cases[k].name, i,
                               result.greatest[i]);
        }
        arena_free(arena);
    }
    struct error error;
    struct l1_result result;
    struct arena *arena = arena_new();
    struct sparse queries = {.rows = 1, .columns = 6, .start = start, .index = index};
    struct l1_problem bad = {&queries, 1, (double[]){NAN}, NULL};
    cr_expect_neq(l1_solve(&bad, &(struct l1_options){.bounds = false}, arena, &result, &error), 0);
    arena_free(arena);
}
