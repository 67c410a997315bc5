/* Jackknife intervals of means over rows whose parts depend on other rows.
 *
 * The change of a statistic when one row is left out, for every row of every table it is made of; the variance is the sum over
 * tables of (n−1)/n Σ (change − mean)². For independent rows it is not too small on average (Efron and Stein 1981, Ann.
 * Statist. 9, 586), however rows lean on each other through nearest neighbours. */
#ifndef ASSAY_ATTACKS_PROXIES_LEAVE_OUT_H
#define ASSAY_ATTACKS_PROXIES_LEAVE_OUT_H

#include <stddef.h>

/* Adds to change[i] what weight · mean(part) loses or gains when row i takes its own part with it. */
void leave_out_parts(const double *part, size_t n, double weight, double *change);

double leave_out_variance(const double *change, size_t n);

#endif
