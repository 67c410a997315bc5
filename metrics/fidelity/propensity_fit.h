/* pMSE of one logistic model of two tables, with bias and standard error. */
#ifndef ASSAY_METRICS_FIDELITY_PROPENSITY_FIT_H
#define ASSAY_METRICS_FIDELITY_PROPENSITY_FIT_H

#include "metrics/fidelity/propensity_terms.h"

struct propensity {
    double pmse;       /* mean (p − c)²; exactly 0 where it is rounding error */
    double null;       /* (k − 1)(1 − c)²c/N (Snoke et al. 2018): the subject drawn from the reference's own rows */
    size_t parameters; /* k: the rank, intercept included */
    double likelihood; /* logarithm of it, at the limit where coefficients run to infinity */
    size_t determined; /* rows whose level, or pair of levels, only one table has: p is their label */
    int converged;
    double bias, se; /* of pMSE as an estimate for the populations, tables independent; NaN where not wanted */
    double variance; /* of pMSE itself over other rows, as many; below `chance` where noise alone gives more; NaN: not wanted */
    double chance;   /* least variance: that of noise alone */
    double growth;   /* of the variance with the expectation of pMSE */
};

/* Rows with a level, a missing cell or a pair of levels (of a term) that only one table has are fitted exactly, by coefficients
 * that run to infinity: they are taken out and given their limit, again and again until there are none left, so that Newton's
 * method has finite coefficients to find.
 *
 * se: delta method over rows, coefficients included, tables apart, and √(2/(k − 1))·bias for noise alone (pMSE is then a
 * multiple of chi-squared with k − 1 degrees of freedom). bias: Σw²/Σw·(k − 1)/N with w = p(1 − p).
 *
 * variance, chance, growth: near equality pMSE is b = bias/(k − 1) times a noncentral chi-squared: with noncentrality λ its
 * mean is E = b(k − 1 + λ) and its variance b²(2(k − 1) + 4λ) = chance + growth·(E − bias), chance = 2b²(k − 1), growth = 4b.
 * The delta method at the fitted p takes the noise for a difference and gives b²(4(k − 1) + 4λ) on average: chance too many,
 * which are taken off. */
int propensity_fit(const struct propensity_terms *terms, bool with_products, bool with_error, struct arena *arena,
                   struct propensity *out, struct error *error);

#endif
