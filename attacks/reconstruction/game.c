#include "attacks/reconstruction/game.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "attacks/reconstruction/game_round.h"
#include "core/outdir.h"
#include "numeric/interval.h"
#include "numeric/ranking.h"

/* The games of a run as tasks of the pool. */
struct match {
    struct games games;
    struct play *plays;
    bool *kept;
    pthread_mutex_t lock; /* guards progress, tail and failed */
    size_t failed;        /* the game that the tail is of; SIZE_MAX: none */
    char *tail;
};

static void end_game(struct match *match, size_t index, int status, const char *tail)
{
    pthread_mutex_lock(&match->lock);
    if (status && index < match->failed) {
        match->failed = index;
        memcpy(match->tail, tail, PROCESS_TAIL + 1);
    }
    if (match->games.options->progress)
        progress_step(match->games.options->progress, "games");
    pthread_mutex_unlock(&match->lock);
}

static int play_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker;
    struct match *match = context;
    const struct games *games = &match->games;
    char tail[PROCESS_TAIL + 1] = "";
    int status = 0;
    match->kept[index] = games->key && round_find(games, index, &match->plays[index]);
    if (!match->kept[index])
        status = round_play(games, index, &match->plays[index], tail, error);
    if (!match->kept[index] && !status && games->key)
        status = round_keep(games, index, &match->plays[index], error);
    if (status == ERROR_INPUT)
        error_context(error, "game %zu of %zu", index + 1, games->options->games);
    end_game(match, index, status, tail);
    return status;
}

static int area_of(const double *score, const uint8_t *coin, size_t games, double level, struct game_point *point,
                   struct error *error)
{
    struct delong area;
    int status = delong(score, coin, games, &area, error);
    if (status)
        return status;
    struct interval interval =
        area.variance > 0 ? interval_logit(area.auc, sqrt(area.variance), level, "DeLong") : delong_interval(&area, level);
    point->auc = area.auc;
    point->auc_lo = interval.lo;
    point->auc_hi = interval.hi;
    return 0;
}

/* Sums first, so that what is the same in all games stays so to the last digit. */
static int sum_point(const struct match *match, size_t m, double *score, uint8_t *coin, struct game_point *point,
                     struct error *error)
{
    const struct game_options *options = match->games.options;
    const double count = (double)options->games;
    size_t undetermined = 0;
    double all = 0, queries = 0;
    *point = (struct game_point){.rows = options->rows[m]};
    for (size_t g = 0; g < options->games; g++) {
        const struct play_point *play = &match->plays[g].point[m];
        point->right += play->right;
        undetermined += play->undetermined;
        all += play->all_right;
        queries += play->queries;
        score[g] = play->score;
        coin[g] = match->plays[g].coin;
    }
    const struct interval share = interval_clopper_pearson(point->right, options->games, options->level);
    point->accuracy = (double)point->right / count;
    point->lo = share.lo;
    point->hi = share.hi;
    point->all_accuracy = all / count;
    point->undetermined = (double)undetermined / count;
    point->queries = queries / count;
    return area_of(score, coin, options->games, options->level, point, error);
}

static int sum_up(const struct match *match, struct arena *arena, struct game_result *result, struct error *error)
{
    const struct game_options *options = match->games.options;
    const size_t count = options->games;
    double *score = ARENA_ARRAY(arena, double, count + 1);
    uint8_t *coin = ARENA_ARRAY(arena, uint8_t, count + 1);
    int status = score && coin ? 0 : error_memory(error);
    result->games = count;
    result->classes = match->games.secret.classes;
    result->solver = solver_choose(options->records, result->classes, options->exact_records);
    for (size_t g = 0; g < count; g++) {
        result->kept += match->kept[g];
        result->unique += match->plays[g].unique;
        result->majority += match->plays[g].majority;
    }
    result->unique /= (double)count;
    result->majority /= (double)count;
    for (size_t m = 0; m < options->n_rows && !status; m++)
        status = sum_point(match, m, score, coin, &result->point[m], error);
    return status;
}

static int check_game(const struct games *games, struct error *error)
{
    const struct game_options *options = games->options;
    bool ascending = options->n_rows > 0 && options->n_rows <= GAME_POINTS && options->rows[0] > 0;
    for (size_t m = 1; ascending && m < options->n_rows; m++)
        ascending = options->rows[m] > options->rows[m - 1];
    if (options->way < 2 || options->way - 1 > options->n_quasi)
        return error_set(error, ERROR_INPUT, "%zu-way queries need at least %zu quasi-identifiers, there are %zu", options->way,
                         options->way - 1, options->n_quasi);
    if (options->games == 0 || options->records < 2 || !ascending)
        return error_set(error, ERROR_INPUT,
                         "a game needs at least one round, two records, and from one to %d different numbers of synthetic rows",
                         (int)GAME_POINTS);
    if (!options->generator->builtin && !options->work)
        return error_set(error, ERROR_INTERNAL, "a command needs a work folder");
    return 0;
}

static int prepare(struct games *games, struct arena *arena, struct error *error)
{
    const struct game_options *options = games->options;
    const struct column_schema *secret = &games->population->schema->columns[options->secret];
    if (column_kind(secret) != KIND_LEVELS)
        return error_set(error, ERROR_INPUT, "the secret '%s' must have levels to be set by a coin", secret->name);
    int status = secret_fit(games->population, options->secret, arena, &games->secret, error);
    if (!status)
        status = check_game(games, error);
    if (!status)
        status = coding_fit(games->population->schema, options->quasi, options->n_quasi, arena, &games->coding, error);
    for (uint32_t l = 0; !status && l < games->secret.n_levels; l++)
        if (games->secret.class_of[l] < 2)
            games->level[games->secret.class_of[l]] = l;
    if (!status && options->work)
        status = folder_make(options->work, error);
    if (!status && options->work)
        status = round_key(games, arena, &games->key, error);
    return status;
}

int game_play(const struct table *population, const struct game_options *options, struct pool *pool, struct game_result *result,
              struct error *error)
{
    struct match match = {.games = {.population = population, .options = options}, .failed = SIZE_MAX, .tail = result->tail};
    struct arena *arena = arena_new();
    int status = arena ? 0 : error_memory(error);
    *result = (struct game_result){0};
    pthread_mutex_init(&match.lock, NULL);
    if (!status)
        status = prepare(&match.games, arena, error);
    if (!status) {
        match.plays = ARENA_ARRAY(arena, struct play, options->games);
        match.kept = ARENA_ARRAY(arena, bool, options->games);
        status = match.plays && match.kept ? 0 : error_memory(error);
    }
    if (!status)
        status = pool_run(pool, options->games, play_task, &match, error);
    if (!status)
        status = sum_up(&match, arena, result, error);
    pthread_mutex_destroy(&match.lock);
    arena_free(arena);
    return status;
}
