/* Outside programs: words of a command, exit statuses, time limits, last words, nothing left running; templates of generators.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/process.h"
#include "generators/command.h"

Test(process, words)
{
    static const struct {
        const char *command, *words; /* joined by | */
    } cases[] = {
        {"a b  c", "a|b|c"},
        {" \ta\n", "a"},
        {"'a b' \"c d\"", "a b|c d"},
        {"a'b c'd", "ab cd"},
        {"\"a \\\"b\\\" \\\\ \\c\"", "a \"b\" \\ \\c"},
        {"'a\\b' a\\ b \\' \\\\", "a\\b|a b|'|\\"},
        {"'' \"\"", "|"},
        {"a; b | c > $HOME `d` *", "a;|b|||c|>|$HOME|`d`|*"},
        {"x\\", "x\\"},
        {"'a", NULL},
        {"\"a'", NULL},
        {"  ", NULL},
        {"", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new();
        struct error error = {0};
        const char **words;
        char joined[200] = "";
        size_t n;
        int status = process_split(cases[i].command, arena, &words, &n, &error);

        cr_assert_eq(status, cases[i].words ? 0 : ERROR_INPUT, "'%s': %s", cases[i].command, error.message);
        for (size_t w = 0; w < n && !status; w++)
            snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", w ? "|" : "", words[w]);
        if (!status) {
            cr_assert_str_eq(joined, cases[i].words, "'%s'", cases[i].command);
            cr_assert_null(words[n]);
        }
        arena_free(arena);
    }
}

Test(process, ends)
{
    static const struct {
        const char *script;
        double timeout;
        int status;
        const char *message, *tail;
    } cases[] = {
        {"exit 0", 10, 0, NULL, ""},
        {"cat; echo done", 10, 0, NULL, "done"}, /* the input is empty */
        {"echo out; echo err >&2; exit 3", 10, ERROR_INPUT, "exit status 3", "out\nerr"},
        {"kill -KILL $$", 10, ERROR_INPUT, "signal 9", ""},
        {"echo slow; sleep 60", .3, ERROR_INPUT, "after 0.3 seconds", "slow"},
        {"trap '' TERM; sleep 60 & wait; sleep 60", .2, ERROR_INPUT, "after 0.2 seconds", ""}, /* deaf to SIGTERM */
        {"exec yes", .3, ERROR_INPUT, "after 0.3 seconds", NULL},                              /* never stops writing */
        {"exec >&- 2>&-; sleep .1; exit 4", 10, ERROR_INPUT, "exit status 4", ""},
        {"sleep 60 & exit 0", 10, 0, NULL, ""},                      /* what stays behind holds nothing up */
        {"kill -PIPE $$; exit 0", 10, ERROR_INPUT, "signal 13", ""}, /* SIGPIPE is as a program expects it */
    };

    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *argv[] = {"sh", "-c", cases[i].script, NULL};
        struct process_result result;
        struct error error = {0};
        int status = process_run(argv, cases[i].timeout, &result, &error);

        cr_assert_eq(status, cases[i].status, "%s: %d, %s", cases[i].script, status, error.message);
        cr_assert(!cases[i].message || strstr(error.message, cases[i].message), "%s: %s", cases[i].script, error.message);
        cr_assert(!cases[i].tail || strcmp(result.tail, cases[i].tail) == 0, "%s: %s", cases[i].script, result.tail);
        cr_assert_lt(result.seconds, 8, "%s took %g s", cases[i].script, result.seconds);
    }
}

/* A caller that ignores SIGCHLD is given no exit status: that is a failure, neither a success nor a wait without an end. */
Test(process, status_withheld)
{
    const char *argv[] = {"sh", "-c", "exit 3", NULL};
    struct process_result result;
    struct error error = {0};

    signal(SIGCHLD, SIG_IGN);
    cr_assert_eq(process_run(argv, 10, &result, &error), ERROR_INPUT);
    cr_assert(strstr(error.message, "does not say how"), "%s", error.message);
}

/* Much output: the last whole lines of it are kept, no zero byte ends them, and nothing in them steers a terminal or is no
 * UTF-8. */
Test(process, last_words)
{
    const char *argv[] = {"sh", "-c",
                          "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; "
                          "printf 'a\\0b \\033[1m\\302\\233\\303\\251\\377\\r\\n\\n'; exit 1",
                          NULL};
    struct process_result result;
    struct error error = {0};
    const size_t first = strlen("line 2");

    cr_assert_eq(process_run(argv, 60, &result, &error), ERROR_INPUT);
    cr_assert_eq(strncmp(result.tail, "line 2", first), 0, "%.20s", result.tail);
    cr_assert_gt(strlen(result.tail), PROCESS_TAIL - 20);
    const char *end = "line 2999\na?b ?[1m??\xc3\xa9?";
    cr_assert_str_eq(result.tail + strlen(result.tail) - strlen(end), end, "%s", result.tail);
}

