/* Rates of groups and what is said of them together. */
#include "metrics/fairness/decisions_internal.h"

#include <math.h>

const struct statistic_kind statistic_kinds[STATISTICS] = {
    [STATISTIC_PARITY] = {"parity", RATE_SELECTION, false, true, 0, 1, ""},
    [STATISTIC_OPPORTUNITY] = {"opportunity", RATE_TPR, false, false, 0, 1, " of the class"},
    [STATISTIC_ODDS] = {"odds", RATE_TPR, false, false, 0, 1, " inside and outside the class"},
    [STATISTIC_PREDICTIVE] = {"predictive", RATE_PPV, false, false, 0, 1, " that the models of both sources select"},
    [STATISTIC_CALIBRATION] = {"calibration", RATE_BIAS, false, true, 0, 2, ""},
    [STATISTIC_WORST] = {"worst", RATE_QUALITY, true, true, 0, 1, " inside and outside the class"},
    [STATISTIC_EQUITY] = {"equity", RATE_ACCURACY, true, false, 0, 1, ""},
};

int decisions_scratch_new(const struct decisions *d, struct decisions_scratch *scratch, struct arena *arena,
                          struct error *error)
{
    size_t n = d->most_groups + 1;
    *scratch = (struct decisions_scratch){.rates = ARENA_ARRAY(arena, struct group_rates, n),
                                          .means = ARENA_ARRAY(arena, struct group_mean, n),
                                          .groups = ARENA_ARRAY(arena, struct decisions_group, n),
                                          .values = ARENA_ARRAY(arena, double, n)};
    return scratch->rates && scratch->means && scratch->groups && scratch->values ? 0 : error_memory(error);
}

size_t decisions_rate_trials(enum rate rate, const struct decisions_group *g)
{
    switch (rate) {
    case RATE_SELECTION:
    case RATE_ACCURACY:
        return g->n;
    case RATE_TPR:
        return g->positives;
    case RATE_FPR:
        return g->n - g->positives;
    case RATE_PPV:
        return g->selected;
    default:
        return 0;
    }
}

size_t decisions_entry(const struct decisions *d, const struct decisions_column *column, size_t part, size_t learner)
{
    return (part * d->n_learners + learner) * column->groups;
}

static void class_rates(const struct decisions *d, size_t groups, const struct decisions_part *part, size_t learner,
                        size_t source, const uint32_t *group, const uint32_t *weight, const struct decisions_scratch *scratch)
{
    size_t rows = d->protocol.test->rows;
    group_rates_compute(part->truth, part->decided[learner][source], group, weight, rows, groups, scratch->rates);
    group_means_compute(part->score[learner][source], d->protocol.width, group, weight, rows, groups, scratch->means);
    for (size_t g = 0; g < groups; g++) {
        const struct group_rates *r = &scratch->rates[g];
        scratch->groups[g] = (struct decisions_group){
            r->n,
            r->positives,
            r->true_positives + r->false_positives,
            r->true_positives,
            {[RATE_SELECTION] = r->selection_rate,
             [RATE_TPR] = r->tpr,
             [RATE_FPR] = r->fpr,
             [RATE_PPV] = r->ppv,
             [RATE_BIAS] = scratch->means[g].mean - r->base_rate,
             [RATE_QUALITY] = r->balanced_accuracy,
             [RATE_ACCURACY] = r->accuracy},
        };
    }
}

static void number_rates(const struct decisions *d, size_t groups, const struct decisions_part *part, size_t learner,
                         size_t source, const uint32_t *group, const uint32_t *weight, const struct decisions_scratch *scratch)
{
    const struct {
        const double *x;
        enum rate rate;
    } means[3] = {{part->score[learner][source], RATE_SELECTION},
                  {part->error[learner][source], RATE_BIAS},
                  {part->square[learner][source], RATE_QUALITY}};
    for (size_t g = 0; g < groups; g++)
        for (size_t r = 0; r < RATES; r++)
            scratch->groups[g].rate[r] = NAN;
    for (size_t m = 0; m < 3; m++) {
        group_means_compute(means[m].x, 1, group, weight, d->protocol.test->rows, groups, scratch->means);
        for (size_t g = 0; g < groups; g++) {
            scratch->groups[g].n = scratch->means[g].n;
            scratch->groups[g].rate[means[m].rate] = scratch->means[g].mean / d->unit;
        }
    }
    for (size_t g = 0; g < groups; g++) {
        double quality = 1 - scratch->groups[g].rate[RATE_QUALITY] / d->unit;
        scratch->groups[g].rate[RATE_QUALITY] = quality < -1 ? -1 : quality; /* as R² in protocol_score */
    }
}

void decisions_rates(const struct decisions *d, const struct decisions_column *column, size_t part, size_t learner,
                     size_t source, const uint32_t *group, const uint32_t *weight, const struct decisions_scratch *scratch)
{
    const struct decisions_part *p = &d->parts[part];
    (p->truth ? class_rates : number_rates)(d, column->groups, p, learner, source, group, weight, scratch);
}

/* The rates of the groups that enter, into scratch->values; their number. */
static size_t entering(const struct decisions_column *column, size_t entry, enum rate rate,
                       const struct decisions_scratch *scratch)
{
    size_t n = 0;
    for (size_t g = 0; g < column->groups; g++)
        if (column->enters[rate][entry + g])
            scratch->values[n++] = scratch->groups[g].rate[rate];
    return n;
}

static double rate_range(const struct decisions_column *column, size_t entry, enum rate rate,
                         const struct decisions_scratch *scratch)
{
    size_t n = entering(column, entry, rate, scratch);
    return range_difference(scratch->values, n);
}

static double least_rate(const double *values, size_t n)
{
    double least = NAN;
    for (size_t i = 0; i < n; i++)
        least = fmin(least, values[i]);
    return least;
}

double decisions_accuracy(size_t groups, const struct decisions_scratch *scratch, size_t *rows)
{
    double right = 0;
    *rows = 0;
    for (size_t g = 0; g < groups; g++) {
        if (scratch->groups[g].n == 0)
            continue;
        right += scratch->groups[g].rate[RATE_ACCURACY] * (double)scratch->groups[g].n;
        *rows += scratch->groups[g].n;
    }
    return right / (double)*rows;
}

double decisions_statistic(const struct decisions_column *column, size_t entry, enum statistic statistic,
                           const struct decisions_scratch *scratch)
{
    enum rate rate = statistic_kinds[statistic].rate;
    size_t n, rows;
    switch (statistic) {
    case STATISTIC_ODDS: {
        double tpr = rate_range(column, entry, RATE_TPR, scratch), fpr = rate_range(column, entry, RATE_FPR, scratch);
        return isnan(tpr) || isnan(fpr) ? NAN : fmax(tpr, fpr);
    }
    case STATISTIC_WORST:
        n = entering(column, entry, rate, scratch);
        return n < 2 ? NAN : least_rate(scratch->values, n);
    case STATISTIC_EQUITY:
        n = entering(column, entry, rate, scratch);
        return equity_scaled(decisions_accuracy(column->groups, scratch, &rows), scratch->values, n);
    default:
        return rate_range(column, entry, rate, scratch);
    }
}
