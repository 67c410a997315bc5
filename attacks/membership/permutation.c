#include "attacks/membership/permutation.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "numeric/interval.h"
#include "numeric/sort.h"

/* Draw 0: the true labels. */
enum {
    DRAWS = MEMBERSHIP_PERMUTATIONS + 1,
    CHUNK = 50,
    TASKS = (DRAWS + CHUNK - 1) / CHUNK,
    STATISTICS = MEMBERSHIP_POINTS + 1
};

struct permuting {
    const struct membership_ranks *ranks;
    size_t n_attacks;
    uint64_t seed;
    size_t first;        /* dealings before draw 1 that are left to others */
    const uint8_t *kept; /* labels of all draws; not NULL: midranks, which take most of the time, are left alone */
    double *statistic;   /* [DRAWS · n_attacks · STATISTICS]; the last is the sum of the non-members' midranks, negated */
    double *exact;       /* [n_attacks] least Fisher p over points and halves */
};

/* nonmember: scratch for their numbers, which only midranks want. */
static void take_statistics(const struct permuting *permuting, size_t draw, const uint8_t *label, uint32_t *nonmember)
{
    const struct membership_trial *trial = permuting->ranks->trial;
    const size_t n0 = trial->n_targets - trial->n_members, first = ranks_first_point(permuting->ranks);
    size_t listed = 0;

    for (uint32_t i = 0; i < trial->n_targets && !permuting->kept; i++)
        if (!label[i])
            nonmember[listed++] = i;
    for (size_t a = 0; a < permuting->n_attacks; a++) {
        double *statistic = permuting->statistic + (draw * permuting->n_attacks + a) * STATISTICS, sum = 0;

        for (size_t i = 0; i < listed; i++)
            sum += permuting->ranks->attack[a].midrank[nonmember[i]];
        statistic[MEMBERSHIP_POINTS] = -sum;
        for (size_t p = 0; p < MEMBERSHIP_POINTS; p++) {
            struct rule_counts counts;

            statistic[p] = -INFINITY;
            if (p < first)
                continue;
            counts = rule_count(permuting->ranks, a, membership_fpr[p], label);
            statistic[p] = signed_root(counts.tp[0] + counts.tp[1], trial->n_members, counts.fp[0] + counts.fp[1], n0);
        }
    }
}

static size_t bytes_of(const struct membership_ranks *ranks)
{
    return (ranks->trial->n_targets + 7) / 8;
}

/* Labels of a draw. Those dealt anew depend on the order left by the draw before, so a chunk is dealt in turn. */
static void deal(const struct permuting *permuting, struct dealing *dealing, size_t draw)
{
    const size_t n = permuting->ranks->trial->n_targets;

    if (draw == 0)
        deal_true(permuting->ranks, dealing);
    else if (!permuting->kept)
        deal_anew(permuting->ranks, dealing, permuting->seed, "privacy.membership labels", permuting->first + draw);
    else
        for (size_t i = 0; i < n; i++)
            dealing->label[i] = permuting->kept[draw * bytes_of(permuting->ranks) + i / 8] >> i % 8 & 1;
}

static int permute_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct permuting *permuting = context;
    size_t end = (index + 1) * CHUNK < DRAWS ? (index + 1) * CHUNK : DRAWS;
    uint32_t *nonmember = malloc((permuting->ranks->trial->n_targets + 1) * sizeof *nonmember);
    struct dealing dealing;
    int status = dealing_new(permuting->ranks, &dealing, error);

    (void)worker;
    if (!status && !nonmember)
        status = error_memory(error);
    for (size_t draw = index * CHUNK; draw < end && !status; draw++) {
        deal(permuting, &dealing, draw);
        take_statistics(permuting, draw, dealing.label, nonmember);
    }
    dealing_free(&dealing);
    free(nonmember);
    return status;
}

/* Fisher's exact test of each point and half, the least of all: conditionally on the other half, where its threshold is from,
 * the members above it are hypergeometric. */
static double least_exact(const struct membership_ranks *ranks, size_t attack, const uint8_t *label)
{
    double least = 1;

    for (size_t p = ranks_first_point(ranks); p < MEMBERSHIP_POINTS; p++) {
        struct rule_counts counts = rule_count(ranks, attack, membership_fpr[p], label);

        for (size_t half = 0; half < 2; half++) {
            unsigned tp = (unsigned)counts.tp[half], above = tp + (unsigned)counts.fp[half];
            unsigned members = (unsigned)(ranks->rows[half] - ranks->nonmembers[half]);

            if (tp > 0)
                least = fmin(least, gsl_cdf_hypergeometric_Q(tp - 1, members, (unsigned)ranks->nonmembers[half], above));
        }
    }
    return least;
}

