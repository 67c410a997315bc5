/* Thread pool: `threads` workers (the caller is one of them) run numbered tasks.
 *
 * Rule of determinism: task boundaries depend on the amount of work alone, never on the number of threads, and partial results
 * are merged by the caller in task order. pool_run inside a task runs its tasks there, one after the other. */
#ifndef ASSAY_CORE_POOL_H
#define ASSAY_CORE_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct pool;

/* One task: index in 0 … tasks−1, worker in 0 … pool_threads()−1 (for per-worker scratch). Returns 0 or an error code with its
 * message set. */
typedef int pool_task(void *context, size_t index, size_t worker, struct error *error);

int pool_new(struct pool **pool, size_t threads, struct error *error); /* threads 0: as many as the machine has */
void pool_free(struct pool *pool);                                     /* NULL allowed */
size_t pool_threads(const struct pool *pool);                          /* NULL pool: 1 */

/* Runs task(context, 0 … tasks−1). pool NULL: in the calling thread. On failure the error of the lowest failing index is
 * reported and no new tasks are started. */
int pool_run(struct pool *pool, size_t tasks, pool_task *task, void *context, struct error *error);

/* Cancellation: set by the signal handler of cli/; pool_run stops starting tasks and returns ERROR_CANCELLED. */
void cancel_request(void); /* async-signal-safe */
bool cancel_requested(void);

#endif
