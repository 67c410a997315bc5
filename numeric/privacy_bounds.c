#include "numeric/privacy_bounds.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_erf.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "numeric/interval.h"

#define STEPS        100 /* of a bisection: more than a double holds */
#define MOST_EPSILON 1e4 /* nothing is proven beyond */
#define PRECISION    1e-10

/* Limits of a rule's two rates, both at error alpha/2. */
struct limits {
    double tpr_lo, fpr_hi;
};

static bool are_counts(const struct rule_counts *counts, double alpha)
{
    return counts->n1 > 0 && counts->n0 > 0 && counts->tp <= counts->n1 && counts->fp <= counts->n0 && alpha > 0 && alpha < 1;
}

static struct limits limits_of(const struct rule_counts *counts, double alpha)
{
    return (struct limits){clopper_pearson_lower(counts->tp, counts->n1, alpha / 2),
                           clopper_pearson_upper(counts->fp, counts->n0, alpha / 2)};
}

/* ln of a ratio of shares whose numerator may be nothing. */
static double log_ratio(double numerator, double denominator)
{
    return numerator > 0 ? log(numerator / denominator) : -INFINITY;
}

double epsilon_lower(const struct rule_counts *counts, double delta, double alpha)
{
    struct limits limits;

    if (!are_counts(counts, alpha) || !(delta >= 0 && delta <= 1))
        return NAN;
    limits = limits_of(counts, alpha);
    return fmax(0,
                fmax(log_ratio(limits.tpr_lo - delta, limits.fpr_hi), log_ratio(1 - limits.fpr_hi - delta, 1 - limits.tpr_lo)));
}

double epsilon_ceiling(size_t n1, size_t n0, double delta, double alpha)
{
    const struct rule_counts perfect = {n1, 0, n1, n0};

    return epsilon_lower(&perfect, delta, alpha);
}

double epsilon_visible(size_t n1, size_t n0, double alpha, double power)
{
    const double z = normal_quantile((1 + power) / 2);
    double lo = 0, hi = 40; /* lo is not seen; at hi every count is its largest or least */

    if (n1 == 0 || n0 == 0 || !(alpha > 0 && alpha < 1) || isnan(z))
        return NAN;
    for (int step = 0; step < STEPS && hi - lo > 1e-6; step++) {
        const double epsilon = (lo + hi) / 2, p = 1 / (1 + exp(-epsilon));
        const double tp = floor((double)n1 * p - z * sqrt((double)n1 * p * (1 - p)));
        const double fp = ceil((double)n0 * (1 - p) + z * sqrt((double)n0 * p * (1 - p)));
        const struct rule_counts counts = {(size_t)fmax(tp, 0), (size_t)fmin(fp, (double)n0), n1, n0};

        *(epsilon_lower(&counts, 0, alpha) > 0 ? &hi : &lo) = epsilon;
    }
    return hi;
}

double gdp_mu(const struct rule_counts *counts, double alpha)
{
    struct limits limits;

    if (!are_counts(counts, alpha))
        return NAN;
    limits = limits_of(counts, alpha);
    if (limits.fpr_hi >= 1 || limits.tpr_lo <= 0)
        return 0;
    return fmax(0, normal_quantile(1 - limits.fpr_hi) - normal_quantile(1 - limits.tpr_lo));
}

static double log_normal_cdf(double z)
{
    return gsl_sf_log_erfc(-z / M_SQRT2) - M_LN2;
}

/* The δ that μ-GDP has at ε. */
static double gdp_delta(double mu, double epsilon)
{
    return normal_cdf(-epsilon / mu + mu / 2) - exp(epsilon + log_normal_cdf(-epsilon / mu - mu / 2));
}

double gdp_epsilon(double mu, double delta)
{
    double lo = 0, hi = 1;

    if (!(mu >= 0) || isinf(mu) || !(delta > 0 && delta < 1))
        return NAN;
    if (mu == 0 || gdp_delta(mu, 0) <= delta)
        return 0;
    while (gdp_delta(mu, hi) > delta && hi < MOST_EPSILON)
        hi *= 2;
    for (int step = 0; step < STEPS; step++) {
        const double middle = (lo + hi) / 2;

        *(gdp_delta(mu, middle) > delta ? &lo : &hi) = middle;
    }
    return (lo + hi) / 2;
}

double gaussian_epsilon(double sigma, double uses, double delta)
{
    return sigma > 0 && uses > 0 ? gdp_epsilon(sqrt(uses) / sigma, delta) : NAN;
}

double one_run_p(size_t m, size_t r, size_t v, double epsilon, double delta)
{
    const double q = 1 / (1 + exp(-epsilon));
    double sum = 0, most = 0;

    if (v > r || r > m || r > UINT32_MAX || !(epsilon >= 0) || !(delta >= 0 && delta <= 1))
        return NAN;
    for (size_t i = 1; i <= v && delta > 0; i++) {
        sum += gsl_ran_binomial_pdf((unsigned)(v - i), q, (unsigned)r);
        most = fmax(most, sum / (double)i);
    }
    return fmin(1, binomial_upper(v, r, q) + 2 * (double)m * delta * most);
}

double one_run_epsilon(size_t m, size_t r, size_t v, double delta, double p)
{
    double lo = 0, hi = 1, least = one_run_p(m, r, v, 0, delta);

    if (isnan(least) || !(p > 0 && p < 1))
        return NAN;
    if (least >= p)
        return 0;
    while (one_run_p(m, r, v, hi, delta) < p && hi < MOST_EPSILON)
        hi += 1;
    for (int step = 0; step < STEPS && hi - lo > PRECISION; step++) {
        const double middle = (lo + hi) / 2;

        *(one_run_p(m, r, v, middle, delta) < p ? &lo : &hi) = middle;
    }
    return lo;
}
