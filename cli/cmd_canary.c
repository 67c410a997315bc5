/* assay canary: made-up records with a coin each, or a column of random bits, to audit a generator with one run. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attacks/canary/bits.h"
#include "attacks/canary/canary.h"
#include "cli/canary.h"
#include "cli/command.h"
#include "core/outdir.h"
#include "datasets/csv.h"

#define FIELD(name) offsetof(struct canary_settings, name)

static const struct option options[] = {
    {"train", OPTION_STRING, FIELD(train), "FILE", "the real training table, without canaries (CSV, may be gzipped)", 0, 0,
     true},
    {"key", OPTION_STRING, FIELD(key), "FILE",
     "the key: canaries and coins, or bits, for the auditor alone; make writes it, check reads it", 0, 0, true},
    {"schema", OPTION_STRING, FIELD(schema), "FILE", "types of the columns (default: inferred from train)", 0, 0, false},
    {"seed", OPTION_INTEGER, FIELD(seed), "N",
     "make: needed, and secret, the coins come of it; check: seed of halves and samples (default 1)", 0, 9e15, false},
    {"canaries", OPTION_INTEGER, FIELD(canaries), "M", "make: how many (default 1000)", 20, 1000000, false},
    {"domain", OPTION_STRING, FIELD(domain), "FILE",
     "make: a public table whose levels and ranges canaries are drawn from (default: train's own)", 0, 0, false},
    {"replace", OPTION_FLAG, FIELD(replace), NULL, "make: canaries take the places of random rows instead of coming after them",
     0, 0, false},
    {"bit", OPTION_STRING, FIELD(bit), "COLUMN",
     "make: no canaries, but a column of this name with a fair random bit, 0 or 1, for each training row", 0, 0, false},
    {"out", OPTION_STRING, FIELD(out), "FILE",
     "make: the table to train the generator on; check, with a key of bits: also write the result as JSON; - is standard "
     "output",
     0, 0, false},
    {"synthetic", OPTION_STRING, FIELD(synthetic), "FILE", "check: what the generator made of that table", 0, 0, false},
    {"holdout", OPTION_STRING, FIELD(holdout), "FILE",
     "check: real rows for the attacks to compare with (default: train without canaries)", 0, 0, false},
    {"quasi", OPTION_COMMAS, FIELD(quasi), "COL,...",
     "check, with a key of bits: columns that the attacker knows of every training record (default: all that have levels or "
     "numbers)",
     0, 0, false},
    {"claimed-epsilon", OPTION_NUMBER, FIELD(claimed_epsilon), "E", "check: exit status 1 when more than this is proven", 0,
     1e6, false},
    {"delta", OPTION_NUMBER, FIELD(delta), "D", "check: the delta of the bound (default 0)", 0, 1, false},
    {"threads", OPTION_INTEGER, FIELD(threads), "N", "worker threads (default: all processors); results do not depend on it", 0,
     1024, false},
    {0},
};

static int run(int argc, char **argv);

const struct command command_canary = {
    .name = "canary",
    .usage = "make|check --train FILE --key FILE [OPTIONS]",
    .summary = "audit a generator's privacy with made-up records",
    .description =
        "`assay canary make` draws records that no person is behind, tosses a coin for each, and writes the training table "
        "with "
        "those that came up 'in' to --out, and records and coins to --key. The generator is then run once on that table, by "
        "whoever owns it and without the key. `assay canary check` looks at what it made, guesses the coins with the "
        "membership "
        "attacks, and prints how many guesses were right and the epsilon that this proves: a lower bound of error 5 % that "
        "needs no assumption on how records depend on each other (Steinke, Nasr, Jagielski 2023).\n\n"
        "A claimed epsilon below the bound is refuted (exit status 1); otherwise it is not contradicted, which does not "
        "confirm it.\n\n"
        "`assay canary make --bit COLUMN` adds a column of fair random bits instead and changes nothing else. Since a bit "
        "depends on nothing, nobody can infer it from the rest; `assay canary check` with such a key lets linear "
        "reconstruction, "
        "the nearest completion and a classifier guess the bits of all training records from the synthetic rows, and says "
        "whether more than half were right.",
    .options = options,
    .run = run,
};

int canary_write_key(const char *path, cJSON *key, struct error *error)
{
    struct strbuf text = STRBUF_INIT;

    json_print(key, &text);
    strbuf_addc(&text, '\n');
    const int status = text.failed ? error_memory(error) : file_write_private(path, text.text, text.length, error);

    strbuf_free(&text);
    cJSON_Delete(key);
    return status;
}

static int make_files(const struct canary_settings *settings, const struct canaries *canaries, const struct table *planted,
                      const struct input_file *train, struct error *error)
{
    int status = canary_write_key(settings->key, canaries_json(canaries, train), error);

    if (!status) {
        status = csv_write(planted, settings->out, error);
        if (status)
            unlink(settings->key); /* a key to a table that is not there */
    }
    return status;
}

