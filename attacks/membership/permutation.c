#include "attacks/membership/permutation.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "numeric/interval.h"
#include "numeric/sort.h"

enum { DRAWS = MEMBERSHIP_PERMUTATIONS + 1, CHUNK = 50, STATISTICS = MEMBERSHIP_POINTS + 1 }; /* draw 0: the true labels */

/* One attack's scores: each half's targets from the highest score down, and the midranks of all. */
struct ranked {
    uint32_t *target[2];
    double *score[2];
    double *midrank;
};

struct permuting {
    const struct membership_trial *trial;
    size_t n_attacks;
    uint64_t seed;
    struct ranked *ranked;
    uint32_t *of_half[2]; /* targets */
    size_t rows[2], nonmembers[2];
    double *statistic; /* [DRAWS · n_attacks · STATISTICS]; the last is the sum of the non-members' midranks, negated */
    double *exact;     /* [n_attacks] least Fisher p over points and halves */
};

struct counts {
    size_t tp[2], fp[2];
};

static double times_log(double count, double share)
{
    return count > 0 ? count * log(share) : 0;
}

double signed_root(size_t tp, size_t n1, size_t fp, size_t n0)
{
    double a = (double)tp, b = (double)fp, m = (double)n1, n = (double)n0, pooled = (a + b) / (m + n), deviance;

    deviance = times_log(a, a / m / pooled) + times_log(m - a, (1 - a / m) / (1 - pooled)) + times_log(b, b / n / pooled) +
               times_log(n - b, (1 - b / n) / (1 - pooled));
    return copysign(sqrt(2 * fmax(deviance, 0)), a * n - b * m);
}

/* The score that fpr of a half's non-members are let past, by these labels (1: member). */
static double threshold_of(const struct permuting *permuting, const struct ranked *ranked, size_t half, double fpr,
                           const uint8_t *label)
{
    size_t allowed = (size_t)floor(fpr * (double)permuting->nonmembers[half] + 1e-9), passed = 0, i = 0;

    for (; i + 1 < permuting->rows[half]; i++) {
        passed += !label[ranked->target[half][i]];
        if (passed > allowed)
            break;
    }
    return ranked->score[half][i];
}

static struct counts count_point(const struct permuting *permuting, const struct ranked *ranked, double fpr,
                                 const uint8_t *label)
{
    struct counts counts = {{0}, {0}};

    for (size_t half = 0; half < 2; half++) {
        double threshold = threshold_of(permuting, ranked, 1 - half, fpr, label);
        size_t members = 0, i = 0;

        for (; i < permuting->rows[half] && ranked->score[half][i] > threshold; i++)
            members += label[ranked->target[half][i]];
        counts.tp[half] = members;
        counts.fp[half] = i - members;
    }
    return counts;
}

/* Labels of a draw: non-members chosen anew within each half. order: scratch, any arrangement of of_half. */
static void deal_labels(const struct permuting *permuting, size_t draw, uint32_t *const order[2], uint8_t *label)
{
    struct random random;

    memset(label, 1, permuting->trial->n_targets);
    random_init(&random, permuting->seed, "privacy.membership labels", draw, 0);
    for (size_t half = 0; half < 2; half++)
        for (size_t i = 0; i < permuting->nonmembers[half]; i++) {
            size_t j = i + random_below(&random, permuting->rows[half] - i);
            uint32_t chosen = order[half][j];

            order[half][j] = order[half][i];
            order[half][i] = chosen;
            label[chosen] = 0;
        }
}

