/* Bounds of the exposed share. */
#include <float.h>
#include <math.h>

#include "attacks/membership/evaluate.h"
#include "numeric/interval.h"

static double times_log(double count, double ratio)
{
    return count > 0 ? count * log(ratio) : 0;
}

/* Twice the log-likelihood ratio of two binomials, x of n each, against the probabilities p. */
static double deviance(const double x[2], const double n[2], const double p[2])
{
    double sum = 0;

    for (int i = 0; i < 2; i++)
        sum += times_log(x[i], x[i] / n[i] / p[i]) + times_log(n[i] - x[i], (n[i] - x[i]) / n[i] / (1 - p[i]));
    return 2 * fmax(sum, 0);
}

double signed_root(size_t tp, size_t members, size_t fp, size_t nonmembers)
{
    const double x[2] = {(double)tp, (double)fp}, n[2] = {(double)members, (double)nonmembers};
    const double pooled = (x[0] + x[1]) / (n[0] + n[1]), p[2] = {pooled, pooled};

    return copysign(sqrt(deviance(x, n, p)), x[0] * n[1] - x[1] * n[0]);
}

/* The deviance of 1 − T = ratio · (1 − F), at the likelihood's maximum under it (Koopman 1984, Biometrics 40, eq. 2). */
static double ratio_deviance(const double below[2], const double n[2], double ratio)
{
    const double a = (n[0] + n[1]) * ratio, b = n[0] * ratio + below[0] + n[1] + below[1] * ratio, c = below[0] + below[1];
    const double p0 = (b - sqrt(fmax(b * b - 4 * a * c, 0))) / (2 * a), p[2] = {ratio * p0, p0};

    return deviance(below, n, p);
}

double exposed_lower_root(size_t tp, size_t members, size_t fp, size_t nonmembers, double root)
{
    enum { STEPS = 60 };
    const double below[2] = {(double)(members - tp), (double)(nonmembers - fp)};
    const double n[2] = {(double)members, (double)nonmembers};
    const bool proven = signed_root(tp, members, fp, nonmembers) > root;
    double lo, hi; /* of the ratio (1 − T)/(1 − F) */

    if (!isfinite(root) || !(below[1] > 0))
        return -INFINITY;
    lo = below[0] / n[0] / (below[1] / n[1]);
    hi = proven ? 1 : fmax(1, 2 * lo);
    while (!proven && ratio_deviance(below, n, hi) < root * root && hi < 1e6)
        hi *= 2;
    for (int step = 0; step < STEPS; step++) {
        const double mid = (lo + hi) / 2;

        *(ratio_deviance(below, n, mid) < root * root ? &lo : &hi) = mid;
    }
    return proven ? fmax(1 - hi, DBL_MIN) : fmin(1 - hi, 0);
}

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
