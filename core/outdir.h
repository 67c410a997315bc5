/* Output that is there whole or not at all: a directory filled under a temporary name beside its place and renamed when
 * complete; a file likewise. */
#ifndef ASSAY_CORE_OUTDIR_H
#define ASSAY_CORE_OUTDIR_H

#include <stddef.h>

#include "core/error.h"

struct outdir;

/* Makes the temporary directory, so that a place that cannot be written is known before the work. `path` may be absent, an
 * empty directory, or an earlier output (it holds a file `marker`), which outdir_commit replaces; anything else is refused. */
int outdir_begin(struct outdir **outdir, const char *path, const char *marker, struct error *error);
int outdir_write(struct outdir *outdir, const char *name, const void *data, size_t length, struct error *error);
int outdir_commit(struct outdir *outdir, struct error *error); /* frees it, also on failure */
void outdir_abort(struct outdir *outdir);                      /* removes the temporary directory; NULL allowed */

/* Writes a file by way of a temporary sibling. "-" is stdout. */
int file_write(const char *path, const void *data, size_t length, struct error *error);

#endif
