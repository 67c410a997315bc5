/* Discriminator (boosted trees): log odds that the record is a row of S and not of P.
 *
 * Knows: S and P. It sees parts of the space, boxes in a few columns, where the candidate holds more than its source.
 * A planted copy would need the model trained anew, so it has no detection limit. Reference: density ratios by classification
 * (discriminator.h), the attack of DOMIAS (arXiv 2302.12580) with another estimate of the ratio. */
#include "attacks/membership/attack_list.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    (void)plant;
    return view->boosted_odds[target];
}

const struct membership_attack membership_discriminator_boosted = {
    .name = "discriminator_boosted",
    .family = "discriminator",
    .knows = "the candidate and other real rows",
    .guess = "the odds, by boosted trees, that the record is a row of the candidate and not another real row",
    .score = score,
    .no_plant = true,
};
