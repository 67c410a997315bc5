#include "attacks/membership/nearest.h"

#include <math.h>

size_t planted_rows(const struct membership_view *view, enum membership_plant plant)
{
    return view->candidate_rows + (plant == PLANT_COPY || plant == PLANT_NOISY);
}

double nearest_candidate(const struct membership_view *view, size_t target, enum membership_plant plant, size_t j)
{
    const double *near = view->near_candidate + target * MEMBERSHIP_NEIGHBOURS;
    double planted;

    if (plant != PLANT_COPY && plant != PLANT_NOISY)
        return near[j];
    planted = plant == PLANT_COPY ? 0 : view->noisy_distance[target];
    return fmax(j > 0 ? near[j - 1] : 0, fmin(planted, near[j]));
}

double nearest_reference(const struct membership_view *view, size_t target, size_t j)
{
    return view->near_reference[target * MEMBERSHIP_NEIGHBOURS + j];
}

double nearest_mean(const struct membership_view *view, size_t target, enum membership_plant plant, size_t k)
{
    double sum = 0;
    size_t n = 0;

    while (n < k) {
        double distance = nearest_candidate(view, target, plant, n);

        if (!isfinite(distance))
            break;
        sum += distance;
        n++;
    }
    return n > 0 ? sum / (double)n : 0;
}
