/* Pairs of columns that a measure compares: all of them, or a seeded sample where there are too many. */
#ifndef ASSAY_METRICS_FIDELITY_COLUMN_PAIRS_H
#define ASSAY_METRICS_FIDELITY_COLUMN_PAIRS_H

#include "metrics/measure.h"

/* All pairs of 100 columns. The pairs of 5,000 columns would take minutes and fill gigabytes of audit.json. */
enum { COLUMN_PAIRS_MOST = 5000 };

struct column_pair {
    size_t a, b; /* schema columns, a < b */
};

struct column_pairs {
    const struct column_pair *pairs; /* in order of a, then b */
    size_t count;
    size_t total; /* of which `count` were drawn */
};

/* columns: schema columns in ascending order. Of more than COLUMN_PAIRS_MOST pairs that many draws with replacement (random
 * stream: task->seed, `stream`), what was drawn twice counts once: the same for every table that is compared. */
int column_pairs(const struct measure_task *task, const char *stream, const size_t *columns, size_t count, struct arena *arena,
                 struct column_pairs *out, struct error *error);

#endif
