/* Monte Carlo: #{s in S: d(x, s) ≤ ε}/m, the share of the candidate within ε of the record.
 *
 * Knows: S, and real rows P to set ε. Baseline: crowded places hold more rows of any table. Reference: Hilprecht, Härterich,
 * Bernau 2019 (PoPETs, "Monte Carlo and reconstruction membership inference attacks against generative models"), eq. 2 with
 * ε the median distance to the nearest row of S. Two readings: the median is over the rows of P, so that ε is free of the
 * targets' labels; and the ball is closed, so that ε = 0 (most of P stands in S word for word) still counts copies. */
#include "attacks/membership/attack_list.h"
#include "attacks/membership/nearest.h"

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    double inside = view->in_ball[target];

    if (plant == PLANT_COPY || (plant == PLANT_NOISY && view->noisy_distance[target] <= view->radius))
        inside++;
    return inside / (double)planted_rows(view, plant);
}

const struct membership_attack membership_monte_carlo = {
    .name = "monte_carlo",
    .family = "distance",
    .knows = "the candidate and other real rows",
    .guess = "the share of candidate rows close by",
    .score = score,
};
