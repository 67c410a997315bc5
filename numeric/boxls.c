#include "numeric/boxls.h"

#include <math.h>
#include <string.h>

#define NORM_ROUNDS 4

double boxls_weight(double records, double support, double positives)
{
    double p = positives / support;
    return 1 / (records * records * p * (1 - p) / support + .05);
}

/* min x'Hx/2 − h'x over 0 <= x <= hi in scaled unknowns x = t / scale, H = scale A'WA scale. */
struct boxls {
    const struct sparse *queries;
    struct sparse records; /* the transposed matrix: the queries of each record */
    const double *weights;
    size_t n;
    double *scale, *hi, *linear;
    double *x, *gradient, *direction, *image; /* image = H direction */
    double *free, *chopped;                   /* the two parts of the projected gradient */
    double *raw, *sums;                       /* unscaled argument of the product; its row sums */
    double step;                              /* 1 / |H| */
};

/* out = H in */
static void multiply(const struct boxls *s, const double *in, double *out)
{
    for (size_t i = 0; i < s->n; i++)
        s->raw[i] = in[i] * s->scale[i];
    sparse_multiply(s->queries, s->raw, s->sums);
    for (size_t j = 0; s->weights && j < s->queries->rows; j++)
        s->sums[j] *= s->weights[j];
    sparse_multiply(&s->records, s->sums, out);
    for (size_t i = 0; i < s->n; i++)
        out[i] *= s->scale[i];
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static int boxls_allocate(struct boxls *s, struct arena *arena, struct error *error)
{
    double **vectors[] = {&s->scale,     &s->hi,    &s->linear, &s->x,       &s->gradient,
                          &s->direction, &s->image, &s->free,   &s->chopped, &s->raw};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (!(*vectors[i] = ARENA_ARRAY(arena, double, s->n + 1)))
            return error_memory(error);
    s->sums = ARENA_ARRAY(arena, double, s->queries->rows + 1);
    return s->sums ? sparse_transpose(s->queries, arena, &s->records, error) : error_memory(error);
}

/* Upper bound of |H|, which has no negative entries: max_i (Hv)_i / v_i for any positive v (Collatz and Wielandt). */
static double norm_bound(struct boxls *s)
{
    double *v = s->direction, bound = 1;
    for (size_t i = 0; i < s->n; i++)
        v[i] = 1;
    for (int round = 0; round < NORM_ROUNDS; round++) {
        multiply(s, v, s->image);
        bound = 1e-300;
        for (size_t i = 0; i < s->n; i++) {
            bound = fmax(bound, s->image[i] / v[i]);
            v[i] = fmax(s->image[i], 1e-9 * v[i]);
        }
    }
    return bound;
}

/* Scale, bounds, right-hand side, the middle of the box. */
static void boxls_begin(struct boxls *s, const struct boxls_problem *problem)
{
    const struct sparse *a = s->queries;
    for (size_t j = 0; j < a->rows; j++) {
        double weight = s->weights ? s->weights[j] : 1;
        for (size_t k = a->start[j]; k < a->start[j + 1]; k++) {
            s->scale[a->index[k]] += weight;
            s->linear[a->index[k]] += weight * problem->answers[j];
        }
    }
    for (size_t i = 0; i < s->n; i++) {
        s->scale[i] = s->scale[i] > 0 ? 1 / sqrt(s->scale[i]) : 1;
        s->hi[i] = 1 / s->scale[i];
        s->linear[i] *= s->scale[i];
        s->x[i] = .5 * s->hi[i];
    }
    s->step = 1 / norm_bound(s);
}

static void full_gradient(struct boxls *s)
{
    multiply(s, s->x, s->gradient);
    for (size_t i = 0; i < s->n; i++)
        s->gradient[i] -= s->linear[i];
}

/* Free gradient where x lies inside, chopped gradient where it lies on a bound and wants to leave it. */
static void split_gradient(struct boxls *s)
{
    for (size_t i = 0; i < s->n; i++) {
        bool low = s->x[i] <= 0, high = s->x[i] >= s->hi[i];
        double g = s->gradient[i];
        s->free[i] = low || high ? 0 : g;
        s->chopped[i] = low ? fmin(g, 0) : high ? fmax(g, 0) : 0;
    }
}

/* Longest step along −direction inside the box. */
static double feasible_step(const struct boxls *s, const double *direction)
{
    double step = INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        if (direction[i] > 0)
            step = fmin(step, s->x[i] / direction[i]);
        else if (direction[i] < 0)
            step = fmin(step, (s->x[i] - s->hi[i]) / direction[i]);
    }
    return step;
}

static void walk(struct boxls *s, const double *direction, double step)
{
    for (size_t i = 0; i < s->n; i++) {
        s->x[i] = fmin(fmax(s->x[i] - step * direction[i], 0), s->hi[i]);
        s->gradient[i] -= step * s->image[i];
    }
}

