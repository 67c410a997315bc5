/* The commands of the program, and what each of them begins and ends with.
 *
 * A command lives in cli/cmd_NAME.c as `const struct command command_NAME` (core/options.h) and has one line here and one in
 * cli/commands.c. Its run function follows one pattern:
 *
 *     static int run(int argc, char **argv)
 *     {
 *         struct settings settings = {.seed = 1};            // the defaults
 *         struct option_list files = {0};                     // positional arguments, where there are any
 *         int status;
 *         if (!command_begin(&command_NAME, argc, argv, &settings, &files, &status))
 *             return status;                                  // --help, or a usage error that has been printed
 *         struct error error = {0};
 *         status = do_it(&settings, &error) ? command_fail(&error) : EXIT_PASS;
 *         options_free(&command_NAME, &settings, &files);
 *         return status;
 *     }
 */
#ifndef ASSAY_CLI_COMMAND_H
#define ASSAY_CLI_COMMAND_H

#include <stdbool.h>

#include "core/error.h"
#include "core/options.h"

/* A contract with scripts. */
enum exit_status {
    EXIT_PASS = 0,
    EXIT_GATE_FAILED = 1,
    EXIT_INPUT = 2,     /* bad usage, policy or input */
    EXIT_UNDECIDED = 3, /* a gate could not be decided */
    EXIT_INTERNAL = 4,
    EXIT_INTERRUPTED = 130
};

/* In the order in which `assay --help` lists them; NULL ends. */
extern const struct command *const command_table[];

extern const struct command command_audit;
extern const struct command command_gate;
extern const struct command command_generate;
extern const struct command command_game;
extern const struct command command_canary;
extern const struct command command_fairness;
extern const struct command command_schema;
extern const struct command command_report;
extern const struct command command_measures;
extern const struct command command_verify;
extern const struct command command_keygen;

/* Parses the arguments. False when the command is done already: after --help, or after an error, which has been printed;
 * *status is then the exit status and nothing needs to be freed. `positional` NULL: none allowed. */
bool command_begin(const struct command *command, int argc, char **argv, void *values, struct option_list *positional,
                   int *status);

/* Prints "assay: message" to stderr and returns the exit status that belongs to the error's code. */
int command_fail(const struct error *error);

/* Prints a line to stderr, the controls in it as escapes. */
void command_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* assay(1) in the man macros of troff, made from the option tables. */
void command_man(struct strbuf *out);

#endif
