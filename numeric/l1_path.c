/* The interior-point path: feasible primal-dual iterates, Mehrotra's predictor and corrector.
 *
 * With theta_k = 1/(p/zp + q/zq) and E = z/t + zeta/v, eliminating all else from Newton's system leaves, for each class,
 * (A' theta A + E) dt = rhs; several classes share the multipliers lambda of sum_c t_c = total, which a Schur complement over
 * the sum of the inverses gives. */
#include <math.h>
#include <string.h>

#include "numeric/cholesky.h"
#include "numeric/l1_internal.h"

#define STEP_TO_BOUNDARY .9995
#define STALLED          .01
#define SMALLEST_GAP     1e-13
#define REFINEMENTS      2

struct path {
    const struct l1_system *system;
    struct l1_point *point;
    size_t n, unknowns, terms;
    double *dx, *dz, *target; /* pairs: step, and wanted change of x·z */
    double *theta, *shift;    /* terms */
    double *product;          /* terms: A t or A dt */
    double *rows;             /* rows of A */
    double *slope;            /* unknowns: cost − A'y, or A'(...) */
    double *diagonal;         /* unknowns: E */
    double *rhs, *solved, *residual, *dlambda;
    double *pull;          /* n: scratch of the Schur complement */
    double *normal;        /* classes x n x n: factors */
    double *schur, *dense; /* n x n, several classes */
};

/* product_k = (A x_class)_row of every term */
static void multiply(const struct path *path, const double *x)
{
    const struct l1_system *s = path->system;
    for (size_t c = 0; c < s->classes; c++) {
        sparse_multiply(&s->matrix, x + c * s->n, path->rows);
        for (size_t k = s->first[c]; k < s->first[c + 1]; k++)
            path->product[k] = path->rows[s->row[k]];
    }
}

/* out_class = A' y of every class */
static void multiply_transposed(const struct path *path, const double *y, double *out)
{
    const struct l1_system *s = path->system;
    for (size_t c = 0; c < s->classes; c++) {
        memset(path->rows, 0, s->matrix.rows * sizeof *path->rows);
        for (size_t k = s->first[c]; k < s->first[c + 1]; k++)
            path->rows[s->row[k]] += y[k];
        sparse_multiply_transposed(&s->matrix, path->rows, out + c * s->n);
    }
}

static int path_allocate(struct path *path, struct arena *arena, struct error *error)
{
    const struct l1_system *s = path->system;
    size_t pairs = path->point->pairs, n = s->n, several = s->classes > 1;
    double **vectors[] = {&path->dx, &path->dz, &path->target};
    double **per_term[] = {&path->theta, &path->shift, &path->product};
    double **per_unknown[] = {&path->slope, &path->diagonal, &path->rhs, &path->solved, &path->residual};
    for (size_t i = 0; i < 3; i++)
        if (!(*vectors[i] = ARENA_ARRAY(arena, double, pairs + 1)) ||
            !(*per_term[i] = ARENA_ARRAY(arena, double, s->terms + 1)))
            return error_memory(error);
    for (size_t i = 0; i < 5; i++)
        if (!(*per_unknown[i] = ARENA_ARRAY(arena, double, s->unknowns + 1)))
            return error_memory(error);
    path->rows = ARENA_ARRAY(arena, double, s->matrix.rows + 1);
    path->dlambda = ARENA_ARRAY(arena, double, n + 1);
    path->pull = ARENA_ARRAY(arena, double, n + 1);
    path->normal = ARENA_ARRAY(arena, double, s->classes *n *n + 1);
    path->schur = ARENA_ARRAY(arena, double, several ? n *n : 1);
    path->dense = ARENA_ARRAY(arena, double, several ? n *n : 1);
    if (!path->rows || !path->dlambda || !path->pull || !path->normal || !path->schur || !path->dense)
        return error_memory(error);
    return 0;
}

static int point_allocate(const struct l1_system *s, struct arena *arena, struct l1_point *point, struct error *error)
{
    size_t boxes = s->classes == 1 ? 2 : 1;
    point->pairs = boxes * s->unknowns + 2 * s->terms;
    point->at_v = boxes == 2 ? s->unknowns : SIZE_MAX;
    point->at_p = boxes * s->unknowns;
    point->at_q = point->at_p + s->terms;
    point->x = ARENA_ARRAY(arena, double, point->pairs + 1);
    point->z = ARENA_ARRAY(arena, double, point->pairs + 1);
    point->y = ARENA_ARRAY(arena, double, s->terms + 1);
    point->lambda = ARENA_ARRAY(arena, double, s->n + 1);
    return point->x && point->z && point->y && point->lambda ? 0 : error_memory(error);
}