/* nonmember: scratch for their numbers. */
static void take_statistics(const struct permuting *permuting, size_t draw, const uint8_t *label, uint32_t *nonmember)
{
    const struct membership_trial *trial = permuting->trial;
    size_t n0 = trial->n_targets - trial->n_members, first = MEMBERSHIP_POINTS - membership_points_supported(n0), n = 0;

    for (uint32_t i = 0; i < trial->n_targets; i++)
        if (!label[i])
            nonmember[n++] = i;
    for (size_t a = 0; a < permuting->n_attacks; a++) {
        double *statistic = permuting->statistic + (draw * permuting->n_attacks + a) * STATISTICS, sum = 0;

        for (size_t i = 0; i < n0; i++)
            sum += permuting->ranked[a].midrank[nonmember[i]];
        statistic[MEMBERSHIP_POINTS] = -sum;
        for (size_t p = 0; p < MEMBERSHIP_POINTS; p++) {
            struct counts counts;

            statistic[p] = -INFINITY;
            if (p < first)
                continue;
            counts = count_point(permuting, &permuting->ranked[a], membership_fpr[p], label);
            statistic[p] = signed_root(counts.tp[0] + counts.tp[1], trial->n_members, counts.fp[0] + counts.fp[1], n0);
        }
    }
}

static int permute_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct permuting *permuting = context;
    size_t end = (index + 1) * CHUNK < DRAWS ? (index + 1) * CHUNK : DRAWS;
    uint8_t *label = malloc(permuting->trial->n_targets + 1);
    uint32_t *nonmember = malloc((permuting->trial->n_targets + 1) * sizeof *nonmember), *order[2];
    int status;

    (void)worker;
    for (size_t half = 0; half < 2; half++) {
        order[half] = malloc((permuting->rows[half] + 1) * sizeof *order[half]);
        if (order[half])
            memcpy(order[half], permuting->of_half[half], permuting->rows[half] * sizeof *order[half]);
    }
    status = label && nonmember && order[0] && order[1] ? 0 : error_memory(error);
    for (size_t draw = index * CHUNK; draw < end && !status; draw++) {
        if (draw > 0)
            deal_labels(permuting, draw, order, label);
        else
            for (size_t i = 0; i < permuting->trial->n_targets; i++)
                label[i] = i < permuting->trial->n_members;
        take_statistics(permuting, draw, label, nonmember);
    }
    free(label);
    free(nonmember);
    free(order[0]);
    free(order[1]);
    return status;
}

/* Fisher's exact test of each point and half, the least of all: conditionally on the other half, where its threshold is from,
 * the members above it are hypergeometric. */
static double least_exact(const struct permuting *permuting, const struct ranked *ranked, const uint8_t *label)
{
    size_t n0 = permuting->trial->n_targets - permuting->trial->n_members;
    double least = 1;

    for (size_t p = MEMBERSHIP_POINTS - membership_points_supported(n0); p < MEMBERSHIP_POINTS; p++) {
        struct counts counts = count_point(permuting, ranked, membership_fpr[p], label);

        for (size_t half = 0; half < 2; half++) {
            unsigned tp = (unsigned)counts.tp[half], above = tp + (unsigned)counts.fp[half];
            unsigned members = (unsigned)(permuting->rows[half] - permuting->nonmembers[half]);

            if (tp > 0)
                least = fmin(least, gsl_cdf_hypergeometric_Q(tp - 1, members, (unsigned)permuting->nonmembers[half], above));
        }
    }
    return least;
}

struct ranking {
    struct permuting *permuting;
    double *const *score;
};

static int rank_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct ranking *ranking = context;
    struct permuting *permuting = ranking->permuting;
    const struct membership_trial *trial = permuting->trial;
    struct ranked *ranked = &permuting->ranked[index];
    const double *score = ranking->score[index];
    size_t n = trial->n_targets, filled[2] = {0, 0};
    uint32_t *order = malloc((n + 1) * sizeof *order);
    uint8_t *label = malloc(n + 1);
    int status = order && label ? sort_order(score, n, order, error) : error_memory(error);

    (void)worker;
    for (size_t i = n; i-- > 0 && !status;) {
        uint8_t half = trial->half[order[i]];

        ranked->target[half][filled[half]] = order[i];
        ranked->score[half][filled[half]++] = score[order[i]];
    }
    for (size_t i = 0, end; i < n && !status; i = end) {
        for (end = i + 1; end < n && score[order[end]] <= score[order[i]];)
            end++;
        for (size_t j = i; j < end; j++)
            ranked->midrank[order[j]] = (double)(i + end + 1) / 2;
    }
    for (size_t i = 0; i < n && !status; i++)
        label[i] = i < trial->n_members;
    if (!status)
        permuting->exact[index] = least_exact(permuting, ranked, label);
    free(order);
    free(label);
    return status;
}

