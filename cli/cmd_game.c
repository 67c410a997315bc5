/* assay game: the privacy game of reconstruction, played over and over. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/reconstruction/game.h"
#include "cli/command.h"
#include "core/json.h"
#include "core/outdir.h"
#include "core/version.h"
#include "datasets/csv.h"

enum { MOST_QUASI = 4096 };

static const double MOST_ROWS = 1e8;

struct settings {
    const char *train, *schema, *method, *generator, *work, *secret, *out;
    struct option_list quasi, rows;
    int64_t records, way, games, seed, threads, exact;
    double timeout;
    bool prefix;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct option options[] = {
    {"train", OPTION_STRING, FIELD(train), "FILE", "population the games draw their records from (CSV, may be gzipped)", 0, 0,
     true},
    {"secret", OPTION_STRING, FIELD(secret), "COLUMN",
     "column to be guessed, with two levels or more; of more than two the coin picks one of the two most frequent", 0, 0, true},
    {"generator", OPTION_STRING, FIELD(generator), "CMD",
     "the generator under attack: a built-in one's name, or a command such as 'program {train} {rows} {seed} {out}', run "
     "without a shell (default bootstrap)",
     0, 0, false},
    {"method", OPTION_STRING, FIELD(method), "NAME", "the same for a built-in generator alone", 0, 0, false},
    {"generator-timeout", OPTION_NUMBER, FIELD(timeout), "SECONDS",
     "stop a run of the --generator command that takes longer (default 600)", 0.1, 1e7, false},
    {"quasi", OPTION_COMMAS, FIELD(quasi), "COL,...",
     "columns the attacker knows (default: all columns with levels or numbers but the secret)", 0, 0, false},
    {"schema", OPTION_STRING, FIELD(schema), "FILE", "schema of the population", 0, 0, false},
    {"records", OPTION_INTEGER, FIELD(records), "N", "real records a game (default 1000)", 2, 1e6, false},
    {"rows", OPTION_COMMAS, FIELD(rows), "M,...",
     "synthetic rows a game; several numbers, such as 100,1000,10000, are played in the same games (default: as many as "
     "records)",
     0, 0, false},
    {"prefix", OPTION_FLAG, FIELD(prefix), NULL,
     "a command's rows come in no order: run it once a game, for the largest of --rows, and take its first rows as the smaller "
     "tables (default: one run for each; built-in generators are always run once)",
     0, 0, false},
    {"k", OPTION_INTEGER, FIELD(way), "N", "a query fixes k - 1 quasi-identifiers and the secret (default 3)", 2, 5, false},
    {"games", OPTION_INTEGER, FIELD(games), "N", "rounds to play (default 100)", 1, 1e6, false},
    {"exact", OPTION_INTEGER, FIELD(exact), "N",
     "exact L1 up to this many records, weighted least squares above (default 2000)", 0, 20000, false},
    {"seed", OPTION_INTEGER, FIELD(seed), "N", "seed of all draws (default 1)", 0, 9e15, false},
    {"threads", OPTION_INTEGER, FIELD(threads), "N", "games at a time (default: all processors); results do not depend on it",
     0, 1024, false},
    {"work", OPTION_STRING, FIELD(work), "DIR",
     "folder for finished games, which a later run of the same command does not play again (default for a command: --out with "
     ".work added, or assay-game.work)",
     0, 0, false},
    {"out", OPTION_STRING, FIELD(out), "FILE", "also write the result as JSON, which assay report draws; - is standard output",
     0, 0, false},
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

static int parse_rows(const char *text, size_t *rows, struct error *error)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long number = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    if (!end || *end || errno || number == 0 || (double)number > MOST_ROWS)
        return error_set(error, ERROR_INPUT, "--rows: '%.100s' is no whole number from 1 to %.0f; write 100,1000,10000", text,
                         MOST_ROWS);
    *rows = (size_t)number;
    return 0;
}

/* In ascending order. */
static int choose_rows(const struct settings *settings, size_t *rows, struct game_options *game, struct error *error)
{
    game->rows = rows;
    game->n_rows = settings->rows.count > 0 ? settings->rows.count : 1;
    rows[0] = (size_t)settings->records;
    if (game->n_rows > GAME_POINTS)
        return error_set(error, ERROR_INPUT, "--rows: at most %d numbers can be played at once", (int)GAME_POINTS);
    for (size_t m = 0; m < settings->rows.count; m++) {
        size_t number = 0, at = m;
        const int status = parse_rows(settings->rows.items[m], &number, error);
        if (status)
            return status;
        for (; at > 0 && rows[at - 1] > number; at--)
            rows[at] = rows[at - 1];
        rows[at] = number;
        if (at > 0 && rows[at - 1] == number)
            return error_set(error, ERROR_INPUT, "--rows: %zu is given twice", number);
    }
    return 0;
}

