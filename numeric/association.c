/* The part of empirical.h that looks at two columns together: ranks, correlations, joint tables. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "numeric/empirical.h"
#include "numeric/sort.h"

int midranks(const double *values, size_t n, double *ranks, struct error *error)
{
    uint32_t *order = calloc(n + 1, sizeof *order);
    if (!order)
        return error_memory(error);
    int status = sort_order(values, n, order, error);
    for (size_t i = 0, end; status == 0 && i < n; i = end) {
        double value = values[order[i]];
        for (end = i + 1; end < n && values[order[end]] == value; end++)
            ;
        double rank = isnan(value) ? NAN : (double)(i + end + 1) / 2;
        for (size_t j = i; j < end; j++)
            ranks[order[j]] = rank;
    }
    free(order);
    return status;
}

struct pair_moments {
    size_t n;
    double mean_x, mean_y;
    bool varies_x, varies_y;
};

static struct pair_moments pair_means(const double *x, const double *y, size_t n)
{
    struct pair_moments m = {0};
    double sum_x = 0, sum_y = 0, first_x = 0, first_y = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i]) || isnan(y[i]))
            continue;
        if (m.n++ == 0) {
            first_x = x[i];
            first_y = y[i];
        }
        m.varies_x |= x[i] != first_x;
        m.varies_y |= y[i] != first_y;
        sum_x += x[i];
        sum_y += y[i];
    }
    if (m.n) {
        m.mean_x = sum_x / (double)m.n;
        m.mean_y = sum_y / (double)m.n;
    }
    return m;
}

double pearson(const double *x, const double *y, size_t n, size_t *pairs)
{
    struct pair_moments m = pair_means(x, y, n);
    if (pairs)
        *pairs = m.n;
    if (!m.varies_x || !m.varies_y)
        return NAN;
    double xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i]) || isnan(y[i]))
            continue;
        double dx = x[i] - m.mean_x, dy = y[i] - m.mean_y;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    double r = xy / (sqrt(xx) * sqrt(yy));
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

int spearman(const double *x, const double *y, size_t n, double *correlation, size_t *pairs, struct error *error)
{
    double *both = calloc(4 * n + 1, sizeof *both);
    if (!both)
        return error_memory(error);
    double *kept_x = both, *kept_y = both + n, *rank_x = both + 2 * n, *rank_y = both + 3 * n;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i]) || isnan(y[i]))
            continue;
        kept_x[count] = x[i];
        kept_y[count++] = y[i];
    }
    int status = midranks(kept_x, count, rank_x, error);
    if (status == 0)
        status = midranks(kept_y, count, rank_y, error);
    if (status == 0)
        *correlation = pearson(rank_x, rank_y, count, pairs);
    free(both);
    return status;
}
