/* assay generate: a synthetic table from a reference generator, or from the simulated population. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "core/outdir.h"
#include "core/suggest.h"
#include "core/wrap.h"
#include "datasets/csv.h"
#include "datasets/simulate.h"
#include "generators/dp.h"
#include "generators/generator.h"

static const char SIMULATE[] = "simulate";
static const char SIMULATE_SUMMARY[] =
    "the simulated population of known truth, 15 columns of an invented bank; needs --rows, and no --train";

struct settings {
    const char *method, *train, *schema, *domain, *target, *out;
    struct option_list sensitive;
    int64_t rows, seed, threads;
    double epsilon, noise_scale;
};

static const struct option options[] = {
    {.name = "method",
     .kind = OPTION_STRING,
     .offset = offsetof(struct settings, method),
     .argument = "NAME",
     .help = "the generator; 'help' lists them",
     .required = true},
    {.name = "train",
     .kind = OPTION_STRING,
     .offset = offsetof(struct settings, train),
     .argument = "FILE",
     .help = "the real table to learn from (CSV, may be gzipped)"},
    {.name = "rows",
     .kind = OPTION_INTEGER,
     .offset = offsetof(struct settings, rows),
     .argument = "N",
     .help = "rows to make (default: as many as train has)",
     .lo = 1,
     .hi = 4294967294},
    {.name = "seed",
     .kind = OPTION_INTEGER,
     .offset = offsetof(struct settings, seed),
     .argument = "N",
     .help = "seed of all draws (default: 1)",
     .lo = 0,
     .hi = 9007199254740992},
    {.name = "schema",
     .kind = OPTION_STRING,
     .offset = offsetof(struct settings, schema),
     .argument = "FILE",
     .help = "types and roles of the columns (default: inferred from train)"},
    {.name = "epsilon",
     .kind = OPTION_NUMBER,
     .offset = offsetof(struct settings, epsilon),
     .argument = "E",
     .help = "dp-independent, dp-tree: the privacy budget, all of it (default: 1)",
     .lo = 1e-6,
     .hi = 1e6},
    {.name = "noise-scale",
     .kind = OPTION_NUMBER,
     .offset = offsetof(struct settings, noise_scale),
     .argument = "F",
     .help = "dp-independent, dp-tree: multiply the noise; below 1 the promise is broken on purpose, to test an audit with",
     .lo = 1e-6,
     .hi = 1e6},
    {.name = "domain",
     .kind = OPTION_STRING,
     .offset = offsetof(struct settings, domain),
     .argument = "FILE",
     .help = "dp-independent, dp-tree: a public table whose levels and ranges serve as the domain (default: train's own, which "
             "are then public)"},
    {.name = "target",
     .kind = OPTION_STRING,
     .offset = offsetof(struct settings, target),
     .argument = "COL",
     .help = "the target column; permuted-label needs one"},
    {.name = "sensitive",
     .kind = OPTION_COMMAS,
     .offset = offsetof(struct settings, sensitive),
     .argument = "COL,...",
     .help = "sensitive columns; dropped-group takes the first that has categories"},
    {.name = "threads",
     .kind = OPTION_INTEGER,
     .offset = offsetof(struct settings, threads),
     .argument = "N",
     .help = "worker threads (default: as many as the machine has); the result does not depend on it",
     .lo = 1,
     .hi = 1024},
    {.name = "out",
     .kind = OPTION_STRING,
     .offset = offsetof(struct settings, out),
     .argument = "FILE",
     .help = "the CSV file to write; - is standard output"},
    {0},
};

static void print_methods(void)
{
    enum { COLUMN = 17 };
    struct strbuf text = STRBUF_INIT;
    for (const struct generator *const *generator = generator_list; *generator; generator++) {
        strbuf_addf(&text, "%-*s", COLUMN, (*generator)->name);
        wrap_text((*generator)->summary, COLUMN, COLUMN, &text);
    }
    strbuf_addf(&text, "%-*s", COLUMN, SIMULATE);
    wrap_text(SIMULATE_SUMMARY, COLUMN, COLUMN, &text);
    fputs(strbuf_text(&text), stdout);
    strbuf_free(&text);
}

static int fail_unknown(const char *method, struct error *error)
{
    struct suggestion suggestion = suggest_start(method);
    struct strbuf names = STRBUF_INIT;
    for (const struct generator *const *generator = generator_list; *generator; generator++) {
        suggest_offer(&suggestion, (*generator)->name);
        strbuf_addf(&names, "%s, ", (*generator)->name);
    }
    suggest_offer(&suggestion, SIMULATE);
    const char *best = suggest_best(&suggestion);
    if (best)
        error_set(error, ERROR_INPUT, "unknown method '%s'; did you mean '%s'?", method, best);
    else
        error_set(error, ERROR_INPUT, "unknown method '%s'; there are %s%s", method, strbuf_text(&names), SIMULATE);
    strbuf_free(&names);
    return ERROR_INPUT;
}

/* The greatest id when all of a column's ids are whole numbers that can be counted on, else false. */
static bool greatest_id(const struct column_schema *column, uint64_t *greatest)
{
    *greatest = 0;
    for (uint32_t level = 0; level < column->fitted_levels; level++) {
        size_t length = strlen(column->levels[level]);
        if (length == 0 || length > 15 || strspn(column->levels[level], "0123456789") != length)
            return false;
        uint64_t id = strtoull(column->levels[level], NULL, 10);
        *greatest = id > *greatest ? id : *greatest;
    }
    return true;
}

