#include "numeric/logit.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "numeric/cholesky.h"

#define BLOCK      ((size_t)512)
#define CHUNK_ROWS ((size_t)2048)
#define CHUNKS     ((size_t)8)
#define ALIASED    1e-10 /* share of a column's sum of squares that counts as nothing left */
#define REUSE      0.1   /* a Hessian serves while the squared decrement falls by this factor squared */
#define SLOW       0.05  /* squared decrement divided by the one before in steps that only follow runaway coefficients */
#define FAR        1e-3  /* squared decrement a row above which every step gets a Hessian of its own */
#define NEAR       1e-8  /* squared decrement below which a coefficient that still moves runs to infinity, */
#define RUNAWAY    1e-3  /* if its step is larger than this, relative */

/* Sums over the rows of a chunk, and the chunk's scratch. */
struct chunk {
    double likelihood;
    double *gradient, *hessian, *x, *scaled, *residual;
};

struct newton {
    const struct logit_problem *problem;
    struct pool *pool;
    struct chunk chunk[CHUNKS];
    size_t chunks;
    int want_hessian;
    int current;                 /* the factor is that of the information at beta */
    double *beta, *trial, *step; /* columns */
    double *gradient, *factor, *scratch, *first;
    double likelihood;
    struct logit *fit;
};

/* Probabilities, log-likelihood and residuals of a block; rows of x times √(p(1 − p)) where the Hessian is wanted. */
static void block_rows(const struct newton *newton, struct chunk *chunk, size_t from, size_t count)
{
    size_t k = newton->problem->columns;
    double *eta = chunk->residual, *fitted = newton->fit->fitted + from;
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)count, (int)k, 1, chunk->x, (int)k, newton->trial, 1, 0, eta, 1);
    for (size_t i = 0; i < count; i++) {
        int one = newton->problem->label[from + i] != 0;
        double e = exp(-fabs(eta[i])), less = e / (1 + e), more = 1 / (1 + e);
        fitted[i] = eta[i] > 0 ? more : less;
        chunk->likelihood -= log1p(e) + ((eta[i] > 0) == one ? 0 : fabs(eta[i]));
        if (newton->want_hessian) {
            double root = sqrt(less * more);
            for (size_t j = 0; j < k; j++)
                chunk->scaled[i * k + j] = root * chunk->x[i * k + j];
        }
        /* y − p without cancellation */
        eta[i] = one ? (eta[i] > 0 ? less : more) : -fitted[i];
    }
}

static int chunk_sums(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker, (void)error;
    struct newton *newton = context;
    struct chunk *chunk = &newton->chunk[index];
    size_t n = newton->problem->rows, k = newton->problem->columns;
    size_t to = n * (index + 1) / newton->chunks;
    chunk->likelihood = 0;
    memset(chunk->gradient, 0, k * sizeof(double));
    if (newton->want_hessian)
        memset(chunk->hessian, 0, k * k * sizeof(double));
    for (size_t from = n * index / newton->chunks; from < to; from += BLOCK) {
        size_t count = to - from < BLOCK ? to - from : BLOCK;
        newton->problem->fill(newton->problem->context, from, count, chunk->x);
        block_rows(newton, chunk, from, count);
        cblas_dgemv(CblasRowMajor, CblasTrans, (int)count, (int)k, 1, chunk->x, (int)k, chunk->residual, 1, 1, chunk->gradient,
                    1);
        if (newton->want_hessian)
            cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (int)k, (int)count, 1, chunk->scaled, (int)k, 1, chunk->hessian,
                        (int)k);
    }
    return 0;
}

/* Takes the aliased columns out of gradient and Hessian: their steps are 0. */
static void drop_aliased(struct newton *newton, int hessian)
{
    size_t k = newton->problem->columns;
    for (size_t j = 0; j < k; j++) {
        if (newton->fit->mark[j] != LOGIT_ALIASED)
            continue;
        newton->gradient[j] = 0;
        for (size_t i = 0; hessian && i < k; i++)
            newton->factor[i > j ? i * k + j : j * k + i] = i == j;
    }
}

/* Likelihood, gradient and, where wanted, Hessian (into factor) at `trial`. */
static int sums_make(struct newton *newton, int want_hessian, double *likelihood, struct error *error)
{
    size_t k = newton->problem->columns;
    newton->want_hessian = want_hessian;
    int status = pool_run(newton->pool, newton->chunks, chunk_sums, newton, error);
    if (status)
        return status;
    *likelihood = 0;
    memset(newton->gradient, 0, k * sizeof(double));
    for (size_t c = 0; c < newton->chunks; c++) {
        *likelihood += newton->chunk[c].likelihood;
        cblas_daxpy((int)k, 1, newton->chunk[c].gradient, 1, newton->gradient, 1);
    }
    for (size_t c = 0; want_hessian && c < newton->chunks; c++)
        for (size_t i = 0; i < k * k; i++)
            newton->factor[i] = (c ? newton->factor[i] : 0) + newton->chunk[c].hessian[i];
    drop_aliased(newton, want_hessian);
    return 0;
}

