#include "attacks/reconstruction/game.h"

#include <math.h>

#include "attacks/reconstruction/coding.h"
#include "numeric/interval.h"
#include "numeric/ranking.h"

#define GAME_WORK 1e8

struct play {
    bool right, coin, undetermined;
    double score;
    double unique, queries, all_right;
};

struct games {
    const struct table *population;
    const struct game_options *options;
    struct secret secret;
    struct coding coding;
    uint32_t level[2]; /* codes of classes 0 and 1 */
    struct play *plays;
};

/* The game's records: drawn among the population's rows with a known secret, in random order. */
static int draw_records(const struct games *games, struct random *random, struct arena *arena, struct table **records,
                        struct error *error)
{
    const struct table *population = games->population;
    size_t n = games->options->records;
    uint32_t *pick = ARENA_ARRAY(arena, uint32_t, population->rows + 1),
             *class = ARENA_ARRAY(arena, uint32_t, population->rows + 1);
    if (!pick || !class)
        return error_memory(error);
    size_t known = secret_known(&games->secret, population, pick, class);
    if (known < n)
        return error_set(error, ERROR_INPUT, "%zu records were asked for, '%s' has %zu rows with a known secret", n,
                         population->name, known);
    for (size_t i = 0; i < n; i++) {
        size_t j = i + random_below(random, known - i);
        uint32_t swap = pick[i];
        pick[i] = pick[j];
        pick[j] = swap;
    }
    return table_take(population, pick, n, "records of the game", records, error);
}

/* Chooses the target and overwrites its secret. */
static int choose_target(const struct games *games, struct random *random, struct table *records,
                         const struct query_table *real, struct arena *arena, struct play *play, size_t *target,
                         struct error *error)
{
    size_t count = 0;
    bool *unique = ARENA_ARRAY(arena, bool, real->rows + 1);
    int status = unique ? query_table_unique(real, arena, unique, &count, error) : error_memory(error);
    if (status)
        return status;
    if (count == 0)
        return error_set(error, ERROR_INPUT, "no record is unique in the quasi-identifiers; name more of them with --quasi");
    size_t skip = random_below(random, count);
    for (*target = 0; !unique[*target] || skip-- > 0; ++*target)
        ;
    play->coin = random_below(random, 2) == 1;
    play->unique = (double)count / (double)real->rows;
    table_codes(records, games->secret.column)[*target] = games->level[play->coin];
    return 0;
}

static int attack(const struct games *games, const struct query_table *real, const struct table *records,
                  const struct table *synthetic, struct arena *arena, struct guesses *guesses, struct play *play,
                  struct error *error)
{
    const struct game_options *options = games->options;
    struct query_table drawn;
    struct query_set set;
    uint32_t *pick = ARENA_ARRAY(arena, uint32_t, synthetic->rows + 1),
             *class = ARENA_ARRAY(arena, uint32_t, synthetic->rows + 1);
    if (!pick || !class)
        return error_memory(error);
    size_t rows = secret_known(&games->secret, synthetic, pick, class);
    int status = coding_apply(&games->coding, synthetic, pick, rows, arena, &drawn, error);
    struct query_options queries = {.order = options->way - 1, .seed = options->seed, .stream = "reconstruction.queries"};
    if (!status)
        status = query_set_build(real, &drawn, class, 2, &queries, arena, &set, error);
    if (!status)
        status = guesses_solve(&set, solver_choose(real->rows, 2, options->exact_records), GAME_WORK, arena, guesses, error);
    if (status)
        return status;
    play->queries = (double)set.matrix.rows;
    for (size_t i = 0; i < real->rows; i++)
        play->all_right += guesses->guess[i] == secret_class(&games->secret, records, i);
    play->all_right /= (double)real->rows;
    return 0;
}

