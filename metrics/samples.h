/* Bootstrap samples of the test rows, drawn once for all measures that resample them: replicate b of n rows is the same sample
 * wherever it is met, so that differences between models are paired. */
#ifndef ASSAY_METRICS_SAMPLES_H
#define ASSAY_METRICS_SAMPLES_H

#include "metrics/measure.h"

/* One replicate: `weight` is how often each row was drawn. Writes `count` values; `worker` picks per-worker scratch. */
typedef int sample_statistic(void *context, const uint32_t *weight, size_t worker, double *values, struct error *error);

/* out: replicates x count, row by row. The samples depend on (seed, rows, replicate) alone. */
int samples_run(const struct measure_task *task, size_t rows, size_t replicates, size_t count, sample_statistic *statistic,
                void *context, double *out, struct error *error);

#endif