/* Gives numeric ids the running numbers that follow train's, so that no two rows and no real person share one. The schema is
 * only good for writing the table afterwards: its vocabulary is no longer train's. */
static int renumber_ids(struct schema *schema, struct table *table, struct error *error)
{
    for (size_t j = 0; j < schema->n_columns; j++) {
        struct column_schema *column = &schema->columns[j];
        uint64_t greatest;
        if (column->type != COLUMN_ID || !greatest_id(column, &greatest))
            continue;
        const char **levels = ARENA_ARRAY(schema->arena, const char *, table->rows);
        if (!levels)
            return error_memory(error);
        for (uint32_t row = 0; row < table->rows; row++) {
            levels[row] = arena_format(schema->arena, "%" PRIu64, greatest + row + 1);
            if (!levels[row])
                return error_memory(error);
            table_codes(table, j)[row] = row;
        }
        column->levels = levels;
        column->n_levels = column->fitted_levels = (uint32_t)table->rows;
    }
    return 0;
}

static int simulate(const struct settings *settings, struct error *error)
{
    struct schema *schema = NULL;
    struct table *table = NULL;
    if (settings->train)
        return error_set(error, ERROR_INPUT, "method '%s' learns from no table; leave out --train", SIMULATE);
    if (settings->rows == 0)
        return error_set(error, ERROR_INPUT, "method '%s' needs --rows", SIMULATE);
    int code = simulate_population((size_t)settings->rows, (uint64_t)settings->seed, "simulated", &schema, &table, error);
    if (!code)
        code = csv_write(table, settings->out, error);
    table_free(table);
    schema_free(schema);
    return code;
}

/* Options that a method without a privacy budget would pass over in silence. */
static int check_private(const struct generator *generator, const struct settings *settings, struct error *error)
{
    const char *option = settings->epsilon > 0       ? "epsilon"
                         : settings->noise_scale > 0 ? "noise-scale"
                         : settings->domain          ? "domain"
                                                     : NULL;
    if (option && !generator->run_private)
        return error_set(error, ERROR_INPUT,
                         "option '--%s' belongs to dp-independent and dp-tree; method '%s' has no privacy budget", option,
                         generator->name);
    return 0;
}

