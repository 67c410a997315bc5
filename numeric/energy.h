/* Energy distance of two samples (Székely and Rizzo 2013, J. Statist. Plann. Inference 143, 1249): D² = 2E|X − Y| − E|X − X'| −
 * E|Y − Y'|, over all pairs of rows.
 *
 * V-statistic: means over all n·m, n² and m² pairs (≥ 0, biased upward); U-statistic: without i = j (unbiased). Sums of
 * distances are added up in chunks that depend on the numbers of rows alone: same bytes for any pool. */
#ifndef ASSAY_NUMERIC_ENERGY_H
#define ASSAY_NUMERIC_ENERGY_H

#include "core/pool.h"
#include "numeric/mixed.h"

/* Sums of distances over ordered pairs: `first` one a row of the first sample, `second` one a row of the second. */
struct energy_sums {
    double total;
    double *first, *second; /* within one sample both are the same */
};

/* O(rows_a · rows_b · columns); 8 bytes a row of b for each of at most 32 chunks. Allocates in the arena. */
int energy_between(const struct mixed_rows *a, const struct mixed_rows *b, struct pool *pool, struct arena *arena,
                   struct energy_sums *sums, struct error *error);
int energy_within(const struct mixed_rows *a, struct pool *pool, struct arena *arena, struct energy_sums *sums,
                  struct error *error);

struct energy {
    double between, within_first, within_second; /* mean distances, V form */
    double v, u;                                 /* u: NaN with fewer than 2 rows in a table */
    double se; /* of u from its projections (Hoeffding 1948): right where the populations differ, 0 where they do not */
};
/* A V-statistic below 1e-12 of the mean distance is rounding and counts as 0. n, m ≥ 1. */
struct energy energy_statistic(const struct energy_sums *between, const struct energy_sums *first,
                               const struct energy_sums *second, size_t n, size_t m);

/* Permutation test of equality: the V-statistic of the first n rows of a and the first m of b against 199 random divisions of
 * these rows. p = (1 + permutations that reach it)/200, so never below 0.005. sd, skew (third standardised
 * moment): of the statistic over the permutations, which are those it has where the populations agree. Sums in float: a p-value
 * can move by 1/200 where two divisions tie but for rounding. */
#define ENERGY_PERMUTATIONS 199
struct energy_test {
    double statistic, p, sd, skew;
};
int energy_permute(const struct mixed_rows *a, size_t n, const struct mixed_rows *b, size_t m, uint64_t seed, struct pool *pool,
                   struct energy_test *test, struct error *error);

#endif
