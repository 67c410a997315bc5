#include "cli/command.h"
#include "core/version.h"

void command_man(struct strbuf *out)
{
    strbuf_adds(out,
                ".\\\" Written by `assay help \\-\\-man`; change the option tables in cli/ instead.\n"
                ".TH ASSAY 1 \"\" \"assay " ASSAY_VERSION "\" \"User Commands\"\n"
                ".SH NAME\n"
                "assay \\- audit synthetic data for fidelity, utility, fairness, robustness and privacy\n"
                ".SH SYNOPSIS\n"
                ".B assay\n"
                ".I COMMAND\n"
                ".RI [ OPTIONS ]\n"
                ".br\n"
                ".B assay help\n"
                ".RI [ COMMAND ]\n"
                ".SH DESCRIPTION\n"
                "Answers one question: can this synthetic dataset be trusted for its purpose, and how sure are we?\n"
                "It scores candidate tables against the real rows they were made from and against real rows they have not\n"
                "seen, compares generators, gates releases and draws the report.\n"
                "Options may be written \\fB\\-\\-name VALUE\\fR or \\fB\\-\\-name=VALUE\\fR; \\fB\\-\\-\\fR ends them.\n"
                "Results go to standard output, messages to standard error.\n"
                ".SH COMMANDS\n");
    for (const struct command *const *command = command_table; *command; command++)
        options_man(*command, out);
    strbuf_adds(out, ".SH EXIT STATUS\n"
                     ".TP\n.B 0\npass\n"
                     ".TP\n.B 1\na gate failed\n"
                     ".TP\n.B 2\nbad usage, policy or input; the message says what to do\n"
                     ".TP\n.B 3\na gate could not be decided\n"
                     ".TP\n.B 4\ninternal failure\n"
                     ".TP\n.B 130\ninterrupted by SIGINT or SIGTERM; nothing half-written is left\n"
                     ".SH ENVIRONMENT\n"
                     ".TP\n.B SOURCE_DATE_EPOCH\n"
                     "the date of a report, in seconds since 1970, where \\fB\\-\\-date\\fR is not given\n"
                     ".TP\n.B ASSAY_KEY_PASSWORD\n"
                     "the password of an encrypted key of \\fB\\-\\-sign\\fR\n");
}
