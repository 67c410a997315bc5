#include "attacks/reconstruction/solve.h"

#include <math.h>

#include "numeric/boxls.h"
#include "numeric/l1.h"
#include "numeric/scores.h"

#define LEAST_SQUARES_KKT 1e-5
#define FEWEST_STEPS      ((size_t)20)
#define MOST_STEPS        ((size_t)400)
#define L1_GAP            1e-9
#define SETTLED           1e-6

const char *solver_name(enum solver solver)
{
    return solver == SOLVER_L1 ? "l1" : "box least squares";
}

enum solver solver_choose(size_t records, size_t classes, size_t most)
{
    return records * (classes > 2 ? classes - 1 : 1) <= most ? SOLVER_L1 : SOLVER_LEAST_SQUARES;
}

/* What one solve works on. */
struct solve {
    const struct query_set *set;
    const struct solve_options *options;
    struct arena *arena, *scratch; /* of the result; until the guesses are made */
    struct guesses *g;
};

static int guesses_allocate(const struct solve *solve, struct error *error)
{
    struct guesses *g = solve->g;
    size_t cells = g->records * g->classes + 1;
    g->score = ARENA_ARRAY(solve->arena, double, cells);
    g->guess = ARENA_ARRAY(solve->arena, uint32_t, g->records + 1);
    g->undetermined = ARENA_ARRAY(solve->arena, bool, g->records + 1);
    if (solve->options->ranges) {
        g->least = ARENA_ARRAY(solve->arena, double, cells);
        g->greatest = ARENA_ARRAY(solve->arena, double, cells);
    }
    bool ranges = !solve->options->ranges || (g->least && g->greatest);
    return g->score && g->guess && g->undetermined && ranges ? 0 : error_memory(error);
}

/* answers and weights of one class, `step` apart from query to query: inverse variances for squares, inverse standard
 * deviations for absolute values. */
static void fill_answers(const struct solve *solve, size_t class, size_t step, double *answers, double *weights)
{
    for (size_t j = 0; j < solve->set->matrix.rows; j++) {
        double weight = solve->options->unweighted ? 1 : query_weight(solve->set, j, class);
        answers[j * step] = query_answer(solve->set, j, class);
        weights[j * step] = solve->options->solver == SOLVER_L1 ? sqrt(weight) : weight;
    }
}

/* Bits: the problem has the share of class 1 alone, the other class mirrors it. */
static void take_l1(const struct solve *solve, const struct l1_result *result)
{
    struct guesses *g = solve->g;
    for (size_t i = 0; i < g->records; i++) {
        bool open = result->undetermined[i] && !result->bounds_complete;
        g->undetermined[i] = result->undetermined[i];
        for (size_t c = 0; c < g->classes; c++) {
            size_t cell = i * g->classes + c, from = g->classes > 2 ? cell : i;
            bool mirror = g->classes == 2 && c == 0;
            g->score[cell] = mirror ? 1 - result->t[from] : result->t[from];
            if (!g->least)
                continue;
            double least = open ? 0 : result->least[from], greatest = open ? 1 : result->greatest[from];
            g->least[cell] = mirror ? 1 - greatest : least;
            g->greatest[cell] = mirror ? 1 - least : greatest;
        }
    }
    g->n_undetermined = result->n_undetermined;
    g->converged = result->converged;
    g->objective = result->objective;
    g->gap = result->gap;
}

static int solve_l1(const struct solve *solve, struct error *error)
{
    const struct query_set *set = solve->set;
    size_t several = set->classes > 2, classes = several ? set->classes : 1, m = set->matrix.rows;
    double *answers = ARENA_ARRAY(solve->scratch, double, m *classes + 1),
           *weights = ARENA_ARRAY(solve->scratch, double, m *classes + 1);
    if (!answers || !weights)
        return error_memory(error);
    for (size_t c = 0; c < classes; c++)
        fill_answers(solve, several ? c : 1, classes, answers + c, weights + c);
    struct l1_problem problem = {.queries = &set->matrix, .classes = classes, .answers = answers, .weights = weights};
    struct l1_options options = {.tolerance = L1_GAP, .bounds = true, .bounds_work = solve->options->ranges ? 0 : -1};
    struct l1_result result;
    int status = l1_solve(&problem, &options, solve->scratch, &result, error);
    if (!status)
        take_l1(solve, &result);
    return status;
}

/* Records that no query tells apart share one sum; where that is neither 0 nor all, nothing says which of them has the secret:
 * each may have what is left when the others have as much as they can. */
