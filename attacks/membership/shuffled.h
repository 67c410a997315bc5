/* Tables for learners that must not see the order of a vocabulary. It has the levels of train first and then those that only
 * other tables have: to a learner that splits codes by their order, the order alone tells members from strangers. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_SHUFFLED_H
#define ASSAY_ATTACKS_MEMBERSHIP_SHUFFLED_H

#include "datasets/table.h"

/* Codes in another order, the same for all tables of one schema and seed. */
int shuffled_codes(struct table *table, uint64_t seed, struct error *error);

/* A copy of the given rows (pick NULL: the first n) with such codes. */
int shuffled_take(const struct table *table, const uint32_t *pick, size_t n, uint64_t seed, struct table **out,
                  struct error *error);

#endif
