/* What the generators share: the new table, draws of row numbers, copying of cells, the grid that a column's values lie on.
 *
 * A generator sees nothing but the cells of the table it is given: domains, shares and ranges are taken from `train` itself and
 * not from the schema, which may have been fitted on more rows (a membership game trains on a part of them).
 *
 * Text and id columns (KIND_OTHER) have no model: where a method needs one they are resampled like the columns of
 * `independent`. `assay generate` writes running numbers instead of resampled ids (see docs/generators.md). */
#ifndef ASSAY_GENERATORS_SUPPORT_H
#define ASSAY_GENERATORS_SUPPORT_H

#include "core/pool.h"
#include "core/random.h"
#include "datasets/table.h"

/* Rows of a chunk: what one task of the pool draws, from a stream of its own. Part of the numbers' definition. */
enum { GENERATOR_CHUNK = 2048 };

/* A new table of `rows` rows with train's schema. ERROR_INPUT when train has no rows or a row number does not fit 32 bits. */
int generator_begin(const struct table *train, size_t rows, const char *name, struct table **out, struct error *error);

/* What a task that makes one column gets to see; the task's index is the column. */
struct generator_task {
    const struct table *train;
    struct table *out;
    uint64_t seed;
    const void *model; /* the generator's own */
};

/* Makes the table column by column: runs `column_task` on the pool for every column, then seals the table. Nothing is left in
 * *out on failure. */
int generator_columns(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                      pool_task *column_task, struct table **out, struct error *error);

/* Fills rows[0 … n−1] with draws from 0 … below−1, with replacement. below ≥ 1. */
void generator_draw(struct random *random, size_t below, size_t n, uint32_t *rows);

/* out's column, rows first … first+n−1 := the same column of `from`, row rows[i] (rows NULL: row i). */
void generator_gather(const struct table *from, const uint32_t *rows, size_t first, size_t n, struct table *out, size_t column);

/* out's whole column resampled from train's, missing included. */
void generator_resample(const struct table *train, struct random *random, struct table *out, size_t column);

/* Every text and id column of out resampled, each from the stream (seed, stream, column). */
void generator_resample_other(const struct table *train, uint64_t seed, const char *stream, struct table *out);

/* The reciprocal of the step between a quantity's possible values: 10^decimals for numbers; for datetimes 1 when all are whole
 * days, else 86,400 (seconds). 0: no grid is known. */
double generator_scale(const struct table *train, size_t column);
double generator_round(double value, double scale);

/* Counts of the levels in a column: counts[0 … n_levels−1]; the missing cells are not counted. */
void generator_count_levels(const struct table *train, size_t column, uint32_t *counts);

#endif