static int play_one(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker;
    struct games *games = context;
    struct play *play = &games->plays[index];
    struct table *records = NULL, *synthetic = NULL;
    struct query_table real;
    struct guesses guesses;
    struct random random;
    size_t target = 0, n = games->options->records;
    random_init(&random, games->options->seed, "reconstruction.game", index, 0);
    struct arena *arena = arena_new();
    uint32_t *all = arena ? ARENA_ARRAY(arena, uint32_t, n + 1) : NULL;
    int status = all ? draw_records(games, &random, arena, &records, error) : error_memory(error);
    for (size_t i = 0; !status && i < n; i++)
        all[i] = (uint32_t)i;
    if (!status)
        status = coding_apply(&games->coding, records, all, n, arena, &real, error);
    if (!status)
        status = choose_target(games, &random, records, &real, arena, play, &target, error);
    if (!status)
        status = games->options->generator->run(records, games->options->rows, random_u64(&random), "synthetic", NULL,
                                                &synthetic, error);
    if (!status)
        status = attack(games, &real, records, synthetic, arena, &guesses, play, error);
    if (!status) {
        play->right = (guesses.guess[target] == 1) == play->coin;
        play->score = guesses.score[target * 2 + 1];
        play->undetermined = guesses.undetermined[target];
    }
    table_free(records);
    table_free(synthetic);
    arena_free(arena);
    return status;
}

static int sum_up(const struct games *games, struct arena *arena, struct game_result *result, struct error *error)
{
    size_t count = games->options->games;
    double *score = ARENA_ARRAY(arena, double, count + 1);
    uint8_t *coin = ARENA_ARRAY(arena, uint8_t, count + 1);
    if (!score || !coin)
        return error_memory(error);
    *result = (struct game_result){.games = count,
                                   .solver = solver_choose(games->options->records, 2, games->options->exact_records)};
    for (size_t g = 0; g < count; g++) {
        const struct play *play = &games->plays[g];
        result->right += play->right;
        result->all_accuracy += play->all_right / (double)count;
        result->undetermined += (double)play->undetermined / (double)count;
        result->unique += play->unique / (double)count;
        result->queries += play->queries / (double)count;
        score[g] = play->score;
        coin[g] = play->coin;
    }
    struct interval share = interval_clopper_pearson(result->right, count, games->options->level);
    result->accuracy = (double)result->right / (double)count;
    result->lo = share.lo;
    result->hi = share.hi;
    struct delong area;
    int status = delong(score, coin, count, &area, error);
    if (status)
        return status;
    double level = games->options->level;
    struct interval interval =
        area.variance > 0 ? interval_logit(area.auc, sqrt(area.variance), level, "DeLong") : delong_interval(&area, level);
    result->auc = area.auc;
    result->auc_lo = interval.lo;
    result->auc_hi = interval.hi;
    return 0;
}

static int check_game(const struct games *games, struct error *error)
{
    const struct game_options *options = games->options;
    const struct column_schema *secret = &games->population->schema->columns[options->secret];
    if (column_kind(secret) != KIND_LEVELS || games->secret.classes != 2)
        return error_set(error, ERROR_INPUT, "the secret '%s' must have two levels to be set by a coin", secret->name);
    if (options->way < 2 || options->way - 1 > options->n_quasi)
        return error_set(error, ERROR_INPUT, "%zu-way queries need at least %zu quasi-identifiers, there are %zu", options->way,
                         options->way - 1, options->n_quasi);
    if (options->games == 0 || options->records < 2 || options->rows == 0)
        return error_set(error, ERROR_INPUT, "a game needs at least one round, two records and one synthetic row");
    return 0;
}

int game_play(const struct table *population, const struct game_options *options, struct pool *pool, struct game_result *result,
              struct error *error)
{
    struct games games = {.population = population, .options = options};
    struct arena *arena = arena_new();
    int status = arena ? secret_fit(population, options->secret, arena, &games.secret, error) : error_memory(error);
    if (!status)
        status = check_game(&games, error);
    if (status)
        goto out;
    for (uint32_t l = 0; l < games.secret.n_levels; l++)
        if (games.secret.class_of[l] < 2)
            games.level[games.secret.class_of[l]] = l;
    games.plays = ARENA_ARRAY(arena, struct play, options->games);
    status = games.plays ? coding_fit(population->schema, options->quasi, options->n_quasi, arena, &games.coding, error)
                         : error_memory(error);
    if (!status)
        status = pool_run(pool, options->games, play_one, &games, error);
    if (!status)
        status = sum_up(&games, arena, result, error);
out:
    arena_free(arena);
    return status;
}
