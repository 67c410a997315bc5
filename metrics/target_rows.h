/* Rows that have a target value (struct target_rows of protocol.h): whether they can teach or test, and parts of them. */
#ifndef ASSAY_METRICS_TARGET_ROWS_H
#define ASSAY_METRICS_TARGET_ROWS_H

#include "metrics/protocol.h"

/* ERROR_UNMEASURABLE: no rows, or one class or value alone. where: "the holdout", … in the message. */
int target_rows_check(const struct target_rows *target, const struct dataset *data, const char *where, struct error *error);

/* Keeps `rows` of the labelled rows, drawn without replacement, in their order. */
int target_rows_draw(struct target_rows *target, size_t rows, uint64_t seed, struct arena *arena, struct error *error);

#endif