/* Train, typed by the domain's schema where there is one. */
static int read_train(const struct canary_settings *settings, struct dataset **data, struct input_file *train,
                      struct error *error)
{
    const struct dataset_options inputs = {.train = settings->domain ? settings->domain : settings->train,
                                           .schema = settings->schema};
    int status = dataset_read(data, &inputs, error);

    if (status)
        return status;
    *train = (*data)->train;
    train->table = NULL;
    if (settings->domain)
        status = csv_read(settings->train, "train", (*data)->schema, &train->table, train, error);
    return status;
}

static int make(const struct canary_settings *settings, struct error *error)
{
    const uint64_t seed = (uint64_t)settings->seed;
    struct dataset *data = NULL;
    struct input_file train = {0};
    struct canaries canaries = {0};
    struct table *planted = NULL, *own = NULL;
    int status = read_train(settings, &data, &train, error);

    own = train.table;
    if (!own && data)
        train.table = data->train.table;
    if (!status)
        status = canaries_draw(train.table, (size_t)settings->canaries, seed, &canaries, error);
    if (!status)
        status = canaries_plant(train.table, &canaries, settings->replace, seed, &planted, error);
    if (!status)
        status = make_files(settings, &canaries, planted, &train, error);
    if (!status)
        command_note("%zu rows with canaries in %s; keep %s from whoever runs the generator", planted->rows, settings->out,
                     settings->key);
    table_free(planted);
    canaries_free(&canaries);
    table_free(own);
    dataset_free(data);
    return status;
}

/* Downwards, so that "at least" stays true. */
static double rounded_down(double epsilon)
{
    return floor(epsilon * 1e3) / 1e3;
}

static void print_verdict(const struct canary_settings *settings, const struct canary_verdict *verdict)
{
    const double delta = settings->delta < 0 ? 0 : settings->delta, bound = verdict->guess[verdict->best].epsilon;

    printf("  %-18s %-9s %8s %8s %8s  %-22s %8s\n", "attack", "guesses", "canaries", "guessed", "right", "accuracy (95 %)",
           "epsilon");
    for (size_t h = 0; h < 2; h++) {
        const struct canary_guess *guess = &verdict->guess[h];
        const struct interval accuracy = interval_clopper_pearson(guess->v, guess->r, .95);

        printf("  %-18s %-9s %8zu %8zu %8zu  %.3f (%.3f to %.3f)  %8.3f\n", guess->attack, guess->both ? "in, out" : "in",
               guess->m, guess->r, guess->v, (double)guess->v / (double)guess->r, accuracy.lo, accuracy.hi,
               rounded_down(guess->epsilon));
    }
    printf("  each half of the canaries was guessed by the attack that was best on the other\n");
    if (bound > 0)
        printf("  epsilon is at least %.4g at delta %g (one run, 95 %%)\n", rounded_down(bound), delta);
    else
        printf("  no epsilon above 0 is proven at delta %g (one run, 95 %%)\n", delta);
    if (settings->claimed_epsilon >= 0)
        printf("  the claimed epsilon of %g is %s\n", settings->claimed_epsilon,
               bound > settings->claimed_epsilon ? "contradicted" : "not contradicted, which does not confirm it");
}

static int check(const struct canary_settings *settings, int *exit_status, struct error *error)
{
    const struct dataset_options inputs = {.train = settings->train,
                                           .holdout = settings->holdout,
                                           .schema = settings->schema,
                                           .candidates = (const char *const *)&settings->synthetic,
                                           .n_candidates = 1};
    struct dataset *data = NULL;
    struct pool *pool = NULL;
    struct canaries canaries = {0};
    struct canary_verdict verdict;
    int status = dataset_read(&data, &inputs, error);

    if (!status)
        status = canaries_read(settings->key, &data->train, data->schema, &canaries, error);
    if (!status)
        status = pool_new(&pool, (size_t)settings->threads, error);
    if (!status)
        status =
            canaries_check(&canaries, data->candidates[0].table, data->holdout.table ? data->holdout.table : data->train.table,
                           settings->seed < 0 ? 1 : (uint64_t)settings->seed, settings->delta < 0 ? 0 : settings->delta, .05,
                           pool, &verdict, error);
    if (!status) {
        print_verdict(settings, &verdict);
        if (settings->claimed_epsilon >= 0 && verdict.guess[verdict.best].epsilon > settings->claimed_epsilon)
            *exit_status = EXIT_GATE_FAILED;
    }
    canaries_free(&canaries);
    pool_free(pool);
    dataset_free(data);
    return status;
}

