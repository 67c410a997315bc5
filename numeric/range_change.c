#include "numeric/range_change.h"

#include "core/arena.h"

#include <math.h>
#include <stdbool.h>

enum { LEAST_REPLICATES = 20, STEPS = 400 };
static const double far = 8; /* where a normal density ends */
static const double others_share =
    0.6; /* of the error allowed: what the pairs of the other list get (one side has all of it) */

/* --- the range of normals ------------------------------------------------------------------------------------------ */

static double density(double z)
{
    static const double root_2_pi = 2.5066282746310002;
    return exp(-z * z / 2) / root_2_pi;
}

/* Simpson's weight of point k of STEPS, times three. */
static double simpson(size_t k)
{
    return k == 0 || k == STEPS ? 1 : k % 2 ? 4 : 2;
}

double normal_range_cdf(double range, size_t groups)
{
    const double step = 2 * far / STEPS;
    double sum = 0;
    for (size_t k = 0; k <= STEPS; k++) {
        double z = -far + step * (double)k;
        sum += simpson(k) * density(z) * pow(normal_cdf(z + range) - normal_cdf(z), (double)groups - 1);
    }
    return range > 0 ? fmin((double)groups * sum * step / 3, 1) : 0;
}

double normal_range_quantile(double p, size_t groups)
{
    double lo = 0, hi = 4 * far;
    for (size_t k = 0; k < 60; k++) {
        double middle = (lo + hi) / 2;
        if (normal_range_cdf(middle, groups) < p)
            lo = middle;
        else
            hi = middle;
    }
    return (lo + hi) / 2;
}

double normal_range_mean(size_t groups)
{
    const double step = 2 * far / STEPS;
    double sum = 0;
    for (size_t k = 0; k <= STEPS; k++) {
        double below = normal_cdf(-far + step * (double)k);
        sum += simpson(k) * (1 - pow(below, (double)groups) - pow(1 - below, (double)groups));
    }
    return sum * step / 3;
}

/* --- the value ----------------------------------------------------------------------------------------------------- */

static double range_of(const double *x, size_t count)
{
    double least = x[0], most = x[0];
    for (size_t i = 1; i < count; i++) {
        least = fmin(least, x[i]);
        most = fmax(most, x[i]);
    }
    return most - least;
}

/* The last block of the set that begins with block `from`. */
static size_t set_end(const struct change_problem *p, size_t from)
{
    size_t to = from;
    while (to + 1 < p->n_blocks && p->blocks[to + 1].set == p->blocks[from].set)
        to++;
    return to;
}

double range_change(const struct change_problem *problem)
{
    const struct change_problem *p = problem;
    double most = NAN;
    for (size_t from = 0, to; from < p->n_blocks; from = to + 1) {
        double sum = 0;
        to = set_end(p, from);
        for (size_t b = from; b <= to; b++)
            sum += range_of(p->x + p->blocks[b].after, p->blocks[b].count) -
                   range_of(p->x + p->blocks[b].before, p->blocks[b].count);
        most = fmax(most, sum / (double)(to - from + 1));
    }
    return most;
}

/* --- bounds of one pair of models ---------------------------------------------------------------------------------- */

struct work {
    const struct change_problem *p;
    double *variance, *shared; /* per number; of the lists after, the covariance with the list before, at both */
    double *noise;             /* blocks x replicates: errors of the differences chosen */
    double *bias, *spread;     /* per block: what the bound adds for the choice, and for the noise */
};

/* Two lists of a block, the first the one whose largest difference is sought. */
struct pair {
    size_t first, second, count;
    double z, others; /* standard errors: of the pair itself, of all others */
};

/* (x_i − x_j) of the first list − (x_k − x_l) of the second. */
struct difference {
    size_t i, j, k, l;
    double value, error;
};