static int run_generator(const struct generator *generator, const struct settings *settings, const struct table *train,
                         struct pool *pool, struct table **table, struct error *error)
{
    const size_t rows = settings->rows > 0 ? (size_t)settings->rows : train->rows;
    const uint64_t seed = (uint64_t)settings->seed;
    const struct dp_budget budget = {settings->epsilon > 0 ? settings->epsilon : 1,
                                     settings->noise_scale > 0 ? settings->noise_scale : 1};
    if (generator->run_private)
        return generator->run_private(train, rows, seed, &budget, generator->name, pool, table, error);
    return generator->run(train, rows, seed, generator->name, pool, table, error);
}

static int generate(const struct generator *generator, const struct settings *settings, struct error *error)
{
    if (!settings->train)
        return error_set(error, ERROR_INPUT, "option '--train' is missing; method '%s' learns from a table", generator->name);
    struct dataset *data = NULL;
    struct table *table = NULL, *train = NULL;
    struct pool *pool = NULL;
    const struct dataset_options inputs = {.train = settings->domain ? settings->domain : settings->train,
                                           .schema = settings->schema,
                                           .target = settings->target,
                                           .sensitive = settings->sensitive.items,
                                           .n_sensitive = settings->sensitive.count};
    const char *const files[] = {settings->train, settings->schema, settings->domain};
    int code = check_private(generator, settings, error);
    if (!code)
        code = file_apart(settings->out, files, sizeof files / sizeof files[0], error);
    if (!code)
        code = dataset_read(&data, &inputs, error);
    if (!code && settings->domain)
        code = csv_read(settings->train, "train", data->schema, &train, NULL, error);
    if (!code)
        code = pool_new(&pool, (size_t)settings->threads, error);
    if (!code)
        code = run_generator(generator, settings, train ? train : data->train.table, pool, &table, error);
    if (!code && !generator->copies_rows && !generator->run_private)
        code = renumber_ids(data->schema, table, error);
    if (!code)
        code = csv_write(table, settings->out, error);
    pool_free(pool);
    table_free(table);
    table_free(train);
    dataset_free(data);
    return code;
}

static int generate_or_explain(const struct settings *settings, struct error *error)
{
    if (strcmp(settings->method, "help") == 0) {
        print_methods();
        return 0;
    }
    const struct generator *generator = generator_find(settings->method);
    bool simulated = strcmp(settings->method, SIMULATE) == 0;
    if (!generator && !simulated)
        return fail_unknown(settings->method, error);
    if (!settings->out)
        return error_set(error, ERROR_INPUT, "option '--out' is missing; - is standard output");
    return simulated ? simulate(settings, error) : generate(generator, settings, error);
}

static int run(int argc, char **argv)
{
    struct settings settings = {.seed = 1};
    int status;
    if (!command_begin(&command_generate, argc, argv, &settings, NULL, &status))
        return status;
    struct error error = {0};
    status = generate_or_explain(&settings, &error) ? command_fail(&error) : EXIT_PASS;
    options_free(&command_generate, &settings, NULL);
    return status;
}

const struct command command_generate = {
    .name = "generate",
    .usage = "--method NAME --train FILE --out FILE [OPTIONS]",
    .summary = "make a synthetic table with a reference generator",
    .description =
        "The generators are references and controls of known quality, made to test an audit with: bootstrap, "
        "independent, uniform, copula, cart, permuted-label, dropped-group, leak05, and with differential privacy "
        "dp-independent, dp-tree. `assay generate --method help` "
        "says what each of them keeps and destroys.\n\n"
        "Method simulate draws from a simulated population of known truth instead: it needs --rows and no --train.\n\n"
        "The same input, seed and number of rows give the same file on any number of threads. Text and id columns are "
        "resampled; ids that are whole numbers become running numbers after train's greatest one, except with "
        "methods that hand out whole training rows. The private methods leave text and id columns empty; they are for "
        "tests of audits: whoever knows the seed can take their noise off.",
    .options = options,
    .run = run,
};
