#include "numeric/empirical.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/sort.h"

size_t empirical_sort(const double *values, size_t n, double *sorted)
{
    size_t present = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            sorted[present++] = values[i] + 0.0;
    sort_doubles(sorted, present);
    return present;
}

struct sample_moments sample_moments(const double *values, size_t n)
{
    struct sample_moments moments = {0, 0, 0};
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            continue;
        sum += values[i];
        moments.count++;
    }
    if (moments.count == 0)
        return moments;
    moments.mean = sum / (double)moments.count;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            moments.squares += (values[i] - moments.mean) * (values[i] - moments.mean);
    return moments;
}

double ks_statistic_sorted(const double *a, size_t n, const double *b, size_t m)
{
    if (n == 0 || m == 0)
        return NAN;
    double largest = 0, weight_a = (double)m, weight_b = (double)n;
    size_t i = 0, j = 0;
    while (i < n && j < m) {
        double x = a[i] < b[j] ? a[i] : b[j];
        while (i < n && a[i] == x)
            i++;
        while (j < m && b[j] == x)
            j++;
        /* i/n − j/m times nm: whole numbers, so that equal steps differ by exactly 0 */
        double gap = fabs((double)i * weight_a - (double)j * weight_b);
        if (gap > largest)
            largest = gap;
    }
    return largest / (weight_a * weight_b);
}

double wasserstein_distance_sorted(const double *a, size_t n, const double *b, size_t m)
{
    if (n == 0 || m == 0)
        return NAN;
    double sum = 0, weight_a = (double)m, weight_b = (double)n;
    double previous = a[0] < b[0] ? a[0] : b[0];
    size_t i = 0, j = 0;
    while (i < n || j < m) {
        double x = j == m || (i < n && a[i] < b[j]) ? a[i] : b[j];
        sum += fabs((double)i * weight_a - (double)j * weight_b) * (x - previous);
        while (i < n && a[i] == x)
            i++;
        while (j < m && b[j] == x)
            j++;
        previous = x;
    }
    return sum / (weight_a * weight_b);
}

typedef double sorted_distance(const double *a, size_t n, const double *b, size_t m);

static int distance_unsorted(sorted_distance *distance, const double *a, size_t n, const double *b, size_t m, double *out,
                             struct error *error)
{
    double *scratch = calloc(n + m + 1, sizeof *scratch);
    if (!scratch)
        return error_memory(error);
    size_t present_a = empirical_sort(a, n, scratch);
    size_t present_b = empirical_sort(b, m, scratch + n);
    *out = distance(scratch, present_a, scratch + n, present_b);
    free(scratch);
    return 0;
}

int ks_statistic(const double *a, size_t n, const double *b, size_t m, double *statistic, struct error *error)
{
    return distance_unsorted(ks_statistic_sorted, a, n, b, m, statistic, error);
}

int wasserstein_distance(const double *a, size_t n, const double *b, size_t m, double *distance, struct error *error)
{
    return distance_unsorted(wasserstein_distance_sorted, a, n, b, m, distance, error);
}

double quantile_sorted(const double *sorted, size_t n, double p)
{
    if (n == 0 || !(p >= 0 && p <= 1))
        return NAN;
    double position = (double)(n - 1) * p;
    size_t below = (size_t)position;
    if (below >= n - 1)
        return sorted[n - 1];
    return sorted[below] + (position - (double)below) * (sorted[below + 1] - sorted[below]);
}

int quantiles(const double *values, size_t n, const double *p, size_t count, double *out, struct error *error)
{
    double *sorted = calloc(n + 1, sizeof *sorted);
    if (!sorted)
        return error_memory(error);
    size_t present = empirical_sort(values, n, sorted);
    for (size_t i = 0; i < count; i++)
        out[i] = quantile_sorted(sorted, present, p[i]);
    free(sorted);
    return 0;
}

static double sum_of(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

double total_variation(const double *a, const double *b, size_t cells)
{
    double sum_a = sum_of(a, cells), sum_b = sum_of(b, cells), sum = 0;
    if (!(sum_a > 0 && sum_b > 0))
        return NAN;
    for (size_t i = 0; i < cells; i++)
        sum += fabs(a[i] / sum_a - b[i] / sum_b);
    return sum / 2;
}

double jensen_shannon(const double *a, const double *b, size_t cells)
{
    double sum_a = sum_of(a, cells), sum_b = sum_of(b, cells), sum = 0;
    if (!(sum_a > 0 && sum_b > 0))
        return NAN;
    for (size_t i = 0; i < cells; i++) {
        double p = a[i] / sum_a, q = b[i] / sum_b, middle = (p + q) / 2;
        double part = 0;
        if (p > 0)
            part += p * log2(p / middle);
        if (q > 0)
            part += q * log2(q / middle);
        sum += part;
    }
    return sum > 0 ? sum / 2 : 0;
}

void bins_from_sorted(const double *sorted, size_t n, size_t parts, struct bins *bins)
{
    bins->edge_count = 0;
    if (n == 0)
        return;
    for (size_t k = 0; k <= parts; k++) {
        /* position (n − 1)k/parts by whole numbers: no rounding may move an edge off an order statistic */
        size_t below = (n - 1) * k / parts, rest = (n - 1) * k % parts;
        double edge = sorted[below];
        if (rest)
            edge += (double)rest / (double)parts * (sorted[below + 1] - sorted[below]);
        if (bins->edge_count == 0 || edge > bins->edges[bins->edge_count - 1])
            bins->edges[bins->edge_count++] = edge;
    }
}

int bins_from_quantiles(const double *values, size_t n, size_t parts, struct bins *bins, struct error *error)
{
    double *sorted = calloc(n + 1, sizeof *sorted);
    if (!sorted)
        return error_memory(error);
    bins_from_sorted(sorted, empirical_sort(values, n, sorted), parts, bins);
    free(sorted);
    return 0;
}

static size_t bins_inner(const struct bins *bins)
{
    return bins->edge_count > 1 ? bins->edge_count - 1 : bins->edge_count;
}

size_t bins_count(const struct bins *bins)
{
    return bins_inner(bins) + 3;
}

size_t bins_index(const struct bins *bins, double value)
{
    size_t inner = bins_inner(bins), above = inner + 1;
    if (isnan(value))
        return inner + 2;
    size_t lo = 0, hi = bins->edge_count; /* number of edges ≤ value */
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (bins->edges[middle] <= value)
            lo = middle + 1;
        else
            hi = middle;
    }
    if (lo == 0 || lo < bins->edge_count)
        return lo;
    return value == bins->edges[lo - 1] ? inner : above;
}
