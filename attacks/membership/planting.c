#include "attacks/membership/planting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "numeric/interval.h"

#define WANTED_POWER 0.95

enum { CHUNK = 20, TRIES = 6 };

const double membership_planted[MEMBERSHIP_SHARES] = {.001, .002, .005, .01, .02, .05};

struct planting {
    const struct membership_ranks *ranks;
    double *const *score;
    double *const *const *planted; /* [MEMBERSHIP_PLANTS] */
    uint64_t seed;
    struct pool *pool;
    const uint8_t *kept;               /* dealings for the permutations of audits with something planted */
    double *root;                      /* [MEMBERSHIP_TRIALS] that a rule must pass */
    int plant;                         /* at work */
    size_t most;                       /* planted at most */
    uint32_t *member;                  /* [MEMBERSHIP_TRIALS · most] in the order of planting */
    size_t *chosen;                    /* [MEMBERSHIP_TRIALS] how many */
    struct rule_counts *counts;        /* [MEMBERSHIP_TRIALS · n_attacks · MEMBERSHIP_POINTS] */
    size_t *needed[MEMBERSHIP_PLANTS]; /* [(n_attacks + 1) · MEMBERSHIP_TRIALS]; the last: of the whole */
    size_t *low, *high;                /* as needed of one plant, with the roots of two numbers planted */
};

/* True members that are members by these labels too: the first `most` in random order. */
static void choose_members(const struct planting *planting, size_t trial, const uint8_t *label, uint32_t *all)
{
    struct random random;
    uint32_t *member = planting->member + trial * planting->most;
    size_t n = 0;

    for (uint32_t i = 0; i < planting->ranks->trial->n_members; i++)
        if (label[i])
            all[n++] = i;
    planting->chosen[trial] = n < planting->most ? n : planting->most;
    random_init(&random, planting->seed, "privacy.membership planting", trial, 0);
    for (size_t k = 0; k < planting->chosen[trial]; k++) {
        size_t j = k + random_below(&random, n - k);

        member[k] = all[j];
        all[j] = all[k];
    }
}

static int deal_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct planting *planting = context;
    const struct membership_ranks *ranks = planting->ranks;
    uint32_t *all = malloc((ranks->trial->n_members + 1) * sizeof *all);
    struct dealing dealing;
    int status = dealing_new(ranks, &dealing, error);

    (void)worker;
    if (!status && !all)
        status = error_memory(error);
    for (size_t t = index * CHUNK; t < (index + 1) * CHUNK && !status; t++) {
        deal_anew(ranks, &dealing, planting->seed, "privacy.membership trials", t);
        choose_members(planting, t, dealing.label, all);
        for (size_t a = 0; a < ranks->n_attacks; a++)
            for (size_t p = ranks_first_point(ranks); p < MEMBERSHIP_POINTS; p++)
                planting->counts[(t * ranks->n_attacks + a) * MEMBERSHIP_POINTS + p] =
                    rule_count(ranks, a, membership_fpr[p], dealing.label);
    }
    dealing_free(&dealing);
    free(all);
    return status;
}