/* Marks the columns that those before them determine: a Cholesky factorisation of the information at 0, which is X'X times a
 * constant. */
static void find_aliased(struct newton *newton)
{
    size_t k = newton->problem->columns;
    double *copy = newton->chunk[0].hessian; /* used up by now */
    memcpy(copy, newton->factor, k * k * sizeof *copy);
    newton->fit->rank = 0;
    for (size_t j = 0; j < k; j++) {
        double *row = copy + j * k, pivot = row[j];
        for (size_t i = 0; i < j; i++) {
            const double *other = copy + i * k;
            if (newton->fit->mark[i] == LOGIT_ALIASED) {
                row[i] = 0;
                continue;
            }
            row[i] = (row[i] - cblas_ddot((int)i, row, 1, other, 1)) / other[i];
            pivot -= row[i] * row[i];
        }
        newton->first[j] = row[j];
        newton->fit->mark[j] = pivot > ALIASED * row[j] ? LOGIT_FINITE : LOGIT_ALIASED;
        newton->fit->rank += newton->fit->mark[j] == LOGIT_FINITE;
        row[j] = sqrt(fmax(pivot, 0));
    }
}

static int newton_allocate(struct newton *newton, struct arena *scratch, struct arena *arena, struct error *error)
{
    size_t n = newton->problem->rows, k = newton->problem->columns;
    struct logit *fit = newton->fit;
    newton->chunks = (n + CHUNK_ROWS - 1) / CHUNK_ROWS < CHUNKS ? (n + CHUNK_ROWS - 1) / CHUNK_ROWS : CHUNKS;
    double *vectors = ARENA_ARRAY(scratch, double, 6 * k);
    newton->factor = arena_array(scratch, k, k * sizeof(double));
    fit->coefficient = ARENA_ARRAY(arena, double, k);
    fit->mark = ARENA_ARRAY(arena, uint8_t, k);
    fit->fitted = ARENA_ARRAY(arena, double, n);
    fit->covariance = newton->problem->covariance ? arena_array(arena, k, k * sizeof(double)) : NULL;
    if (!vectors || !newton->factor || !fit->coefficient || !fit->mark || !fit->fitted ||
        (newton->problem->covariance && !fit->covariance))
        return error_memory(error);
    double **const parts[] = {&newton->beta,     &newton->trial,   &newton->step,
                              &newton->gradient, &newton->scratch, &newton->first};
    for (size_t i = 0; i < 6; i++)
        *parts[i] = vectors + i * k;
    for (size_t c = 0; c < newton->chunks; c++) {
        struct chunk *chunk = &newton->chunk[c];
        chunk->gradient = ARENA_ARRAY(scratch, double, k);
        chunk->hessian = arena_array(scratch, k, k * sizeof(double));
        chunk->x = arena_array(scratch, BLOCK, k * sizeof(double));
        chunk->scaled = arena_array(scratch, BLOCK, k * sizeof(double));
        chunk->residual = ARENA_ARRAY(scratch, double, BLOCK);
        if (!chunk->gradient || !chunk->hessian || !chunk->x || !chunk->scaled || !chunk->residual)
            return error_memory(error);
    }
    return 0;
}

/* One step from beta along `step`, halved until the likelihood does not fall. Leaves the sums of the new point. */
static int advance(struct newton *newton, int want_hessian, struct error *error)
{
    size_t k = newton->problem->columns;
    double slack = 1e-12 * (1 + fabs(newton->likelihood)), likelihood = 0;
    for (int half = 0; half < 30; half++) {
        for (size_t j = 0; j < k; j++)
            newton->trial[j] = newton->beta[j] + ldexp(newton->step[j], -half);
        int status = sums_make(newton, want_hessian, &likelihood, error);
        if (status)
            return status;
        if (likelihood >= newton->likelihood - slack)
            break;
    }
    newton->likelihood = likelihood;
    memcpy(newton->beta, newton->trial, k * sizeof(double));
    return 0;
}

/* step = H⁻¹ gradient with the factor at hand; sets the squared decrement. */
static void direction(struct newton *newton)
{
    size_t k = newton->problem->columns;
    memcpy(newton->step, newton->gradient, k * sizeof(double));
    cholesky_solve(newton->factor, k, newton->step);
    newton->fit->decrement = cblas_ddot((int)k, newton->step, 1, newton->gradient, 1);
}

/* Near the optimum, with the Hessian of this very point: coefficients whose step does not shrink though little is left to gain
 * run to infinity. With a replaced pivot the step is 0 where it should not be: then the marks of the step before stand. */
static void mark_runaways(struct newton *newton)
{
    struct logit *fit = newton->fit;
    fit->separated = 0;
    for (size_t j = 0; j < newton->problem->columns; j++) {
        double scale = fmax(fabs(newton->beta[j]), 1 / sqrt(newton->first[j]));
        if (fit->mark[j] == LOGIT_ALIASED)
            continue;
        fit->mark[j] = fabs(newton->step[j]) > RUNAWAY * scale ? LOGIT_INFINITE : LOGIT_FINITE;
        fit->separated |= fit->mark[j] == LOGIT_INFINITE;
    }
}

