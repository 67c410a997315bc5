#include "numeric/interval.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "numeric/empirical.h"

bool interval_known(const struct interval *interval)
{
    return isfinite(interval->lo) && isfinite(interval->hi);
}

struct interval interval_none(const char *method)
{
    return (struct interval){NAN, NAN, 0.95, method};
}

double normal_cdf(double z)
{
    return erfc(-z * M_SQRT1_2) / 2;
}

double normal_upper(double z)
{
    return erfc(z * M_SQRT1_2) / 2;
}

double normal_quantile(double p)
{
    return p > 0 && p < 1 ? gsl_cdf_ugaussian_Pinv(p) : NAN;
}

/* Newton's steps on P(x) = p, kept inside a bracket that halves whenever a step would leave it. GSL's own inverse stops early
 * and fails for large a and b. */
double student_quantile(double p, double freedom)
{
    return p > 0 && p < 1 && freedom > 0 ? gsl_cdf_tdist_Pinv(p, freedom) : NAN;
}

double chi_squared_quantile(double p, double freedom)
{
    return p > 0 && p < 1 && freedom > 0 ? gsl_cdf_chisq_Pinv(p, freedom) : NAN;
}

double beta_quantile(double p, double a, double b)
{
    if (!(p > 0 && p < 1 && a > 0 && b > 0 && isfinite(a) && isfinite(b)))
        return p == 0 ? 0 : p == 1 ? 1 : NAN;
    double lo = 0, hi = 1, x = a / (a + b);
    for (int step = 0; step < 300; step++) {
        double excess = gsl_cdf_beta_P(x, a, b) - p;
        if (excess == 0)
            return x;
        *(excess > 0 ? &hi : &lo) = x;
        double density = gsl_ran_beta_pdf(x, a, b);
        double next = density > 0 && isfinite(density) ? x - excess / density : -1;
        if (!(next > lo && next < hi))
            next = lo > 0 && hi / lo > 4 ? sqrt(lo * hi) : lo + (hi - lo) / 2;
        if (next == x || fabs(next - x) < 1e-16 * x || hi - lo < 1e-16 * x)
            return next;
        x = next;
    }
    return x;
}

double binomial_upper(size_t x, size_t n, double q)
{
    if (!(q >= 0 && q <= 1))
        return NAN;
    if (x == 0)
        return 1;
    if (x > n || q == 0)
        return 0;
    return q == 1 ? 1 : gsl_cdf_beta_P(q, (double)x, (double)(n - x) + 1);
}

double fisher_upper(size_t x1, size_t n1, size_t x2, size_t n2)
{
    if (n1 == 0 || n2 == 0 || x1 > n1 || x2 > n2 || n1 > UINT_MAX || n2 > UINT_MAX || x1 + x2 > UINT_MAX)
        return NAN;
    return x1 == 0 ? 1 : gsl_cdf_hypergeometric_Q((unsigned)x1 - 1, (unsigned)n1, (unsigned)n2, (unsigned)(x1 + x2));
}

static bool domain_binomial(size_t x, size_t n, double level)
{
    return n > 0 && x <= n && level > 0 && level < 1;
}

static double two_sided(double level)
{
    return normal_quantile((1 + level) / 2);
}

struct interval interval_wilson_share(double p, double n, double level)
{
    struct interval out = {NAN, NAN, level, "Wilson"};
    if (!(p >= 0 && p <= 1 && n > 0 && level > 0 && level < 1))
        return out;
    double z = two_sided(level), d = 1 + z * z / n;
    double centre = (p + z * z / (2 * n)) / d, half = z / d * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    out.lo = p == 0 ? 0 : centre - half;
    out.hi = p == 1 ? 1 : centre + half;
    return out;
}

struct interval interval_wilson(size_t x, size_t n, double level)
{
    if (!domain_binomial(x, n, level))
        return (struct interval){NAN, NAN, level, "Wilson"};
    return interval_wilson_share((double)x / (double)n, (double)n, level);
}

double clopper_pearson_lower(size_t x, size_t n, double alpha)
{
    if (n == 0 || x > n)
        return NAN;
    return x == 0 ? 0 : beta_quantile(alpha, (double)x, (double)(n - x) + 1);
}

double clopper_pearson_upper(size_t x, size_t n, double alpha)
{
    if (n == 0 || x > n)
        return NAN;
    return x == n ? 1 : beta_quantile(1 - alpha, (double)x + 1, (double)(n - x));
}

