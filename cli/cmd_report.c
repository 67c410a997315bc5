/* assay report: draws a finished audit again. */
#include <stdio.h>

#include "cli/command.h"
#include "core/json.h"
#include "report/report.h"

struct settings {
    const char *out;
};

static const struct option options[] = {
    {.name = "out",
     .kind = OPTION_STRING,
     .offset = offsetof(struct settings, out),
     .argument = "FILE",
     .help = "the file to write; its ending says the format: .pdf, .md, .xml (JUnit) or .sarif",
     .required = true},
    {.name = NULL},
};

static int draw(const struct settings *settings, const struct option_list *files, struct error *error)
{
    cJSON *audit = NULL;
    const char *format = report_format_of(settings->out);
    if (files->count != 1)
        return error_set(error, ERROR_INPUT, "report takes one audit.json or game JSON, not %zu files", files->count);
    if (!format)
        return error_set(error, ERROR_INPUT, "'%s' has no ending that names a format; use .pdf, .md, .xml or .sarif",
                         settings->out);
    int status = json_read_file(files->items[0], false, &audit, error);
    if (!status)
        status = report_write(audit, format, settings->out, error);
    cJSON_Delete(audit);
    return status;
}

static int run(int argc, char **argv)
{
    struct settings settings = {0};
    struct option_list files = {0};
    int status;
    if (!command_begin(&command_report, argc, argv, &settings, &files, &status))
        return status;
    struct error error = {0};
    status = draw(&settings, &files, &error) ? command_fail(&error) : EXIT_PASS;
    options_free(&command_report, &settings, &files);
    return status;
}

const struct command command_report = {
    .name = "report",
    .usage = "AUDIT.json|GAME.json --out FILE",
    .summary = "draw a finished audit again, or a privacy game",
    .description =
        "Draws the report of a finished audit from its audit.json alone: a PDF with the verdict, the pictures and all "
        "numbers, a Markdown summary, a JUnit file with one test case a gate, or SARIF 2.1.0 with a result for each gate that "
        "is not passed. The same audit.json gives the same "
        "bytes.\n\n"
        "Given what `assay game --out` wrote, it draws the game: the curve of what more synthetic rows give away, its table, "
        "how the game is played and what it cannot say (PDF or Markdown).",
    .options = options,
    .run = run,
};
