#include "numeric/range_change.h"

#include "core/arena.h"

#include <math.h>
#include <stdbool.h>

enum { LEAST_REPLICATES = 20 };
static const double near = 2; /* standard errors of the difference from an end */

struct work {
    const struct change_problem *p;
    double *off;                 /* replicates x n: errors of the draws */
    double *moved, *drawn;       /* per number */
    double *value, *low, *error; /* per replicate */
};

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

/* Mean over the blocks [from, to]. */
static double set_change(const struct change_problem *p, size_t from, size_t to, const double *x)
{
    double sum = 0;
    for (size_t b = from; b <= to; b++)
        sum += range_of(x + p->blocks[b].after, p->blocks[b].count) - range_of(x + p->blocks[b].before, p->blocks[b].count);
    return sum / (double)(to - from + 1);
}

static double value_of(const struct change_problem *p, const double *x)
{
    double most = NAN;
    for (size_t from = 0; from < p->n_blocks; from = set_end(p, from) + 1)
        most = fmax(most, set_change(p, from, set_end(p, from), x));
    return most;
}

double range_change(const struct change_problem *problem)
{
    return value_of(problem, problem->x);
}

/* --- ties ---------------------------------------------------------------------------------------------------------- */

/* Mean over the draws of the product of errors of numbers i and j. */
static double covariance(const struct work *w, size_t i, size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < w->p->replicates; k++)
        sum += w->off[k * w->p->n + i] * w->off[k * w->p->n + j];
    return sum / (double)w->p->replicates;
}

/* Whether numbers i and j may be equal. */
static bool may_tie(const struct work *w, size_t i, size_t j)
{
    double variance = covariance(w, i, i) + covariance(w, j, j) - 2 * covariance(w, i, j);
    return fabs(w->p->x[i] - w->p->x[j]) <= near * sqrt(fmax(variance, 0));
}

/* Mean of a list weighted by precision. */
static double weighted_mean(const struct work *w, size_t first, size_t count)
{
    double sum = 0, weights = 0;
    for (size_t i = first; i < first + count; i++) {
        double weight = 1 / fmax(covariance(w, i, i), 1e-12);
        sum += weight * w->p->x[i];
        weights += weight;
    }
    return sum / weights;
}

/* Into w->moved: the list at `tied` with its ties, the list at `other` moved along. */
static void move_block(const struct work *w, size_t tied, size_t other, size_t count)
{
    const double *x = w->p->x;
    size_t most = tied, least = tied;
    for (size_t i = tied; i < tied + count; i++) {
        most = x[i] > x[most] ? i : most;
        least = x[i] < x[least] ? i : least;
    }
    bool all = may_tie(w, most, least);
    double mean = weighted_mean(w, tied, count);
    for (size_t g = 0; g < count; g++) {
        size_t i = tied + g;
        bool high = x[most] - x[i] < x[i] - x[least], top = may_tie(w, i, most), bottom = may_tie(w, i, least);
        double end = top && (high || !bottom) ? x[most] : bottom ? x[least] : x[i], variance = covariance(w, i, i);
        w->moved[i] = all ? mean : end;
        w->moved[other + g] = x[other + g] + (variance > 0 ? covariance(w, other + g, i) / variance * (w->moved[i] - x[i]) : 0);
    }
}

/* Into w->error: by how much the change of a set is off in each draw, with the ties of the lists after or of those before. */
static void tied_errors(const struct work *w, size_t from, size_t to, bool after)
{
    const struct change_problem *p = w->p;
    for (size_t b = from; b <= to; b++) {
        const struct change_block *block = &p->blocks[b];
        move_block(w, after ? block->after : block->before, after ? block->before : block->after, block->count);
    }
    double centre = set_change(p, from, to, w->moved);
    for (size_t k = 0; k < p->replicates; k++) {
        for (size_t b = from; b <= to; b++)
            for (size_t g = 0; g < p->blocks[b].count; g++) {
                size_t i = p->blocks[b].after + g, j = p->blocks[b].before + g;
                w->drawn[i] = w->moved[i] + w->off[k * p->n + i];
                w->drawn[j] = w->moved[j] + w->off[k * p->n + j];
            }
        w->error[k] = set_change(p, from, to, w->drawn) - centre;
    }
}

/* --- interval ------------------------------------------------------------------------------------------------------ */

/* Of the largest of several changes: the upper end is the largest of theirs, the lower end from draws of the largest. */
static int tied_interval(const struct work *w, double observed, struct interval *interval, struct error *error)
{
    const struct change_problem *p = w->p;
    struct interval drawn;
    int status = 0;
    for (size_t k = 0; k < p->replicates; k++)
        w->low[k] = NAN;
    for (size_t from = 0, to; status == 0 && from < p->n_blocks; from = to + 1) {
        to = set_end(p, from);
        double change = set_change(p, from, to, p->x);
        tied_errors(w, from, to, true);
        for (size_t k = 0; k < p->replicates; k++)
            w->low[k] = fmax(w->low[k], change + w->error[k]);
        tied_errors(w, from, to, false);
        status = interval_percentile(w->error, p->replicates, p->level, &drawn, error);
        if (status == 0)
            interval->hi = fmax(interval->hi, change - drawn.lo);
    }
    if (status == 0)
        status = interval_percentile(w->low, p->replicates, p->level, &drawn, error);
    if (status == 0)
        interval->lo = fmin(interval->lo, 2 * observed - drawn.hi);
    return status;
}

static int find_ends(const struct work *w, struct interval *interval, struct error *error)
{
    const struct change_problem *p = w->p;
    double observed = value_of(p, p->x);
    for (size_t k = 0; k < p->replicates; k++) {
        for (size_t i = 0; i < p->n; i++) {
            double off = p->replicate[k * p->n + i] - p->x[i];
            w->off[k * p->n + i] = isnan(off) ? 0 : off;
            w->drawn[i] = p->x[i] + w->off[k * p->n + i];
        }
        w->value[k] = value_of(p, w->drawn);
    }
    struct interval plain;
    int status = interval_percentile(w->value, p->replicates, p->level, &plain, error);
    if (status != 0)
        return status;
    interval->lo = fmin(observed, plain.lo);
    interval->hi = fmax(observed, plain.hi);
    return tied_interval(w, observed, interval, error);
}

int range_change_interval(const struct change_problem *problem, struct interval *interval, struct error *error)
{
    const struct change_problem *p = problem;
    *interval = (struct interval){NAN, NAN, p->level, "bootstrap, with and without ties"};
    if (p->n_blocks == 0 || p->replicates < LEAST_REPLICATES || !(p->level > 0 && p->level < 1))
        return 0;
    struct arena *arena = arena_new();
    if (!arena)
        return error_memory(error);
    struct work w = {.p = p,
                     .off = arena_array(arena, p->replicates, p->n * sizeof(double)),
                     .moved = ARENA_ARRAY(arena, double, p->n),
                     .drawn = ARENA_ARRAY(arena, double, p->n),
                     .value = ARENA_ARRAY(arena, double, p->replicates),
                     .low = ARENA_ARRAY(arena, double, p->replicates),
                     .error = ARENA_ARRAY(arena, double, p->replicates)};
    int status =
        w.off && w.moved && w.drawn && w.value && w.low && w.error ? find_ends(&w, interval, error) : error_memory(error);
    arena_free(arena);
    return status;
}
