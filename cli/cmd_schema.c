/* assay schema FILE: the inferred schema as JSON, to be corrected by hand and given to --schema. */
#include "cli/command.h"
#include "core/outdir.h"
#include "datasets/csv.h"
#include "datasets/schema.h"

struct schema_settings {
    struct option_list classes;
    const char *out;
};

static const struct option schema_options[] = {
    {.name = "classes",
     .kind = OPTION_COMMAS,
     .offset = offsetof(struct schema_settings, classes),
     .argument = "COL,...",
     .help = "columns that hold classes or groups: whole numbers with few values are categories there (the audit does so for "
             "--target, --sensitive and --secret)"},
    {.name = "out",
     .kind = OPTION_STRING,
     .offset = offsetof(struct schema_settings, out),
     .argument = "FILE",
     .help = "write the schema there instead of to stdout"},
    {.name = NULL},
};

static int write_schema(const struct schema *schema, const char *path, struct error *error)
{
    struct strbuf text = STRBUF_INIT;
    int code = schema_print(schema, &text, error);
    if (!code)
        code = file_write(path, strbuf_text(&text), text.length, error);
    strbuf_free(&text);
    return code;
}

static int infer(const char *file, const struct schema_settings *settings, struct error *error)
{
    struct schema *schema;
    struct schema_hints hints = {settings->classes.items, settings->classes.count};
    int code = file_apart(settings->out, &file, 1, error);
    if (code)
        return code;
    code = csv_read_train_hinted(file, NULL, &hints, &schema, NULL, NULL, error);
    for (size_t i = 0; i < hints.n_classes && !code; i++)
        if (schema_find(schema, hints.classes[i]) == SIZE_MAX)
            code = error_set(error, ERROR_INPUT, "--classes names '%s', which is no column of '%s'", hints.classes[i], file);
    if (!code)
        code = write_schema(schema, settings->out, error);
    schema_free(schema);
    return code;
}

static int run(int argc, char **argv)
{
    struct schema_settings settings = {.out = "-"};
    struct option_list files = {0};
    struct error error = {0};
    int status;
    if (!command_begin(&command_schema, argc, argv, &settings, &files, &status))
        return status;
    int code = files.count == 1 ? infer(files.items[0], &settings, &error)
                                : error_set(&error, ERROR_INPUT, "assay schema takes one FILE, %zu were given", files.count);
    status = code ? command_fail(&error) : EXIT_PASS;
    options_free(&command_schema, &settings, &files);
    return status;
}

const struct command command_schema = {
    .name = "schema",
    .usage = "[OPTIONS] FILE",
    .summary = "infer the schema of a CSV file and print it as JSON",
    .description =
        "Reads FILE (CSV, also gzipped; the delimiter is found by content) and prints what the audit would take each column "
        "for, with the reason. Correct the types that are wrong and give the file to assay audit --schema. The format and "
        "the rules are described in docs/formats.md.",
    .options = schema_options,
    .run = run,
};
