/* Small tables for tests, made in memory: a schema from a list of columns, cells written by the test. */
#ifndef ASSAY_TESTS_FRAME_H
#define ASSAY_TESTS_FRAME_H

#include "metrics/measure.h"

struct frame_column {
    const char *name; /* NULL ends the list */
    enum column_type type;
    unsigned roles;
    uint32_t levels; /* named "0", "1", … */
};

struct frame {
    struct dataset data; /* train, holdout, target, positive = the last level */
    struct arena *arena;
};

/* Schema with these columns; the first one with ROLE_TARGET is the target. Aborts when memory is short. */
struct frame *frame_new(const struct frame_column *columns);
/* A table of the frame; write with table_numbers and table_codes, then table_seal. */
struct table *frame_table(struct frame *frame, const char *name, size_t rows);
void frame_free(struct frame *frame); /* not the tables */

/* Runs a measure on frame->data with a pool of `threads`, seed 1, level .95, min_group 10, in a store of artifacts of its own.
 * The reference is train. Release the result with frame_release. */
int frame_run(const struct frame *frame, const struct measure *measure, enum subject kind, const struct table *subject,
              size_t threads, struct result *result, struct error *error);
void frame_release(struct result *result);

#endif