static void difference_set(const struct work *w, const struct pair *pair, struct difference *d)
{
    const double *x = w->p->x, *v = w->variance;
    const size_t i = pair->first + d->i, j = pair->first + d->j, k = pair->second + d->k, l = pair->second + d->l;
    const double along = (d->i == d->k ? w->shared[i] : 0) + (d->j == d->l ? w->shared[j] : 0);
    const double against = (d->i == d->l ? w->shared[i] : 0) + (d->j == d->k ? w->shared[j] : 0);
    d->value = x[i] - x[j] - (x[k] - x[l]);
    d->error = sqrt(fmax(v[i] + v[j] + v[k] + v[l] - 2 * (along - against), 0));
}

static bool is_own(const struct difference *d)
{
    return d->i == d->k && d->j == d->l;
}

static double bound_of(const struct pair *pair, const struct difference *d)
{
    return d->value + (is_own(d) ? pair->z : pair->others) * d->error;
}

/* The k, l of least bound for i, j; false if none is needed, since it is no larger than `beaten`. */
static bool least_bound(const struct work *w, const struct pair *pair, double beaten, struct difference *best)
{
    struct difference d = {.i = best->i, .j = best->j, .k = best->i, .l = best->j};
    difference_set(w, pair, &d);
    *best = d;
    double least = bound_of(pair, &d);
    for (d.k = 0; d.k < pair->count; d.k++)
        for (d.l = 0; d.l < pair->count && least > beaten; d.l++) {
            if (d.k == d.l)
                continue;
            difference_set(w, pair, &d);
            if (bound_of(pair, &d) < least) {
                least = bound_of(pair, &d);
                *best = d;
            }
        }
    return least > beaten;
}

static struct difference largest_bound(const struct work *w, const struct pair *pair)
{
    struct difference best = {0}, d = {0};
    double most = -INFINITY;
    for (size_t i = 0; i < pair->count; i++)
        for (size_t j = 0; j < pair->count; j++) {
            d.i = i;
            d.j = j;
            if (i != j && least_bound(w, pair, most, &d)) {
                best = d;
                most = bound_of(pair, &d);
            }
        }
    return best;
}

/* --- ends of a set ------------------------------------------------------------------------------------------------- */

static double deviation(const struct change_problem *p, size_t replicate, size_t i)
{
    double off = p->replicate[replicate * p->n + i] - p->x[i];
    return isnan(off) ? 0 : off;
}

static double correlation(const double *x, const double *y, size_t n)
{
    double xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        xx += x[i] * x[i];
        yy += y[i] * y[i];
        xy += x[i] * y[i];
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 1;
}

/* One block's difference, and what its bound is made of: where another pair of the second list was chosen, the mean of the
 * range that such a choice has anyhow, and the rest. Biases of several models add up, noise does in part. */
static double choose(const struct work *w, size_t block, bool forward, double error_allowed)
{
    const struct change_problem *p = w->p;
    const struct change_block *b = &p->blocks[block];
    struct pair pair = {forward ? b->after : b->before, forward ? b->before : b->after, b->count, 0, 0};
    double *noise = w->noise + block * p->replicates, bias = 0;
    w->bias[block] = w->spread[block] = 0;
    for (size_t r = 0; r < p->replicates; r++)
        noise[r] = 0;
    if (b->count < 2)
        return 0;
    pair.z = normal_quantile(1 - error_allowed / 2);
    pair.others = normal_range_quantile(1 - others_share * error_allowed, b->count) / sqrt(2);
    struct difference d = largest_bound(w, &pair);
    if (!is_own(&d))
        bias = normal_range_mean(b->count) / sqrt(2);
    w->bias[block] = bias * d.error;
    w->spread[block] = ((is_own(&d) ? pair.z : pair.others) - bias) * d.error;
    for (size_t r = 0; r < p->replicates; r++)
        noise[r] = deviation(p, r, pair.first + d.i) - deviation(p, r, pair.first + d.j) - deviation(p, r, pair.second + d.k) +
                   deviation(p, r, pair.second + d.l);
    return d.value;
}

