/* Calibrated distance: d(x, P) − d(x, S), how much nearer S is than other real rows are.
 *
 * Knows: S and a reference population P. Baseline: P takes out how crowded the record's place is. Reference: Chen, Yu, Zhang,
 * Fritz 2020 (GAN-Leaks), attack calibration, with real reference rows in place of a reference generator. */
#include "attacks/membership/attack_list.h"

static double score(const struct membership_view *view, size_t target, bool planted)
{
    return view->to_reference[target] - (planted ? 0 : view->to_candidate[target]);
}

const struct membership_attack membership_calibrated_dcr = {
    "calibrated_dcr", "distance", "the candidate and other real rows",
    "how much nearer the closest candidate row is than the closest other real row", score};
