#include "numeric/ranking.h"

#include <math.h>
#include <stdlib.h>

#include "numeric/sort.h"

int ranking_order(const double *score, size_t n, uint32_t *order, struct error *error)
{
    return sort_order(score, n, order, error);
}

static uint32_t *order_new(const double *score, size_t n, struct error *error)
{
    uint32_t *order = calloc(n + 1, sizeof *order);
    if (!order) {
        error_memory(error);
        return NULL;
    }
    if (sort_order(score, n, order, error)) {
        free(order);
        return NULL;
    }
    return order;
}

static size_t count_positives(const uint8_t *label, size_t n)
{
    size_t positives = 0;
    for (size_t i = 0; i < n; i++)
        positives += label[i];
    return positives;
}

/* Rates of a point from its counts; NaN where the class is empty. */
static void point_rates(struct roc_point *point, const struct roc *roc)
{
    point->tpr = roc->positives ? (double)point->true_positives / (double)roc->positives : NAN;
    point->fpr = roc->negatives ? (double)point->false_positives / (double)roc->negatives : NAN;
}

int roc_compute(const double *score, const uint8_t *label, size_t n, struct roc *roc, struct error *error)
{
    *roc = (struct roc){0};
    uint32_t *order = order_new(score, n, error);
    roc->points = order ? calloc(n + 1, sizeof *roc->points) : NULL;
    if (!roc->points) {
        free(order);
        return error_memory(error);
    }
    roc->positives = count_positives(label, n);
    roc->negatives = n - roc->positives;
    struct roc_point point = {.threshold = INFINITY};
    point_rates(&point, roc);
    roc->points[roc->count++] = point;
    for (size_t i = n; i-- > 0;) {
        size_t row = order[i];
        point.threshold = score[row];
        point.true_positives += label[row];
        point.false_positives += !label[row];
        if (i > 0 && score[order[i - 1]] == score[row])
            continue;
        point_rates(&point, roc);
        roc->points[roc->count++] = point;
    }
    free(order);
    return 0;
}

void roc_free(struct roc *roc)
{
    free(roc->points);
    *roc = (struct roc){0};
}

const struct roc_point *roc_at_fpr(const struct roc *roc, double fpr)
{
    if (roc->positives == 0 || roc->negatives == 0)
        return NULL;
    const struct roc_point *best = &roc->points[0];
    for (size_t i = 1; i < roc->count && roc->points[i].fpr <= fpr; i++)
        best = &roc->points[i];
    return best;
}

double roc_auc_weighted(const double *score, const uint8_t *label, const uint32_t *order, const uint32_t *weight, size_t n)
{
    double positives = 0, negatives = 0, wins = 0; /* wins counts ½ as 1 */
    for (size_t i = 0, end; i < n; i = end) {
        double here[2] = {0, 0};
        for (end = i; end < n && score[order[end]] == score[order[i]]; end++)
            here[label[order[end]]] += weight ? weight[order[end]] : 1;
        wins += here[1] * (2 * negatives + here[0]);
        positives += here[1];
        negatives += here[0];
    }
    return positives > 0 && negatives > 0 ? wins / (2 * positives * negatives) : NAN;
}

int roc_auc(const double *score, const uint8_t *label, size_t n, double *auc, struct error *error)
{
    uint32_t *order = order_new(score, n, error);
    if (!order)
        return error_memory(error);
    *auc = roc_auc_weighted(score, label, order, NULL, n);
    free(order);
    return 0;
}

int average_precision(const double *score, const uint8_t *label, size_t n, double *precision, struct error *error)
{
    uint32_t *order = order_new(score, n, error);
    if (!order)
        return error_memory(error);
    size_t positives = count_positives(label, n), hits = 0, counted = 0;
    double sum = 0;
    for (size_t i = n; i-- > 0;) {
        hits += label[order[i]];
        if (i > 0 && score[order[i - 1]] == score[order[i]])
            continue;
        sum += (double)(hits - counted) * ((double)hits / (double)(n - i));
        counted = hits;
    }
    *precision = positives ? sum / (double)positives : NAN;
    free(order);
    return 0;
}

