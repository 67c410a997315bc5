#include "attacks/proxies/leave_out.h"

static double mean_of(const double *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

void leave_out_parts(const double *part, size_t n, double weight, double *change)
{
    double mean = mean_of(part, n);

    for (size_t i = 0; i < n && n > 1; i++)
        change[i] += weight * (mean - part[i]) / (double)(n - 1);
}

double leave_out_variance(const double *change, size_t n)
{
    double mean = mean_of(change, n), sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (change[i] - mean) * (change[i] - mean);
    return n > 0 ? sum * (double)(n - 1) / (double)n : 0;
}
