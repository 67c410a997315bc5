/* From the problem as given to its merged form and back. */
#include "numeric/l1.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/l1_internal.h"

#define ACCEPTED_GAP 1e-8
#define WIDE         1e-6 /* a range wider than this is undetermined */
#define DEFAULT_WORK 1e9

struct term {
    double answer, weight;
    uint32_t row;
};

static int check_problem(const struct l1_problem *problem, struct error *error)
{
    size_t cells = problem->queries->rows * problem->classes;
    if (problem->classes == 0)
        return error_set(error, ERROR_INTERNAL, "the L1 problem has no classes");
    for (size_t k = 0; k < cells; k++)
        if (!isfinite(problem->answers[k]) ||
            (problem->weights && !(problem->weights[k] >= 0 && isfinite(problem->weights[k]))))
            return error_set(error, ERROR_INTERNAL, "answer or weight of query %zu is not a finite number",
                             k / problem->classes);
    return 0;
}

/* By row, answer and weight: terms that compare equal are equal, so that no sort can change the sum of their weights. */
static int compare_terms(const void *a, const void *b)
{
    const struct term *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->answer != y->answer)
        return x->answer < y->answer ? -1 : 1;
    return (x->weight > y->weight) - (x->weight < y->weight);
}

/* A term whose residual keeps its sign over the whole box is a linear cost. */
static bool settle(struct l1_system *system, const struct sparse *matrix, size_t c, const struct term *term)
{
    const size_t from = matrix->start[term->row], to = matrix->start[term->row + 1];
    double records = 0;
    for (size_t k = from; k < to; k++)
        records += system->total[matrix->index[k]];
    if (term->answer > 0 && term->answer < records)
        return false;
    double sign = term->answer <= 0 ? 1 : -1;
    for (size_t k = from; k < to; k++)
        system->cost[c * system->n + matrix->index[k]] += sign * term->weight;
    system->constant -= sign * term->weight * term->answer;
    return true;
}

/* Terms of one class in the order of rows and answers, equal ones added up, settled ones turned into costs. */
static void class_terms(const struct l1_problem *problem, const struct sparse_merged *merged, size_t c,
                        struct l1_system *system, struct term *list)
{
    size_t count = 0, m = problem->queries->rows;
    for (size_t j = 0; j < m; j++) {
        size_t cell = j * problem->classes + c;
        double weight = problem->weights ? problem->weights[cell] : 1;
        if (weight > 0)
            list[count++] = (struct term){problem->answers[cell], weight, merged->row_of[j]};
    }
    qsort(list, count, sizeof *list, compare_terms);
    size_t at = system->first[c];
    for (size_t k = 0; k < count; k++) {
        if (settle(system, &merged->matrix, c, &list[k]))
            continue;
        if (at > system->first[c] && system->row[at - 1] == list[k].row && system->answer[at - 1] == list[k].answer) {
            system->weight[at - 1] += list[k].weight;
            continue;
        }
        system->row[at] = list[k].row;
        system->answer[at] = list[k].answer;
        system->weight[at++] = list[k].weight;
    }
    system->first[c + 1] = at;
}

/* Drops the rows without terms and renumbers the rest. */
static int keep_rows(struct l1_system *system, const struct sparse *matrix, struct arena *arena, struct error *error)
{
    uint32_t *number = ARENA_ARRAY(arena, uint32_t, matrix->rows + 1);
    size_t *start = ARENA_ARRAY(arena, size_t, matrix->rows + 1);
    uint32_t *index = ARENA_ARRAY(arena, uint32_t, matrix->start[matrix->rows] + 1);
    if (!number || !start || !index)
        return error_memory(error);
    size_t kept = 0;
    for (size_t k = 0; k < system->terms; k++)
        number[system->row[k]] = 1;
    for (size_t j = 0; j < matrix->rows; j++) {
        if (!number[j])
            continue;
        size_t length = matrix->start[j + 1] - matrix->start[j];
        memcpy(index + start[kept], matrix->index + matrix->start[j], length * sizeof *index);
        start[kept + 1] = start[kept] + length;
        number[j] = (uint32_t)kept++;
    }
    for (size_t k = 0; k < system->terms; k++)
        system->row[k] = number[system->row[k]];
    system->matrix = (struct sparse){.rows = kept, .columns = matrix->columns, .start = start, .index = index};
    return 0;
}

