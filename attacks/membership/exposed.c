/* Bounds of the exposed share. */
#include <math.h>

#include "attacks/membership/evaluate.h"
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
