#include <errno.h>
#include <gsl/gsl_errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "core/pool.h"
#include "core/suggest.h"
#include "core/version.h"

/* OpenBLAS has no header of its own that is sure to be installed under one name. */
void openblas_set_num_threads(int threads);

static void on_signal(int number)
{
    (void)number;
    cancel_request();
}

/* The first SIGINT, SIGTERM or SIGHUP (a terminal that is closed, unless nohup has it ignored) ends the run tidily, the second
 * one at once. Writing to a closed pipe, or more than ulimit -f allows, is an error like others. Whoever started this may have
 * SIGCHLD ignored, and then no program's exit status could be had. */
static void install_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (signal(SIGHUP, SIG_IGN) != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
}

static void print_overview(FILE *out)
{
    fputs("usage: assay COMMAND [OPTIONS]\n\n"
          "Can this synthetic dataset be trusted for its purpose, and how sure are we?\n\ncommands:\n",
          out);
    for (const struct command *const *command = command_table; *command; command++)
        fprintf(out, "  %-10s %s\n", (*command)->name, (*command)->summary);
    fputs("\n`assay COMMAND --help` explains one, `assay measures` lists what is measured.\n"
          "Exit status: 0 pass, 1 a gate failed, 2 bad usage or input, 3 undecided, 4 internal failure, 130 interrupted.\n",
          out);
}

static const struct command *find_command(const char *name)
{
    for (const struct command *const *command = command_table; *command; command++)
        if (strcmp((*command)->name, name) == 0)
            return *command;
    return NULL;
}

static int fail_unknown(const char *name)
{
    struct suggestion suggestion = suggest_start(name);
    for (const struct command *const *command = command_table; *command; command++)
        suggest_offer(&suggestion, (*command)->name);
    suggest_offer(&suggestion, "help");
    const char *best = suggest_best(&suggestion);
    struct error error = {0};
    if (best)
        error_set(&error, ERROR_INPUT, "unknown command '%.100s'; did you mean '%s'?", name, best);
    else
        error_set(&error, ERROR_INPUT, "unknown command '%.100s'; see assay --help", name);
    return command_fail(&error);
}

static int run_help(const char *topic)
{
    if (!topic) {
        print_overview(stdout);
        return EXIT_PASS;
    }
    struct strbuf text = STRBUF_INIT;
    const struct command *command = find_command(topic);
    int status = EXIT_PASS;
    if (strcmp(topic, "--man") == 0)
        command_man(&text);
    else if (command)
        options_help(command, &text);
    else
        status = fail_unknown(topic);
    fputs(strbuf_text(&text), stdout);
    strbuf_free(&text);
    return status;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_overview(stderr);
        return EXIT_INPUT;
    }
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        puts("assay " ASSAY_VERSION);
        return EXIT_PASS;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return run_help(argc > 2 ? argv[2] : NULL);
    const struct command *command = find_command(name);
    return command ? command->run(argc - 1, argv + 1) : fail_unknown(name);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C");
    install_signals();
    gsl_set_error_handler_off();
    openblas_set_num_threads(1);
    int status = run(argc, argv);
    /* A full disk behind stdout shows at the last flush; a reader that has gone away (head) is no fault of ours. */
    if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE) {
        fprintf(stderr, "assay: cannot write to standard output: %s\n", strerror(errno));
        if (status == EXIT_PASS)
            status = EXIT_INPUT;
    }
    return status;
}