static int build_system(const struct l1_problem *problem, struct l1_system *system, struct arena *arena, struct error *error)
{
    struct sparse_merged merged;
    size_t m = problem->queries->rows, cells = m * problem->classes;
    int status = sparse_merge(problem->queries, arena, &merged, error);
    if (status)
        return status;
    *system = (struct l1_system){.classes = problem->classes, .n = merged.matrix.columns, .group = merged.column_of};
    system->unknowns = system->n * system->classes;
    system->total = ARENA_ARRAY(arena, double, system->n + 1);
    system->cost = ARENA_ARRAY(arena, double, system->unknowns + 1);
    system->first = ARENA_ARRAY(arena, size_t, system->classes + 1);
    system->row = ARENA_ARRAY(arena, uint32_t, cells + 1);
    system->answer = ARENA_ARRAY(arena, double, cells + 1);
    system->weight = ARENA_ARRAY(arena, double, cells + 1);
    struct term *list = ARENA_ARRAY(arena, struct term, m + 1);
    if (!system->total || !system->cost || !system->first || !system->row || !system->answer || !system->weight || !list)
        return error_memory(error);
    for (size_t g = 0; g < system->n; g++)
        system->total[g] = merged.count[g];
    for (size_t c = 0; c < system->classes; c++)
        class_terms(problem, &merged, c, system, list);
    system->terms = system->first[system->classes];
    return keep_rows(system, &merged.matrix, arena, error);
}

double l1_objective(const struct l1_problem *problem, const double *t, double *scratch)
{
    const struct sparse *queries = problem->queries;
    double objective = 0;
    for (size_t c = 0; c < problem->classes; c++) {
        for (size_t j = 0; j < queries->rows; j++) {
            scratch[j] = 0;
            for (size_t k = queries->start[j]; k < queries->start[j + 1]; k++)
                scratch[j] += t[queries->index[k] * problem->classes + c];
        }
        for (size_t j = 0; j < queries->rows; j++) {
            size_t cell = j * problem->classes + c;
            objective += (problem->weights ? problem->weights[cell] : 1) * fabs(scratch[j] - problem->answers[cell]);
        }
    }
    return objective;
}

/* Lower bound from the multipliers alone: y'b + the least value of (cost − A'y)'t over the box or the simplices. */
static int dual_bound(const struct l1_system *system, const struct l1_point *point, struct arena *arena, double *bound,
                      struct error *error)
{
    double *rows = ARENA_ARRAY(arena, double, system->matrix.rows + 1);
    double *slope = ARENA_ARRAY(arena, double, system->n + 1), *least = ARENA_ARRAY(arena, double, system->n + 1);
    if (!rows || !slope || !least)
        return error_memory(error);
    *bound = system->constant;
    for (size_t g = 0; g < system->n; g++)
        least[g] = system->classes == 1 ? 0 : INFINITY;
    for (size_t c = 0; c < system->classes; c++) {
        memset(rows, 0, system->matrix.rows * sizeof *rows);
        for (size_t k = system->first[c]; k < system->first[c + 1]; k++) {
            rows[system->row[k]] += point->y[k];
            *bound += point->y[k] * system->answer[k];
        }
        sparse_multiply_transposed(&system->matrix, rows, slope);
        for (size_t g = 0; g < system->n; g++)
            least[g] = fmin(least[g], system->cost[c * system->n + g] - slope[g]);
    }
    for (size_t g = 0; g < system->n; g++)
        *bound += system->total[g] * least[g];
    return 0;
}

