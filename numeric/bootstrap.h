/* Bootstrap: replicates of a statistic, each from a random stream of its own, spread over the pool.
 *
 * The stream of replicate b is (seed, stream name, b): the same numbers for any number of threads (Efron 1979). */
#ifndef ASSAY_NUMERIC_BOOTSTRAP_H
#define ASSAY_NUMERIC_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/pool.h"
#include "core/random.h"

/* One replicate: draws from `random`, writes `count` values. `worker` picks per-worker scratch (0 … pool_threads() − 1); what
 * it writes must not depend on it. */
typedef int bootstrap_statistic(void *context, struct random *random, size_t worker, double *values, struct error *error);

/* out: replicates × count, row by row. pool NULL: in the calling thread. */
int bootstrap_run(struct pool *pool, uint64_t seed, const char *stream, size_t replicates, size_t count,
                  bootstrap_statistic *statistic, void *context, double *out, struct error *error);

/* n draws with replacement from 0 … n − 1: as row numbers, or as how often each row was drawn. */
void bootstrap_rows(struct random *random, size_t n, uint32_t *rows);
void bootstrap_multiplicities(struct random *random, size_t n, uint32_t *counts);

/* Bias (mean − estimate) and standard deviation (divisor n − 1) of replicates around an estimate; NaN ones left out, NaN with
 * fewer than 2. */
void bootstrap_summary(const double *replicates, size_t count, double estimate, double *bias, double *deviation);

#endif