struct interval interval_clopper_pearson(size_t x, size_t n, double level)
{
    struct interval out = {NAN, NAN, level, "Clopper-Pearson"};
    if (!domain_binomial(x, n, level))
        return out;
    out.lo = clopper_pearson_lower(x, n, (1 - level) / 2);
    out.hi = clopper_pearson_upper(x, n, (1 - level) / 2);
    return out;
}

struct interval interval_jeffreys(size_t x, size_t n, double level, bool closed_ends)
{
    struct interval out = {NAN, NAN, level, "Jeffreys"};
    if (!domain_binomial(x, n, level))
        return out;
    double a = (double)x + 0.5, b = (double)(n - x) + 0.5;
    out.lo = closed_ends && x == 0 ? 0 : beta_quantile((1 - level) / 2, a, b);
    out.hi = closed_ends && x == n ? 1 : beta_quantile((1 + level) / 2, a, b);
    return out;
}

struct interval interval_agresti_coull(size_t x, size_t n, double level)
{
    struct interval out = {NAN, NAN, level, "Agresti-Coull"};
    if (!domain_binomial(x, n, level))
        return out;
    double z = two_sided(level), trials = (double)n + z * z, p = ((double)x + z * z / 2) / trials;
    double half = z * sqrt(p * (1 - p) / trials);
    out.lo = p - half;
    out.hi = p + half;
    return out;
}

/* Length of a sum of two errors whose correlation is −`against`. */
static double join(double a, double b, double against)
{
    return sqrt(a * a + b * b + 2 * against * a * b);
}

/* p1 − p2 from Wilson ends. */
static struct interval newcombe(size_t x1, size_t n1, size_t x2, size_t n2, double level, double against)
{
    struct interval out = {NAN, NAN, level, "Newcombe"};
    struct interval first = interval_wilson(x1, n1, level), second = interval_wilson(x2, n2, level);
    double p1 = (double)x1 / (double)n1, p2 = (double)x2 / (double)n2;
    out.lo = p1 - p2 - join(p1 - first.lo, second.hi - p2, against);
    out.hi = p1 - p2 + join(first.hi - p1, p2 - second.lo, against);
    return out;
}

struct interval interval_newcombe(size_t x1, size_t n1, size_t x2, size_t n2, double level)
{
    if (!domain_binomial(x1, n1, level) || !domain_binomial(x2, n2, level))
        return (struct interval){NAN, NAN, level, "Newcombe"};
    return newcombe(x1, n1, x2, n2, level, 0);
}

struct interval interval_newcombe_exclusive(size_t x1, size_t x2, size_t n, double level)
{
    if (!domain_binomial(x1, n, level) || x2 > n - x1)
        return (struct interval){NAN, NAN, level, "Newcombe"};
    double a = (double)x1 / (double)(n - x1), b = (double)x2 / (double)(n - x2); /* odds; infinite where all trials are one */
    return newcombe(x1, n, x2, n, level, x1 == 0 || x2 == 0 ? 0 : sqrt(a * b));
}

struct interval interval_ratio(double a, const struct interval *first, double b, const struct interval *second)
{
    struct interval out = {NAN, NAN, first->level, "MOVER-R"};
    double product = a * b, least, most;
    if (!interval_known(first) || !interval_known(second))
        return out;
    /* The lower end multiplied out: the textbook's form is 0/0 where second.hi = 2 b. */
    least = first->lo * (2 * a - first->lo);
    most = product * product - least * second->hi * (2 * b - second->hi);
    out.lo = least > 0 ? least / (product + sqrt(fmax(most, 0))) : 0;
    least = second->lo * (2 * b - second->lo);
    most = product * product - first->hi * (2 * a - first->hi) * least;
    out.hi = least > 0 ? (product + sqrt(fmax(most, 0))) / least : INFINITY;
    return out;
}

struct interval interval_excess(double p1, double n1, double p2, double n2, double level)
{
    struct interval first = interval_wilson_share(1 - p1, n1, level), second = interval_wilson_share(1 - p2, n2, level);
    struct interval ratio = interval_ratio(1 - p1, &first, 1 - p2, &second);
    return (struct interval){1 - ratio.hi, 1 - ratio.lo, level, ratio.method};
}

