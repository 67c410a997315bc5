/* How often a record's values, and its combinations of two and of three, occur in another table. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_MARGINALS_H
#define ASSAY_ATTACKS_MEMBERSHIP_MARGINALS_H

#include "attacks/membership/value_codes.h"

enum { MARGINAL_PAIRS_MOST = 1225, MARGINAL_TRIPLES_MOST = 455 }; /* all pairs of 50 columns, all triples of 15 */
enum { MARGINAL_ORDERS = 3 };                                     /* index 0: single columns, 1: pairs, 2: triples */

struct marginal_set {
    uint32_t k, member[3];
};

/* The columns, then the pairs, then the triples of them that are looked at: all of them up to the most, else so many drawn at
 * random. */
struct marginal_sets {
    size_t count[MARGINAL_ORDERS];
    double possible[MARGINAL_ORDERS]; /* how many there are */
    struct marginal_set *set;
};

int marginal_sets_choose(size_t n_columns, uint64_t seed, struct arena *arena, struct marginal_sets *sets, struct error *error);

struct marginal_question {
    const struct value_book *book;
    const struct value_codes *targets, *table;
    const struct marginal_sets *sets;
    size_t n_members;       /* the first targets, for which what is planted is wanted */
    uint8_t *const *kept;   /* [column][member]: 1 where the noisy copy has the member's value; NULL: nothing is planted */
    uint32_t *const *place; /* [column][member]: the table's row in which this value takes the place of that row's */
};

/* Means over all sets of an order, of targets' cells with c rows of the table's n: */
struct marginal_shares {
    double *plain;  /* [targets] log((c + ½)/(n + 1)) */
    double *copied; /* [members] log((c + 3/2)/(n + 2)): one more row, a copy of the target */
    double *noisy;  /* [members] one more row, its noisy copy: c + 1 where it has all values of the set */
    double *apart;  /* [members] each value in its place: c + 1 for every row that comes to have all values of the set */
};

/* out: by order; 0 where there is no set of it. Logs are summed in whole multiples of
 * 2^-32, so that their order does not matter. Sets whose possible cells number 2^64 or more (columns of millions of distinct
 * values) are told apart by a 64-bit hash. O(sets · (rows + targets)) time, O(rows + targets) memory a worker. */
int marginal_log_shares(const struct marginal_question *question, struct pool *pool,
                        const struct marginal_shares out[MARGINAL_ORDERS], struct error *error);

#endif