static int exact_tests(struct permuting *permuting, struct error *error)
{
    struct dealing dealing;
    int status = dealing_new(permuting->ranks, &dealing, error);

    if (!status)
        deal_true(permuting->ranks, &dealing);
    for (size_t a = 0; a < permuting->n_attacks && !status; a++)
        permuting->exact[a] = least_exact(permuting->ranks, a, dealing.label);
    dealing_free(&dealing);
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

/* The root that the largest of all rules passes with chance (1 − level)/2: the k-th largest maximum over permutations. */
static double critical_root(const struct membership_trial *trial, double *maxima)
{
    double error = (1 - trial->level) / 2;
    size_t k = (size_t)floor(error * (1 + MEMBERSHIP_PERMUTATIONS));

    sort_doubles(maxima, MEMBERSHIP_PERMUTATIONS);
    return k > 0 ? fmax(maxima[MEMBERSHIP_PERMUTATIONS - k], -normal_quantile(error)) : INFINITY;
}

static int compare_draws(const struct permuting *permuting, struct membership_significance *significance, struct error *error)
{
    const struct membership_trial *trial = permuting->ranks->trial;
    size_t points = membership_points_supported(trial->n_targets - trial->n_members);
    struct largest *largest = calloc(DRAWS, sizeof *largest);
    double exact = 1;
    size_t all = 0, worse = 0;

    if (!largest)
        return error_memory(error);
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
        significance->maxima[draw - 1] = largest[draw].rules;
    }
    significance->p_value = refine(share_of(all), exact, trial->rules);
    significance->worse = share_of(worse);
    significance->root = critical_root(trial, significance->maxima);
    free(largest);
    return 0;
}

/* Statistics of the true labels and of all permutations, in the arena. */
static int take_all(struct permuting *permuting, struct pool *pool, struct arena *arena, struct error *error)
{
    permuting->statistic = ARENA_ARRAY(arena, double, DRAWS * permuting->n_attacks * STATISTICS + 1);
    return permuting->statistic ? pool_run(pool, TASKS, permute_task, permuting, error) : error_memory(error);
}

struct keeping {
    struct permuting dealt;
    uint8_t *labels;
};

static int keep_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct keeping *keeping = context;
    const struct membership_ranks *ranks = keeping->dealt.ranks;
    const size_t n = ranks->trial->n_targets, end = (index + 1) * CHUNK < DRAWS ? (index + 1) * CHUNK : DRAWS;
    struct dealing dealing;
    int status = dealing_new(ranks, &dealing, error);

    (void)worker;
    for (size_t draw = index * CHUNK; draw < end && !status; draw++) {
        uint8_t *labels = keeping->labels + draw * bytes_of(ranks);

        deal(&keeping->dealt, &dealing, draw);
        for (size_t i = 0; i < n; i++)
            labels[i / 8] |= (uint8_t)(dealing.label[i] << i % 8);
    }
    dealing_free(&dealing);
    return status;
}

int membership_keep_dealings(const struct membership_ranks *ranks, uint64_t seed, struct pool *pool, struct arena *arena,
                             const uint8_t **kept, struct error *error)
{
    struct keeping keeping = {{.ranks = ranks, .seed = seed, .first = MEMBERSHIP_PERMUTATIONS},
                              ARENA_ARRAY(arena, uint8_t, DRAWS * bytes_of(ranks))};

    *kept = keeping.labels;
    return keeping.labels ? pool_run(pool, TASKS, keep_task, &keeping, error) : error_memory(error);
}

int membership_permute_rules(const struct membership_ranks *ranks, const uint8_t *kept, struct pool *pool, double *maxima,
                             struct error *error)
{
    struct arena *scratch = arena_new();
    struct permuting permuting = {.ranks = ranks, .n_attacks = ranks->n_attacks, .kept = kept};
    const int status = scratch ? take_all(&permuting, pool, scratch, error) : error_memory(error);

    for (size_t draw = 1; draw < DRAWS && !status; draw++)
        maxima[draw - 1] = largest_of_draw(&permuting, draw).rules;
    if (!status)
        sort_doubles(maxima, MEMBERSHIP_PERMUTATIONS);
    arena_free(scratch);
    return status;
}

int membership_permute(const struct membership_ranks *ranks, uint64_t seed, struct pool *pool, struct arena *arena,
                       struct membership_significance *significance, struct error *error)
{
    struct arena *scratch = arena_new();
    struct permuting permuting = {.ranks = ranks, .n_attacks = ranks->n_attacks, .seed = seed};
    int status = scratch ? 0 : error_memory(error);

    if (!status) {
        permuting.exact = ARENA_ARRAY(scratch, double, ranks->n_attacks + 1);
        significance->attack = ARENA_ARRAY(arena, struct membership_p, ranks->n_attacks + 1);
        significance->maxima = ARENA_ARRAY(arena, double, MEMBERSHIP_PERMUTATIONS);
        if (!permuting.exact || !significance->attack || !significance->maxima)
            status = error_memory(error);
    }
    if (!status)
        status = exact_tests(&permuting, error);
    if (!status)
        status = take_all(&permuting, pool, scratch, error);
    if (!status) {
        standardise(&permuting);
        status = compare_draws(&permuting, significance, error);
    }
    arena_free(scratch);
    return status;
}