struct interval interval_wald(double estimate, double se, double level, const char *method)
{
    struct interval out = {NAN, NAN, level, method};
    if (!(level > 0 && level < 1 && se >= 0))
        return out;
    double half = two_sided(level) * se;
    out.lo = estimate - half;
    out.hi = estimate + half;
    return out;
}

struct interval interval_logit(double estimate, double se, double level, const char *method)
{
    struct interval out = {NAN, NAN, level, method};
    if (!(level > 0 && level < 1 && se >= 0 && estimate >= 0 && estimate <= 1))
        return out;
    out.lo = out.hi = estimate;
    double spread = estimate * (1 - estimate);
    if (spread == 0 || se == 0)
        return out;
    double centre = log(estimate / (1 - estimate)), half = two_sided(level) * se / spread;
    out.lo = 1 / (1 + exp(half - centre));
    out.hi = 1 / (1 + exp(-half - centre));
    return out;
}

static double clamp(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* At position p(n + 1) among the sorted, so that a new draw falls beyond it with probability p; the outermost where there are
 * too few. */
static double tail_quantile(const double *sorted, size_t n, double p)
{
    double last = (double)(n - 1);
    return quantile_sorted(sorted, n, clamp((p * (double)(n + 1) - 1) / last, 0, 1));
}

int interval_percentile(const double *replicates, size_t count, double level, struct interval *interval, struct error *error)
{
    *interval = (struct interval){NAN, NAN, level, "bootstrap percentile"};
    double *sorted = calloc(count + 1, sizeof *sorted);
    if (!sorted)
        return error_memory(error);
    size_t present = empirical_sort(replicates, count, sorted);
    if (present >= 2 && level > 0 && level < 1) {
        interval->lo = tail_quantile(sorted, present, (1 - level) / 2);
        interval->hi = tail_quantile(sorted, present, (1 + level) / 2);
    }
    free(sorted);
    return 0;
}

int interval_basic(double estimate, double centre, const double *replicates, size_t count, double level,
                   struct interval *interval, struct error *error)
{
    int status = interval_percentile(replicates, count, level, interval, error);
    double lo = estimate + centre - interval->hi;
    interval->hi = estimate + centre - interval->lo;
    interval->lo = lo;
    interval->method = "bootstrap basic";
    return status;
}

int interval_bootstrap_wider(double estimate, const double *replicates, size_t count, double level, struct interval *interval,
                             struct error *error)
{
    struct interval percentile;
    int status = interval_basic(estimate, estimate, replicates, count, level, interval, error);
    if (status == 0)
        status = interval_percentile(replicates, count, level, &percentile, error);
    if (status != 0)
        return status;
    interval->lo = fmin(interval->lo, percentile.lo);
    interval->hi = fmax(interval->hi, percentile.hi);
    interval->method = "bootstrap basic and percentile";
    return 0;
}

void interval_clip(struct interval *interval, double lo, double hi)
{
    interval->lo = clamp(interval->lo, lo, hi);
    interval->hi = clamp(interval->hi, lo, hi);
}

/* Wilson centre (s + z²/2)/(n + z²) and half-width. */
static void wilson_rate(size_t successes, size_t trials, double z, double *rate, double *half)
{
    double s = (double)successes, n = (double)trials;
    *rate = (s + z * z / 2) / (n + z * z);
    *half = z / (n + z * z) * sqrt(s * (n - s) / n + z * z / 4);
}

struct residual_risk residual_risk(size_t successes, size_t trials, bool has_control, size_t control_successes,
                                   size_t control_trials, double level)
{
    struct residual_risk r = {NAN, NAN, 0, 0, NAN, NAN, NAN, {NAN, NAN, level, "Wilson, propagated"}};
    if (!domain_binomial(successes, trials, level) ||
        (has_control && !domain_binomial(control_successes, control_trials, level)))
        return r;
    double z = two_sided(level);
    wilson_rate(successes, trials, z, &r.attack_rate, &r.attack_error);
    if (has_control)
        wilson_rate(control_successes, control_trials, z, &r.control_rate, &r.control_error);
    double room = 1 - r.control_rate;
    r.unclipped = (r.attack_rate - r.control_rate) / room;
    r.error = hypot(r.attack_error / room, r.control_error * (r.attack_rate - 1) / (room * room));
    r.risk = clamp(r.unclipped, 0, 1);
    r.interval.lo = clamp(r.unclipped - r.error, 0, 1);
    r.interval.hi = clamp(r.unclipped + r.error, 0, 1);
    return r;
}