/* The middle of the box, with room on both sides of every residual, and y = 0: feasible for both problems. */
static void path_start(struct path *path)
{
    const struct l1_system *s = path->system;
    struct l1_point *point = path->point;
    double *t = point->x, *z = point->z, middle = 0, room = 0, weight = 0;
    for (size_t i = 0; i < s->unknowns; i++) {
        t[i] = s->total[i % s->n] / (s->classes == 1 ? 2 : (double)s->classes);
        middle += t[i] / (double)s->unknowns;
    }
    multiply(path, t);
    for (size_t k = 0; k < s->terms; k++) {
        room += fabs(s->answer[k] - path->product[k]) / (double)s->terms;
        weight += s->weight[k] / (double)s->terms;
    }
    room = .5 * room + 1e-3;
    for (size_t k = 0; k < s->terms; k++) {
        double r = s->answer[k] - path->product[k];
        point->x[point->at_p + k] = fmax(r, 0) + room;
        point->x[point->at_q + k] = fmax(-r, 0) + room;
        z[point->at_p + k] = z[point->at_q + k] = s->weight[k];
    }
    double slack = fmax(room * weight, 1e-3) / fmax(middle, 1e-300);
    if (s->classes == 1) {
        for (size_t i = 0; i < s->unknowns; i++) {
            point->x[point->at_v + i] = s->total[i] - t[i];
            z[i] = fmax(s->cost[i], 0) + slack;
            z[point->at_v + i] = fmax(-s->cost[i], 0) + slack;
        }
        return;
    }
    for (size_t g = 0; g < s->n; g++) {
        point->lambda[g] = s->cost[g];
        for (size_t c = 1; c < s->classes; c++)
            point->lambda[g] = fmin(point->lambda[g], s->cost[c * s->n + g]);
        point->lambda[g] -= slack;
        for (size_t c = 0; c < s->classes; c++)
            z[c * s->n + g] = s->cost[c * s->n + g] - point->lambda[g];
    }
}

/* Restores a − b = difference with both positive: the smaller one is exact, the larger one follows. */
static void resync_difference(double *a, double *b, double difference)
{
    if (*a < *b)
        *b = *a - difference;
    else
        *a = *b + difference;
    if (!(*a > 0) || !(*b > 0)) {
        double floor = 1e-15 * (1 + fabs(difference));
        *a = fmax(difference, 0) + floor;
        *b = fmax(-difference, 0) + floor;
    }
}

/* Restores a + b = sum; returns what a then is on the other side. */
static void resync_sum(double *a, double *b, double sum)
{
    if (*a < *b)
        *b = sum - *a;
    else
        *a = sum - *b;
}

/* Rounding moves the iterates off their equations; every slack is recomputed from the smaller of its pair. */
static void path_resync(struct path *path)
{
    const struct l1_system *s = path->system;
    struct l1_point *point = path->point;
    double *x = point->x, *z = point->z;
    if (s->classes == 1)
        for (size_t i = 0; i < s->unknowns; i++)
            resync_sum(&x[i], &x[point->at_v + i], s->total[i]);
    else
        for (size_t g = 0; g < s->n; g++) {
            size_t largest = g;
            double rest = 0;
            for (size_t c = 0; c < s->classes; c++) {
                rest += x[c * s->n + g];
                if (x[c * s->n + g] > x[largest])
                    largest = c * s->n + g;
            }
            x[largest] += s->total[g] - rest;
        }
    multiply(path, x);
    for (size_t k = 0; k < s->terms; k++) {
        size_t p = point->at_p + k, q = point->at_q + k;
        resync_difference(&x[p], &x[q], s->answer[k] - path->product[k]);
        resync_sum(&z[p], &z[q], 2 * s->weight[k]);
        point->y[k] = z[p] < z[q] ? s->weight[k] - z[p] : z[q] - s->weight[k];
    }
    multiply_transposed(path, point->y, path->slope);
    for (size_t i = 0; i < s->unknowns; i++) {
        double slope = s->cost[i] - path->slope[i];
        if (s->classes == 1)
            resync_difference(&z[i], &z[point->at_v + i], slope);
        else
            z[i] = fmax(slope - point->lambda[i % s->n], 1e-15 * (1 + fabs(slope)));
    }
}

/* Lower triangle of A' theta A + E for one class; terms over the same row are added first. */
static void assemble(struct path *path, size_t c)
{
    const struct l1_system *s = path->system;
    double *normal = path->normal + c * s->n * s->n;
    memset(normal, 0, s->n * s->n * sizeof *normal);
    memset(path->rows, 0, s->matrix.rows * sizeof *path->rows);
    for (size_t k = s->first[c]; k < s->first[c + 1]; k++)
        path->rows[s->row[k]] += path->theta[k];
    for (size_t j = 0; j < s->matrix.rows; j++) {
        double theta = path->rows[j];
        const uint32_t *row = s->matrix.index + s->matrix.start[j];
        size_t length = s->matrix.start[j + 1] - s->matrix.start[j];
        if (theta == 0)
            continue;
        for (size_t a = 0; a < length; a++) {
            double *line = normal + (size_t)row[a] * s->n;
            for (size_t b = 0; b <= a; b++)
                line[row[b]] += theta;
        }
    }
    for (size_t i = 0; i < s->n; i++)
        normal[i * s->n + i] += path->diagonal[c * s->n + i];
}

