/* The interior-point path: feasible primal-dual iterates, Mehrotra's predictor and corrector. */
#include <math.h>
#include <string.h>

#include "core/pool.h"
#include "numeric/l1_internal.h"

#define STEP_TO_BOUNDARY .9995
#define STALLED          .01
#define SMALL_GAP        1e-8 /* relative: below it a stall is the end of the arithmetic */
#define SAFE_CENTRE      .3
#define SMALLEST_GAP     1e-13

struct path {
    const struct l1_system *system;
    struct l1_point *point;
    struct l1_newton newton;
    double *dx, *dz, *target;     /* pairs: step, and wanted change of x·z */
    double *old_x, *old_z;        /* pairs: the iterate before the step */
    double *shift, *product;      /* terms */
    double *slope, *rhs, *solved; /* unknowns */
    double *old_y;
};

static int path_allocate(struct path *path, struct arena *arena, struct error *error)
{
    const struct l1_system *s = path->system;
    const struct {
        double **vector;
        size_t length;
    } vectors[] = {{&path->dx, path->point->pairs},    {&path->dz, path->point->pairs},    {&path->target, path->point->pairs},
                   {&path->old_x, path->point->pairs}, {&path->old_z, path->point->pairs}, {&path->shift, s->terms},
                   {&path->product, s->terms},         {&path->old_y, s->terms},           {&path->slope, s->unknowns},
                   {&path->rhs, s->unknowns},          {&path->solved, s->unknowns}};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (!(*vectors[i].vector = ARENA_ARRAY(arena, double, vectors[i].length + 1)))
            return error_memory(error);
    return l1_newton_new(&path->newton, s, arena, error);
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
    return point->x && point->z && point->y ? 0 : error_memory(error);
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
    l1_multiply(&path->newton, t, path->product);
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
        double least = s->cost[g];
        for (size_t c = 1; c < s->classes; c++)
            least = fmin(least, s->cost[c * s->n + g]);
        for (size_t c = 0; c < s->classes; c++)
            z[c * s->n + g] = s->cost[c * s->n + g] - least + slack;
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

/* Restores sum_c x_c = total: the largest follows. */
static void resync_shares(const struct l1_system *s, size_t g, double *x)
{
    size_t largest = g;
    double excess = -s->total[g];
    for (size_t i = g; i < s->unknowns; i += s->n) {
        excess += x[i];
        if (x[i] > x[largest])
            largest = i;
    }
    x[largest] -= excess;
}

/* Restores z_c = slope_c − lambda over the classes of one column (lambda: the multiplier of sum_c t = total): the smallest z is
 * exact, lambda and the others follow. */
static void resync_multiplier(const struct l1_system *s, size_t g, const double *slope, double *z)
{
    size_t least = g;
    for (size_t i = g; i < s->unknowns; i += s->n)
        if (z[i] < z[least])
            least = i;
    double lambda = slope[least] - z[least];
    for (size_t i = g; i < s->unknowns; i += s->n)
        z[i] = fmax(slope[i] - lambda, 1e-15 * (1 + fabs(slope[i])));
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
        for (size_t g = 0; g < s->n; g++)
            resync_shares(s, g, x);
    l1_multiply(&path->newton, x, path->product);
    for (size_t k = 0; k < s->terms; k++) {
        size_t p = point->at_p + k, q = point->at_q + k;
        resync_difference(&x[p], &x[q], s->answer[k] - path->product[k]);
        resync_sum(&z[p], &z[q], 2 * s->weight[k]);
        point->y[k] = z[p] < z[q] ? s->weight[k] - z[p] : z[q] - s->weight[k];
    }
    l1_multiply_transposed(&path->newton, point->y, path->slope);
    for (size_t i = 0; i < s->unknowns; i++)
        path->slope[i] = s->cost[i] - path->slope[i];
    for (size_t i = 0; s->classes == 1 && i < s->unknowns; i++)
        resync_difference(&z[i], &z[point->at_v + i], path->slope[i]);
    for (size_t g = 0; s->classes > 1 && g < s->n; g++)
        resync_multiplier(s, g, path->slope, z);
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
        path->product[k] = path->newton.theta[k] * path->shift[k];
    }
    l1_multiply_transposed(&path->newton, path->product, path->rhs);
    for (size_t i = 0; i < s->unknowns; i++) {
        path->rhs[i] = e[i] / x[i] - path->rhs[i];
        if (s->classes == 1)
            path->rhs[i] -= e[at_v + i] / x[at_v + i];
    }
    l1_newton_solve(&path->newton, path->rhs, path->solved);
    for (size_t i = 0; i < s->unknowns; i++) {
        path->dx[i] = path->solved[i];
        path->dz[i] = (e[i] - z[i] * path->dx[i]) / x[i];
        if (s->classes == 1) {
            path->dx[at_v + i] = -path->solved[i];
            path->dz[at_v + i] = (e[at_v + i] + z[at_v + i] * path->solved[i]) / x[at_v + i];
        }
    }
    l1_multiply(&path->newton, path->solved, path->product);
    for (size_t k = 0; k < s->terms; k++) {
        size_t p = at_p + k, q = at_q + k;
        double dy = -path->newton.theta[k] * (path->product[k] + path->shift[k]);
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

static void path_save(struct path *path, bool restore)
{
    const struct l1_system *s = path->system;
    struct l1_point *point = path->point;
    const struct {
        double *now, *old;
        size_t length;
    } parts[] = {
        {point->x, path->old_x, point->pairs}, {point->z, path->old_z, point->pairs}, {point->y, path->old_y, s->terms}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        memcpy(restore ? parts[i].now : parts[i].old, restore ? parts[i].old : parts[i].now, parts[i].length * sizeof(double));
}

/* Goes a·dx and b·dz. Returns the relative fall of the gap. */
static double path_move(struct path *path, double a, double b, double gap)
{
    struct l1_point *point = path->point;
    for (size_t i = 0; i < point->pairs; i++) {
        point->x[i] += a * path->dx[i];
        point->z[i] += b * path->dz[i];
    }
    path_resync(path);
    return 1 - path_gap(point) / gap;
}

/* One predictor and corrector step. Returns the relative fall of the gap. */
static double path_step(struct path *path, double gap)
{
    struct l1_point *point = path->point;
    size_t pairs = point->pairs;
    double *x = point->x, *z = point->z, *dx = path->dx, *dz = path->dz;
    l1_newton_factor(&path->newton, point);
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
    return path_move(path, a, b, gap);
}

/* Without the corrector and with one length for both sides, for the factor at hand. Both sides are feasible, so that dx·dz = 0
 * and the gap falls by the share (1 − SAFE_CENTRE) of the step, however short it must be. */
static double path_safe_step(struct path *path, double gap)
{
    const struct l1_point *point = path->point;
    size_t pairs = point->pairs;
    for (size_t i = 0; i < pairs; i++)
        path->target[i] = SAFE_CENTRE * gap / (double)pairs - point->x[i] * point->z[i];
    path_direction(path);
    double step = STEP_TO_BOUNDARY * fmin(longest_step(point->x, path->dx, pairs), longest_step(point->z, path->dz, pairs));
    return path_move(path, step, step, gap);
}

int l1_path(const struct l1_system *system, const struct l1_options *options, struct arena *arena, struct l1_point *point,
            struct error *error)
{
    *point = (struct l1_point){.pairs = 0};
    struct path path = {.system = system, .point = point};
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
        if (cancel_requested()) {
            status = error_set(error, ERROR_CANCELLED, "interrupted");
            goto out;
        }
        path_save(&path, false);
        double fall = path_step(&path, gap);
        point->iterations++;
        if (!(fall > STALLED)) {
            path_save(&path, true);
            fall = path_safe_step(&path, gap);
        }
        /* The arithmetic is spent: rounding has begun to undo what the steps gain. */
        if (!(fall > 0))
            path_save(&path, true);
        if (!(fall > 0) || (fall < STALLED && gap < SMALL_GAP * (1 + path_objective(&path))))
            break;
        gap = path_gap(point);
    }
out:
    arena_free(scratch);
    return status;
}