/* A record's range from that of the sum over the `total` records it stands with. */
static void spread_ranges(const struct l1_problem *problem, const struct l1_system *system, const struct l1_face *face,
                          struct l1_result *result)
{
    size_t classes = problem->classes;
    result->bounds_complete = face->complete;
    for (size_t i = 0; i < problem->queries->columns; i++) {
        uint32_t g = system->group[i];
        for (size_t c = 0; c < classes; c++) {
            size_t u = c * system->n + g, cell = i * classes + c;
            bool alone = system->total[g] < 1.5;
            result->least[cell] = alone ? face->least[u] : fmax(0, face->least[u] - system->total[g] + 1);
            result->greatest[cell] = fmin(1, face->greatest[u]);
            if (result->greatest[cell] - result->least[cell] > WIDE || (face->loose[u] && !face->complete))
                result->undetermined[i] = true;
        }
        result->n_undetermined += result->undetermined[i];
    }
}

static int find_bounds(const struct l1_problem *problem, const struct l1_options *options, const struct l1_system *system,
                       const struct l1_point *point, struct arena *arena, struct arena *scratch, struct l1_result *result,
                       struct error *error)
{
    struct l1_face face;
    size_t n = problem->queries->columns;
    result->least = ARENA_ARRAY(arena, double, n * problem->classes + 1);
    result->greatest = ARENA_ARRAY(arena, double, n * problem->classes + 1);
    result->undetermined = ARENA_ARRAY(arena, bool, n + 1);
    if (!result->least || !result->greatest || !result->undetermined)
        return error_memory(error);
    double work = options->bounds_work == 0 ? DEFAULT_WORK : options->bounds_work;
    int status = l1_face_find(system, point, work, scratch, &face, error);
    if (!status)
        spread_ranges(problem, system, &face, result);
    return status;
}

/* t by record; unknowns within rounding of a bound that holds in all optimal points are put on it. */
static void spread_solution(const struct l1_problem *problem, const struct l1_system *system, const struct l1_point *point,
                            double *t)
{
    for (size_t i = 0; i < problem->queries->columns; i++)
        for (size_t c = 0; c < problem->classes; c++) {
            uint32_t g = system->group[i];
            size_t u = c * system->n + g;
            bool top = system->classes == 1 && point->x[point->at_v + u] < 1e-9 * system->total[g];
            double share = point->x[u] < 1e-9 * system->total[g] ? 0 : point->x[u] / system->total[g];
            t[i * problem->classes + c] = top ? 1 : fmin(share, 1);
        }
}

int l1_solve(const struct l1_problem *problem, const struct l1_options *options, struct arena *arena, struct l1_result *result,
             struct error *error)
{
    *result = (struct l1_result){.t = NULL};
    int status = check_problem(problem, error);
    if (status)
        return status;
    struct arena *scratch = arena_new();
    struct l1_system system;
    struct l1_point point;
    size_t n = problem->queries->columns;
    result->t = ARENA_ARRAY(arena, double, n * problem->classes + 1);
    double *sums = scratch ? ARENA_ARRAY(scratch, double, problem->queries->rows + 1) : NULL;
    status = sums && result->t ? build_system(problem, &system, scratch, error) : error_memory(error);
    if (!status)
        status = l1_path(&system, options, scratch, &point, error);
    if (!status)
        status = dual_bound(&system, &point, scratch, &result->dual_bound, error);
    if (status)
        goto out;
    spread_solution(problem, &system, &point, result->t);
    result->objective = l1_objective(problem, result->t, sums);
    result->gap = result->objective - result->dual_bound;
    result->converged = result->gap <= fmax(options->tolerance, ACCEPTED_GAP) * (1 + result->objective);
    result->iterations = point.iterations;
    result->unknowns = system.unknowns;
    result->terms = system.terms;
    if (options->bounds)
        status = find_bounds(problem, options, &system, &point, arena, scratch, result, error);
out:
    arena_free(scratch);
    return status;
}
