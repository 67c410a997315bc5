#include "core/progress.h"

#include <stdio.h>
#include <unistd.h>

enum { BAR_WIDTH = 24 };

void progress_start(struct progress *progress, size_t total)
{
    *progress = (struct progress){.total = total, .shown = isatty(STDERR_FILENO) == 1};
}

void progress_note(const struct progress *progress, const char *what)
{
    if (!progress->shown)
        return;
    /* This step is being done, so the bar counts those before it. */
    size_t before = progress->done > 0 ? progress->done - 1 : 0;
    size_t filled = progress->total > 0 ? before * BAR_WIDTH / progress->total : 0;
    char bar[BAR_WIDTH + 1];
    for (size_t i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r\033[K[%s] %zu/%zu %.40s", bar, progress->done, progress->total, what);
    fflush(stderr);
}

void progress_step(struct progress *progress, const char *what)
{
    if (progress->done < progress->total)
        progress->done++;
    progress_note(progress, what);
}

void progress_end(struct progress *progress)
{
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    progress->shown = false;
}
