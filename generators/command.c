#include "generators/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/strbuf.h"
#include "core/suggest.h"
#include "datasets/csv.h"

static const char BUILTIN[] = "builtin:";

static int fail_unknown(const char *name, struct error *error)
{
    struct suggestion suggestion = suggest_start(name);
    const char *best;

    for (const struct generator *const *generator = generator_list; *generator; generator++)
        suggest_offer(&suggestion, (*generator)->name);
    best = suggest_best(&suggestion);
    if (best)
        return error_set(error, ERROR_INPUT, "--generator: no built-in generator is called '%.100s'; did you mean '%s'?", name,
                         best);
    return error_set(error, ERROR_INPUT,
                     "--generator: no built-in generator is called '%.100s'; 'assay generate --method help' lists them", name);
}

static bool holds(const struct generator_choice *choice, const char *field)
{
    for (size_t i = 0; i < choice->n_words; i++)
        if (strstr(choice->words[i], field))
            return true;
    return false;
}

int generator_choose(const char *text, struct arena *arena, struct generator_choice *choice, struct error *error)
{
    const bool prefixed = strncmp(text, BUILTIN, sizeof BUILTIN - 1) == 0;
    const char *name = prefixed ? text + sizeof BUILTIN - 1 : text, *slash;
    int status;

    *choice = (struct generator_choice){.builtin = generator_find(name), .text = text, .name = name};
    if (choice->builtin)
        return 0;
    if (prefixed)
        return fail_unknown(name, error);
    status = process_split(text, arena, &choice->words, &choice->n_words, error);
    if (status)
        return error_context(error, "--generator");
    if (choice->n_words == 1 && !strchr(text, '{') && !strchr(text, '/'))
        return fail_unknown(name, error);
    if (!holds(choice, "{train}") || !holds(choice, "{out}"))
        return error_set(error, ERROR_INPUT,
                         "--generator: the command must name {train} and {out}, the files it is to read and to write, as in "
                         "'program {train} {rows} {seed} {out}'");
    slash = strrchr(choice->words[0], '/');
    choice->name = slash ? slash + 1 : choice->words[0];
    return 0;
}

/* A word of the template with its fields ({train}, {rows}, …) filled in. */
static const char *fill_word(const char *word, const struct command_run *run, struct arena *arena)
{
    char rows[32], seed[32];
    const struct {
        const char *name, *value;
    } places[] = {{"{train}", run->train}, {"{rows}", rows}, {"{seed}", seed}, {"{out}", run->out}};
    struct strbuf text = STRBUF_INIT;
    const char *copy;

    snprintf(rows, sizeof rows, "%zu", run->rows);
    snprintf(seed, sizeof seed, "%lu", (unsigned long)run->seed);
    while (*word) {
        size_t place = 0;

        while (place < 4 && strncmp(word, places[place].name, strlen(places[place].name)) != 0)
            place++;
        if (place < 4)
            strbuf_adds(&text, places[place].value);
        else
            strbuf_addc(&text, *word);
        word += place < 4 ? strlen(places[place].name) : 1;
    }
    copy = text.failed ? NULL : arena_string(arena, strbuf_text(&text));
    strbuf_free(&text);
    return copy;
}

int command_run(const struct generator_choice *choice, const struct command_run *run, struct process_result *result,
                struct error *error)
{
    struct arena *arena = arena_new();
    const char **argv = arena ? ARENA_ARRAY(arena, const char *, choice->n_words + 1) : NULL;
    int status = argv ? 0 : error_memory(error);

    for (size_t i = 0; i < choice->n_words && !status; i++)
        if (!(argv[i] = fill_word(choice->words[i], run, arena)))
            status = error_memory(error);
    if (!status)
        status = process_run(argv, run->timeout, result, error);
    arena_free(arena);
    return status;
}

int command_train(const struct generator_choice *choice, const struct table *train, const struct command_run *run,
                  struct process_result *result, struct error *error)
{
    int status = csv_write(train, run->train, error);

    if (!status)
        status = command_run(choice, run, result, error);
    unlink(run->train);
    if (status)
        unlink(run->out);
    else if (access(run->out, F_OK) != 0)
        status = error_set(error, ERROR_INPUT, "'%.200s' ended well but wrote no file '%s'", choice->words[0], run->out);
    return status;
}

int command_read(const char *path, const struct schema *schema, size_t rows, struct arena *arena, struct table **table,
                 struct error *error)
{
    struct schema *own = ARENA_NEW(arena, struct schema);
    struct column_schema *columns = ARENA_ARRAY(arena, struct column_schema, schema->n_columns);
    int status;

    *table = NULL;
    if (!own || !columns)
        return error_memory(error);
    memcpy(columns, schema->columns, schema->n_columns * sizeof *columns);
    *own = *schema;
    own->columns = columns;
    own->arena = arena;
    status = csv_read(path, "synthetic", own, table, NULL, error);
    if (!status && (*table)->rows != rows)
        status = error_set(error, ERROR_INPUT, "'%s' has %zu rows, %zu were asked for", path, (*table)->rows, rows);
    if (status) {
        table_free(*table);
        *table = NULL;
    }
    return status;
}
