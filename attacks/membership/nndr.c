/* Nearest-neighbour distance ratio: −d1/d2, the two nearest rows of S.
 *
 * Knows: S alone (no-box). A record that S remembers has one row far nearer than the next; a crowded place has ratios near 1,
 * so crowding is taken out without other real rows. Baseline: strangers' ratios. d1 = 0 gives 0 (a copy; 0/0 too, as in the
 * formula with a small floor), S of one row −1. Two noisy copies of a record hide each other. Reference: the ratio test of Lowe
 * 2004 (IJCV 60) as used for synthetic tables by Zhao et al. 2021 (CTAB-GAN, section 4.2), here as an attack. */
#include <math.h>

#include "attacks/membership/attack_list.h"
#include "attacks/membership/nearest.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    double nearest = nearest_candidate(view, target, plant, 0), next = nearest_candidate(view, target, plant, 1);

    if (nearest <= 0)
        return 0;
    return isfinite(next) ? -nearest / next : -1;
}

const struct membership_attack membership_nndr = {
    .name = "nndr",
    .family = "distance",
    .knows = "the candidate",
    .guess = "how much nearer the closest candidate row is than the next one",
    .score = score,
};
