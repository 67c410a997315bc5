/* assay verify: whether a signed audit is as it was written, and of the inputs it says it is. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/verification.h"

#define FIELD(name) offsetof(struct verify_settings, name)

static const struct option options[] = {
    {"key", OPTION_STRING, FIELD(key), "PUB", "the signer's public key, in a file of 'assay keygen' or minisign", 0, 0, false},
    {"train", OPTION_STRING, FIELD(train), "FILE", "the real rows, to be compared with those that were audited", 0, 0, false},
    {"holdout", OPTION_STRING, FIELD(holdout), "FILE", "the holdout, likewise", 0, 0, false},
    {"reference", OPTION_STRING, FIELD(reference), "FILE", "the further real rows, likewise", 0, 0, false},
    {"synthetic", OPTION_LIST, FIELD(synthetic), "[NAME=]FILE", "a candidate, likewise; may be given several times", 0, 0,
     false},
    {0},
};

static int run(int argc, char **argv);

const struct command command_verify = {
    .name = "verify",
    .usage = "DIR [--key PUB] [--train FILE] [--holdout FILE] [--synthetic [NAME=]FILE ...]",
    .summary = "check the signatures, files and inputs of a signed audit",
    .description =
        "Checks a directory that 'assay audit --sign' wrote: the signatures of audit.json and of the list SHA256SUMS, that "
        "every listed file is there and unchanged, that no other file is there, and that the tables given are the ones that "
        "were audited. Prints what was checked and what was not.\n\n"
        "Exit status: 0 all is as it was signed, 1 something is not, 2 bad usage, 3 without --key nothing says who wrote the "
        "files, though they agree with each other.",
    .options = options,
    .run = run,
};

static int print_result(const struct verification *result)
{
    const size_t checks = result->right + result->wrong;
    int status = EXIT_PASS;

    fputs(strbuf_text(&result->table), stdout);
    if (result->unseen.length > 0)
        printf("  not checked: %s\n", strbuf_text(&result->unseen));
    if (result->wrong > 0) {
        printf("tampered with, or damaged: %zu of %zu checks failed\n", result->wrong, checks);
        status = EXIT_GATE_FAILED;
    } else if (!result->signatures) {
        printf("undecided: the files agree with each other, but without --key nothing says who wrote them\n");
        status = EXIT_UNDECIDED;
    } else {
        printf("as it was signed with key %s: %zu checks\n", result->key, checks);
    }
    return status;
}

static int run(int argc, char **argv)
{
    struct verify_settings settings = {0};
    struct option_list directories = {0};
    struct verification result = {0};
    struct error error = {0};
    int status;

    if (!command_begin(&command_verify, argc, argv, &settings, &directories, &status))
        return status;
    if (directories.count != 1) {
        error_set(&error, ERROR_INPUT, "assay verify takes one DIR, %zu were given", directories.count);
    } else {
        settings.directory = directories.items[0];
        verify_directory(&settings, &result, &error);
    }
    status = error.code ? command_fail(&error) : print_result(&result);
    strbuf_free(&result.table);
    strbuf_free(&result.unseen);
    options_free(&command_verify, &settings, &directories);
    return status;
}
