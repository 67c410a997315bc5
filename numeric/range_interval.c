#include "numeric/range_interval.h"

#include "core/arena.h"
#include "core/random.h"
#include "numeric/bootstrap.h"
#include "numeric/fairness.h"

#include <math.h>

enum { LEAST_REPLICATES = 20, HALVINGS = 30 };
static const double near = 2;         /* standard errors from an edge */
static const double least_sd = 1e-12; /* in the place of none, where numbers are weighted by their precision */

struct work {
    const struct range_problem *p;
    double *noise;                    /* replicates x n, in standard deviations */
    double *sd, *moved, *drawn;       /* per number */
    double *own, *of_member, *of_set; /* values by block */
};

static double block_value(const struct range_problem *p, const struct range_block *block, const double *x)
{
    double least = INFINITY, most = -INFINITY;
    if (p->form == RANGE_INEQUITY)
        return 1 - equity_scaled(x[block->first], x + block->first + 1, block->count - 1);
    for (size_t i = block->first; i < block->first + block->count; i++) {
        least = fmin(least, x[i]);
        most = fmax(most, x[i]);
    }
    return p->form == RANGE_HIGHEST ? most : most - least;
}

static bool ends_member(const struct range_problem *p, size_t b)
{
    return b + 1 == p->n_blocks || p->blocks[b + 1].set != p->blocks[b].set || p->blocks[b + 1].member != p->blocks[b].member;
}

static bool ends_set(const struct range_problem *p, size_t b)
{
    return b + 1 == p->n_blocks || p->blocks[b + 1].set != p->blocks[b].set;
}

/* T of the numbers x; into w, unless NULL, the values of every block, its member and its set. */
static double value_of(const struct range_problem *p, const double *x, struct work *w)
{
    double most = NAN, sum = 0, largest = NAN;
    size_t members = 0, member = 0, set = 0;
    for (size_t b = 0; b < p->n_blocks; b++) {
        double own = block_value(p, &p->blocks[b], x);
        largest = fmax(largest, own);
        if (w)
            w->own[b] = own;
        if (!ends_member(p, b))
            continue;
        sum += largest;
        members++;
        for (; w && member <= b; member++)
            w->of_member[member] = largest;
        largest = NAN;
        if (!ends_set(p, b))
            continue;
        most = fmax(most, sum / (double)members);
        for (; w && set <= b; set++)
            w->of_set[set] = sum / (double)members;
        sum = 0;
        members = 0;
    }
    return most;
}

double range_value(const struct range_problem *problem)
{
    return value_of(problem, problem->x, NULL);
}

/* --- noise --------------------------------------------------------------------------------------------------------- */

static double share_sd(double share, double trials)
{
    double p = share < 0 ? 0 : share > 1 ? 1 : share;
    return sqrt(p * (1 - p) / trials);
}

/* Root of the mean square of a number's replicates about x. */
static double replicate_sd(const struct range_problem *p, size_t i)
{
    double squares = 0;
    size_t n = 0;
    for (size_t b = 0; b < p->replicates; b++) {
        double off = p->replicate[b * p->n + i] - p->x[i];
        squares += isnan(off) ? 0 : off * off;
        n += isnan(off) ? 0 : 1;
    }
    return n ? sqrt(squares / (double)n) : 0;
}

static void fill_noise(const struct work *w)
{
    const struct range_problem *p = w->p;
    for (size_t i = 0; i < p->n; i++) {
        bool share = p->trials[i] > 0;
        double trials = p->trials[i], unit = share ? share_sd(p->x[i], trials) : replicate_sd(p, i);
        w->sd[i] = share ? share_sd((p->x[i] * trials + 2) / (trials + 4), trials + 4) : unit;
        for (size_t b = 0; b < p->replicates; b++) {
            double off = (p->replicate[b * p->n + i] - p->x[i]) / unit;
            if (!(unit > 0) || isnan(off)) {
                struct random random;
                random_init(&random, p->seed, "range.noise", b, i);
                off = random_normal(&random);
            }
            w->noise[b * p->n + i] = off;
        }
    }
}

/* --- lower end ----------------------------------------------------------------------------------------------------- */