/* The direction by the Hessian that newton->factor holds unfactored. */
static void fresh_direction(struct newton *newton)
{
    size_t replaced = cholesky_factor(newton->factor, newton->problem->columns, newton->scratch);
    direction(newton);
    if (replaced == 0 && newton->fit->decrement < NEAR)
        mark_runaways(newton);
}

static int iterate(struct newton *newton, struct error *error)
{
    const struct logit_problem *problem = newton->problem;
    struct logit *fit = newton->fit;
    double tolerance = problem->tolerance > 0 ? problem->tolerance : 1e-20, before = INFINITY;
    double small = fmin(sqrt(tolerance), NEAR);
    int most = problem->iterations > 0 ? problem->iterations : 100, fresh = 1;
    int status = sums_make(newton, 1, &newton->likelihood, error);
    if (status)
        return status;
    find_aliased(newton);
    drop_aliased(newton, 1);
    for (; status == 0; fit->iterations++) {
        int newton_before = newton->current;
        newton->current = fresh;
        if (fresh)
            fresh_direction(newton);
        else
            direction(newton);
        /* An old Hessian neither serves a slow descent nor can it tell that the end is reached. */
        if (!fresh && (fit->decrement > REUSE * REUSE * before || fit->decrement < tolerance)) {
            status = sums_make(newton, 1, &newton->likelihood, error);
            if (status)
                break;
            fresh_direction(newton);
            newton->current = 1;
        }
        /* Newton's method doubles the digits of what is finite; what goes on by a factor of e a step runs to infinity. */
        int runaway = newton_before && newton->current && fit->decrement > SLOW * before;
        fit->converged = fit->decrement < (runaway ? small : tolerance);
        if (fit->converged || fit->iterations == most)
            break;
        /* Far from the optimum, and after a failure, the Hessian changes too much to be used twice. */
        fresh = fit->decrement > FAR * (double)problem->rows || (!fresh && newton->current);
        before = fit->decrement;
        status = advance(newton, fresh, error);
    }
    memcpy(fit->coefficient, newton->beta, problem->columns * sizeof(double));
    return status;
}

/* Columns of the inverse information by the factor at hand. */
static void covariance_make(struct newton *newton)
{
    size_t k = newton->problem->columns;
    struct logit *fit = newton->fit;
    for (size_t j = 0; j < k; j++) {
        double *row = fit->covariance + j * k;
        row[j] = 1;
        cholesky_solve(newton->factor, k, row);
        for (size_t i = 0; i < k; i++)
            if (fit->mark[i] != LOGIT_FINITE || fit->mark[j] != LOGIT_FINITE)
                row[i] = NAN;
    }
}

static int labels_count(const struct logit_problem *problem, struct error *error)
{
    size_t ones = 0;
    for (size_t i = 0; i < problem->rows; i++)
        ones += problem->label[i] != 0;
    if (problem->rows == 0 || problem->columns == 0)
        return error_set(error, ERROR_UNMEASURABLE, "a regression needs rows and columns");
    if (ones == 0 || ones == problem->rows)
        return error_set(error, ERROR_UNMEASURABLE, "a logistic regression needs both labels, and all rows have the same one");
    return 0;
}

int logit_rank(const struct logit_problem *problem, struct pool *pool, struct arena *arena, size_t *rank, struct error *error)
{
    struct logit_problem plain = *problem;
    struct logit fit = {0};
    struct newton newton = {.problem = &plain, .pool = pool, .fit = &fit};
    plain.covariance = 0;
    *rank = 0;
    if (problem->rows == 0 || problem->columns == 0)
        return 0;
    int status = newton_allocate(&newton, arena, arena, error);
    if (status == 0)
        status = sums_make(&newton, 1, &newton.likelihood, error);
    if (status == 0)
        find_aliased(&newton);
    *rank = fit.rank;
    return status;
}

int logit_fit(const struct logit_problem *problem, struct pool *pool, struct arena *arena, struct logit *fit,
              struct error *error)
{
    struct newton newton = {.problem = problem, .pool = pool, .fit = fit};
    *fit = (struct logit){0};
    int status = labels_count(problem, error);
    if (status)
        return status;
    struct arena *scratch = arena_new();
    status = scratch ? newton_allocate(&newton, scratch, arena, error) : error_memory(error);
    if (status == 0)
        status = iterate(&newton, error);
    fit->likelihood = newton.likelihood;
    if (status == 0 && problem->covariance && !newton.current) {
        status = sums_make(&newton, 1, &newton.likelihood, error);
        cholesky_factor(newton.factor, problem->columns, newton.scratch);
    }
    if (status == 0 && problem->covariance)
        covariance_make(&newton);
    arena_free(scratch);
    return status;
}
