#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>

const struct command *const command_table[] = {
    &command_audit, &command_gate,   &command_report,   &command_verify, &command_keygen,   &command_generate,
    &command_game,  &command_canary, &command_fairness, &command_schema, &command_measures, NULL,
};

bool command_begin(const struct command *command, int argc, char **argv, void *values, struct option_list *positional,
                   int *status)
{
    struct error error = {0};
    bool help;
    int code = options_parse(command, argc, argv, values, positional, &help, &error);
    if (!code && !help)
        return true;
    *status = EXIT_PASS;
    if (code) {
        *status = command_fail(&error);
    } else {
        struct strbuf text = STRBUF_INIT;
        options_help(command, &text);
        fputs(strbuf_text(&text), stdout);
        strbuf_free(&text);
    }
    options_free(command, values, positional);
    return false;
}

/* One line, whatever line breaks or terminal controls a quoted cell or name may hold. */
static void print_line(const char *start, const char *text)
{
    struct strbuf line = STRBUF_INIT;
    strbuf_add_visible(&line, text);
    fprintf(stderr, "%s%s\n", start, strbuf_text(&line));
    strbuf_free(&line);
}

void command_note(const char *format, ...)
{
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print_line("", text);
}

int command_fail(const struct error *error)
{
    print_line("assay: ", error->message);
    switch (error->code) {
    case ERROR_INPUT:
    case ERROR_UNMEASURABLE:
        return EXIT_INPUT;
    case ERROR_CANCELLED:
        return EXIT_INTERRUPTED;
    default:
        return EXIT_INTERNAL;
    }
}
