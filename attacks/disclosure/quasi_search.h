/* The search behind quasi_propose: which few columns single out most rows? Codes in, sets out. */
#ifndef ASSAY_ATTACKS_QUASI_SEARCH_H
#define ASSAY_ATTACKS_QUASI_SEARCH_H

#include "attacks/reconstruction/queries.h"
#include "core/pool.h"

/* A set of columns as bits, and what it tells apart. */
struct column_set {
    uint32_t columns;
    size_t unique; /* rows that are alone with their codes */
    double pairs;  /* Σ (rows of a class)²: pairs of rows, ordered and with itself, that agree */
};

/* sets[0 … n − 1] of one size, best first: most unique rows, fewest equal pairs, lowest columns. */
struct search_level {
    size_t n;
    struct column_set *sets;
};

struct search_options {
    size_t most, beam; /* columns of a set; sets extended */
    double target;     /* share of unique rows that ends the search */
};

/* levels[k − 1]: the sets of k columns that were looked at; levels has options->most elements. Returns in *size the smallest k
 * whose best set reaches the target, else the smallest with the most unique rows. codes: at least one row and at most 32
 * columns (QUASI_CANDIDATES). */
int quasi_search(const struct query_table *codes, const struct search_options *options, struct pool *pool, struct arena *arena,
                 struct search_level *levels, size_t *size, struct error *error);

/* The same for every column by itself: sets[a]. */
int quasi_single(const struct query_table *codes, struct column_set *sets, struct error *error);

#endif
