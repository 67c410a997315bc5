/* Progress: a bar on stderr when that is a terminal, nothing otherwise. Called by the audit between measures. */
#ifndef ASSAY_CORE_PROGRESS_H
#define ASSAY_CORE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
    size_t total, done;
    bool shown;
};

void progress_start(struct progress *progress, size_t total);
void progress_step(struct progress *progress, const char *what); /* `what` is being done now; counts one step */
/* What a long step is at, in the place of `what`; from several threads too, one at a time. */
void progress_note(const struct progress *progress, const char *what);
void progress_end(struct progress *progress); /* clears the line */

#endif
