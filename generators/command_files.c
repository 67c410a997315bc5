#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/strbuf.h"
#include "datasets/sha256.h"
#include "generators/command.h"

enum { BLOCK = 1 << 16 };

/* Adds the length and the bytes of a regular file that can be read; anything else adds nothing. */
static bool add_file(struct sha256 *sha, const char *path, unsigned char *block)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    bool regular = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    ssize_t n;

    if (regular) {
        const uint64_t length = (uint64_t)status.st_size;

        sha256_add(sha, &length, sizeof length);
        while ((n = read(file, block, BLOCK)) > 0)
            sha256_add(sha, block, (size_t)n);
    }
    if (file >= 0)
        close(file);
    return regular;
}

/* Where execvp would find the program: as named where it holds a slash, else the first of that name in PATH that may be run. */
static void add_program(struct sha256 *sha, const char *program, unsigned char *block)
{
    const char *path = getenv("PATH"), *from = path ? path : "/bin:/usr/bin";
    bool done = strchr(program, '/') != NULL;

    if (done)
        add_file(sha, program, block);
    while (!done) {
        const size_t length = strcspn(from, ":");
        struct strbuf text = STRBUF_INIT;

        strbuf_addf(&text, "%.*s%s%s", (int)length, from, length ? "/" : "", program);
        done = access(strbuf_text(&text), X_OK) == 0 && add_file(sha, strbuf_text(&text), block);
        strbuf_free(&text);
        done |= from[length] == '\0';
        from += length + 1;
    }
}

int command_fingerprint(const struct generator_choice *choice, char hex[65], struct error *error)
{
    unsigned char *block = malloc(BLOCK);
    struct sha256 sha;

    if (!block)
        return error_memory(error);
    sha256_start(&sha, true);
    if (choice->n_words > 0)
        add_program(&sha, choice->words[0], block);
    for (uint64_t i = 1; i < choice->n_words; i++) {
        const char *value = strchr(choice->words[i], '=');

        sha256_add(&sha, &i, sizeof i);
        if (!add_file(&sha, choice->words[i], block) && value)
            add_file(&sha, value + 1, block);
    }
    sha256_hex(&sha, hex);
    free(block);
    return 0;
}
