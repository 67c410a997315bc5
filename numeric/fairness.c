#include "numeric/fairness.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : NAN;
}

static void rates_from_counts(struct group_rates *r)
{
    size_t true_negatives = r->count[0][0];
    r->false_positives = r->count[0][1];
    r->true_positives = r->count[1][1];
    r->positives = r->count[1][0] + r->true_positives;
    r->n = true_negatives + r->false_positives + r->positives;
    size_t selected = r->true_positives + r->false_positives;
    r->base_rate = share(r->positives, r->n);
    r->selection_rate = share(selected, r->n);
    r->tpr = share(r->true_positives, r->positives);
    r->fpr = share(r->false_positives, r->n - r->positives);
    r->ppv = share(r->true_positives, selected);
    r->accuracy = share(r->true_positives + true_negatives, r->n);
    r->balanced_accuracy = (r->tpr + 1 - r->fpr) / 2;
}

void group_rates_compute(const uint8_t *label, const uint8_t *decision, const uint32_t *group, const uint32_t *weight, size_t n,
                         size_t groups, struct group_rates *rates)
{
    memset(rates, 0, groups * sizeof *rates);
    for (size_t i = 0; i < n; i++)
        if (group[i] < groups)
            rates[group[i]].count[label[i] != 0][decision[i] != 0] += weight ? weight[i] : 1;
    for (size_t g = 0; g < groups; g++)
        rates_from_counts(&rates[g]);
}

void group_means_compute(const double *x, size_t stride, const uint32_t *group, const uint32_t *weight, size_t n, size_t groups,
                         struct group_mean *means)
{
    memset(means, 0, groups * sizeof *means);
    for (size_t i = 0; i < n; i++) {
        if (group[i] >= groups)
            continue;
        struct group_mean *m = &means[group[i]];
        uint32_t times = weight ? weight[i] : 1;
        m->n += times;
        m->mean += times * x[i * stride];
    }
    for (size_t g = 0; g < groups; g++)
        means[g].mean = means[g].n ? means[g].mean / (double)means[g].n : NAN;
}

/* Least and greatest of `count` doubles that lie `stride` bytes apart, NaN left out; false when there are fewer than two. */
static bool range_of(const void *values, size_t stride, size_t count, double *least, double *greatest)
{
    size_t defined = 0;
    *least = INFINITY;
    *greatest = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        double value;
        memcpy(&value, (const char *)values + i * stride, sizeof value);
        *least = fmin(*least, value);
        *greatest = fmax(*greatest, value);
        defined += isnan(value) ? 0 : 1;
    }
    return defined >= 2;
}

/* One rate over the groups. */
struct rate_range {
    double least, difference, ratio;
};

static struct rate_range range_strided(const void *values, size_t stride, size_t count)
{
    double least, greatest;
    if (!range_of(values, stride, count, &least, &greatest))
        return (struct rate_range){NAN, NAN, NAN};
    return (struct rate_range){least, greatest - least, greatest > 0 ? least / greatest : NAN};
}

double range_difference(const double *values, size_t count)
{
    return range_strided(values, sizeof *values, count).difference;
}

double range_ratio(const double *values, size_t count)
{
    return range_strided(values, sizeof *values, count).ratio;
}

struct fairness_gaps fairness_gaps(const struct group_rates *rates, size_t groups)
{
    struct fairness_gaps gaps = {0};
    for (size_t g = 0; g < groups; g++)
        gaps.groups += rates[g].n > 0;
#define RANGE(field) range_strided(&rates->field, sizeof *rates, groups)
    struct rate_range selection = RANGE(selection_rate), tpr = RANGE(tpr), fpr = RANGE(fpr), accuracy = RANGE(accuracy);
    gaps.predictive_parity_difference = RANGE(ppv).difference;
    gaps.worst_balanced_accuracy = RANGE(balanced_accuracy).least;
#undef RANGE
    gaps.demographic_parity_difference = selection.difference;
    gaps.demographic_parity_ratio = selection.ratio;
    gaps.equal_opportunity_difference = tpr.difference;
    gaps.fpr_difference = fpr.difference;
    gaps.equalized_odds_difference_mean = (tpr.difference + fpr.difference) / 2;
    bool both = !isnan(gaps.equalized_odds_difference_mean);
    gaps.equalized_odds_difference = both ? fmax(tpr.difference, fpr.difference) : NAN;
    gaps.equalized_odds_ratio = both ? fmin(tpr.ratio, fpr.ratio) : NAN;
    gaps.accuracy_difference = accuracy.difference;
    gaps.worst_accuracy = accuracy.least;
    return gaps;
}

double equity_scaled(double overall, const double *values, size_t groups)
{
    double sum = 0;
    size_t defined = 0;
    for (size_t g = 0; g < groups; g++)
        if (!isnan(values[g])) {
            sum += fabs(values[g] - overall);
            defined++;
        }
    return defined < 2 ? NAN : overall / (1 + sum);
}
