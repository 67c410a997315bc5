/* How often a record's single values occur in another table. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_VALUES_H
#define ASSAY_ATTACKS_MEMBERSHIP_VALUES_H

#include "core/pool.h"
#include "numeric/neighbours.h"

/* out[i] = mean over columns of log((c + ½)/(rows of table + 1)), c = how many rows of `table` hold target i's exact value
 * (missing is a value); with_copy[i] (NULL allowed) = the same with c + 1 and one row more. O((rows + targets) log rows) a
 * column. */
int value_log_shares(const struct neighbour_columns *targets, const struct neighbour_columns *table, struct pool *pool,
                     double *out, double *with_copy, struct error *error);

#endif
