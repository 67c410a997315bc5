/* Can the holdout stand for real rows that the generator never saw? Scores and attacks lean on it, so a table that cannot must
 * lead to "not measurable", never to a score. */
#ifndef ASSAY_AUDIT_HOLDOUT_H
#define ASSAY_AUDIT_HOLDOUT_H

#include "core/json.h"
#include "datasets/dataset.h"

enum { HOLDOUT_ROWS = 20 }; /* fewer are no test */

/* *fault: why the holdout cannot serve, from the arena; NULL when it can or there is none. It cannot when it has fewer than
 * HOLDOUT_ROWS rows; when a measured column has one value (or none) in it or in train, which has less than one chance in a
 * million given the other table's share of that value; or when its rows repeat training rows more often than training rows
 * repeat each other (lower and upper Clopper-Pearson bounds at 1e-6, 2 points apart). O(rows · columns). */
int holdout_check(const struct dataset *data, struct arena *arena, const char **fault, struct error *error);

/* The same for one candidate: more rows equal to a holdout row and to no training row than fresh rows would have say that the
 * candidate was made with the holdout, so that every test on it flatters the candidate. */
int holdout_check_candidate(const struct dataset *data, const struct table *candidate, struct arena *arena, const char **fault,
                            struct error *error);

/* Appends a sentence for each pair of tables that share more rows than chance does, however few: holdout and train, reference
 * and train, reference and holdout. What is only a warning here is a fault where it is more than 2 points: of the holdout
 * above, of the reference in attacks/membership/alike.h. */
int holdout_warnings(const struct dataset *data, cJSON *warnings, struct error *error);

#endif
