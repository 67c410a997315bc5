/* Calibrated distance: d(x, P) − d(x, S), how much nearer S is than other real rows are.
 *
 * Knows: S and a reference population P. Baseline: P takes out how crowded the record's place is. Reference: Chen, Yu, Zhang,
 * Fritz 2020 (GAN-Leaks), attack calibration, with real reference rows in place of a reference generator. */
#include "attacks/membership/attack_list.h"
#include "attacks/membership/nearest.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    return nearest_reference(view, target, 0) - nearest_candidate(view, target, plant, 0);
}

const struct membership_attack membership_calibrated_dcr = {
    .name = "calibrated_dcr",
    .family = "distance",
    .knows = "the candidate and other real rows",
    .guess = "how much nearer the closest candidate row is than the closest other real row",
    .score = score,
};