/* Lower edge of the window of this width from which the numbers of a block lie least far, in squares by precision. */
static double window_edge(const struct work *w, const struct range_block *block, double width)
{
    const double *x = w->p->x;
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = block->first; i < block->first + block->count; i++) {
        lo = fmin(lo, x[i]);
        hi = fmax(hi, x[i] - width);
    }
    for (size_t k = 0; k < HALVINGS && lo < hi; k++) {
        double middle = (lo + hi) / 2, pull = 0;
        for (size_t i = block->first; i < block->first + block->count; i++) {
            double sd = fmax(w->sd[i], least_sd);
            pull += (fmin(x[i] - middle, 0) + fmax(x[i] - middle - width, 0)) / (sd * sd);
        }
        *(pull > 0 ? &lo : &hi) = middle;
    }
    return (lo + hi) / 2;
}

/* Into w->moved: the groups of a block nearer to its whole by `steps` standard errors each, all with a whole that is higher by
 * `lift`. Returns 1 − M/(1 + Σ|M_g − M|). */
static double draw_nearer(const struct work *w, const struct range_block *block, double steps, double lift)
{
    double whole = w->p->x[block->first];
    w->moved[block->first] = whole + lift;
    for (size_t i = block->first + 1; i < block->first + block->count; i++) {
        double off = w->p->x[i] - whole;
        w->moved[i] = whole + lift + copysign(fmax(fabs(off) - steps * w->sd[i], 0), off);
    }
    return block_value(w->p, block, w->moved);
}

/* The same so far that the block has this value: by its groups, and where equal groups are not enough by the whole. */
static void move_equity(const struct work *w, const struct range_block *block, double value)
{
    double lo = 0, hi = 0;
    for (size_t i = block->first + 1; i < block->first + block->count; i++)
        hi = fmax(hi, fabs(w->p->x[i] - w->p->x[block->first]) / fmax(w->sd[i], least_sd));
    double equal = draw_nearer(w, block, hi, 0);
    if (equal >= value) {
        draw_nearer(w, block, hi, equal - value);
        return;
    }
    for (size_t k = 0; k < HALVINGS; k++) {
        double middle = (lo + hi) / 2;
        *(draw_nearer(w, block, middle, 0) > value ? &lo : &hi) = middle;
    }
    draw_nearer(w, block, lo, 0);
}

/* The numbers of one block, moved so that none lies beyond the edges. */
static void move_range(const struct work *w, const struct range_block *block, double width)
{
    bool highest = w->p->form == RANGE_HIGHEST;
    double lower = highest ? -INFINITY : window_edge(w, block, width), upper = highest ? width : lower + width;
    for (size_t i = block->first; i < block->first + block->count; i++) {
        double x = w->p->x[i], room = near * w->sd[i];
        bool low = x - lower < upper - x;
        w->moved[i] = low ? (x - lower < room ? lower : x) : (upper - x < room ? upper : x);
    }
}

/* How much each member of the set of blocks [from, to] must lose, down to 0, for their mean to be t. */
static double members_loss(const struct work *w, size_t from, size_t to, double t)
{
    double lo = 0, hi = 0;
    for (size_t b = from; b <= to; b++)
        hi = fmax(hi, w->of_member[b]);
    for (size_t k = 0; k < HALVINGS && w->of_set[from] > t; k++) {
        double middle = (lo + hi) / 2, sum = 0, members = 0;
        for (size_t b = from; b <= to; b++)
            if (ends_member(w->p, b)) {
                sum += fmax(w->of_member[b] - middle, 0);
                members++;
            }
        *(sum > t * members ? &lo : &hi) = middle;
    }
    return w->of_set[from] > t ? (lo + hi) / 2 : 0;
}

/* Numbers whose T is t, or their own where it is less. */
static void move_to(const struct work *w, double t)
{
    size_t from = 0;
    for (size_t to = 0; to < w->p->n_blocks; to++) {
        if (!ends_set(w->p, to))
            continue;
        double loss = members_loss(w, from, to, t);
        for (size_t b = from; b <= to; b++) {
            double value = fmin(w->own[b], fmax(w->of_member[b] - loss, 0));
            (w->p->form == RANGE_INEQUITY ? move_equity : move_range)(w, &w->p->blocks[b], value);
        }
        from = to + 1;
    }
    for (size_t i = 0; i < w->p->n; i++)
        w->drawn[i] = w->p->trials[i] > 0 ? share_sd(w->moved[i], w->p->trials[i]) : w->sd[i];
}