/* Nothing of the group is alive after a time limit: a grandchild would still write its file. */
Test(process, leaves_nothing_running)
{
    char script[300], path[] = "/tmp/assay_process_XXXXXX";
    const char *argv[] = {"sh", "-c", script, NULL};
    struct process_result result;
    struct error error = {0};
    const int descriptor = mkstemp(path);

    cr_assert_geq(descriptor, 0);
    close(descriptor);
    unlink(path);
    snprintf(script, sizeof script, "(sleep 1; echo x >%s) & sleep 60", path);
    cr_assert_eq(process_run(argv, .2, &result, &error), ERROR_INPUT);
    sleep(2);
    cr_assert_neq(access(path, F_OK), 0, "a grandchild lived on");
}

Test(process, missing_program)
{
    const char *argv[] = {"/nowhere/program", NULL};
    struct process_result result;
    struct error error = {0};

    cr_assert_eq(process_run(argv, 5, &result, &error), ERROR_INPUT);
    cr_assert_str_eq(error.message, "cannot start '/nowhere/program': No such file or directory");
}

Test(generator, choice)
{
    static const struct {
        const char *text, *builtin, *name, *message;
    } cases[] = {
        {"bootstrap", "bootstrap", "bootstrap", NULL},
        {"builtin:cart", "cart", "cart", NULL},
        {"/opt/x/gen {train} {rows} {seed} {out}", NULL, "gen", NULL},
        {"python3 gen.py --in={train} --out='{out}'", NULL, "python3", NULL},
        {"builtin:carts", NULL, NULL, "did you mean 'cart'"},
        {"bootsrap", NULL, NULL, "did you mean 'bootstrap'"},
        {"gen {train}", NULL, NULL, "must name {train} and {out}"},
        {"gen {out} 4", NULL, NULL, "must name {train} and {out}"},
        {"gen '{train} {out}", NULL, NULL, "quote is not closed"},
        {"", NULL, NULL, "--generator: the command is empty"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new();
        struct generator_choice choice;
        struct error error = {0};
        int status = generator_choose(cases[i].text, arena, &choice, &error);

        cr_assert_eq(status, cases[i].message ? ERROR_INPUT : 0, "'%s': %s", cases[i].text, error.message);
        if (cases[i].message) {
            cr_assert(strstr(error.message, cases[i].message), "'%s': %s", cases[i].text, error.message);
        } else {
            cr_assert_str_eq(choice.name, cases[i].name);
            cr_assert_eq(choice.builtin != NULL, cases[i].builtin != NULL, "'%s'", cases[i].text);
        }
        arena_free(arena);
    }
}

/* Fields within words, several in one; other braces stay. */
Test(generator, fields_of_a_template)
{
    struct arena *arena = arena_new();
    struct generator_choice choice;
    struct process_result result;
    struct error error = {0};
    const struct command_run run = {"in put.csv", "out.csv", 25, 77, 10};

    cr_assert_eq(generator_choose("printf '%s\\n' {train} a{rows}b{seed} {out}{out} {x} {rows", arena, &choice, &error), 0);
    cr_assert_eq(command_run(&choice, &run, &result, &error), 0, "%s", error.message);
    cr_assert_str_eq(result.tail, "in put.csv\na25b77\nout.csvout.csv\n{x}\n{rows");
    arena_free(arena);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0 && chmod(path, 0700) == 0);
}

static void take_fingerprint(char hex[65])
{
    struct arena *arena = arena_new();
    struct generator_choice choice;
    struct error error = {0};

    cr_assert_eq(generator_choose("gen --settings=set.json notes.txt {train} {out} .", arena, &choice, &error), 0);
    cr_assert_eq(command_fingerprint(&choice, hex, &error), 0);
    arena_free(arena);
}

/* What tells a generator from a changed one: the program that PATH finds first, a file that a word or the value in one names;
 * not other files. The same bytes in another file are another thing. */
Test(generator, fingerprint)
{
    char folder[] = "/tmp/assay-fingerprint-XXXXXX", first[65], other[65];
    static const char *const files[] = {"bin/gen", "set.json", "notes.txt"};

    cr_assert(mkdtemp(folder) && chdir(folder) == 0 && mkdir("empty", 0700) == 0 && mkdir("bin", 0700) == 0);
    setenv("PATH", "empty:bin:/usr/bin", 1);
    write_text("bin/gen", "one");
    take_fingerprint(first);
    write_text("other.txt", "three");
    take_fingerprint(other);
    cr_assert_str_eq(other, first);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        write_text(files[i], "two");
        take_fingerprint(other);
        cr_assert_str_neq(other, first, "%s", files[i]);
        memcpy(first, other, sizeof first);
    }
    unlink("set.json");
    write_text("bin/gen", "two");
    take_fingerprint(first);
    rename("notes.txt", "set.json");
    take_fingerprint(other);
    cr_assert_str_neq(other, first, "the same bytes at another place");
    write_text("empty/gen", "three");
    take_fingerprint(first);
    cr_assert_str_neq(other, first, "an earlier folder of PATH");
    cr_assert_eq(system("rm -r bin empty set.json other.txt"), 0);
    cr_assert_eq(rmdir(folder), 0);
}