/* Placements: of a positive, the share of negatives below it; of a negative, the share of positives above it; ties ½. */
static int placements(const double *score, const uint8_t *label, size_t n, double *placement, struct error *error)
{
    uint32_t *order = order_new(score, n, error);
    if (!order)
        return error_memory(error);
    double positives = (double)count_positives(label, n), negatives = (double)n - positives;
    double below[2] = {0, 0};
    for (size_t i = 0, end; i < n; i = end) {
        double here[2] = {0, 0};
        for (end = i; end < n && score[order[end]] == score[order[i]]; end++)
            here[label[order[end]]]++;
        for (size_t j = i; j < end; j++)
            placement[order[j]] =
                label[order[j]] ? (below[0] + here[0] / 2) / negatives : (positives - below[1] - here[1] / 2) / positives;
        below[0] += here[0];
        below[1] += here[1];
    }
    free(order);
    return 0;
}

/* Σ over one class of (a − ā)(b − b̄)/(k − 1)/k, added over both classes: DeLong's S₁₀/m + S₀₁/n. */
static double placement_covariance(const double *a, const double *b, const uint8_t *label, size_t n, double mean_a,
                                   double mean_b)
{
    double sum[2] = {0, 0}, count[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
        sum[label[i]] += (a[i] - mean_a) * (b[i] - mean_b);
        count[label[i]]++;
    }
    if (count[0] < 2 || count[1] < 2)
        return NAN;
    return sum[0] / (count[0] - 1) / count[0] + sum[1] / (count[1] - 1) / count[1];
}

static struct delong delong_of(const double *placement, const uint8_t *label, size_t n)
{
    struct delong result = {NAN, NAN, count_positives(label, n), 0};
    result.negatives = n - result.positives;
    if (result.positives == 0 || result.negatives == 0)
        return result;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        if (label[i])
            sum += placement[i];
    result.auc = sum / (double)result.positives;
    result.variance = placement_covariance(placement, placement, label, n, result.auc, result.auc);
    return result;
}

int delong(const double *score, const uint8_t *label, size_t n, struct delong *result, struct error *error)
{
    double *placement = calloc(n + 1, sizeof *placement);
    if (!placement)
        return error_memory(error);
    int status = placements(score, label, n, placement, error);
    if (status == 0)
        *result = delong_of(placement, label, n);
    free(placement);
    return status;
}

struct interval delong_interval(const struct delong *delong, double level)
{
    struct interval interval = interval_wald(delong->auc, sqrt(delong->variance), level, "DeLong");
    if (delong->variance == 0) {
        size_t pairs = delong->positives < delong->negatives ? delong->positives : delong->negatives;
        double q = clopper_pearson_upper(0, pairs, (1 - level) / 2);
        interval.lo = delong->auc * (1 - q);
        interval.hi = delong->auc + q * (1 - delong->auc);
    }
    interval_clip(&interval, 0, 1);
    return interval;
}

int delong_paired(const double *first, const double *second, const uint8_t *label, size_t n, struct delong_pair *result,
                  struct error *error)
{
    double *placement = calloc(2 * n + 1, sizeof *placement);
    if (!placement)
        return error_memory(error);
    int status = placements(first, label, n, placement, error);
    if (status == 0)
        status = placements(second, label, n, placement + n, error);
    if (status == 0) {
        struct delong a = delong_of(placement, label, n), b = delong_of(placement + n, label, n);
        double covariance = placement_covariance(placement, placement + n, label, n, a.auc, b.auc);
        double variance = a.variance + b.variance - 2 * covariance;
        double se = variance > 0 ? sqrt(variance) : isnan(variance) ? NAN : 0;
        double z = se > 0 ? (a.auc - b.auc) / se : NAN;
        *result = (struct delong_pair){a, b, a.auc - b.auc, covariance, se, z, 2 * normal_upper(fabs(z))};
    }
    free(placement);
    return status;
}

double auc_null_se(size_t positives, size_t negatives)
{
    double p = (double)positives, q = (double)negatives;
    return positives && negatives ? sqrt((p + q + 1) / (12 * p * q)) : NAN;
}
