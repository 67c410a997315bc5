/* Which sets of k columns a k-way measure looks at: all, or a seeded sample. */
#ifndef ASSAY_METRICS_FIDELITY_KWAY_SETS_H
#define ASSAY_METRICS_FIDELITY_KWAY_SETS_H

#include "metrics/measure.h"
#include "numeric/counting.h"

struct kway_sets {
    struct column_sets sets; /* members: schema columns, from the arena */
    uint64_t of;             /* how many there are to choose from */
};

/* Measured columns in ascending order of train's levels, ties by column: the order in which sets are made, so that the columns
 * with the most levels come last in every set. It depends on train alone: further candidates change no sample. */
int kway_columns(const struct measure_task *task, struct arena *arena, size_t **columns, size_t *count, struct error *error);

/* All sets of k of these columns where there are at most `most`, else `most` different ones, each with the same chance (stream
 * "fidelity.kway", replicate k), the same for every table that is compared. In lexicographic order of the given columns.
 * 1 ≤ k ≤ SET_MEMBERS_MOST; C(count, k) below 2^63. */
int kway_sets_choose(uint64_t seed, const size_t *columns, size_t count, size_t k, size_t most, struct arena *arena,
                     struct kway_sets *sets, struct error *error);

#endif
