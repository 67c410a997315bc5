#include "attacks/reconstruction/game_round.h"

#include <string.h>
#include <unistd.h>

#include "core/hash.h"

#define GAME_WORK 1e8

/* One game in the making. */
struct round {
    const struct games *games;
    size_t index, target;
    struct arena *arena;
    struct table *records;
    struct query_table real; /* the records, coded */
    struct play *play;
    char *tail;
};

/* Synthetic rows whose secret is known, coded. */
struct drawn {
    struct arena *arena; /* with the vocabulary of a command's table */
    struct table *table;
    uint32_t *pick, *class; /* rows of the table, ascending, and the class of their secret */
    size_t n;
    struct query_table coded;
};

/* The game's records: drawn among the population's rows with a known secret, in random order. */
static int draw_records(struct round *round, struct random *random, struct error *error)
{
    const struct games *games = round->games;
    const struct table *population = games->population;
    size_t n = games->options->records;
    uint32_t *pick = ARENA_ARRAY(round->arena, uint32_t, population->rows + 1),
             *class = ARENA_ARRAY(round->arena, uint32_t, population->rows + 1);
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
    int status = table_take(population, pick, n, "records of the game", &round->records, error);
    for (size_t i = 0; i < n; i++)
        pick[i] = (uint32_t)i;
    return status ? status : coding_apply(&games->coding, round->records, pick, n, round->arena, &round->real, error);
}

static double majority_share(const struct games *games, const struct table *records)
{
    size_t count[SECRET_LEVELS] = {0}, most = 0;
    for (size_t i = 0; i < records->rows; i++) {
        size_t held = ++count[secret_class(&games->secret, records, i)];
        most = held > most ? held : most;
    }
    return (double)most / (double)records->rows;
}

/* Two games in a row have opposite coins: each is fair, and whoever always guesses the same is right in half of them and not,
 * by luck, in two thirds. It makes the binomial interval a little too wide, never too narrow. */
static bool toss_coin(uint64_t seed, size_t index)
{
    struct random random;
    random_init(&random, seed, "reconstruction.game.coin", index / 2, 0);
    return (random_below(&random, 2) ^ (index & 1)) == 1;
}

/* Chooses the target and overwrites its secret. */
static int choose_target(struct round *round, struct random *random, struct error *error)
{
    const struct games *games = round->games;
    size_t count = 0, *target = &round->target;
    bool *unique = ARENA_ARRAY(round->arena, bool, round->real.rows + 1);
    int status = unique ? query_table_unique(&round->real, round->arena, unique, &count, error) : error_memory(error);
    if (status)
        return status;
    if (count == 0)
        return error_set(error, ERROR_INPUT, "no record is unique in the quasi-identifiers; name more of them with --quasi");
    size_t skip = random_below(random, count);
    for (*target = 0; !unique[*target] || skip-- > 0; ++*target)
        ;
    round->play->coin = toss_coin(games->options->seed, round->index);
    round->play->unique = (double)count / (double)round->real.rows;
    table_codes(round->records, games->secret.column)[*target] = games->level[round->play->coin];
    round->play->majority = majority_share(games, round->records);
    return 0;
}

/* By way of two files in the work folder. A table that is refused stays there, for whoever asks why. */
static int run_command(const struct round *round, size_t rows, uint64_t seed, struct drawn *drawn, struct error *error)
{
    const struct game_options *options = round->games->options;
    const char *format = "%s/%s-%s-%zu-%ld.csv", *key = round->games->key;
    const long process = (long)getpid();
    struct process_result result = {0};
    struct command_run run = {.train = arena_format(drawn->arena, format, options->work, "input", key, round->index, process),
                              .out = arena_format(drawn->arena, format, options->work, "output", key, round->index, process),
                              .rows = rows,
                              .seed = (uint32_t)hash_mix(seed, rows) & COMMAND_SEED_MASK,
                              .timeout = options->timeout};
    if (!run.train || !run.out)
        return error_memory(error);
    int status = command_train(options->generator, round->records, &run, &result, error);
    memcpy(round->tail, result.tail, sizeof result.tail);
    if (!status)
        status = command_read(run.out, round->games->population->schema, rows, drawn->arena, &drawn->table, error);
    if (!status)
        unlink(run.out);
    return status;
}

