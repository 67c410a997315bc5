/* Intervals of the gaps between groups of predictions. */
#include "metrics/fairness/predictions_internal.h"
#include "numeric/range_interval.h"

#include <math.h>

/* What a gap is made of. */
static const struct made_of {
    enum { RANGE, LEAST, RATIO, EQUITY } form; /* max − min; min; min/max; equity-scaled */
    size_t n;
    enum prediction_rate rate[2];
    bool mean; /* of two ranges; else the larger counts */
} gaps_made_of[PREDICTIONS_GAPS] = {
    [GAP_PARITY] = {RANGE, 1, {PREDICTION_SELECTION}, false},
    [GAP_PARITY_RATIO] = {RATIO, 1, {PREDICTION_SELECTION}, false},
    [GAP_OPPORTUNITY] = {RANGE, 1, {PREDICTION_TPR}, false},
    [GAP_FPR] = {RANGE, 1, {PREDICTION_FPR}, false},
    [GAP_ODDS] = {RANGE, 2, {PREDICTION_TPR, PREDICTION_FPR}, false},
    [GAP_ODDS_MEAN] = {RANGE, 2, {PREDICTION_TPR, PREDICTION_FPR}, true},
    [GAP_ODDS_RATIO] = {RATIO, 2, {PREDICTION_TPR, PREDICTION_FPR}, false},
    [GAP_PREDICTIVE] = {RANGE, 1, {PREDICTION_PPV}, false},
    [GAP_ACCURACY] = {RANGE, 1, {PREDICTION_ACCURACY}, false},
    [GAP_WORST_ACCURACY] = {LEAST, 1, {PREDICTION_ACCURACY}, false},
    [GAP_WORST_BALANCED] = {LEAST, 1, {PREDICTION_BALANCED}, false},
    [GAP_EQUITY_ACCURACY] = {EQUITY, 1, {PREDICTION_ACCURACY}, false},
    [GAP_CALIBRATION] = {RANGE, 1, {PREDICTION_CALIBRATION}, false},
    [GAP_EQUITY_AUC] = {EQUITY, 1, {PREDICTION_AUC}, false},
};

void prediction_rates_fill(const struct predictions_group *group, double rate[PREDICTION_RATES])
{
    const struct group_rates *r = &group->rates;
    rate[PREDICTION_SELECTION] = r->selection_rate;
    rate[PREDICTION_TPR] = r->tpr;
    rate[PREDICTION_FPR] = r->fpr;
    rate[PREDICTION_PPV] = r->ppv;
    rate[PREDICTION_ACCURACY] = r->accuracy;
    rate[PREDICTION_BALANCED] = r->balanced_accuracy;
    rate[PREDICTION_CALIBRATION] = group->calibration_error;
    rate[PREDICTION_AUC] = group->auc;
}

/* Rows that a rate is a share of; 0: it is none. */
static size_t rate_trials(enum prediction_rate rate, const struct group_rates *r)
{
    switch (rate) {
    case PREDICTION_SELECTION:
    case PREDICTION_ACCURACY:
        return r->n;
    case PREDICTION_TPR:
        return r->positives;
    case PREDICTION_FPR:
        return r->n - r->positives;
    case PREDICTION_PPV:
        return r->true_positives + r->false_positives;
    default:
        return 0;
    }
}

size_t predictions_width(const struct predictions_column *column)
{
    return PREDICTIONS_GAPS + (column->groups + 1) * PREDICTION_RATES;
}

/* The scale on which a gap is a range or a largest number; a rate of 0 has no logarithm. */
static double scaled(double rate, const struct made_of *made)
{
    double x = made->form == LEAST ? 1 - rate : made->form == RATIO ? log(rate) : rate;
    return isfinite(x) ? x : NAN;
}

/* The numbers of a problem, and where they are among the rates of a replicate. */
struct chosen {
    double *x, *trials;
    size_t *place;
    struct range_block blocks[2];
};

