/* Exact match: the record stands in S word for word.
 *
 * Knows: S, and P to tell common rows. Guess: copies in S against what P lets expect. Baseline: rows as common among strangers
 * score the same. Reference: the simplest attack on a release (e.g. Giomi et al. 2023); the rarity weight is this project's. */
#include "attacks/membership/attack_list.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    double copies = view->in_candidate[target];

    if (plant == PLANT_COPY || (plant == PLANT_NOISY && view->noisy_equal[target]))
        copies++;
    return copies / (1.0 + view->in_reference[target]);
}

const struct membership_attack membership_exact = {
    .name = "exact",
    .family = "distance",
    .knows = "the candidate and other real rows",
    .guess = "verbatim copies of the record in the candidate, over copies among other real rows",
    .score = score,
};
