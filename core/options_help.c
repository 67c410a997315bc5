#include "core/options.h"

#include <string.h>

#include "core/utf8.h"
#include "core/wrap.h"

enum { HELP_COLUMN = 26 };

void options_help(const struct command *command, struct strbuf *out)
{
    strbuf_addf(out, "usage: assay %s ", command->name);
    wrap_text(command->usage ? command->usage : "", 16, strlen("usage: assay  ") + strlen(command->name), out);
    strbuf_addc(out, '\n');
    wrap_text(command->summary, 0, 0, out);
    if (command->description) {
        strbuf_addc(out, '\n');
        wrap_text(command->description, 0, 0, out);
    }
    strbuf_adds(out, "\noptions:\n");
    for (const struct option *option = command->options; option && option->name; option++) {
        size_t start = out->length;
        strbuf_addf(out, "  --%s%s%s", option->name, option->argument ? " " : "", option->argument ? option->argument : "");
        size_t column = out->text ? utf8_count(out->text + start, out->length - start) : 0;
        if (column + 2 > HELP_COLUMN) {
            strbuf_addc(out, '\n');
            column = 0;
        }
        for (; column < HELP_COLUMN; column++)
            strbuf_addc(out, ' ');
        wrap_text(option->help, HELP_COLUMN, HELP_COLUMN, out);
    }
    strbuf_adds(out, "  --help                  show this text\n");
}

/* Text for troff: backslashes and hyphens escaped, a control character at the start of a line made harmless, an empty line as a
 * paragraph break. */
static void roff(const char *text, struct strbuf *out)
{
    bool start = true;
    for (; *text; text++) {
        if (start && *text == '\n') {
            strbuf_adds(out, ".PP\n");
            continue;
        }
        if (start && (*text == '.' || *text == '\''))
            strbuf_adds(out, "\\&");
        if (*text == '\\')
            strbuf_adds(out, "\\e");
        else if (*text == '-')
            strbuf_adds(out, "\\-");
        else
            strbuf_addc(out, *text);
        start = *text == '\n';
    }
    if (!start)
        strbuf_addc(out, '\n');
}

void options_man(const struct command *command, struct strbuf *out)
{
    strbuf_addf(out, ".SS assay %s ", command->name);
    roff(command->usage ? command->usage : "", out);
    roff(command->summary, out);
    if (command->description) {
        strbuf_adds(out, ".PP\n");
        roff(command->description, out);
    }
    for (const struct option *option = command->options; option && option->name; option++) {
        strbuf_adds(out, ".TP\n\\fB\\-\\-");
        for (const char *c = option->name; *c; c++)
            strbuf_adds(out, *c == '-' ? "\\-" : (char[2]){*c, '\0'});
        strbuf_addf(out, "\\fR%s%s%s\n", option->argument ? " \\fI" : "", option->argument ? option->argument : "",
                    option->argument ? "\\fR" : "");
        roff(option->help, out);
    }
}
