/* How a time grows with a size. */
#ifndef ASSAY_TESTS_BENCH_GROWTH_H
#define ASSAY_TESTS_BENCH_GROWTH_H

#include <math.h>
#include <stddef.h>

/* Exponent b of y = a·x^b: least squares slope of log y on log x. */
static inline double growth_exponent(const double *x, const double *y, size_t n)
{
    double mx = 0, my = 0, xy = 0, xx = 0;

    for (size_t i = 0; i < n; i++) {
        mx += log(x[i]) / (double)n;
        my += log(y[i]) / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        xy += (log(x[i]) - mx) * (log(y[i]) - my);
        xx += (log(x[i]) - mx) * (log(x[i]) - mx);
    }
    return xy / xx;
}

#endif
