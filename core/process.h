/* Running an outside program without a shell: words, time limit, last lines of what it said.
 *
 * Words are parted by blanks, tabs and line breaks. 'single quotes' keep everything as it is; "double quotes" keep blanks, and
 * in them \" and \\ stand for " and \; outside of quotes \ keeps the next character. Nothing else is special: no variables, no
 * wildcards, no pipes, no redirection. */
#ifndef ASSAY_CORE_PROCESS_H
#define ASSAY_CORE_PROCESS_H

#include <stddef.h>

#include "core/arena.h"
#include "core/error.h"

enum { PROCESS_TAIL = 1500 };

/* words: n of them, then NULL, in the arena. ERROR_INPUT: a quote is not closed, or there is no word. */
int process_split(const char *command, struct arena *arena, const char ***words, size_t *n, struct error *error);

struct process_result {
    double seconds;
    char
        tail[PROCESS_TAIL + 1]; /* the last whole lines of stdout and stderr, in the order in which they came; controls are ? */
};

/* Runs argv[0], looked up in PATH, in a process group of its own, with an empty standard input, and waits. The group is ended
 * (SIGTERM, a second later SIGKILL) after `timeout` seconds or when the run is cancelled; whatever it leaves running behind is
 * killed, and the program itself dies with this one. ERROR_INPUT, the message naming the program: it cannot be started, ended
 * with an exit status other than 0 or by a signal, or took too long. ERROR_CANCELLED. May be called from several threads. */
int process_run(const char *const *argv, double timeout, struct process_result *result, struct error *error);

#endif
