/* Option tables: one table a command yields parsing, --help and the man page.
 *
 * `--name VALUE` and `--name=VALUE`; unknown options, missing and malformed values are errors that name the option and suggest
 * the nearest one. Positional arguments are collected in order. */
#ifndef ASSAY_CORE_OPTIONS_H
#define ASSAY_CORE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/strbuf.h"

enum option_kind {
    OPTION_FLAG,    /* bool */
    OPTION_STRING,  /* const char *, the last one given counts */
    OPTION_LIST,    /* struct option_list, appended at each use, not split */
    OPTION_COMMAS,  /* struct option_list, split at commas; \, keeps a comma */
    OPTION_INTEGER, /* int64_t within lo … hi */
    OPTION_NUMBER,  /* double within lo … hi */
    OPTION_SIZE     /* size_t: bytes with K, M, G */
};

struct option_list {
    const char **items;
    size_t count, capacity;
};

struct option {
    const char *name; /* without the dashes; NULL ends the table */
    enum option_kind kind;
    size_t offset;        /* of the field in the options struct */
    const char *argument; /* "FILE", NULL for flags */
    const char *help;     /* one sentence */
    double lo, hi;        /* numbers: allowed range when lo < hi */
    bool required;
};

struct command {
    const char *name;
    const char *usage;       /* what follows `assay NAME` */
    const char *summary;     /* one line */
    const char *description; /* paragraphs for --help and the man page */
    const struct option *options;
    int (*run)(int argc, char **argv); /* returns the exit status */
};

/* Fills the struct at `values` (already set to its defaults). argv[0] is the command's name. Positional arguments go to
 * `positional` (NULL: none allowed). Sets *help when --help was given (what follows it is not looked at). Lists point into argv
 * or into memory that options_free releases, after a failure too. */
int options_parse(const struct command *command, int argc, char **argv, void *values, struct option_list *positional,
                  bool *help, struct error *error);
void options_free(const struct command *command, void *values, struct option_list *positional);
void options_help(const struct command *command, struct strbuf *out); /* for --help, 80 columns wide */
void options_man(const struct command *command, struct strbuf *out);  /* the command's part of assay(1), in man macros */

#endif
