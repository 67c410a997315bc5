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
    double sd;       /* of pMSE itself over other rows, as many; NaN where not wanted */
};

/* Rows with a level, a missing cell or a pair of levels (of a term) that only one table has are fitted exactly, by coefficients
 * that run to infinity: they are taken out and given their limit, again and again until there are none left, so that Newton's
 * method has finite coefficients to find.
 *
 * se: delta method over rows, coefficients included, tables apart, and √(2/(k − 1))·bias for noise alone (pMSE is then a
 * multiple of chi-squared with k − 1 degrees of freedom). bias: Σw²/Σw·(k − 1)/N with w = p(1 − p).
 *
 * sd: near equality pMSE is bias/(k − 1) times a noncentral chi-squared: with noncentrality λ its mean is bias·(1 + λ/(k − 1))
 * and its variance (2(k − 1) + 4λ)·(bias/(k − 1))². The delta method at the fitted p takes the noise for a difference and gives
 * 4(k − 1 + λ) on average, 2(k − 1) too many, so these are taken off; never below what noise alone gives. */
int propensity_fit(const struct terms *terms, bool with_products, bool with_error, struct arena *arena, struct propensity *out,
                   struct error *error);

#endif
