/* Mean distance to the 5 nearest rows of S, negated; to all of them where S has fewer.
 *
 * Knows: S alone (no-box). Steadier than the nearest row where a generator surrounds its training rows with several noisy
 * copies; a single copy moves it by a fifth of a distance. Baseline: records in crowded places are near to any table.
 * Reference: the k-nearest form of Chen, Yu, Zhang, Fritz 2020 (GAN-Leaks, CCS), distances averaged. */
#include "attacks/membership/attack_list.h"
#include "attacks/membership/nearest.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    return -nearest_mean(view, target, plant, 5);
}

const struct membership_attack membership_knn_5 = {
    .name = "knn_5",
    .family = "distance",
    .knows = "the candidate",
    .guess = "nearness of the 5 closest candidate rows",
    .score = score,
};