static int mark_twins(const struct solve *solve, struct error *error)
{
    struct guesses *g = solve->g;
    struct sparse_twins twins;
    int status = sparse_find_twins(&solve->set->matrix, solve->scratch, &twins, error);
    double *sum = ARENA_ARRAY(solve->scratch, double, g->records * g->classes + 1);
    if (status || !sum)
        return status ? status : error_memory(error);
    for (size_t i = 0; i < g->records; i++)
        for (size_t c = 0; c < g->classes; c++)
            sum[twins.class_of[i] * g->classes + c] += g->score[i * g->classes + c];
    for (size_t i = 0; i < g->records; i++) {
        double others = (double)twins.count[twins.class_of[i]] - 1;
        bool inside = false;
        for (size_t c = 0; c < g->classes; c++) {
            size_t cell = i * g->classes + c;
            double score = g->score[cell], all = sum[twins.class_of[i] * g->classes + c];
            inside = inside || (score > SETTLED && score < 1 - SETTLED);
            if (g->least) {
                g->least[cell] = others > 0 ? fmin(score, fmax(0, all - others)) : score;
                g->greatest[cell] = others > 0 ? fmax(score, fmin(1, all)) : score;
            }
        }
        g->undetermined[i] = inside && others > 0;
        g->n_undetermined += g->undetermined[i];
    }
    return 0;
}

/* Large problems stop early, and not only to save time: with noisy answers the first steps fit what many queries agree on, the
 * later ones fit noise. 24,000 records, as many bootstrap rows, 91 pairs: accuracy .760 after 45 steps, .761 after 180, .748 at
 * the optimum; independent columns: .733, .709, .670. The gap says how far from the optimum. */
static size_t count_steps(const struct query_set *set, double work)
{
    double solves = set->classes > 2 ? (double)set->classes : 1;
    size_t most = (size_t)(work / solves / (double)(set->matrix.start[set->matrix.rows] + 1));
    return most < FEWEST_STEPS ? FEWEST_STEPS : most > MOST_STEPS ? MOST_STEPS : most;
}

static int solve_least_squares(const struct solve *solve, struct error *error)
{
    const struct query_set *set = solve->set;
    struct guesses *g = solve->g;
    size_t m = set->matrix.rows;
    double *answers = ARENA_ARRAY(solve->scratch, double, m + 1), *weights = ARENA_ARRAY(solve->scratch, double, m + 1);
    if (!answers || !weights)
        return error_memory(error);
    struct boxls_problem problem = {.queries = &set->matrix, .answers = answers, .weights = weights};
    struct boxls_options options = {.tolerance = LEAST_SQUARES_KKT, .max_iterations = count_steps(set, solve->options->work)};
    g->converged = true;
    for (size_t c = g->classes == 2 ? 1 : 0; c < g->classes; c++) {
        struct boxls_result result;
        fill_answers(solve, c, 1, answers, weights);
        int status = boxls_solve(&problem, &options, solve->scratch, &result, error);
        if (status)
            return status;
        for (size_t i = 0; i < g->records; i++) {
            g->score[i * g->classes + c] = result.t[i];
            if (g->classes == 2)
                g->score[i * 2] = 1 - result.t[i];
        }
        g->objective += result.objective;
        g->gap += result.gap;
        g->kkt = fmax(g->kkt, result.kkt);
        g->converged = g->converged && result.converged;
    }
    return mark_twins(solve, error);
}

int guesses_find(const struct query_set *set, const struct solve_options *options, struct arena *arena, struct guesses *guesses,
                 struct error *error)
{
    *guesses = (struct guesses){.solver = options->solver, .records = set->matrix.columns, .classes = set->classes};
    struct solve solve = {.set = set, .options = options, .arena = arena, .scratch = arena_new(), .g = guesses};
    int status = solve.scratch ? guesses_allocate(&solve, error) : error_memory(error);
    if (!status)
        status = options->solver == SOLVER_L1 ? solve_l1(&solve, error) : solve_least_squares(&solve, error);
    for (size_t i = 0; !status && i < guesses->records; i++)
        guesses->guess[i] = predicted_class(guesses->score + i * set->classes, set->classes);
    arena_free(solve.scratch);
    return status;
}

int guesses_solve(const struct query_set *set, enum solver solver, double work, struct arena *arena, struct guesses *guesses,
                  struct error *error)
{
    return guesses_find(set, &(struct solve_options){.solver = solver, .work = work}, arena, guesses, error);
}
