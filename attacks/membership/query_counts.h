/* Query counts: how many rows of a synthetic table S equal a target x in every column of a subset of columns, for all subsets
 * at once (the features of Houssiau et al. 2022, "TAPAS", arXiv 2211.06550, and Meeus et al. 2023, arXiv 2306.10308).
 *
 * Each row of S becomes a word with a bit for every column in which it equals x; the count of a subset q is the number of words
 * w ⊇ q, and all 2^d of them are sums over supersets: d passes over 2^d counters instead of one scan of S for each subset
 * (Yates 1937; Kennes and Smets 1990). Equal means: the same category; for numbers and dates the same bin of 20, cut at train's
 * quantiles, or fewer where values repeat; missing equals missing.
 *
 * Up to 20 columns all subsets are counted. Above that they are a seeded sample: all subsets of groups of 12 columns, cut from
 * random orders of the columns; eight groups at least, as many as hold each column twice on average. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_QUERY_COUNTS_H
#define ASSAY_ATTACKS_MEMBERSHIP_QUERY_COUNTS_H

#include "datasets/table.h"

enum { QUERY_BINS = 20, QUERY_EXACT = 20, QUERY_GROUP = 12, QUERY_BLOCK = 12 };

/* What "equal" means and which subsets are asked, fitted on train. */
struct query_space {
    size_t n_columns;
    const size_t *column; /* of the table */
    const double **edge;  /* quantity: ascending inner edges; NULL: categories */
    const size_t *n_edges;
    size_t n_groups, bits;  /* bits: columns of a group */
    const uint32_t **group; /* [n_groups][bits]: indices into `column` */
};
int query_space_make(const struct table *train, uint64_t seed, struct arena *arena, struct query_space *space,
                     struct error *error);
size_t query_count(const struct query_space *space); /* counts that a target gets: n_groups · 2^bits */

/* The class of every cell: [n_columns][rows]; equal classes, equal cells. */
int query_classes(const struct query_space *space, const struct table *table, struct arena *arena, uint32_t ***classes,
                  struct error *error);

/* The distinct words of one target against one table, and how many rows have each. */
struct query_words {
    size_t n;
    uint32_t *word, *count; /* ascending words; in the arena */
};
/* x: [n_columns] classes of the target. */
int query_words_make(const struct query_space *space, size_t group, const uint32_t *x, uint32_t *const *classes, size_t rows,
                     struct arena *arena, struct query_words *words, struct error *error);

/* count[q] := Σ over w ⊇ q of count[w], for the 2^bits subsets q. */
void superset_sums(uint32_t *count, size_t bits);

/* Counts of a block of subsets: those whose bits from `low` on are `top`; the lower bits run through all 2^low values. */
void query_block(const struct query_words *words, size_t low, uint32_t top, uint32_t *count);

#endif