/* Sums of midranks to standard scores, by the permutations' mean and deviation. */
static void standardise(const struct permuting *permuting)
{
    for (size_t a = 0; a < permuting->n_attacks; a++) {
        double *at = permuting->statistic + a * STATISTICS + MEMBERSHIP_POINTS, mean = 0, square = 0, sd;
        size_t step = permuting->n_attacks * STATISTICS;

        for (size_t draw = 1; draw < DRAWS; draw++)
            mean += at[draw * step] / MEMBERSHIP_PERMUTATIONS;
        for (size_t draw = 1; draw < DRAWS; draw++)
            square += (at[draw * step] - mean) * (at[draw * step] - mean);
        sd = sqrt(square / (MEMBERSHIP_PERMUTATIONS - 1));
        for (size_t draw = 0; draw < DRAWS; draw++) /* all scores tie: nothing to see */
            at[draw * step] = sd > 1e-9 * fabs(mean) ? (at[draw * step] - mean) / sd : 0;
    }
}

/* The largest statistics of one draw: of each attack alone, of all, of the rules alone; the least AUC of all. */
struct largest {
    double all, rules, worse;
};

static double largest_of_attack(const struct permuting *permuting, size_t draw, size_t attack, size_t statistics)
{
    const double *statistic = permuting->statistic + (draw * permuting->n_attacks + attack) * STATISTICS;
    double most = -INFINITY;

    for (size_t s = 0; s < statistics; s++)
        most = fmax(most, statistic[s]);
    return most;
}

static double auc_of(const struct permuting *permuting, size_t draw, size_t attack)
{
    return permuting->statistic[(draw * permuting->n_attacks + attack) * STATISTICS + MEMBERSHIP_POINTS];
}

static struct largest largest_of_draw(const struct permuting *permuting, size_t draw)
{
    struct largest largest = {-INFINITY, -INFINITY, -INFINITY};

    for (size_t a = 0; a < permuting->n_attacks; a++) {
        largest.all = fmax(largest.all, largest_of_attack(permuting, draw, a, STATISTICS));
        largest.rules = fmax(largest.rules, largest_of_attack(permuting, draw, a, MEMBERSHIP_POINTS));
        largest.worse = fmax(largest.worse, -auc_of(permuting, draw, a));
    }
    return largest;
}

static double share_of(size_t as_large)
{
    return (1 + (double)as_large) / (1 + MEMBERSHIP_PERMUTATIONS);
}

/* At the floor of the permutations, the Bonferroni bound of the exact tests where that is smaller. */
static double refine(double p, double exact, size_t tests)
{
    return p <= share_of(0) ? fmin(p, exact * 2 * (double)tests) : p;
}

/* The error at which rules err together with (1 − level)/2: of the k-th largest maximum over permutations. */
static double rule_error_of(const struct membership_trial *trial, double *maxima)
{
    double error = (1 - trial->level) / 2;
    size_t k = (size_t)floor(error * (1 + MEMBERSHIP_PERMUTATIONS));

    sort_doubles(maxima, MEMBERSHIP_PERMUTATIONS);
    return fmax(k > 0 ? fmin(normal_upper(maxima[MEMBERSHIP_PERMUTATIONS - k]), error) : 0, error / (double)trial->rules);
}