/* Of the mean over the blocks [from, to] of a set. forward: of the change; else of the change back. */
static double upper_end(const struct work *w, size_t from, size_t to, bool forward, double error_allowed)
{
    const size_t replicates = w->p->replicates;
    const double blocks = (double)(to - from + 1);
    double sum = 0, square = 0;
    for (size_t b = from; b <= to; b++) {
        sum += choose(w, b, forward, error_allowed);
        sum += w->bias[b];
    }
    for (size_t b = from; b <= to; b++)
        for (size_t c = from; c <= to; c++)
            square += w->spread[b] * w->spread[c] *
                      (b == c ? 1 : correlation(w->noise + b * replicates, w->noise + c * replicates, replicates));
    return (sum + sqrt(fmax(square, 0))) / blocks;
}

/* Variance of number i over the draws, for a share not less than that of one with another success and another failure. */
static double variance_of(const struct change_problem *p, size_t i)
{
    double sum = 0, n = p->trials ? p->trials[i] : 0;
    size_t drawn = 0;
    for (size_t r = 0; r < p->replicates; r++) {
        double off = deviation(p, r, i);
        sum += off * off;
        drawn += isnan(p->replicate[r * p->n + i]) ? 0 : 1;
    }
    sum = drawn ? sum / (double)drawn : 0;
    if (n > 0) {
        bool constant = !(p->x[i] > 0 && p->x[i] < 1);
        double share = (p->x[i] * n + 1) / (n + 2);
        sum = constant ? fmax(sum, share * (1 - share) / n) : sum;
    }
    return sum;
}

static void find_noise(const struct work *w)
{
    const struct change_problem *p = w->p;
    for (size_t i = 0; i < p->n; i++)
        w->variance[i] = variance_of(p, i);
    for (size_t b = 0; b < p->n_blocks; b++)
        for (size_t g = 0; g < p->blocks[b].count; g++) {
            size_t i = p->blocks[b].after + g, j = p->blocks[b].before + g;
            double sum = 0;
            for (size_t r = 0; r < p->replicates; r++)
                sum += deviation(p, r, i) * deviation(p, r, j);
            w->shared[i] = w->shared[j] = sum / (double)p->replicates;
        }
}

/* Of the largest of several changes the upper end is the largest of theirs, the lower end the largest of lower ends that hold
 * together. */
static void find_ends(const struct work *w, struct interval *interval)
{
    const struct change_problem *p = w->p;
    size_t sets = 0;
    find_noise(w);
    for (size_t from = 0; from < p->n_blocks; from = set_end(p, from) + 1)
        sets++;
    for (size_t from = 0, to; from < p->n_blocks; from = to + 1) {
        to = set_end(p, from);
        double hi = upper_end(w, from, to, true, 1 - p->level);
        double lo = -upper_end(w, from, to, false, (1 - p->level) / (double)sets);
        interval->hi = from == 0 ? hi : fmax(interval->hi, hi);
        interval->lo = from == 0 ? lo : fmax(interval->lo, lo);
    }
}

int range_change_interval(const struct change_problem *problem, struct interval *interval, struct error *error)
{
    const struct change_problem *p = problem;
    *interval = (struct interval){NAN, NAN, p->level, "difference of ranges, bounded"};
    if (p->n_blocks == 0 || p->replicates < LEAST_REPLICATES || !(p->level > 0 && p->level < 1))
        return 0;
    struct arena *arena = arena_new();
    if (!arena)
        return error_memory(error);
    struct work w = {.p = p,
                     .variance = ARENA_ARRAY(arena, double, p->n),
                     .shared = ARENA_ARRAY(arena, double, p->n),
                     .noise = arena_array(arena, p->n_blocks, p->replicates * sizeof(double)),
                     .bias = ARENA_ARRAY(arena, double, p->n_blocks),
                     .spread = ARENA_ARRAY(arena, double, p->n_blocks)};
    int status = w.variance && w.shared && w.noise && w.bias && w.spread ? 0 : error_memory(error);
    if (status == 0)
        find_ends(&w, interval);
    arena_free(arena);
    return status;
}