static void path_factor(struct path *path)
{
    const struct l1_system *s = path->system;
    const struct l1_point *point = path->point;
    const double *x = point->x, *z = point->z;
    for (size_t k = 0; k < s->terms; k++) {
        size_t p = point->at_p + k, q = point->at_q + k;
        path->theta[k] = 1 / (x[p] / z[p] + x[q] / z[q]);
    }
    for (size_t i = 0; i < s->unknowns; i++) {
        path->diagonal[i] = z[i] / x[i];
        if (s->classes == 1)
            path->diagonal[i] += z[point->at_v + i] / x[point->at_v + i];
    }
    if (s->classes > 1)
        memset(path->schur, 0, s->n * s->n * sizeof *path->schur);
    for (size_t c = 0; c < s->classes; c++) {
        double *factor = path->normal + c * s->n * s->n;
        assemble(path, c);
        cholesky_factor(factor, s->n, path->pull);
        if (s->classes > 1)
            cholesky_add_inverse(factor, s->n, path->schur, path->dense);
    }
    if (s->classes > 1)
        cholesky_factor(path->schur, s->n, path->pull);
}

/* One solve with the factors: M_c d_c − lambda = r_c, sum_c d_c = excess. Overwrites r with d; adds to dlambda. */
static void back_solve(struct path *path, double *r, const double *excess)
{
    const struct l1_system *s = path->system;
    size_t n = s->n;
    for (size_t c = 0; c < s->classes; c++)
        cholesky_solve(path->normal + c * n * n, n, r + c * n);
    if (s->classes == 1)
        return;
    double *lambda = path->pull;
    for (size_t g = 0; g < n; g++) {
        lambda[g] = excess[g];
        for (size_t c = 0; c < s->classes; c++)
            lambda[g] -= r[c * n + g];
    }
    cholesky_solve(path->schur, n, lambda);
    for (size_t g = 0; g < n; g++)
        path->dlambda[g] += lambda[g];
    for (size_t c = 0; c < s->classes; c++) {
        memcpy(path->dense, lambda, n * sizeof *lambda);
        cholesky_solve(path->normal + c * n * n, n, path->dense);
        for (size_t g = 0; g < n; g++)
            r[c * n + g] += path->dense[g];
    }
}

/* solved <- solution of Newton's reduced system for rhs, with iterative refinement against the unassembled matrix. */
static void path_solve(struct path *path)
{
    const struct l1_system *s = path->system;
    double *excess = path->dense + s->n; /* used with several classes only, where dense holds n x n, n >= 2 */
    memset(path->dlambda, 0, s->n * sizeof *path->dlambda);
    memcpy(path->solved, path->rhs, s->unknowns * sizeof *path->solved);
    if (s->classes > 1)
        memset(excess, 0, s->n * sizeof *excess);
    back_solve(path, path->solved, excess);
    for (int round = 0; round < REFINEMENTS; round++) {
        multiply(path, path->solved);
        for (size_t k = 0; k < s->terms; k++)
            path->product[k] *= path->theta[k];
        multiply_transposed(path, path->product, path->residual);
        for (size_t i = 0; i < s->unknowns; i++)
            path->residual[i] = path->rhs[i] + (s->classes > 1 ? path->dlambda[i % s->n] : 0) - path->residual[i] -
                                path->diagonal[i] * path->solved[i];
        if (s->classes > 1)
            for (size_t g = 0; g < s->n; g++) {
                excess[g] = 0;
                for (size_t c = 0; c < s->classes; c++)
                    excess[g] -= path->solved[c * s->n + g];
            }
        back_solve(path, path->residual, excess);
        for (size_t i = 0; i < s->unknowns; i++)
            path->solved[i] += path->residual[i];
    }
}