static int compare_draws(const struct permuting *permuting, struct membership_significance *significance, struct error *error)
{
    const struct membership_trial *trial = permuting->trial;
    size_t points = membership_points_supported(trial->n_targets - trial->n_members);
    struct largest *largest = calloc(DRAWS, sizeof *largest);
    double *maxima = calloc(DRAWS, sizeof *maxima), exact = 1;
    size_t all = 0, worse = 0;

    if (!largest || !maxima) {
        free(largest);
        free(maxima);
        return error_memory(error);
    }
    for (size_t draw = 0; draw < DRAWS; draw++)
        largest[draw] = largest_of_draw(permuting, draw);
    for (size_t a = 0; a < permuting->n_attacks; a++) {
        double own = largest_of_attack(permuting, 0, a, STATISTICS), below = -auc_of(permuting, 0, a);
        size_t n_own = 0, n_corrected = 0, n_worse = 0;

        for (size_t draw = 1; draw < DRAWS; draw++) {
            n_own += largest_of_attack(permuting, draw, a, STATISTICS) >= own;
            n_corrected += largest[draw].all >= own;
            n_worse += largest[draw].worse >= below;
        }
        significance->attack[a] =
            (struct membership_p){refine(share_of(n_own), permuting->exact[a], points),
                                  refine(share_of(n_corrected), permuting->exact[a], trial->rules), share_of(n_worse)};
        exact = fmin(exact, permuting->exact[a]);
    }
    for (size_t draw = 1; draw < DRAWS; draw++) {
        all += largest[draw].all >= largest[0].all;
        worse += largest[draw].worse >= largest[0].worse;
        maxima[draw - 1] = largest[draw].rules;
    }
    significance->p_value = refine(share_of(all), exact, trial->rules);
    significance->worse = share_of(worse);
    significance->rule_error = rule_error_of(trial, maxima);
    free(largest);
    free(maxima);
    return 0;
}

static int permuting_new(struct permuting *permuting, struct arena *arena, struct error *error)
{
    const struct membership_trial *trial = permuting->trial;
    size_t n = trial->n_targets, attacks = permuting->n_attacks;

    permuting->ranked = ARENA_ARRAY(arena, struct ranked, attacks + 1);
    permuting->statistic = ARENA_ARRAY(arena, double, DRAWS *attacks *STATISTICS + 1);
    permuting->exact = ARENA_ARRAY(arena, double, attacks + 1);
    if (!permuting->ranked || !permuting->statistic || !permuting->exact)
        return error_memory(error);
    for (size_t half = 0; half < 2; half++)
        if (!(permuting->of_half[half] = ARENA_ARRAY(arena, uint32_t, n + 1)))
            return error_memory(error);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t half = trial->half[i];

        permuting->of_half[half][permuting->rows[half]++] = i;
        permuting->nonmembers[half] += i >= trial->n_members;
    }
    for (size_t a = 0; a < attacks; a++) {
        struct ranked *ranked = &permuting->ranked[a];

        ranked->midrank = ARENA_ARRAY(arena, double, n + 1);
        for (size_t half = 0; half < 2; half++) {
            ranked->target[half] = ARENA_ARRAY(arena, uint32_t, permuting->rows[half] + 1);
            ranked->score[half] = ARENA_ARRAY(arena, double, permuting->rows[half] + 1);
            if (!ranked->midrank || !ranked->target[half] || !ranked->score[half])
                return error_memory(error);
        }
    }
    return 0;
}

int membership_permute(const struct membership_trial *trial, double *const *score, size_t n_attacks, uint64_t seed,
                       struct pool *pool, struct arena *arena, struct membership_significance *significance,
                       struct error *error)
{
    struct arena *scratch = arena_new();
    struct permuting permuting = {.trial = trial, .n_attacks = n_attacks, .seed = seed};
    struct ranking ranking = {&permuting, score};
    int status = scratch ? permuting_new(&permuting, scratch, error) : error_memory(error);

    if (!status && !(significance->attack = ARENA_ARRAY(arena, struct membership_p, n_attacks + 1)))
        status = error_memory(error);
    if (!status)
        status = pool_run(pool, n_attacks, rank_task, &ranking, error);
    if (!status)
        status = pool_run(pool, (DRAWS + CHUNK - 1) / CHUNK, permute_task, &permuting, error);
    if (!status) {
        standardise(&permuting);
        status = compare_draws(&permuting, significance, error);
    }
    arena_free(scratch);
    return status;
}