static void add_point(cJSON *json, const struct game_point *point)
{
    json_add_number(json, "accuracy", point->accuracy);
    json_add_number(json, "lo", point->lo);
    json_add_number(json, "hi", point->hi);
    json_add_number(json, "auc", point->auc);
    json_add_number(json, "auc_lo", point->auc_lo);
    json_add_number(json, "auc_hi", point->auc_hi);
    json_add_number(json, "accuracy_all_records", point->all_accuracy);
    json_add_number(json, "undetermined", point->undetermined);
    json_add_number(json, "queries", point->queries);
}

static cJSON *game_json(const struct settings *settings, const struct schema *schema, const struct input_file *train,
                        const struct game_options *game, const struct game_result *result)
{
    cJSON *json = cJSON_CreateObject(), *population, *list;
    json_add_string(json, "format", "assay-game");
    json_add_number(json, "version", 1);
    json_add_string(json, "assay", ASSAY_VERSION);
    json_add_string(json, "method", game->generator->name);
    json_add_bool(json, "builtin", game->generator->builtin != NULL);
    json_add_string(json, "secret", settings->secret);
    json_add_number(json, "secret_classes", (double)result->classes);
    json_add_number(json, "quasi", (double)game->n_quasi);
    list = json_add_array(json, "quasi_columns");
    for (size_t a = 0; a < game->n_quasi; a++)
        json_push_string(list, schema->columns[game->quasi[a]].name);
    json_add_number(json, "records", (double)game->records);
    if (game->n_rows == 1)
        json_add_number(json, "rows", (double)game->rows[0]);
    json_add_number(json, "k", (double)game->way);
    json_add_number(json, "games", (double)result->games);
    json_add_number(json, "seed", (double)game->seed);
    json_add_number(json, "level", game->level);
    json_add_string(json, "solver", solver_name(result->solver));
    json_add_bool(json, "one_table", game->generator->builtin || game->prefix);
    if (game->n_rows == 1)
        add_point(json, &result->point[0]);
    json_add_number(json, "unique", result->unique);
    json_add_number(json, "majority", result->majority);
    population = json_add_object(json, "population");
    json_add_string(population, "sha256", train->sha256);
    json_add_number(population, "rows", (double)train->table->rows);
    list = json_add_array(json, "curve");
    for (size_t m = 0; m < game->n_rows; m++) {
        cJSON *item = json_push_object(list);
        json_add_number(item, "rows", (double)game->rows[m]);
        json_add_number(item, "games", (double)result->games);
        json_add_number(item, "right", (double)result->point[m].right);
        add_point(item, &result->point[m]);
    }
    return json;
}

static void print_estimate(double value, double lo, double hi)
{
    if (isfinite(value))
        printf("  %.3f (%.3f to %.3f)", value, lo, hi);
    else
        printf("  %-22s", "not known");
}

static void print_table(const struct settings *settings, const struct game_options *game, const struct game_result *result)
{
    printf("reconstruction game: %s, secret '%s', %zu records, %zu-way queries over %zu quasi-identifiers, %zu games\n",
           game->generator->name, settings->secret, game->records, game->way, game->n_quasi, result->games);
    printf("%14s  %-22s  %-22s %12s %13s %8s\n", "synthetic rows", "accuracy (95 %)", "AUC (95 %)", "all records",
           "undetermined", "queries");
    for (size_t m = 0; m < game->n_rows; m++) {
        const struct game_point *point = &result->point[m];
        printf("%14zu", point->rows);
        print_estimate(point->accuracy, point->lo, point->hi);
        print_estimate(point->auc, point->auc_lo, point->auc_hi);
        printf(" %12.3f %13.3f %8.0f\n", point->all_accuracy, point->undetermined, point->queries);
    }
    printf(
        "accuracy: coins guessed right, chance is 0.500 by construction (Clopper-Pearson); AUC: DeLong\n"
        "all records: share guessed right of all, population inference included; the most frequent secret is right for %.3f\n"
        "unique records %.3f, solver %s\n",
        result->majority, result->unique, solver_name(result->solver));
}

static int show(const struct settings *settings, const struct schema *schema, const struct input_file *train,
                const struct game_options *game, const struct game_result *result, struct error *error)
{
    struct strbuf text = STRBUF_INIT;
    cJSON *json = settings->out ? game_json(settings, schema, train, game, result) : NULL;
    int status = 0;
    if (!settings->out || strcmp(settings->out, "-") != 0)
        print_table(settings, game, result);
    if (result->kept > 0)
        command_note("%zu of %zu games were found in %s", result->kept, result->games, game->work);
    if (json) {
        json_print(json, &text);
        strbuf_addc(&text, '\n');
        status = text.failed ? error_memory(error) : file_write(settings->out, text.text, text.length, error);
    }
    cJSON_Delete(json);
    strbuf_free(&text);
    return status;
}