/* One step of conjugate gradients on the free unknowns; where it would leave the box, to the bound and on by a projected
 * gradient step, which may put many unknowns on their bounds at once. */
static void free_step(struct boxls *s)
{
    multiply(s, s->direction, s->image);
    double curvature = dot(s->direction, s->image, s->n), along = dot(s->gradient, s->direction, s->n);
    double wanted = curvature > 0 ? along / curvature : INFINITY, most = feasible_step(s, s->direction);
    if (wanted <= most) {
        walk(s, s->direction, wanted);
        split_gradient(s);
        double turn = dot(s->free, s->image, s->n) / curvature;
        for (size_t i = 0; i < s->n; i++)
            s->direction[i] = s->x[i] > 0 && s->x[i] < s->hi[i] ? s->free[i] - turn * s->direction[i] : 0;
        return;
    }
    if (isfinite(most))
        walk(s, s->direction, most);
    split_gradient(s);
    for (size_t i = 0; i < s->n; i++)
        s->x[i] = fmin(fmax(s->x[i] - s->step * s->free[i], 0), s->hi[i]);
    full_gradient(s);
    split_gradient(s);
    memcpy(s->direction, s->free, s->n * sizeof *s->free);
}

/* Lets unknowns leave their bounds. */
static void proportioning_step(struct boxls *s)
{
    multiply(s, s->chopped, s->image);
    double curvature = dot(s->chopped, s->image, s->n);
    double wanted = curvature > 0 ? dot(s->gradient, s->chopped, s->n) / curvature : INFINITY;
    walk(s, s->chopped, fmin(wanted, feasible_step(s, s->chopped)));
    split_gradient(s);
    memcpy(s->direction, s->free, s->n * sizeof *s->free);
}

static void boxls_iterate(struct boxls *s, double tolerance, size_t most, struct boxls_result *result)
{
    double unit = sqrt(dot(s->linear, s->linear, s->n));
    full_gradient(s);
    split_gradient(s);
    memcpy(s->direction, s->free, s->n * sizeof *s->free);
    for (;;) {
        double free = dot(s->free, s->free, s->n), chopped = dot(s->chopped, s->chopped, s->n);
        result->kkt = unit > 0 ? sqrt(free + chopped) / unit : sqrt(free + chopped);
        result->converged = result->kkt <= tolerance;
        if (result->converged || result->iterations == most)
            return;
        result->iterations++;
        if (chopped <= free)
            free_step(s);
        else
            proportioning_step(s);
        if (result->iterations % 50 == 0) { /* rounding in the updated gradient */
            full_gradient(s);
            split_gradient(s);
        }
    }
}

/* Objective and gap at t, from the residuals themselves. */
static void certify(struct boxls *s, const struct boxls_problem *problem, struct boxls_result *result)
{
    const struct sparse *a = s->queries;
    const double *t = result->t;
    for (size_t j = 0; j < a->rows; j++) {
        double residual = sparse_row_sum(a, j, t) - problem->answers[j], pull = (s->weights ? s->weights[j] : 1) * residual;
        result->objective += pull * residual;
        s->sums[j] = 2 * pull;
    }
    sparse_multiply(&s->records, s->sums, s->gradient);
    double slope = 0, f = result->objective;
    for (size_t i = 0; i < s->n; i++)
        slope += fmax(s->gradient[i] * t[i], s->gradient[i] * (t[i] - 1));
    result->gap = slope >= 2 * f ? f : slope - slope * slope / (4 * f);
}

int boxls_solve(const struct boxls_problem *problem, const struct boxls_options *options, struct arena *arena,
                struct boxls_result *result, struct error *error)
{
    size_t n = problem->queries->columns;
    struct boxls s = {.queries = problem->queries, .weights = problem->weights, .n = n};
    for (size_t j = 0; j < problem->queries->rows; j++)
        if (!isfinite(problem->answers[j]) || (s.weights && !(s.weights[j] >= 0 && isfinite(s.weights[j]))))
            return error_set(error, ERROR_INTERNAL, "answer or weight of query %zu is not a finite number", j);
    struct arena *scratch = arena_new();
    *result = (struct boxls_result){.t = ARENA_ARRAY(arena, double, n + 1)};
    int status = scratch && result->t ? boxls_allocate(&s, scratch, error) : error_memory(error);
    if (!status) {
        boxls_begin(&s, problem);
        boxls_iterate(&s, options->tolerance > 0 ? options->tolerance : 1e-9,
                      options->max_iterations ? options->max_iterations : 10 * n + 1000, result);
        for (size_t i = 0; i < n; i++)
            result->t[i] = s.x[i] >= s.hi[i] ? 1 : s.x[i] * s.scale[i];
        certify(&s, problem, result);
    }
    arena_free(scratch);
    return status;
}
