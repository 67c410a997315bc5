/* The mean of many distances (over columns or pairs) with its interval: the common part of the fidelity measures. */
#ifndef ASSAY_METRICS_FIDELITY_MEAN_GAP_H
#define ASSAY_METRICS_FIDELITY_MEAN_GAP_H

#include "metrics/fidelity/views.h"
#include "numeric/gap_pool.h"

/* What a measure of single columns compares. */
struct gap_columns {
    const struct measure_task *task;
    const size_t *column; /* count of them, by index in the schema; from the arena */
    size_t count;
    const struct table_view *reference, *subject;
};

/* All columns that fidelity measures work on, or the quantities among them. */
int gap_columns_get(const struct measure_task *task, bool quantities_only, struct arena *arena, struct gap_columns *columns,
                    struct error *error);
const struct column_schema *gap_column_schema(const struct gap_columns *columns, size_t index);
bool gap_column_is_quantity(const struct gap_columns *columns, size_t index);

/* Values present in a column of the reference and of the subject. */
struct gap_present {
    size_t real, candidate;
};
struct gap_present gap_column_present(const struct gap_columns *columns, size_t index);

/* Which table has no value in a column, in words; NULL where both have one. */
const char *gap_column_absence(const struct gap_columns *columns, size_t index);

/* Computes distance number `index` between reference (first) and subject (second); adds to the influence values unless NULL. */
typedef int gap_part(void *context, size_t index, const struct influence *influence, struct gap *gap, struct error *error);

struct mean_gap {
    struct gap *parts; /* from the arena; a NaN distance takes no part */
    size_t count, defined;
    double distance; /* NaN when no part is defined */
    double lo, hi;   /* of the distance at this number of rows; NaN in a brief run */
    const char *method;
    double se, bias;            /* its standard error; what noise adds to it, in gap.h's sense */
    struct interval population; /* of the distance of the populations; method NULL in a brief run */
};

/* Runs over the pool. Memory: 8 bytes a row for each of at most 8 chunks of parts. */
int mean_gap_compute(const struct measure_task *task, size_t count, gap_part *part, void *context, struct arena *arena,
                     struct mean_gap *mean, struct error *error);

/* Parts that were computed together, with their cells. */
struct mean_gap_pool {
    struct influence sums; /* their summed influence values */
    struct gap_pool cells;
    double bias; /* the sum of theirs in gap.h's sense: what noise adds if all that may be noise is noise */
};

/* The same with `pooled` parts (not read in a brief run), for which part() gives the gap alone. What is noise in them is learnt
 * from their cells (gap_pool.h) where these are enough. */
int mean_gap_compute_with(const struct measure_task *task, size_t count, gap_part *part, void *context,
                          const struct mean_gap_pool *pooled, struct arena *arena, struct mean_gap *mean, struct error *error);

/* Widens both intervals by a variance that comes from elsewhere than the rows of the two tables; not after pooling. */
void mean_gap_widen(const struct measure_task *task, double variance, struct mean_gap *mean);

/* The part that is farthest away; 0 when none is defined. */
size_t mean_gap_worst(const struct mean_gap *mean);

/* Fills value, interval, method and n of a result: similarity = 1 − mean distance, cut to [0, 1], or the distance itself. */
void mean_gap_result(const struct measure_task *task, const struct mean_gap *mean, bool similarity, struct result *result);

/* Writes "score" (1 − distance) or another key, and "lo" and "hi" for the populations, of one part into an item of details. */
void gap_describe(const struct measure_task *task, const struct gap *gap, bool similarity, const char *key, cJSON *item);

#endif
