/* What would the audit have found? Its detection limits, by planting.
 *
 * One trial: labels are dealt out anew (ranks.h), which gives the thresholds and counts of an audit without a leak; then
 * members in random order are planted one by one, so that a planted one has its planted score with every attack, until the
 * lower bound of some rule is above 0. No model is fitted and no row searched: planted scores are closed forms. The number of
 * planted members that a trial takes, over trials, gives the power at each share, and its 95 % quantile the detection limit: of
 * each attack alone, and of the audit, which takes the best rule of any attack. How attacks depend on one another is in the
 * trials. What is planted also makes the permutations' maxima larger (a record that stands out does so under other labels too;
 * all c copies are members by chance in a share of the permutations), so the power at a number is that of trials at the
 * critical roots of audits with this number planted, and the limit is looked for among neighbouring numbers. Every trial has a
 * root of its own, as another audit's permutations would give it; what the permutations here, none of them the audit's own, do
 * not know of those is in it too. A share that is no whole number of members stands for the one below or above at random with
 * that mean: power lies on straight lines between whole numbers.
 *
 * O(trials · attacks · planted + permutations · (non-members + attacks · rows above thresholds)). Same bytes for any pool. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_PLANTING_H
#define ASSAY_ATTACKS_MEMBERSHIP_PLANTING_H

#include "attacks/membership/permutation.h"

enum { MEMBERSHIP_TRIALS = 400 };

/* planted[plant][a]: [n_members], attack a's score of each member with the plant in the candidate; planted[plant] NULL: not
 * asked; planted[plant][a] NULL: the attack takes no part. Fills power and detection_limit of results[a] and of the whole;
 * those of plants and attacks that take no part stay as they are. Planted are members that are members by a trial's labels too.
 * significance: of the audit itself; NULL: its rules have Bonferroni's root, whatever is planted. */
int membership_plant(const struct membership_ranks *ranks, double *const *score,
                     double *const *const planted[MEMBERSHIP_PLANTS], uint64_t seed,
                     const struct membership_significance *significance, struct pool *pool, struct membership_result *results,
                     struct membership_overall *all, struct error *error);

/* Power and limit from the numbers of planted members that the trials took (SIZE_MAX: not with all), which are sorted. */
void planting_limit(size_t *needed, size_t trials, size_t members, double power[MEMBERSHIP_SHARES], double *limit);

#endif
