#include "core/outdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct outdir {
    char path[PATH_MAX], temporary[PATH_MAX], old[PATH_MAX];
    const char *const *files;
};

static int refuse(struct error *error, const char *what, const char *path)
{
    return error_set(error, ERROR_INPUT, "%s '%s': %s", what, path, strerror(errno));
}

/* Only what we made is removed: plain files in one directory. */
static void remove_directory(const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    char name[PATH_MAX];

    if (!directory)
        return;
    while ((entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            snprintf(name, sizeof name, "%s/%s", path, entry->d_name) < (int)sizeof name)
            unlink(name);
    closedir(directory);
    rmdir(path);
}

static bool is_listed(const char *name, const char *const *files)
{
    for (size_t i = 0; files[i]; i++)
        if (strcmp(name, files[i]) == 0)
            return true;
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Empty, or an earlier output and nothing else. `stranger` gets the name of a file that is neither, or "". */
static bool is_ours(const char *path, const char *const *files, char stranger[NAME_MAX + 1])
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    size_t count = 0;
    bool marked = false;

    stranger[0] = '\0';
    if (!directory)
        return false;
    while ((entry = readdir(directory))) {
        if (!is_listed(entry->d_name, files) && !stranger[0])
            snprintf(stranger, NAME_MAX + 1, "%s", entry->d_name);
        marked = marked || strcmp(entry->d_name, files[0]) == 0;
        count++;
    }
    closedir(directory);
    return !stranger[0] && (marked || count == 2);
}

static int check_place(const struct outdir *out, struct error *error)
{
    struct stat about;
    char stranger[NAME_MAX + 1];

    if (lstat(out->path, &about) != 0)
        return errno == ENOENT ? 0 : refuse(error, "cannot look at output directory", out->path);
    if (!S_ISDIR(about.st_mode))
        return error_set(error, ERROR_INPUT, "--out '%s' is there already and is not a directory; give another --out",
                         out->path);
    if (is_ours(out->path, out->files, stranger))
        return 0;
    return error_set(error, ERROR_INPUT,
                     "--out '%s' is a directory with other files in it%s%s%s; give another --out, or empty it", out->path,
                     stranger[0] ? ", such as '" : "", stranger, stranger[0] ? "'" : "");
}

int outdir_begin(struct outdir **outdir, const char *path, const char *const *files, struct error *error)
{
    struct outdir *out = calloc(1, sizeof *out);
    size_t length = strlen(path);
    int status;

    if (!out)
        return error_memory(error);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length == 0 || length + 40 >= sizeof out->path) {
        free(out);
        return error_set(error, ERROR_INPUT, "--out '%.60s' is not a usable path", path);
    }
    memcpy(out->path, path, length);
    out->files = files;
    status = check_place(out, error);
    memcpy(out->temporary, out->path, length);
    snprintf(out->temporary + length, 40, ".part-%ld", (long)getpid());
    memcpy(out->old, out->path, length);
    snprintf(out->old + length, 40, ".old-%ld", (long)getpid());
    if (!status && mkdir(out->temporary, 0777) != 0)
        status = refuse(error, "cannot write output directory", out->path);
    if (status) {
        free(out);
        return status;
    }
    *outdir = out;
    return 0;
}

static int write_all(int file, const char *path, const void *data, size_t length, struct error *error)
{
    const char *at = data;

    while (length > 0) {
        const ssize_t written = write(file, at, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return refuse(error, "cannot write", path);
        at += written;
        length -= (size_t)written;
    }
    return 0;
}

static int write_new_file(const char *path, const void *data, size_t length, struct error *error)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int status;

    if (file < 0)
        return refuse(error, "cannot write", path);
    status = write_all(file, path, data, length, error);
    if (!status && fsync(file) != 0 && errno != EINVAL && errno != ENOTSUP)
        status = refuse(error, "cannot write", path);
    if (close(file) != 0 && !status)
        status = refuse(error, "cannot write", path);
    return status;
}

int outdir_write(struct outdir *outdir, const char *name, const void *data, size_t length, struct error *error)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/%s", outdir->temporary, name) >= (int)sizeof path)
        return error_set(error, ERROR_INPUT, "the path '%s' is too long", outdir->path);
    return write_new_file(path, data, length, error);
}

