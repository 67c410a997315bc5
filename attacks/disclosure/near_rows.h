/* Attacks by the nearest synthetic row: a record known on some columns, and the rows of the candidate that are nearest to it.
 *
 * Distance: mean over the columns of |rank − rank'| for quantities, 0 or 1 for categories (numeric/neighbours.h, RANK_GOWER).
 * Ranks are those among the candidate's own rows. The attacker has no others, and it treats all records alike: ranked among
 * train's values a training record would tie with the synthetic values next to it on either side, a stranger with those between
 * the same two training values, and the two would not link equally often though nothing leaks. */
#ifndef ASSAY_ATTACKS_DISCLOSURE_NEAR_ROWS_H
#define ASSAY_ATTACKS_DISCLOSURE_NEAR_ROWS_H

#include "datasets/table.h"
#include "numeric/neighbours.h"

/* Rows of a table. */
struct row_set {
    const struct table *table;
    const uint32_t *pick;
    size_t n;
};

/* A seeded sample without replacement of at most `most` of the rows, in ascending order; stream, number: of core/random.h. */
int row_sample(const struct row_set *rows, size_t most, uint64_t seed, const char *stream, uint64_t number, struct arena *arena,
               struct row_set *sample, struct error *error);
/* Rows whose cell in the column is not missing; SIZE_MAX: all rows. */
int rows_with_value(const struct table *table, size_t column, struct arena *arena, struct row_set *rows, struct error *error);

/* The candidate's rows, coded on what the attacker knows. */
struct known_view {
    const size_t *columns;
    size_t n_columns;
    const struct neighbour_scale *scale;
    const struct neighbour_table *synthetic;
};
int known_view_make(const struct row_set *synthetic, const size_t *columns, size_t n_columns, struct arena *arena,
                    struct known_view *view, struct error *error);

/* Records in that view, and how far their k-th nearest synthetic row is (infinite: there are fewer). */
struct near_search {
    const struct neighbour_table *records;
    const double *distance; /* [rows · k]; the k-th at [i · k + k − 1] */
    size_t k;
};
int near_search_run(const struct known_view *view, const struct row_set *records, size_t k, struct pool *pool,
                    struct arena *arena, struct near_search *search, struct error *error);

/* The synthetic rows as near to record i as its k-th nearest or nearer, all ties included, as indices into the synthetic row
 * set, in no particular order. near: room for all of them. */
int near_rows(const struct known_view *view, const struct near_search *search, size_t i, uint32_t *near, size_t *n,
              struct error *error);

#endif