/* Whether T is no rare distance from t. */
static bool accepts(const struct work *w, double observed, double t, double *x)
{
    const struct range_problem *p = w->p;
    size_t farther = 1;
    move_to(w, t);
    for (size_t b = 0; b < p->replicates; b++) {
        for (size_t i = 0; i < p->n; i++)
            x[i] = w->moved[i] + w->noise[b * p->n + i] * w->drawn[i];
        farther += fabs(value_of(p, x, NULL) - t) >= observed - t ? 1 : 0;
    }
    return (double)farther > (1 - p->level) * (double)(p->replicates + 1);
}

static double lower_end(const struct work *w, double observed, double *x)
{
    double out = 0, in = observed;
    if (accepts(w, observed, 0, x))
        return 0;
    for (size_t k = 0; k < HALVINGS; k++) {
        double middle = (out + in) / 2;
        *(accepts(w, observed, middle, x) ? &in : &out) = middle;
    }
    return in;
}

/* --- upper end ----------------------------------------------------------------------------------------------------- */

/* How far the largest difference of two numbers of a block (highest: its largest number) may reach up. */
static double block_reach(const struct work *w, const struct range_block *block, double z)
{
    const double *x = w->p->x, *sd = w->sd;
    bool highest = w->p->form == RANGE_HIGHEST;
    double most = 0;
    for (size_t i = block->first; i < block->first + block->count; i++)
        for (size_t j = block->first; j < block->first + block->count && !highest; j++)
            most = i == j ? most : fmax(most, x[i] - x[j] + z * hypot(sd[i], sd[j]));
    for (size_t i = block->first; i < block->first + block->count && highest; i++)
        most = fmax(most, x[i] + z * sd[i]);
    return most;
}

/* For a value whose ends are no two numbers: as far above it as the percentiles of its replicates lie from their mean, on the
 * side where they lie farther. */
static int upper_centred(const struct work *w, double observed, double *values, double *hi, struct error *error)
{
    const struct range_problem *p = w->p;
    struct interval percentile;
    double mean, deviation;
    for (size_t b = 0; b < p->replicates; b++)
        values[b] = value_of(p, p->replicate + b * p->n, NULL);
    int status = interval_percentile(values, p->replicates, p->level, &percentile, error);
    bootstrap_summary(values, p->replicates, 0, &mean, &deviation);
    *hi = observed + fmax(percentile.hi - mean, mean - percentile.lo);
    return status;
}

/* The largest over sets of the mean over members of their reach: their errors may all go the same way. */
static double upper_end(const struct work *w, double observed)
{
    double z = normal_quantile((1 + w->p->level) / 2), most = observed, sum = 0, reach = 0, members = 0;
    for (size_t b = 0; b < w->p->n_blocks; b++) {
        reach = fmax(reach, block_reach(w, &w->p->blocks[b], z));
        if (!ends_member(w->p, b))
            continue;
        sum += reach;
        members++;
        reach = 0;
        if (!ends_set(w->p, b))
            continue;
        most = fmax(most, sum / members);
        sum = members = 0;
    }
    return most;
}

int range_interval(const struct range_problem *problem, struct interval *interval, struct error *error)
{
    const struct range_problem *p = problem;
    *interval = (struct interval){NAN, NAN, p->level, "range test inverted"};
    if (p->n_blocks == 0 || p->replicates < LEAST_REPLICATES || !(p->level > 0 && p->level < 1))
        return 0;
    struct arena *arena = arena_new();
    if (!arena)
        return error_memory(error);
    struct work w = {.p = p,
                     .noise = arena_array(arena, p->replicates, p->n * sizeof(double)),
                     .sd = ARENA_ARRAY(arena, double, p->n),
                     .moved = ARENA_ARRAY(arena, double, p->n),
                     .drawn = ARENA_ARRAY(arena, double, p->n),
                     .own = ARENA_ARRAY(arena, double, p->n_blocks),
                     .of_member = ARENA_ARRAY(arena, double, p->n_blocks),
                     .of_set = ARENA_ARRAY(arena, double, p->n_blocks)};
    double *x = ARENA_ARRAY(arena, double, p->n), *values = ARENA_ARRAY(arena, double, p->replicates);
    bool complete = w.noise && w.sd && w.moved && w.drawn && w.own && w.of_member && w.of_set && x && values;
    int status = complete ? 0 : error_memory(error);
    if (complete) {
        double observed = value_of(p, p->x, &w);
        fill_noise(&w);
        interval->lo = lower_end(&w, observed, x);
        if (p->form == RANGE_INEQUITY)
            status = upper_centred(&w, observed, values, &interval->hi, error);
        else
            interval->hi = upper_end(&w, observed);
    }
    arena_free(arena);
    return status;
}
