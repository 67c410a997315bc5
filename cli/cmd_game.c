/* assay game: the privacy game of reconstruction, played over and over. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/reconstruction/game.h"
#include "cli/command.h"
#include "core/json.h"
#include "core/outdir.h"
#include "datasets/csv.h"

enum { MOST_QUASI = 4096 };

struct settings {
    const char *train, *schema, *method, *secret, *out;
    struct option_list quasi;
    int64_t records, rows, way, games, seed, threads, exact;
};

static const struct option options[] = {
    {"train", OPTION_STRING, offsetof(struct settings, train), "FILE", "population the games draw their records from", 0, 0,
     true},
    {"secret", OPTION_STRING, offsetof(struct settings, secret), "COLUMN", "column to be guessed; it must have two levels", 0,
     0, true},
    {"method", OPTION_STRING, offsetof(struct settings, method), "NAME", "generator under attack (default bootstrap)", 0, 0,
     false},
    {"quasi", OPTION_COMMAS, offsetof(struct settings, quasi), "COL,...",
     "columns the attacker knows (default: all columns with levels or numbers but the secret)", 0, 0, false},
    {"schema", OPTION_STRING, offsetof(struct settings, schema), "FILE", "schema of the population", 0, 0, false},
    {"records", OPTION_INTEGER, offsetof(struct settings, records), "N", "real records a game (default 1000)", 2, 1e6, false},
    {"rows", OPTION_INTEGER, offsetof(struct settings, rows), "N", "synthetic rows a game (default: as many as records)", 1,
     1e8, false},
    {"k", OPTION_INTEGER, offsetof(struct settings, way), "N",
     "a query fixes k - 1 quasi-identifiers and the secret (default 3)", 2, 5, false},
    {"games", OPTION_INTEGER, offsetof(struct settings, games), "N", "rounds to play (default 100)", 1, 1e6, false},
    {"exact", OPTION_INTEGER, offsetof(struct settings, exact), "N",
     "exact L1 up to this many records, weighted least squares above (default 2000)", 0, 20000, false},
    {"seed", OPTION_INTEGER, offsetof(struct settings, seed), "N", "seed of all draws (default 1)", 0, 9e15, false},
    {"threads", OPTION_INTEGER, offsetof(struct settings, threads), "N", "threads (default: all)", 0, 1024, false},
    {"out", OPTION_STRING, offsetof(struct settings, out), "FILE", "also write the result as JSON", 0, 0, false},
    {NULL, 0, 0, NULL, NULL, 0, 0, false}};

static int find_column(const struct schema *schema, const char *name, const char *option, size_t *column, struct error *error)
{
    *column = schema_find(schema, name);
    if (*column == SIZE_MAX)
        return error_set(error, ERROR_INPUT, "--%s: the population has no column '%s'", option, name);
    if (column_kind(&schema->columns[*column]) == KIND_OTHER)
        return error_set(error, ERROR_INPUT, "--%s: '%s' is text or an id and cannot take part", option, name);
    return 0;
}

static int choose_columns(const struct settings *settings, const struct schema *schema, size_t *quasi,
                          struct game_options *game, struct error *error)
{
    int status = find_column(schema, settings->secret, "secret", &game->secret, error);
    game->quasi = quasi;
    if (status || settings->quasi.count == 0) {
        size_t measured[MOST_QUASI], count = schema_measured(schema, measured, MOST_QUASI);
        for (size_t i = 0; i < count && i < MOST_QUASI; i++)
            if (measured[i] != game->secret)
                quasi[game->n_quasi++] = measured[i];
        return status;
    }
    for (size_t i = 0; i < settings->quasi.count && i < MOST_QUASI; i++) {
        status = find_column(schema, settings->quasi.items[i], "quasi", &quasi[game->n_quasi], error);
        if (status)
            return status;
        if (quasi[game->n_quasi++] == game->secret)
            return error_set(error, ERROR_INPUT, "--quasi: '%s' is the secret", settings->quasi.items[i]);
    }
    return 0;
}

static int write_json(const struct settings *settings, const struct game_options *game, const struct game_result *result,
                      struct error *error)
{
    struct strbuf text = STRBUF_INIT;
    cJSON *json = cJSON_CreateObject();
    json_add_string(json, "format", "assay-game");
    json_add_number(json, "version", 1);
    json_add_string(json, "method", game->generator->name);
    json_add_string(json, "secret", settings->secret);
    json_add_number(json, "quasi", (double)game->n_quasi);
    json_add_number(json, "records", (double)game->records);
    json_add_number(json, "rows", (double)game->rows);
    json_add_number(json, "k", (double)game->way);
    json_add_number(json, "games", (double)result->games);
    json_add_number(json, "seed", (double)game->seed);
    json_add_string(json, "solver", solver_name(result->solver));
    json_add_number(json, "accuracy", result->accuracy);
    json_add_number(json, "lo", result->lo);
    json_add_number(json, "hi", result->hi);
    json_add_number(json, "auc", result->auc);
    json_add_number(json, "auc_lo", result->auc_lo);
    json_add_number(json, "auc_hi", result->auc_hi);
    json_add_number(json, "accuracy_all_records", result->all_accuracy);
    json_add_number(json, "undetermined", result->undetermined);
    json_add_number(json, "unique", result->unique);
    json_add_number(json, "queries", result->queries);
    json_print(json, &text);
    cJSON_Delete(json);
    strbuf_addc(&text, '\n');
    int status = text.failed ? error_memory(error) : file_write(settings->out, text.text, text.length, error);
    strbuf_free(&text);
    return status;
}

static void print_table(const struct settings *settings, const struct game_options *game, const struct game_result *result)
{
    printf(
        "reconstruction game: %s, secret '%s', %zu records, %zu synthetic rows, %zu-way queries over %zu quasi-identifiers\n",
        game->generator->name, settings->secret, game->records, game->rows, game->way, game->n_quasi);
    printf("%-12s %8s %9s   %s\n", "", "value", "chance", "95% interval");
    printf("%-12s %8.3f %9.3f   %.3f to %.3f (%zu of %zu coins, Clopper-Pearson)\n", "accuracy", result->accuracy, .5,
           result->lo, result->hi, result->right, result->games);
    printf("%-12s %8.3f %9.3f   %.3f to %.3f (DeLong)\n", "AUC", result->auc, .5, result->auc_lo, result->auc_hi);
    printf("%-12s %8.3f %9s   population inference included\n", "all records", result->all_accuracy, "");
    printf("undetermined targets %.3f, unique records %.3f, queries a game %.0f, solver %s\n", result->undetermined,
           result->unique, result->queries, solver_name(result->solver));
}

static int play(const struct settings *settings, struct error *error)
{
    struct schema *schema = NULL;
    struct table *population = NULL;
    struct pool *pool = NULL;
    struct game_result result;
    size_t quasi[MOST_QUASI];
    struct game_options game = {.generator = generator_find(settings->method),
                                .records = (size_t)settings->records,
                                .rows = (size_t)(settings->rows ? settings->rows : settings->records),
                                .way = (size_t)settings->way,
                                .games = (size_t)settings->games,
                                .exact_records = (size_t)settings->exact,
                                .seed = (uint64_t)settings->seed,
                                .level = .95};
    if (!game.generator)
        return error_set(error, ERROR_INPUT, "unknown generator '%s'; see assay generate --help", settings->method);
    int status = csv_read_train(settings->train, settings->schema, &schema, &population, NULL, error);
    if (!status)
        status = choose_columns(settings, schema, quasi, &game, error);
    if (!status)
        status = pool_new(&pool, (size_t)settings->threads, error);
    if (!status)
        status = game_play(population, &game, pool, &result, error);
    if (!status) {
        print_table(settings, &game, &result);
        status = settings->out ? write_json(settings, &game, &result, error) : 0;
    }
    pool_free(pool);
    table_free(population);
    schema_free(schema);
    return status;
}

static int run(int argc, char **argv)
{
    struct settings settings = {.method = "bootstrap", .records = 1000, .way = 3, .games = 100, .exact = 2000, .seed = 1};
    int status;
    if (!command_begin(&command_game, argc, argv, &settings, NULL, &status))
        return status;
    struct error error = {0};
    status = play(&settings, &error) ? command_fail(&error) : EXIT_PASS;
    options_free(&command_game, &settings, NULL);
    return status;
}

const struct command command_game = {
    .name = "game",
    .usage = "--train FILE --secret COLUMN [OPTIONS]",
    .summary = "play the reconstruction game against a generator",
    .description =
        "Each game draws records, overwrites the secret of one that is unique in its quasi-identifiers by a fair coin, runs "
        "the "
        "generator on them, and lets the linear reconstruction attack guess the coin from the synthetic rows and the records' "
        "quasi-identifiers. The coin depends on nothing, so accuracy above 1/2 is leakage about that very record.\n\n"
        "Example: assay game --train people.csv --method bootstrap --secret sex --records 1000 --rows 100000 --games 100",
    .options = options,
    .run = run,
};