/* Options that one of the two would pass over in silence, and those that it cannot do without. */
static int check_options(const struct canary_settings *settings, bool making, struct error *error)
{
    const char *foreign = making ? (settings->synthetic              ? "synthetic"
                                    : settings->holdout              ? "holdout"
                                    : settings->claimed_epsilon >= 0 ? "claimed-epsilon"
                                    : settings->delta >= 0           ? "delta"
                                    : settings->quasi.count > 0      ? "quasi"
                                                                     : NULL)
                                 : (settings->domain         ? "domain"
                                    : settings->replace      ? "replace"
                                    : settings->canaries > 0 ? "canaries"
                                    : settings->bit          ? "bit"
                                                             : NULL);
    const char *without_bit = settings->domain         ? "domain"
                              : settings->replace      ? "replace"
                              : settings->canaries > 0 ? "canaries"
                                                       : NULL;

    if (foreign)
        return error_set(error, ERROR_INPUT, "option '--%s' belongs to assay canary %s", foreign, making ? "check" : "make");
    if (making && settings->bit && without_bit)
        return error_set(error, ERROR_INPUT, "option '--%s' is for canaries, --bit makes none", without_bit);
    if (making && settings->bit && !settings->bit[0])
        return error_set(error, ERROR_INPUT, "option '--bit' needs the name of a new column");
    if (making && !settings->out)
        return error_set(error, ERROR_INPUT, "option '--out' is missing; - is standard output");
    if (making && settings->seed < 0)
        return error_set(
            error, ERROR_INPUT,
            "option '--seed' is missing: a number that whoever runs the generator does not know, since the coins come "
            "of it");
    if (making && (strcmp(settings->key, "-") == 0 || strcmp(settings->key, settings->out) == 0))
        return error_set(error, ERROR_INPUT, "--key must be a file of its own, apart from --out");
    if (!making && !settings->synthetic)
        return error_set(error, ERROR_INPUT, "option '--synthetic' is missing: the table that the generator made");
    return 0;
}

/* What the key is of decides what is checked, and which options have a meaning. */
static int check_key(const struct canary_settings *settings, int *exit_status, struct error *error)
{
    cJSON *json = NULL;
    int status = json_read_file(settings->key, false, &json, error);

    if (status)
        return status;
    const bool bits = strcmp(json_get_string(json, "format", ""), BITS_FORMAT) == 0;
    const char *foreign = bits ? (settings->holdout                ? "holdout"
                                  : settings->claimed_epsilon >= 0 ? "claimed-epsilon"
                                  : settings->delta >= 0           ? "delta"
                                                                   : NULL)
                               : (settings->out               ? "out"
                                  : settings->quasi.count > 0 ? "quasi"
                                                              : NULL);

    cJSON_Delete(json);
    if (foreign)
        return error_set(error, ERROR_INPUT, "option '--%s' has no meaning with this key, which is of %s", foreign,
                         bits ? "random bits" : "canaries");
    return bits ? canary_check_bits(settings, error) : check(settings, exit_status, error);
}

/* A mistyped --key or --out must not cost the training table. */
static int make_either(struct canary_settings *settings, struct error *error)
{
    const char *const inputs[] = {settings->train, settings->schema, settings->domain};
    int status = file_apart(settings->out, inputs, 3, error);

    if (!status)
        status = file_apart(settings->key, inputs, 3, error);
    if (status)
        return status;
    if (settings->bit)
        return canary_make_bits(settings, error);
    if (settings->canaries == 0)
        settings->canaries = 1000;
    return make(settings, error);
}

static int run(int argc, char **argv)
{
    struct canary_settings settings = {.seed = -1, .claimed_epsilon = -1, .delta = -1};
    struct option_list words = {0};
    struct error error = {0};
    int status;

    if (!command_begin(&command_canary, argc, argv, &settings, &words, &status))
        return status;
    const bool making = words.count == 1 && strcmp(words.items[0], "make") == 0;

    if (words.count != 1 || (!making && strcmp(words.items[0], "check") != 0))
        error_set(&error, ERROR_INPUT, "assay canary takes one word, make or check");
    else if (!check_options(&settings, making, &error)) {
        status = EXIT_PASS;
        if (making)
            make_either(&settings, &error);
        else
            check_key(&settings, &status, &error);
    }
    if (error.code)
        status = command_fail(&error);
    options_free(&command_canary, &settings, &words);
    return status;
}
