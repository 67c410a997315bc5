/* Guessing the coins. */
#include <math.h>
#include <stdlib.h>

#include "attacks/canary/canary.h"
#include "attacks/membership/attack.h"
#include "attacks/membership/view.h"
#include "attacks/tables.h"
#include "core/random.h"
#include "numeric/privacy_bounds.h"
#include "numeric/sort.h"

/* Shares of a half that are guessed, all on the side of the highest scores or half of them on either side. */
static const double shares[] = {.02, .05, .1, .2, .5, 1};
enum { N_SHARES = sizeof shares / sizeof shares[0] };

struct rule {
    size_t attack;
    double share;
    bool both;
};

/* One half of the canaries. */
struct half {
    size_t m;
    uint32_t **order; /* [attacks][m]: canaries in ascending order of score */
};

struct game {
    const struct canaries *canaries;
    size_t n_attacks;
    double **score; /* [attacks][canaries] */
    struct half half[2];
    struct arena *arena;
};

/* The canaries stand in train's place: scales and targets are theirs, and no coin goes into a score. */
static int score_canaries(struct game *game, const struct table *candidate, const struct table *reference, uint64_t seed,
                          struct pool *pool, struct error *error)
{
    struct table *canaries = game->canaries->table;
    struct dataset data = {.target = SIZE_MAX};
    struct measure_task task = {
        .data = &data, .reference = canaries, .subject = candidate, .seed = seed, .level = .95, .pool = pool};
    struct membership_targets targets = {
        .n_targets = canaries->rows, .n_members = canaries->rows, .reference_rows = reference->rows, .reference = reference};
    struct membership_view view;
    struct neighbour_columns none;
    const struct neighbour_scale *ranks, *exact;
    struct table reference_table = *reference;
    int status = artifacts_new(&task.artifacts, error);

    data.train.table = canaries;
    data.holdout.table = &reference_table;
    data.schema = (struct schema *)(uintptr_t)canaries->schema;
    targets.stranger = ARENA_ARRAY(game->arena, uint32_t, 1);
    targets.half = ARENA_ARRAY(game->arena, uint8_t, canaries->rows + 1);
    if (!status && (!targets.stranger || !targets.half))
        status = error_memory(error);
    if (!status)
        status = coded_scale(&task, NEIGHBOUR_RANK_GOWER, &ranks, error);
    if (!status)
        status = coded_scale(&task, NEIGHBOUR_GOWER, &exact, error);
    if (!status)
        status = coded_columns(reference, targets.stranger, 0, game->arena, &none, error);
    if (!status)
        status = neighbour_encode(ranks, &none, game->arena, &targets.ranked, error);
    if (!status)
        status = neighbour_encode(exact, &none, game->arena, &targets.exact, error);
    if (!status)
        status = coded_table(&task, NEIGHBOUR_RANK_GOWER, reference, &targets.reference_ranked, error);
    if (!status)
        status = coded_table(&task, NEIGHBOUR_GOWER, reference, &targets.reference_exact, error);
    if (!status)
        status = membership_view_make(&task, &targets, game->arena, &view, error);
    for (size_t a = 0; a < game->n_attacks && !status; a++)
        for (size_t i = 0; i < canaries->rows; i++)
            game->score[a][i] = membership_attacks[a]->score(&view, i, PLANT_NONE);
    artifacts_free(task.artifacts);
    return status;
}

/* A half in a random order, then by score: equal scores stay in random order. */
static int order_half(struct game *game, struct half *half, const uint32_t *member, struct error *error)
{
    double *value = ARENA_ARRAY(game->arena, double, half->m + 1);

    half->order = ARENA_ARRAY(game->arena, uint32_t *, game->n_attacks + 1);
    if (!value || !half->order)
        return error_memory(error);
    for (size_t a = 0; a < game->n_attacks; a++) {
        uint32_t *order = half->order[a] = ARENA_ARRAY(game->arena, uint32_t, half->m + 1);
        int status;

        if (!order)
            return error_memory(error);
        for (size_t i = 0; i < half->m; i++)
            value[i] = game->score[a][member[i]];
        status = sort_order(value, half->m, order, error);
        if (status)
            return status;
        for (size_t i = 0; i < half->m; i++)
            order[i] = member[order[i]];
    }
    return 0;
}

