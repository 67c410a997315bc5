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

static double absolute_difference(uint64_t a, uint64_t b)
{
    return (double)(a > b ? a - b : b - a);
}

/* Σ|count_first·rows_second − count_second·rows_first|: whole numbers, so that equal tables give exactly 0. */
static int tv_dense(const struct coded_pair *first, const struct coded_pair *second, size_t cells, size_t levels_b, double *sum,
                    struct error *error)
{
    uint32_t *counts = calloc(2 * cells + 1, sizeof *counts);
    if (!counts)
        return error_memory(error);
    for (size_t i = 0; i < first->rows; i++)
        counts[first->a[i] * levels_b + first->b[i]]++;
    for (size_t i = 0; i < second->rows; i++)
        counts[cells + second->a[i] * levels_b + second->b[i]]++;
    for (size_t i = 0; i < cells; i++)
        *sum += absolute_difference((uint64_t)counts[i] * second->rows, (uint64_t)counts[cells + i] * first->rows);
    free(counts);
    return 0;
}

static uint64_t *joint_codes(const struct coded_pair *pair, size_t levels_b, struct error *error)
{
    uint64_t *codes = calloc(pair->rows, sizeof *codes);
    if (!codes) {
        error_memory(error);
        return NULL;
    }
    for (size_t i = 0; i < pair->rows; i++)
        codes[i] = (uint64_t)pair->a[i] * levels_b + pair->b[i];
    if (sort_u64(codes, pair->rows, error)) {
        free(codes);
        return NULL;
    }
    return codes;
}

static uint64_t run_length(const uint64_t *codes, size_t n, size_t *at, uint64_t code)
{
    size_t start = *at;
    while (*at < n && codes[*at] == code)
        ++*at;
    return *at - start;
}

static int tv_sorted(const struct coded_pair *first, const struct coded_pair *second, size_t levels_b, double *sum,
                     struct error *error)
{
    uint64_t *p = joint_codes(first, levels_b, error);
    uint64_t *q = p ? joint_codes(second, levels_b, error) : NULL;
    size_t i = 0, j = 0;
    while (q && (i < first->rows || j < second->rows)) {
        uint64_t code = j == second->rows || (i < first->rows && p[i] < q[j]) ? p[i] : q[j];
        uint64_t count_p = run_length(p, first->rows, &i, code), count_q = run_length(q, second->rows, &j, code);
        *sum += absolute_difference(count_p * second->rows, count_q * first->rows);
    }
    int status = q ? 0 : ERROR_MEMORY;
    free(p);
    free(q);
    return status;
}

int contingency_tv(const struct coded_pair *first, const struct coded_pair *second, size_t levels_a, size_t levels_b,
                   double *distance, struct error *error)
{
    size_t rows = first->rows + second->rows;
    double sum = 0;
    *distance = NAN;
    if (first->rows == 0 || second->rows == 0)
        return 0;
    size_t few = rows < 16384 ? 65536 : 4 * rows;
    int status = levels_a <= few / (levels_b ? levels_b : 1)
                     ? tv_dense(first, second, levels_a * levels_b, levels_b, &sum, error)
                     : tv_sorted(first, second, levels_b, &sum, error);
    if (status == 0)
        *distance = sum / (2 * (double)first->rows * (double)second->rows);
    return status;
}
