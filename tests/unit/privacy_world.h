/* Small worlds for the tests of privacy measures: train, holdout and a subject made of numbers and codes in memory. */
#ifndef ASSAY_TESTS_PRIVACY_WORLD_H
#define ASSAY_TESTS_PRIVACY_WORLD_H

#include "metrics/measure.h"

struct world {
    struct schema schema;
    struct column_schema columns[16];
    struct dataset data;
    struct table *train, *holdout, *subject;
    struct artifacts *artifacts;
    struct measure_task task;
    struct parameter_value parameters[8]; /* the measure's own, unless the test sets task.parameters */
};

/* n_numbers numeric columns, then n_levels categorical ones; tables of the given sizes, still zero. */
void world_new(struct world *world, size_t n_numbers, size_t n_levels, size_t train, size_t holdout, size_t subject);
void world_free(struct world *world);

/* Fills rows from … of a table with draws of a population: correlated normal numbers with missing cells, skewed levels. */
void world_draw(struct world *world, struct table *table, size_t from, uint64_t seed);
void world_draw_all(struct world *world, uint64_t seed); /* train, holdout and subject, strangers to one another */
void world_copy_row(struct world *world, struct table *to, size_t row, const struct table *from, size_t source);

/* Runs a measure on the world's subject; fails the test when it errs. Free the result with world_result_free. */
void world_run(struct world *world, const char *id, struct result *result);
void world_result_free(struct result *result);

/* The same on a candidate of tables that were read, train being the reference. */
void dataset_run(const struct dataset *data, struct artifacts *artifacts, size_t candidate, const char *id,
                 struct result *result);

#endif
