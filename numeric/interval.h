/* Confidence intervals for shares, differences and estimates with a standard error; quantiles of the distributions they need.
 *
 * `level` is the two-sided coverage, e.g. 0.95. x successes out of n trials, x ≤ n. Input outside its domain (n = 0, x > n,
 * level outside (0, 1), NaN) gives lo = hi = NaN, never a GSL error. No allocation unless an int is returned. */
#ifndef ASSAY_NUMERIC_INTERVAL_H
#define ASSAY_NUMERIC_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct interval {
    double lo, hi, level;
    const char *method; /* a literal, e.g. "Wilson" */
};

bool interval_known(const struct interval *interval); /* both ends finite */
struct interval interval_none(const char *method);    /* NaN ends, level 0.95 */

double normal_cdf(double z);
double normal_upper(double z);                         /* 1 − Φ(z) without cancellation */
double normal_quantile(double p);                      /* NaN outside (0, 1) */
double student_quantile(double p, double freedom);     /* Student's t; NaN outside (0, 1) or freedom ≤ 0 */
double chi_squared_quantile(double p, double freedom); /* NaN outside (0, 1) or freedom ≤ 0 */
double beta_quantile(double p, double a, double b);    /* a, b > 0; NaN outside */
double binomial_upper(size_t x, size_t n, double q);   /* P[X ≥ x], X ~ B(n, q) */

/* Fisher's exact test, one-sided: P[X1 ≥ x1 | X1 + X2 = x1 + x2] when both samples have one share. NaN: x > n or n = 0. */
double fisher_upper(size_t x1, size_t n1, size_t x2, size_t n2);

/* Wilson (1927) score interval, no continuity correction; exactly 0 at x = 0 and 1 at x = n. */
struct interval interval_wilson(size_t x, size_t n, double level);

/* The same for a share p on n trials that need not be whole numbers: n an effective sample size p(1 − p)/var (Kish 1965). */
struct interval interval_wilson_share(double p, double n, double level);

/* Clopper and Pearson (1934), exact: lo = B(α/2; x, n−x+1), hi = B(1−α/2; x+1, n−x). The one-sided bounds take the error alpha
 * of the one end: P[p < lower] ≤ alpha. */
struct interval interval_clopper_pearson(size_t x, size_t n, double level);
double clopper_pearson_lower(size_t x, size_t n, double alpha);
double clopper_pearson_upper(size_t x, size_t n, double alpha);

/* Equal-tailed Beta(x + ½, n − x + ½). closed_ends: 0 at x = 0 and 1 at x = n (Brown, Cai, DasGupta 2001). */
struct interval interval_jeffreys(size_t x, size_t n, double level, bool closed_ends);

/* Agresti and Coull (1998), not clipped: it leaves [0, 1] near the ends. */
struct interval interval_agresti_coull(size_t x, size_t n, double level);

/* Difference of two independent shares x1/n1 − x2/n2 from Wilson ends (Newcombe 1998, method 10). */
struct interval interval_newcombe(size_t x1, size_t n1, size_t x2, size_t n2, double level);

/* Difference of two shares of the same n trials whose events exclude each other (x1 + x2 ≤ n): Newcombe's method 10 for paired
 * shares (1998, Statist. Med. 17, 2635), with their correlation −√(p1 p2/((1 − p1)(1 − p2))). */
struct interval interval_newcombe_exclusive(size_t x1, size_t x2, size_t n, double level);

/* Estimate ± z·se, not clipped. method: the caller's name for where se comes from, e.g. "DeLong". */
struct interval interval_wald(double estimate, double se, double level, const char *method);

/* The same on the logit scale for an estimate in (0, 1); at 0 and 1, or se = 0, both ends are the estimate. */
struct interval interval_logit(double estimate, double se, double level, const char *method);

/* From bootstrap replicates (NaN ones are left out; fewer than 2 left: NaN ends). percentile: the order statistics at positions
 * p(n + 1) of the replicates (Davison and Hinkley 1997, section 5.2.3). basic: estimate + centre − quantiles, the quantiles
 * mirrored (Davison and Hinkley 1997, eq. 5.6), with centre = estimate for the textbook form; give another centre when the
 * replicates are centred elsewhere. */
int interval_percentile(const double *replicates, size_t count, double level, struct interval *interval, struct error *error);
int interval_basic(double estimate, double centre, const double *replicates, size_t count, double level,
                   struct interval *interval, struct error *error);
/* What holds both of these, the basic one in its textbook form. */
int interval_bootstrap_wider(double estimate, const double *replicates, size_t count, double level, struct interval *interval,
                             struct error *error);

void interval_clip(struct interval *interval, double lo, double hi); /* ends moved into [lo, hi] */

/* Ratio a/b of two independent estimates from their intervals, a ≥ 0 and b > 0, by MOVER-R (Donner and Zou 2012, Stat. Methods
 * Med. Res. 21, 347). The upper end is infinite where that of b reaches 0, the lower end 0 where that of a does. */
struct interval interval_ratio(double a, const struct interval *first, double b, const struct interval *second);

/* Excess (p1 − p2)/(1 − p2) of a share over another, as part of what the other leaves: 1 − θ1/θ2 with θ = 1 − p. The ratio's
 * ends by MOVER-R (Newcombe 2016, Stat. Methods Med. Res. 25, 1774) from Wilson ends. n1 and n2 may be effective sizes. Not
 * clipped; the lower end is −∞ where p2 = 1. */
struct interval interval_excess(double p1, double n1, double p2, double n2, double level);

/* Residual risk R = (A − C)/(1 − C) of an attack against its control (Giomi et al. 2023): A and C are Wilson centres, their
 * errors the Wilson half-widths, R's error by propagation. has_control false: C = 0 without error. */
struct residual_risk {
    double attack_rate, attack_error, control_rate, control_error;
    double unclipped, error, risk;
    struct interval interval; /* unclipped ± error, clipped to [0, 1] */
};
struct residual_risk residual_risk(size_t successes, size_t trials, bool has_control, size_t control_successes,
                                   size_t control_trials, double level);

#endif
