/* Distance to the closest record: −d(x, S).
 *
 * Knows: S alone (no-box). Baseline: records in crowded places are near to any table, which this attack takes for membership.
 * Reference: Chen, Yu, Zhang, Fritz 2020 (GAN-Leaks, CCS), full black-box attack, here with the rank-Gower distance. */
#include "attacks/membership/attack_list.h"

static double score(const struct membership_view *view, size_t target, bool planted)
{
    return planted ? 0 : -view->to_candidate[target];
}

const struct membership_attack membership_dcr = {"dcr", "distance", "the candidate", "nearness of the closest candidate row",
                                                 score};