/* The least number of true positives from lo to hi that makes the lower bound positive; hi + 1: none does. */
static size_t least_enough(const struct planting *planting, size_t fp, size_t lo, size_t hi, double root)
{
    const size_t members = planting->ranks->trial->n_members, nonmembers = planting->ranks->trial->n_targets - members;

    for (hi++; lo < hi;) {
        const size_t mid = lo + (hi - lo) / 2;

        if (signed_root(mid, members, fp, nonmembers) > root)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

/* How many planted members one rule takes, at most `most`; SIZE_MAX: more. */
static size_t rule_needs(const struct planting *planting, const struct rule_counts *counts, size_t trial, const double *score,
                         const double *planted, size_t most)
{
    const size_t members = planting->ranks->trial->n_members, fp = counts->fp[0] + counts->fp[1];
    const uint8_t *half = planting->ranks->trial->half;
    const uint32_t *member = planting->member + trial * planting->most;
    size_t above = counts->tp[0] + counts->tp[1], hi = above + most < members ? above + most : members;
    const size_t enough = least_enough(planting, fp, above, hi, planting->root[trial]);

    if (enough > hi)
        return SIZE_MAX;
    if (above >= enough)
        return 0;
    for (size_t k = 0; k < most; k++) {
        const uint32_t i = member[k];
        const double threshold = counts->threshold[half[i]];

        above += planted[i] > threshold;
        above -= score[i] > threshold;
        if (above >= enough)
            return k + 1;
    }
    return SIZE_MAX;
}

static void plant_trial(const struct planting *planting, int plant, size_t t)
{
    const struct membership_ranks *ranks = planting->ranks;
    size_t *whole = planting->needed[plant] + ranks->n_attacks * MEMBERSHIP_TRIALS + t;

    *whole = SIZE_MAX;
    for (size_t a = 0; a < ranks->n_attacks; a++) {
        const struct rule_counts *counts = planting->counts + (t * ranks->n_attacks + a) * MEMBERSHIP_POINTS;
        const double *planted = planting->planted[plant][a];
        size_t least = SIZE_MAX;

        for (size_t p = ranks_first_point(ranks); p < MEMBERSHIP_POINTS && planted; p++) {
            size_t most = least < planting->chosen[t] ? least : planting->chosen[t];
            size_t own = rule_needs(planting, &counts[p], t, planting->score[a], planted, most);

            least = own < least ? own : least;
        }
        planting->needed[plant][a * MEMBERSHIP_TRIALS + t] = least;
        *whole = least < *whole ? least : *whole;
    }
}

static int plant_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct planting *planting = context;

    (void)worker;
    (void)error;
    for (size_t t = index * CHUNK; t < (index + 1) * CHUNK; t++)
        plant_trial(planting, planting->plant, t);
    return 0;
}

static int by_size(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

/* Trials that found the leak with at most k planted. */
static size_t found_with(const size_t *needed, size_t trials, double k)
{
    size_t found = 0;

    for (size_t t = 0; t < trials; t++)
        found += needed[t] != SIZE_MAX && (double)needed[t] <= k;
    return found;
}

void planting_limit(size_t *needed, size_t trials, size_t members, double power[MEMBERSHIP_SHARES], double *limit)
{
    const double wanted = WANTED_POWER * (double)trials;
    size_t at, below;

    qsort(needed, trials, sizeof *needed, by_size);
    at = needed[(size_t)ceil(wanted) - 1];
    for (size_t s = 0; s < MEMBERSHIP_SHARES; s++) {
        const double planted = membership_planted[s] * (double)members, k = floor(planted + 1e-9);
        const double less = (double)found_with(needed, trials, k), more = (double)found_with(needed, trials, k + 1);

        power[s] = (less + fmax(planted - k, 0) * (more - less)) / (double)trials;
    }
    *limit = NAN;
    if (at == 0)
        *limit = 1 / (double)members;
    if (at == 0 || at == SIZE_MAX)
        return;
    below = found_with(needed, trials, (double)at - 1);
    *limit = ((double)at - 1 + (wanted - (double)below) / (double)(found_with(needed, trials, (double)at) - below)) /
             (double)members;
}

static int planting_new(struct planting *planting, struct arena *arena, struct error *error)
{
    const struct membership_trial *trial = planting->ranks->trial;
    size_t attacks = planting->ranks->n_attacks;

    planting->most = (size_t)ceil(membership_planted[MEMBERSHIP_SHARES - 1] * (double)trial->n_members - 1e-9);
    planting->member = ARENA_ARRAY(arena, uint32_t, MEMBERSHIP_TRIALS * planting->most + 1);
    planting->chosen = ARENA_ARRAY(arena, size_t, MEMBERSHIP_TRIALS);
    planting->counts = ARENA_ARRAY(arena, struct rule_counts, MEMBERSHIP_TRIALS * attacks * MEMBERSHIP_POINTS + 1);
    planting->root = ARENA_ARRAY(arena, double, MEMBERSHIP_TRIALS);
    planting->low = ARENA_ARRAY(arena, size_t, (attacks + 1) * MEMBERSHIP_TRIALS);
    planting->high = ARENA_ARRAY(arena, size_t, (attacks + 1) * MEMBERSHIP_TRIALS);
    if (!planting->low || !planting->high || !planting->member || !planting->chosen || !planting->counts || !planting->root)
        return error_memory(error);
    for (int plant = 0; plant < MEMBERSHIP_PLANTS; plant++)
        if (!(planting->needed[plant] = ARENA_ARRAY(arena, size_t, (attacks + 1) * MEMBERSHIP_TRIALS)))
            return error_memory(error);
    return 0;
}

static void take_limits(const struct planting *planting, int plant, struct membership_result *results,
                        struct membership_overall *all)
{
    size_t members = planting->ranks->trial->n_members, attacks = planting->ranks->n_attacks, *needed = planting->needed[plant];

    for (size_t a = 0; a < attacks; a++)
        if (planting->planted[plant][a])
            planting_limit(needed + a * MEMBERSHIP_TRIALS, MEMBERSHIP_TRIALS, members, results[a].power[plant],
                           &results[a].detection_limit[plant]);
    planting_limit(needed + attacks * MEMBERSHIP_TRIALS, MEMBERSHIP_TRIALS, members, all->power[plant],
                   &all->detection_limit[plant]);
}

/* The trials' critical roots. An audit's root is the k-th largest of its n permutations' maxima: the chance that a permutation
 * passes it is Beta(k, n + 1 − k) distributed, with a deviation of about √k/n. The n maxima at hand, of other dealings of the
 * labels, tell that chance of a given root with an error of the same size. Both together: Beta(k/2, (n + 1 − k)/2), whose
 * quantiles, read off the maxima, the trials take. */
static void spread_roots(struct planting *planting, const double *maxima)
{
    const size_t n = MEMBERSHIP_PERMUTATIONS;
    const double error = (1 - planting->ranks->trial->level) / 2, k = error * (double)(n + 1);

    for (size_t t = 0; t < MEMBERSHIP_TRIALS; t++) {
        const double tail = beta_quantile(((double)t + .5) / MEMBERSHIP_TRIALS, k / 2, ((double)(n + 1) - k) / 2);
        const double rank = fmin(fmax(tail * (double)(n + 1), 1), (double)n - 1);
        const size_t at = n - (size_t)rank;
        const double root = maxima[at] + (rank - floor(rank)) * (maxima[at - 1] - maxima[at]);

        planting->root[t] = fmax(root, -normal_quantile(error));
    }
}

/* The trials of one plant at the present roots. */
static int run_trials(struct planting *planting, struct error *error)
{
    return pool_run(planting->pool, MEMBERSHIP_TRIALS / CHUNK, plant_task, planting, error);
}

/* The same at the roots of audits with n members planted: records that stand out make the permutations' maxima larger. Planted
 * are the first trial's. */
static int run_with(struct planting *planting, size_t n, struct error *error)
{
    const struct membership_trial *trial = planting->ranks->trial;
    size_t attacks = planting->ranks->n_attacks;
    struct arena *arena = arena_new();
    double **score = arena ? ARENA_ARRAY(arena, double *, attacks + 1) : NULL;
    double *maxima = arena ? ARENA_ARRAY(arena, double, MEMBERSHIP_PERMUTATIONS) : NULL;
    struct membership_ranks ranks;
    int status = score && maxima ? 0 : error_memory(error);

    for (size_t a = 0; a < attacks && !status; a++) {
        if (!(score[a] = ARENA_ARRAY(arena, double, trial->n_targets + 1))) {
            status = error_memory(error);
            break;
        }
        memcpy(score[a], planting->score[a], trial->n_targets * sizeof **score);
        for (size_t k = 0; k < n && k < planting->chosen[0] && planting->planted[planting->plant][a]; k++)
            score[a][planting->member[k]] = planting->planted[planting->plant][a][planting->member[k]];
    }
    if (!status)
        status = membership_ranks_make(trial, score, attacks, planting->pool, arena, &ranks, error);
    if (!status)
        status = membership_permute_rules(&ranks, planting->kept, planting->pool, maxima, error);
    if (!status)
        spread_roots(planting, maxima);
    arena_free(arena);
    return status ? status : run_trials(planting, error);
}

/* How many planted members the whole audit takes for the wanted power; one more than are planted at most where they do not
 * suffice. */
static size_t whole_needs(const struct planting *planting)
{
    const size_t *whole = planting->needed[planting->plant] + planting->ranks->n_attacks * MEMBERSHIP_TRIALS;
    const double wanted = WANTED_POWER * MEMBERSHIP_TRIALS;
    size_t k = 0;

    while (k <= planting->most && (double)found_with(whole, MEMBERSHIP_TRIALS, (double)k) < wanted)
        k++;
    return k;
}

/* The power at a number is that of trials at the roots of audits with this number planted: a few copies of rows that stand out
 * share one score, at which the root itself may come to lie, and one more moves it. Looks for neighbours `low`, where the
 * power is too small, and `high`, where it is not, and keeps the trials of both; after so many tries the nearest there are. */
static int plant(struct planting *planting, const struct membership_significance *significance, struct error *error)
{
    const size_t n = (planting->ranks->n_attacks + 1) * MEMBERSHIP_TRIALS;
    size_t *needed = planting->needed[planting->plant], low = 0, high = planting->most + 1;
    int status;

    for (size_t t = 0; t < MEMBERSHIP_TRIALS; t++)
        planting->root[t] = membership_root(planting->ranks->trial);
    if (significance)
        spread_roots(planting, significance->maxima);
    status = run_trials(planting, error);
    if (!significance)
        return status;
    for (int try = 0; try < TRIES && low + 1 < high && !status; try++) {
        const size_t wanted = whole_needs(planting), k = wanted <= low ? low + 1 : wanted < high ? wanted : high - 1;

        status = run_with(planting, k, error);
        if (!status && whole_needs(planting) > k) {
            low = k;
            memcpy(planting->low, needed, n * sizeof *needed);
        } else if (!status) {
            high = k;
            memcpy(planting->high, needed, n * sizeof *needed);
        }
    }
    for (size_t i = 0; i < n; i++) {
        const size_t below = low > 0 ? planting->low[i] : SIZE_MAX, above = high <= planting->most ? planting->high[i] : below;

        needed[i] = below <= low ? below : low > 0 && above <= low ? low + 1 : above;
    }
    return status;
}

int membership_plant(const struct membership_ranks *ranks, double *const *score,
                     double *const *const planted[MEMBERSHIP_PLANTS], uint64_t seed,
                     const struct membership_significance *significance, struct pool *pool, struct membership_result *results,
                     struct membership_overall *all, struct error *error)
{
    struct arena *arena = arena_new();
    struct planting planting = {.ranks = ranks, .score = score, .planted = planted, .seed = seed, .pool = pool};
    int status = arena ? planting_new(&planting, arena, error) : error_memory(error);

    if (!status)
        status = pool_run(pool, MEMBERSHIP_TRIALS / CHUNK, deal_task, &planting, error);
    if (!status && significance)
        status = membership_keep_dealings(ranks, seed, pool, arena, &planting.kept, error);
    for (planting.plant = 0; planting.plant < MEMBERSHIP_PLANTS && !status; planting.plant++) {
        if (!planted[planting.plant])
            continue;
        status = plant(&planting, significance, error);
        if (!status)
            take_limits(&planting, planting.plant, results, all);
    }
    arena_free(arena);
    return status;
}