/* dx, dz for x·dz + z·dx = target */
static void path_direction(struct path *path)
{
    const struct l1_system *s = path->system;
    const struct l1_point *point = path->point;
    const double *x = point->x, *z = point->z, *e = path->target;
    size_t at_v = point->at_v, at_p = point->at_p, at_q = point->at_q;
    for (size_t k = 0; k < s->terms; k++) {
        path->shift[k] = e[at_p + k] / z[at_p + k] - e[at_q + k] / z[at_q + k];
        path->product[k] = path->theta[k] * path->shift[k];
    }
    multiply_transposed(path, path->product, path->rhs);
    for (size_t i = 0; i < s->unknowns; i++) {
        path->rhs[i] = e[i] / x[i] - path->rhs[i];
        if (s->classes == 1)
            path->rhs[i] -= e[at_v + i] / x[at_v + i];
    }
    path_solve(path);
    for (size_t i = 0; i < s->unknowns; i++) {
        path->dx[i] = path->solved[i];
        path->dz[i] = (e[i] - z[i] * path->dx[i]) / x[i];
        if (s->classes == 1) {
            path->dx[at_v + i] = -path->solved[i];
            path->dz[at_v + i] = (e[at_v + i] + z[at_v + i] * path->solved[i]) / x[at_v + i];
        }
    }
    multiply(path, path->solved);
    for (size_t k = 0; k < s->terms; k++) {
        size_t p = at_p + k, q = at_q + k;
        double dy = -path->theta[k] * (path->product[k] + path->shift[k]);
        path->dz[p] = -dy;
        path->dz[q] = dy;
        path->dx[p] = (e[p] + x[p] * dy) / z[p];
        path->dx[q] = (e[q] - x[q] * dy) / z[q];
    }
}

/* Longest step that keeps x + step·dx >= 0, at most 1 / STEP_TO_BOUNDARY. */
static double longest_step(const double *x, const double *dx, size_t count)
{
    double step = 1 / STEP_TO_BOUNDARY;
    for (size_t i = 0; i < count; i++)
        if (x[i] + step * dx[i] < 0)
            step = -x[i] / dx[i];
    return step;
}

/* Primal minus dual objective: both sides are feasible, so it is the sum of all complementary products. */
static double path_gap(const struct l1_point *point)
{
    double gap = 0;
    for (size_t i = 0; i < point->pairs; i++)
        gap += point->x[i] * point->z[i];
    return gap;
}

static double path_objective(const struct path *path)
{
    const struct l1_system *s = path->system;
    const struct l1_point *point = path->point;
    double sum = s->constant;
    for (size_t i = 0; i < s->unknowns; i++)
        sum += s->cost[i] * point->x[i];
    for (size_t k = 0; k < s->terms; k++)
        sum += s->weight[k] * fabs(point->x[point->at_p + k] - point->x[point->at_q + k]);
    return sum;
}

/* One predictor and corrector step. Returns the relative fall of the gap. */
static double path_step(struct path *path, double gap)
{
    struct l1_point *point = path->point;
    size_t pairs = point->pairs;
    double *x = point->x, *z = point->z, *dx = path->dx, *dz = path->dz;
    path_factor(path);
    for (size_t i = 0; i < pairs; i++)
        path->target[i] = -x[i] * z[i];
    path_direction(path);
    double a = fmin(1, longest_step(x, dx, pairs)), b = fmin(1, longest_step(z, dz, pairs)), ahead = 0;
    for (size_t i = 0; i < pairs; i++)
        ahead += (x[i] + a * dx[i]) * (z[i] + b * dz[i]);
    double centre = pow(ahead / gap, 3) * gap / (double)pairs;
    for (size_t i = 0; i < pairs; i++)
        path->target[i] = centre - x[i] * z[i] - dx[i] * dz[i];
    path_direction(path);
    a = STEP_TO_BOUNDARY * longest_step(x, dx, pairs);
    b = STEP_TO_BOUNDARY * longest_step(z, dz, pairs);
    for (size_t i = 0; i < pairs; i++) {
        x[i] += a * dx[i];
        z[i] += b * dz[i];
    }
    for (size_t g = 0; path->system->classes > 1 && g < path->n; g++)
        point->lambda[g] += b * path->dlambda[g];
    path_resync(path);
    return 1 - path_gap(point) / gap;
}

int l1_path(const struct l1_system *system, const struct l1_options *options, struct arena *arena, struct l1_point *point,
            struct error *error)
{
    *point = (struct l1_point){.pairs = 0};
    struct path path = {.system = system, .point = point, .n = system->n, .unknowns = system->unknowns, .terms = system->terms};
    struct arena *scratch = arena_new();
    size_t most = options->max_iterations ? options->max_iterations : 100;
    int status = scratch ? 0 : error_memory(error);
    if (!status)
        status = point_allocate(system, arena, point, error);
    if (!status)
        status = path_allocate(&path, scratch, error);
    if (status)
        goto out;
    path_start(&path);
    double gap = path_gap(point), wanted = fmax(options->tolerance, SMALLEST_GAP);
    while (point->iterations < most && gap > wanted * (1 + path_objective(&path))) {
        double fall = path_step(&path, gap);
        point->iterations++;
        gap = path_gap(point);
        if (!(fall > STALLED))
            break;
    }
out:
    arena_free(scratch);
    return status;
}
