/* Mean distance to the 20 nearest rows of S, negated; to all of them where S has fewer.
 *
 * Knows: S alone (no-box). What a generator that puts more mass around its training rows raises; blind to single copies.
 * Baseline: records in crowded places are near to any table. Reference: the k-nearest form of Chen, Yu, Zhang, Fritz 2020
 * (GAN-Leaks, CCS), distances averaged. */
#include "attacks/membership/attack_list.h"
#include "attacks/membership/nearest.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    return -nearest_mean(view, target, plant, 20);
}

const struct membership_attack membership_knn_20 = {
    .name = "knn_20",
    .family = "distance",
    .knows = "the candidate",
    .guess = "nearness of the 20 closest candidate rows",
    .score = score,
};