static int cut_halves(struct game *game, uint64_t seed, struct error *error)
{
    const size_t n = game->canaries->table->rows;
    uint32_t *order = ARENA_ARRAY(game->arena, uint32_t, n + 1);
    struct random random;
    int status;

    if (!order)
        return error_memory(error);
    random_init(&random, seed, "canary halves", 0, 0);
    random_permutation(&random, n, order);
    game->half[0].m = n / 2;
    game->half[1].m = n - n / 2;
    status = order_half(game, &game->half[0], order, error);
    return status ? status : order_half(game, &game->half[1], order + n / 2, error);
}

static void count_guesses(const struct game *game, size_t h, const struct rule *rule, struct canary_guess *guess)
{
    const struct half *half = &game->half[h];
    const size_t r = (size_t)rint(rule->share * (double)half->m), low = rule->both ? r / 2 : 0;
    const uint32_t *order = half->order[rule->attack];

    *guess = (struct canary_guess){.attack = membership_attacks[rule->attack]->name, .both = rule->both, .m = half->m, .r = r};
    for (size_t k = 0; k < low; k++)
        guess->v += !game->canaries->in[order[k]];
    for (size_t k = half->m - (r - low); k < half->m; k++)
        guess->v += game->canaries->in[order[k]];
}

/* δ is left out of the choice, where it would cost time and change little. */
static struct rule choose_rule(const struct game *game, size_t h, double p)
{
    struct rule best = {0, shares[0], false};
    double most = -1;

    for (size_t a = 0; a < game->n_attacks; a++)
        for (size_t s = 0; s < N_SHARES; s++)
            for (size_t both = 0; both < 2; both++) {
                const struct rule rule = {a, shares[s], both};
                struct canary_guess guess;
                double epsilon;

                count_guesses(game, h, &rule, &guess);
                if (guess.r == 0)
                    continue;
                epsilon = one_run_epsilon(guess.m, guess.r, guess.v, 0, p);
                if (epsilon > most) {
                    most = epsilon;
                    best = rule;
                }
            }
    return best;
}

int canaries_check(const struct canaries *canaries, const struct table *candidate, const struct table *reference, uint64_t seed,
                   double delta, double alpha, struct pool *pool, struct canary_verdict *verdict, struct error *error)
{
    struct game game = {.canaries = canaries, .arena = arena_new()};
    int status = game.arena ? 0 : error_memory(error);

    *verdict = (struct canary_verdict){0};
    if (!status && canaries->table->rows < CANARY_LEAST)
        status = error_set(error, ERROR_UNMEASURABLE, "%zu canaries are too few to prove anything; %d are the least",
                           canaries->table->rows, CANARY_LEAST);
    while (!status && membership_attacks[game.n_attacks])
        game.n_attacks++;
    if (!status && !(game.score = ARENA_ARRAY(game.arena, double *, game.n_attacks + 1)))
        status = error_memory(error);
    for (size_t a = 0; a < game.n_attacks && !status; a++)
        if (!(game.score[a] = ARENA_ARRAY(game.arena, double, canaries->table->rows + 1)))
            status = error_memory(error);
    if (!status)
        status = score_canaries(&game, candidate, reference, seed, pool, error);
    if (!status)
        status = cut_halves(&game, seed, error);
    for (size_t h = 0; h < 2 && !status; h++) {
        const struct rule rule = choose_rule(&game, h, alpha / 2);
        struct canary_guess *guess = &verdict->guess[h];

        count_guesses(&game, 1 - h, &rule, guess);
        guess->epsilon = one_run_epsilon(guess->m, guess->r, guess->v, delta, alpha / 2);
    }
    verdict->best = verdict->guess[1].epsilon > verdict->guess[0].epsilon;
    arena_free(game.arena);
    return status;
}
