#include "attacks/membership/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "numeric/sort.h"

/* The score that fpr of a half's non-members are let past. */
static double threshold_of(const struct membership_ranks *ranks, size_t attack, size_t half, double fpr, const uint8_t *label)
{
    const struct ranked_scores *ranked = &ranks->attack[attack];
    size_t allowed = (size_t)floor(fpr * (double)ranks->nonmembers[half] + 1e-9), passed = 0, i = 0;

    for (; i + 1 < ranks->rows[half]; i++) {
        passed += !label[ranked->target[half][i]];
        if (passed > allowed)
            break;
    }
    return ranked->score[half][i];
}

struct rule_counts rule_count(const struct membership_ranks *ranks, size_t attack, double fpr, const uint8_t *label)
{
    const struct ranked_scores *ranked = &ranks->attack[attack];
    struct rule_counts counts = {{0}, {0}, {0}};

    for (size_t half = 0; half < 2; half++) {
        double threshold = threshold_of(ranks, attack, 1 - half, fpr, label);
        size_t i = 0;

        for (; i < ranks->rows[half] && ranked->score[half][i] > threshold; i++)
            counts.tp[half] += label[ranked->target[half][i]];
        counts.fp[half] = i - counts.tp[half];
        counts.threshold[half] = threshold;
    }
    return counts;
}

size_t ranks_first_point(const struct membership_ranks *ranks)
{
    return MEMBERSHIP_POINTS - membership_points_supported(ranks->trial->n_targets - ranks->trial->n_members);
}

int dealing_new(const struct membership_ranks *ranks, struct dealing *dealing, struct error *error)
{
    dealing->label = malloc(ranks->trial->n_targets + 1);
    for (size_t half = 0; half < 2; half++) {
        dealing->order[half] = malloc((ranks->rows[half] + 1) * sizeof *dealing->order[half]);
        if (dealing->order[half])
            memcpy(dealing->order[half], ranks->of_half[half], ranks->rows[half] * sizeof *dealing->order[half]);
    }
    return dealing->label && dealing->order[0] && dealing->order[1] ? 0 : error_memory(error);
}

void dealing_free(struct dealing *dealing)
{
    free(dealing->label);
    free(dealing->order[0]);
    free(dealing->order[1]);
}

void deal_true(const struct membership_ranks *ranks, struct dealing *dealing)
{
    for (size_t i = 0; i < ranks->trial->n_targets; i++)
        dealing->label[i] = i < ranks->trial->n_members;
}

void deal_anew(const struct membership_ranks *ranks, struct dealing *dealing, uint64_t seed, const char *stream,
               uint64_t number)
{
    struct random random;

    memset(dealing->label, 1, ranks->trial->n_targets);
    random_init(&random, seed, stream, number, 0);
    for (size_t half = 0; half < 2; half++)
        for (size_t i = 0; i < ranks->nonmembers[half]; i++) {
            size_t j = i + random_below(&random, ranks->rows[half] - i);
            uint32_t chosen = dealing->order[half][j];

            dealing->order[half][j] = dealing->order[half][i];
            dealing->order[half][i] = chosen;
            dealing->label[chosen] = 0;
        }
}

struct ranking {
    const struct membership_ranks *ranks;
    double *const *score;
};

static int rank_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct ranking *ranking = context;
    const struct membership_trial *trial = ranking->ranks->trial;
    struct ranked_scores *ranked = &ranking->ranks->attack[index];
    const double *score = ranking->score[index];
    size_t n = trial->n_targets, filled[2] = {0, 0};
    uint32_t *order = malloc((n + 1) * sizeof *order);
    int status = order ? sort_order(score, n, order, error) : error_memory(error);

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
    free(order);
    return status;
}

static int make_room(struct membership_ranks *ranks, struct arena *arena, struct error *error)
{
    const struct membership_trial *trial = ranks->trial;

    ranks->attack = ARENA_ARRAY(arena, struct ranked_scores, ranks->n_attacks + 1);
    for (size_t half = 0; half < 2; half++)
        ranks->of_half[half] = ARENA_ARRAY(arena, uint32_t, trial->n_targets + 1);
    if (!ranks->attack || !ranks->of_half[0] || !ranks->of_half[1])
        return error_memory(error);
    for (uint32_t i = 0; i < trial->n_targets; i++) {
        uint8_t half = trial->half[i];

        ranks->of_half[half][ranks->rows[half]++] = i;
        ranks->nonmembers[half] += i >= trial->n_members;
    }
    for (size_t a = 0; a < ranks->n_attacks; a++) {
        struct ranked_scores *ranked = &ranks->attack[a];

        ranked->midrank = ARENA_ARRAY(arena, double, trial->n_targets + 1);
        for (size_t half = 0; half < 2; half++) {
            ranked->target[half] = ARENA_ARRAY(arena, uint32_t, ranks->rows[half] + 1);
            ranked->score[half] = ARENA_ARRAY(arena, double, ranks->rows[half] + 1);
            if (!ranked->midrank || !ranked->target[half] || !ranked->score[half])
                return error_memory(error);
        }
    }
    return 0;
}

int membership_ranks_make(const struct membership_trial *trial, double *const *score, size_t n_attacks, struct pool *pool,
                          struct arena *arena, struct membership_ranks *ranks, struct error *error)
{
    struct ranking ranking = {ranks, score};
    int status;

    *ranks = (struct membership_ranks){.trial = trial, .n_attacks = n_attacks};
    status = make_room(ranks, arena, error);
    return status ? status : pool_run(pool, n_attacks, rank_task, &ranking, error);
}