static int draw_rows(const struct round *round, size_t rows, uint64_t seed, struct drawn *drawn, struct error *error)
{
    const struct games *games = round->games;
    const struct generator *builtin = games->options->generator->builtin;
    *drawn = (struct drawn){.arena = arena_new()};
    if (!drawn->arena)
        return error_memory(error);
    int status = builtin ? builtin->run(round->records, rows, seed, "synthetic", NULL, &drawn->table, error)
                         : run_command(round, rows, seed, drawn, error);
    if (status)
        return status;
    drawn->pick = ARENA_ARRAY(drawn->arena, uint32_t, rows + 1);
    drawn->class = ARENA_ARRAY(drawn->arena, uint32_t, rows + 1);
    if (!drawn->pick || !drawn->class)
        return error_memory(error);
    drawn->n = secret_known(&games->secret, drawn->table, drawn->pick, drawn->class);
    return coding_apply(&games->coding, drawn->table, drawn->pick, drawn->n, drawn->arena, &drawn->coded, error);
}

static void free_rows(struct drawn *drawn)
{
    table_free(drawn->table);
    arena_free(drawn->arena);
    *drawn = (struct drawn){0};
}

/* With the first `rows` rows. */
static int attack(const struct round *round, const struct drawn *drawn, size_t rows, struct play_point *point,
                  struct error *error)
{
    const struct games *games = round->games;
    const struct game_options *options = games->options;
    const size_t classes = games->secret.classes, n = round->real.rows;
    struct query_table first = drawn->coded;
    struct query_set set;
    struct guesses guesses;
    struct query_options queries = {.order = options->way - 1, .seed = options->seed, .stream = "reconstruction.queries"};
    struct arena *arena = arena_new();
    for (first.rows = 0; first.rows < drawn->n && drawn->pick[first.rows] < rows; first.rows++)
        ;
    int status = arena ? query_set_build(&round->real, &first, drawn->class, classes, &queries, arena, &set, error)
                       : error_memory(error);
    if (!status)
        status = guesses_solve(&set, solver_choose(n, classes, options->exact_records), GAME_WORK, arena, &guesses, error);
    if (!status) {
        const double *score = guesses.score + round->target * classes;
        size_t right = 0;
        for (size_t i = 0; i < n; i++)
            right += guesses.guess[i] == secret_class(&games->secret, round->records, i);
        point->queries = (double)set.matrix.rows;
        point->all_right = (double)right / (double)n;
        point->score = classes == 2 ? score[1] : (1 + score[1] - score[0]) / 2;
        point->right = (point->score >= .5) == round->play->coin;
        point->undetermined = guesses.undetermined[round->target];
    }
    arena_free(arena);
    return status;
}

/* From the largest table down, so that one table serves all where that is allowed. */
static int play_points(const struct round *round, uint64_t seed, struct error *error)
{
    const struct game_options *options = round->games->options;
    const bool one_table = options->generator->builtin || options->prefix;
    struct drawn drawn = {0};
    int status = 0;
    for (size_t m = options->n_rows; m-- > 0 && !status;) {
        if (!one_table)
            free_rows(&drawn);
        if (!drawn.table)
            status = draw_rows(round, options->rows[m], seed, &drawn, error);
        if (!status)
            status = attack(round, &drawn, options->rows[m], &round->play->point[m], error);
    }
    free_rows(&drawn);
    return status;
}

int round_play(const struct games *games, size_t index, struct play *play, char *tail, struct error *error)
{
    struct round round = {.games = games, .index = index, .arena = arena_new(), .play = play, .tail = tail};
    struct random random;
    random_init(&random, games->options->seed, "reconstruction.game", index, 0);
    int status = round.arena ? draw_records(&round, &random, error) : error_memory(error);
    if (!status)
        status = choose_target(&round, &random, error);
    if (!status)
        status = play_points(&round, random_u64(&random), error);
    table_free(round.records);
    arena_free(round.arena);
    return status;
}
