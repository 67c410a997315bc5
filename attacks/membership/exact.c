/* Exact match: the record stands in S word for word.
 *
 * Knows: S, and P to tell common rows. Guess: copies in S against what P lets expect. Baseline: rows as common among strangers
 * score the same. Reference: the simplest attack on a release (e.g. Giomi et al. 2023); the rarity weight is this project's. */
#include "attacks/membership/attack_list.h"

static double score(const struct membership_view *view, size_t target, bool planted)
{
    double copies = view->in_candidate[target] + (planted ? 1.0 : 0.0);

    return copies / (1.0 + view->in_reference[target]);
}

const struct membership_attack membership_exact = {
    "exact", "distance", "the candidate and other real rows",
    "verbatim copies of the record in the candidate, over copies among other real rows", score};