/* false: the rate has no place on the scale. */
static bool choose_rate(const struct made_of *made, enum prediction_rate rate, const struct predictions_group *group,
                        size_t number, struct chosen *chosen, struct range_problem *problem)
{
    double rates[PREDICTION_RATES];
    prediction_rates_fill(group, rates);
    if (isnan(rates[rate]))
        return true;
    chosen->place[problem->n] = number * PREDICTION_RATES + rate;
    chosen->trials[problem->n] = made->form == RATIO ? 0 : (double)rate_trials(rate, &group->rates);
    chosen->x[problem->n] = scaled(rates[rate], made);
    return !isnan(chosen->x[problem->n++]);
}

/* false: the gap is no range on any scale. */
static bool choose(const struct predictions_column *column, const struct predictions_group *whole, const struct made_of *made,
                   struct chosen *chosen, struct range_problem *problem)
{
    for (size_t k = 0; k < made->n; k++) {
        struct range_block block = {problem->n, 0, 0, made->mean ? k : 0};
        if (made->form == EQUITY && !choose_rate(made, made->rate[k], whole, column->groups, chosen, problem))
            return false;
        for (size_t g = 0; g < column->groups; g++)
            if (g != column->pool && !choose_rate(made, made->rate[k], &column->group_results[g], g, chosen, problem))
                return false;
        block.count = problem->n - block.first;
        if (block.count > 0)
            chosen->blocks[problem->n_blocks++] = block;
    }
    return problem->n_blocks > 0;
}

static int one_interval(struct predictions_column *column, const struct predictions_group *whole, enum predictions_gap gap,
                        struct range_problem problem, const double *replicate, struct arena *arena, struct error *error)
{
    const struct made_of *made = &gaps_made_of[gap];
    size_t most = 2 * column->groups + 1, width = predictions_width(column);
    struct chosen chosen = {.x = ARENA_ARRAY(arena, double, most),
                            .trials = ARENA_ARRAY(arena, double, most),
                            .place = ARENA_ARRAY(arena, size_t, most)};
    double *rates = arena_array(arena, problem.replicates + 1, most * sizeof *rates);
    struct interval *out = &column->intervals[gap];
    if (!chosen.x || !chosen.trials || !chosen.place || !rates)
        return error_memory(error);
    if (!choose(column, whole, made, &chosen, &problem)) {
        for (size_t b = 0; b < problem.replicates; b++)
            rates[b] = replicate[b * width + gap];
        return interval_bootstrap_wider(column->gaps[gap], rates, problem.replicates, problem.level, out, error);
    }
    for (size_t b = 0; b < problem.replicates; b++)
        for (size_t i = 0; i < problem.n; i++)
            rates[b * problem.n + i] = scaled(replicate[b * width + PREDICTIONS_GAPS + chosen.place[i]], made);
    problem.x = chosen.x;
    problem.trials = chosen.trials;
    problem.replicate = rates;
    problem.blocks = chosen.blocks;
    problem.form = made->form == LEAST ? RANGE_HIGHEST : made->form == EQUITY ? RANGE_INEQUITY : RANGE_SPREAD;
    int status = range_interval(&problem, out, error);
    if (status == 0 && (made->form == LEAST || made->form == EQUITY))
        *out = (struct interval){1 - out->hi, 1 - out->lo, out->level, out->method};
    if (status == 0 && made->form == RATIO)
        *out = (struct interval){exp(-out->hi), exp(-out->lo), out->level, out->method};
    return status;
}

int predictions_intervals(struct predictions_column *column, const struct predictions_group *whole, size_t replicates,
                          uint64_t seed, double level, const double *replicate, struct error *error)
{
    struct range_problem problem = {.replicates = replicates, .level = level, .seed = seed};
    struct arena *arena = arena_new();
    int status = arena ? 0 : error_memory(error);
    for (enum predictions_gap gap = 0; status == 0 && gap < PREDICTIONS_GAPS; gap++) {
        column->intervals[gap] = interval_none("bootstrap");
        if (!isnan(column->gaps[gap]))
            status = one_interval(column, whole, gap, problem, replicate, arena, error);
        interval_clip(&column->intervals[gap], 0, 1);
        if (status == 0 && interval_known(&column->intervals[gap])) {
            column->intervals[gap].lo = fmin(column->intervals[gap].lo, column->gaps[gap]);
            column->intervals[gap].hi = fmax(column->intervals[gap].hi, column->gaps[gap]);
        }
    }
    arena_free(arena);
    return status;
}
