/* Output that is there whole or not at all: a directory filled under a temporary name beside its place and renamed when
 * complete; a file likewise. */
#ifndef ASSAY_CORE_OUTDIR_H
#define ASSAY_CORE_OUTDIR_H

#include <stddef.h>

#include "core/error.h"
#include "core/strbuf.h"

struct outdir;

/* Makes the temporary directory, so that a place that cannot be written is known before the work. `path` may be absent, an
 * empty directory, or an earlier output, which outdir_commit replaces; anything else is refused. An earlier output holds the
 * first of `files` (names that end with NULL and outlive the outdir) and nothing but such files, so that nobody's own file is
 * ever removed. */
int outdir_begin(struct outdir **outdir, const char *path, const char *const *files, struct error *error);
int outdir_write(struct outdir *outdir, const char *name, const void *data, size_t length, struct error *error);
/* One step for the reader, where the file system can exchange two directories: the old output or the new one is there. Of
 * several writers the last one wins. Frees it, also on failure. */
int outdir_commit(struct outdir *outdir, struct error *error);
void outdir_abort(struct outdir *outdir); /* removes the temporary directory; NULL allowed */

/* Makes a folder for its owner alone, unless it is there. ERROR_INPUT: it cannot be made, or is none that can be written to. */
int folder_make(const char *path, struct error *error);

/* Refuses an output file that is one of the `n` inputs, under any name, since its content would be lost: whoever writes asks
 * before the work. NULL inputs and files that are not there are passed over; "-" and devices are no files. */
int file_apart(const char *path, const char *const *inputs, size_t n, struct error *error);
/* Writes a file by way of a temporary sibling. "-" is stdout. */
int file_write(const char *path, const void *data, size_t length, struct error *error);
int file_write_private(const char *path, const void *data, size_t length, struct error *error); /* for its owner alone */
/* Appends a file's content. */
int file_read(const char *path, struct strbuf *content, struct error *error);

#endif
