/* The checks of a signed audit directory. */
#ifndef ASSAY_CLI_VERIFICATION_H
#define ASSAY_CLI_VERIFICATION_H

#include "core/options.h"
#include "core/strbuf.h"

struct verify_settings {
    const char *directory, *key, *train, *holdout, *reference; /* NULL: not given */
    struct option_list synthetic;
};

struct verification {
    struct strbuf table;  /* one line a check */
    size_t right, wrong;  /* checks */
    struct strbuf unseen; /* what was not checked, in words: "a, b" */
    bool signatures;      /* were checked, with the key given */
    char key[17];         /* its name */
};

/* Errors: ERROR_INPUT for a directory or file that cannot be read, or a key that is none. Whatever is found out about the audit
 * is no error but a line. The caller frees both texts, after a failure too. */
int verify_directory(const struct verify_settings *settings, struct verification *result, struct error *error);

#endif