/* Puts the new output in the place of the one at path: by exchange, else in two steps. */
static int replace(const struct outdir *out, struct error *error)
{
    int status = check_place(out, error);

    if (status)
        return status;
    if (renameat2(AT_FDCWD, out->temporary, AT_FDCWD, out->path, RENAME_EXCHANGE) == 0) {
        remove_directory(out->temporary);
        return 0;
    }
    if (errno == ENOENT) /* another writer is between its two steps */
        return rename(out->temporary, out->path) == 0 ? 0 : refuse(error, "cannot write output directory", out->path);
    if (rename(out->path, out->old) != 0)
        return refuse(error, "cannot replace", out->path);
    if (rename(out->temporary, out->path) != 0) {
        status = refuse(error, "cannot write output directory", out->path);
        rename(out->old, out->path);
        return status;
    }
    remove_directory(out->old);
    return 0;
}

int outdir_commit(struct outdir *outdir, struct error *error)
{
    int status = 0;

    if (rename(outdir->temporary, outdir->path) != 0) {
        if (errno == ENOTEMPTY || errno == EEXIST)
            status = replace(outdir, error);
        else
            status = refuse(error, "cannot write output directory", outdir->path);
    }
    if (status) {
        outdir_abort(outdir);
        return status;
    }
    free(outdir);
    return 0;
}

void outdir_abort(struct outdir *outdir)
{
    if (!outdir)
        return;
    remove_directory(outdir->temporary);
    free(outdir);
}

int folder_make(const char *path, struct error *error)
{
    struct stat about;

    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return error_set(error, ERROR_INPUT, "cannot make the folder '%s': %s", path, strerror(errno));
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode) || access(path, R_OK | W_OK | X_OK) != 0)
        return error_set(error, ERROR_INPUT, "'%s' is no folder that can be written to", path);
    return 0;
}

int file_apart(const char *path, const char *const *inputs, size_t n, struct error *error)
{
    struct stat about, input;

    if (!path || strcmp(path, "-") == 0 || stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return 0;
    for (size_t i = 0; i < n; i++)
        if (inputs[i] && stat(inputs[i], &input) == 0 && input.st_dev == about.st_dev && input.st_ino == about.st_ino)
            return error_set(error, ERROR_INPUT, "'%s' is to be read and would be overwritten; give another file to write",
                             path);
    return 0;
}

int file_write(const char *path, const void *data, size_t length, struct error *error)
{
    char temporary[PATH_MAX];
    struct stat about;
    int status;

    if (strcmp(path, "-") == 0)
        return write_all(STDOUT_FILENO, "stdout", data, length, error);
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return error_set(error, ERROR_INPUT, "cannot write '%s': it is a directory; name a file", path);
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) /* a device or pipe must not be replaced by a file */
        return write_new_file(path, data, length, error);
    if (snprintf(temporary, sizeof temporary, "%s.part-%ld", path, (long)getpid()) >= (int)sizeof temporary)
        return error_set(error, ERROR_INPUT, "the path '%.60s…' is too long", path);
    status = write_new_file(temporary, data, length, error);
    if (!status && rename(temporary, path) != 0)
        status = refuse(error, "cannot write", path);
    if (status)
        unlink(temporary);
    return status;
}

int file_write_private(const char *path, const void *data, size_t length, struct error *error)
{
    const mode_t mask = umask(S_IRWXG | S_IRWXO);
    const int status = file_write(path, data, length, error);

    umask(mask);
    return status;
}

/* Not a limit that an audit reaches: it stops at /dev/zero before memory is out. */
static const size_t MOST = (size_t)1 << 30;

int file_read(const char *path, struct strbuf *content, struct error *error)
{
    char block[1 << 14];
    size_t got;
    int status = 0;
    FILE *file = fopen(path, "rb");

    if (!file)
        return refuse(error, "cannot open", path);
    while (content->length <= MOST && (got = fread(block, 1, sizeof block, file)) > 0)
        strbuf_add(content, block, got);
    if (content->length > MOST)
        status = error_set(error, ERROR_INPUT, "'%s' is larger than any file of its kind (1 GiB); name the right file", path);
    else if (ferror(file))
        status = refuse(error, "cannot read", path);
    else if (content->failed)
        status = error_memory(error);
    fclose(file);
    return status;
}
