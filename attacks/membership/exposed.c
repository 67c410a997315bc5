/* Bounds of the exposed share, and the power to find planted copies. */
#include <math.h>

#include "attacks/membership/power.h"
#include "numeric/interval.h"

double exposed_lower(size_t tp, size_t members, size_t fp, size_t nonmembers, double alpha)
{
    double p1 = (double)(members - tp) / (double)members, p0 = (double)(nonmembers - fp) / (double)nonmembers;
    double u1 = clopper_pearson_upper(members - tp, members, alpha);
    double l0 = clopper_pearson_lower(nonmembers - fp, nonmembers, alpha);
    double root = p1 * p0 * p1 * p0 - u1 * l0 * (2 * p1 - u1) * (2 * p0 - l0);

    if (!(l0 > 0))
        return -INFINITY;
    return 1 - (p1 * p0 + sqrt(fmax(root, 0))) / (l0 * (2 * p0 - l0));
}

double exposed_upper(size_t tp, size_t members, size_t fp, size_t nonmembers, double alpha)
{
    double p1 = (double)(members - tp) / (double)members, p0 = (double)(nonmembers - fp) / (double)nonmembers;
    double l1 = clopper_pearson_lower(members - tp, members, alpha);
    double u0 = clopper_pearson_upper(nonmembers - fp, nonmembers, alpha);
    double root = p1 * p0 * p1 * p0 - l1 * u0 * (2 * p1 - l1) * (2 * p0 - u0);

    if (!(2 * p0 > u0))
        return 1;
    return 1 - (p1 * p0 - sqrt(fmax(root, 0))) / (u0 * (2 * p0 - u0));
}

/* The least number of true positives whose lower bound is above 0. */
static size_t critical_count(size_t members, size_t fp, size_t nonmembers, double alpha)
{
    size_t lo = 0, hi = members + 1; /* lo never suffices, hi does or stands for "none" */

    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;

        if (exposed_lower(mid, members, fp, nonmembers, alpha) > 0)
            hi = mid;
        else
            lo = mid;
    }
    return hi;
}

void rule_power(size_t members, size_t nonmembers, double fpr, double planted_tpr, double alpha, const double *share,
                size_t n_shares, double *power)
{
    enum { NODES = 5 }; /* medians of fifths of the distribution of false positives */
    double sd = sqrt((double)nonmembers * fpr * (1 - fpr));

    for (size_t s = 0; s < n_shares; s++)
        power[s] = 0;
    for (size_t node = 0; node < NODES; node++) {
        double fp = rint((double)nonmembers * fpr + sd * normal_quantile((2 * (double)node + 1) / (2 * NODES)));
        size_t needed = critical_count(members, fp > 0 ? (size_t)fp : 0, nonmembers, alpha);

        for (size_t s = 0; s < n_shares && needed <= members; s++)
            power[s] += binomial_upper(needed, members, (1 - share[s]) * fpr + share[s] * planted_tpr) / NODES;
    }
}

double power_limit(const double *share, const double *power, size_t n_shares, double wanted)
{
    for (size_t s = 0; s < n_shares; s++) {
        double step;

        if (power[s] < wanted)
            continue;
        if (s == 0)
            return share[0];
        step = (wanted - power[s - 1]) / (power[s] - power[s - 1]);
        return exp(log(share[s - 1]) + step * (log(share[s]) - log(share[s - 1])));
    }
    return NAN;
}
