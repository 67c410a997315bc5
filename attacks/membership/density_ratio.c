/* Density ratio: log p_S(x) − log p_P(x), both by the product kernel of density.h over the 20 nearest rows.
 *
 * Knows: S and P. Guess: where the candidate is denser than its source, the generator has overfitted to the record. Reference:
 * van Breugel, Sun, Qian, van der Schaar 2023 (DOMIAS), arXiv 2302.12580, eq. 2; the kernel for mixed columns: this project. */
#include "attacks/membership/attack_list.h"
#include "attacks/membership/density.h"
#include "attacks/membership/nearest.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    double near_candidate[MEMBERSHIP_NEIGHBOURS], near_reference[MEMBERSHIP_NEIGHBOURS];

    for (size_t j = 0; j < MEMBERSHIP_NEIGHBOURS; j++) {
        near_candidate[j] = nearest_candidate(view, target, plant, j);
        near_reference[j] = nearest_reference(view, target, j);
    }
    return density_log(near_candidate, MEMBERSHIP_NEIGHBOURS, view->kernel_steepness, planted_rows(view, plant)) -
           density_log(near_reference, MEMBERSHIP_NEIGHBOURS, view->kernel_steepness, view->reference_rows);
}

const struct membership_attack membership_density_ratio = {
    .name = "density_ratio",
    .family = "density",
    .knows = "the candidate and other real rows",
    .guess = "how much denser the candidate lies around the record than other real rows do",
    .score = score,
};
