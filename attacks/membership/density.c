#include "attacks/membership/density.h"

#include <math.h>

double density_bandwidth(size_t rows, size_t n_columns)
{
    return pow((double)rows, -1 / ((double)n_columns + 4)) / sqrt(24);
}

double density_log(const double *distance, size_t k, double columns_per_h, size_t rows)
{
    double sum = 0;

    for (size_t j = 0; j < k; j++) /* relative to the nearest one, so that nothing vanishes */
        if (isfinite(distance[j]))
            sum += exp(-columns_per_h * (distance[j] - distance[0]));
    return log(sum / (double)rows) - columns_per_h * distance[0];
}
