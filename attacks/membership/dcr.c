/* Distance to the closest record: −d(x, S).
 *
 * Knows: S alone (no-box). Baseline: records in crowded places are near to any table, which this attack takes for membership.
 * Reference: Chen, Yu, Zhang, Fritz 2020 (GAN-Leaks, CCS), full black-box attack, here with the rank-Gower distance. */
#include "attacks/membership/attack_list.h"
#include "attacks/membership/nearest.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    return -nearest_candidate(view, target, plant, 0);
}

const struct membership_attack membership_dcr = {
    .name = "dcr",
    .family = "distance",
    .knows = "the candidate",
    .guess = "nearness of the closest candidate row",
    .score = score,
};