/* The folder for finished games: a command needs one for its files. */
static int choose_work(const struct settings *settings, struct arena *arena, struct game_options *game, struct error *error)
{
    game->work = settings->work;
    if (game->work || game->generator->builtin)
        return 0;
    const bool beside = settings->out && strcmp(settings->out, "-") != 0;
    game->work = beside ? arena_format(arena, "%s.work", settings->out) : "assay-game.work";
    return game->work ? 0 : error_memory(error);
}

static int choose_generator(const struct settings *settings, struct arena *arena, struct generator_choice *choice,
                            struct error *error)
{
    const char *const inputs[] = {settings->train, settings->schema};
    int status = file_apart(settings->out, inputs, sizeof inputs / sizeof inputs[0], error);
    if (status)
        return status;
    if (settings->method && settings->generator)
        return error_set(error, ERROR_INPUT, "--method and --generator both name a generator: drop one of the two");
    if (settings->method && !generator_find(settings->method))
        return error_set(error, ERROR_INPUT, "unknown generator '%s'; see assay generate --method help", settings->method);
    const char *text = settings->method ? settings->method : settings->generator ? settings->generator : "bootstrap";
    status = generator_choose(text, arena, choice, error);
    if (!status && choice->builtin && settings->prefix)
        return error_set(error, ERROR_INPUT, "--prefix is for commands; '%s' is run once a game anyway", choice->name);
    if (!status && choice->builtin && settings->timeout > 0)
        return error_set(error, ERROR_INPUT, "--generator-timeout is for commands; '%s' is a built-in generator", choice->name);
    return status;
}

static int play(const struct settings *settings, struct arena *arena, struct error *error)
{
    struct schema *schema = NULL;
    struct input_file train = {0};
    struct pool *pool = NULL;
    struct generator_choice generator = {0};
    struct game_result result = {0};
    struct progress progress;
    size_t quasi[MOST_QUASI], rows[GAME_POINTS];
    struct game_options game = {.generator = &generator,
                                .timeout = settings->timeout > 0 ? settings->timeout : 600,
                                .prefix = settings->prefix,
                                .records = (size_t)settings->records,
                                .way = (size_t)settings->way,
                                .games = (size_t)settings->games,
                                .exact_records = (size_t)settings->exact,
                                .seed = (uint64_t)settings->seed,
                                .level = .95,
                                .progress = &progress};
    int status = choose_generator(settings, arena, &generator, error);
    if (!status)
        status = choose_work(settings, arena, &game, error);
    if (!status)
        status = choose_rows(settings, rows, &game, error);
    if (!status)
        status = csv_read_train(settings->train, settings->schema, &schema, &train.table, &train, error);
    if (!status)
        status = choose_columns(settings, schema, quasi, &game, error);
    if (!status)
        status = pool_new(&pool, (size_t)settings->threads, error);
    progress_start(&progress, game.games);
    if (!status)
        status = game_play(train.table, &game, pool, &result, error);
    progress_end(&progress);
    if (!status)
        status = show(settings, schema, &train, &game, &result, error);
    else if (result.tail[0])
        fprintf(stderr, "assay: --generator: the command's last output:\n%s\n", result.tail);
    pool_free(pool);
    table_free(train.table);
    schema_free(schema);
    return status;
}

static int run(int argc, char **argv)
{
    struct settings settings = {.records = 1000, .way = 3, .games = 100, .exact = 2000, .seed = 1};
    int status;
    if (!command_begin(&command_game, argc, argv, &settings, NULL, &status))
        return status;
    struct error error = {0};
    struct arena *arena = arena_new();
    status = arena ? play(&settings, arena, &error) : error_memory(&error);
    status = status ? command_fail(&error) : EXIT_PASS;
    arena_free(arena);
    options_free(&command_game, &settings, NULL);
    return status;
}

const struct command command_game = {
    .name = "game",
    .usage = "--train FILE --secret COLUMN [OPTIONS]",
    .summary = "play the reconstruction game against a generator",
    .description =
        "Each game draws records, overwrites the secret of one that is unique in its quasi-identifiers by a fair coin, runs "
        "the generator on them, and lets the linear reconstruction attack guess the coin from the synthetic rows and the "
        "records' quasi-identifiers. The coin depends on nothing, so accuracy above 1/2 is leakage about that very record.\n\n"
        "With several numbers of --rows the result is a curve: how much more is given away with more synthetic rows. `assay "
        "report` draws what --out has written. Finished games are kept in --work: an interrupted run goes on where it stopped, "
        "and --games can be raised later. A program that has changed under the same command is played anew.\n\n"
        "Example: assay game --train people.csv --generator bootstrap --secret sex --records 1000 --rows 100,1000,10000,100000 "
        "--out game.json",
    .options = options,
    .run = run,
};
