#include "numeric/correlation.h"

#include <math.h>

struct correlation correlation_make(const struct gap_pair *pair)
{
    struct correlation c = {.rho = pearson(pair->x, pair->y, pair->rows, NULL)};
    double xx = 0, yy = 0;
    for (size_t i = 0; i < pair->rows; i++) {
        if (isnan(pair->x[i]) || isnan(pair->y[i]))
            continue;
        c.pairs++;
        c.mean_x += pair->x[i];
        c.mean_y += pair->y[i];
    }
    c.mean_x /= (double)c.pairs;
    c.mean_y /= (double)c.pairs;
    for (size_t i = 0; i < pair->rows; i++) {
        if (isnan(pair->x[i]) || isnan(pair->y[i]))
            continue;
        xx += (pair->x[i] - c.mean_x) * (pair->x[i] - c.mean_x);
        yy += (pair->y[i] - c.mean_y) * (pair->y[i] - c.mean_y);
    }
    c.scale_x = sqrt((double)c.pairs / xx);
    c.scale_y = sqrt((double)c.pairs / yy);
    return c;
}

double correlation_influence(const struct gap_pair *pair, const struct correlation *correlation, size_t row)
{
    double x = pair->x[row], y = pair->y[row];
    if (isnan(x) || isnan(y))
        return 0;
    double zx = (x - correlation->mean_x) * correlation->scale_x, zy = (y - correlation->mean_y) * correlation->scale_y;
    return zx * zy - correlation->rho * (zx * zx + zy * zy) / 2;
}
