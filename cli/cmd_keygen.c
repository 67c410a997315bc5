/* assay keygen: a key pair for --sign and verify --key. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "core/minisign.h"
#include "core/outdir.h"

struct settings {
    bool none;
};

static const struct option options[] = {{.name = NULL}};

/* A key that is overwritten is lost, and with it whatever it could vouch for. */
static int refuse_existing(const char *path, struct error *error)
{
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return 0;
    return error_set(error, ERROR_INPUT, "'%s' is there already, or its folder cannot be looked at; give another name", path);
}

static int generate(const struct option_list *files, struct error *error)
{
    struct strbuf secret = STRBUF_INIT, public = STRBUF_INIT, name = STRBUF_INIT;
    int status = 0;

    if (files->count != 1)
        return error_set(error, ERROR_INPUT, "keygen takes one FILE for the secret key, %zu were given", files->count);
    strbuf_addf(&name, "%s.pub", files->items[0]);
    if (name.failed)
        status = error_memory(error);
    if (!status)
        status = refuse_existing(files->items[0], error);
    if (!status)
        status = refuse_existing(strbuf_text(&name), error);
    if (!status)
        status = key_pair_make(&secret, &public, error);
    if (!status)
        status = file_write_private(files->items[0], strbuf_text(&secret), secret.length, error);
    if (!status) {
        status = file_write(strbuf_text(&name), strbuf_text(&public), public.length, error);
        if (status)
            unlink(files->items[0]);
    }
    if (!status)
        command_note("secret key in %s: not encrypted, keep it to yourself; public key in %s: give it to who verifies",
                     files->items[0], strbuf_text(&name));
    if (secret.text)
        explicit_bzero(secret.text, secret.capacity);
    strbuf_free(&secret);
    strbuf_free(&public);
    strbuf_free(&name);
    return status;
}

static int run(int argc, char **argv)
{
    struct settings settings = {0};
    struct option_list files = {0};
    struct error error = {0};
    int status;
    if (!command_begin(&command_keygen, argc, argv, &settings, &files, &status))
        return status;
    status = generate(&files, &error) ? command_fail(&error) : EXIT_PASS;
    options_free(&command_keygen, &settings, &files);
    return status;
}

const struct command command_keygen = {
    .name = "keygen",
    .usage = "FILE",
    .summary = "make a key pair to sign audits with",
    .description =
        "Writes a new Ed25519 secret key to FILE, readable for its owner alone, and the public key to FILE.pub, both as "
        "minisign has them. The secret key has no password, as a pipeline needs it; 'minisign -G' makes one with a password. "
        "Nothing that exists is overwritten.",
    .options = options,
    .run = run,
};
