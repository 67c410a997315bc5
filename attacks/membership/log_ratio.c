/* Log ratio: log(d(x, P) + c) − log(d(x, S) + c).
 *
 * Knows: S and P. A nearest-neighbour density ratio but for the dimension as a factor: it asks how many times nearer S is, and
 * so finds noisy copies in crowded places that the difference misses. c (view->floor) is 1 % of the median distance of
 * non-members to P. Reference: the calibration of GAN-Leaks on the scale of DOMIAS (van Breugel et al. 2023, arXiv 2302.12580).
 */
#include <math.h>

#include "attacks/membership/attack_list.h"
#include "attacks/membership/nearest.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    return log((nearest_reference(view, target, 0) + view->floor) / (nearest_candidate(view, target, plant, 0) + view->floor));
}

const struct membership_attack membership_log_ratio = {
    .name = "log_ratio",
    .family = "distance",
    .knows = "the candidate and other real rows",
    .guess = "how many times nearer the closest candidate row is than the closest other real row",
    .score = score,
};
