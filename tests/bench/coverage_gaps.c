/* How often the intervals of gaps between groups (assay fairness; the model-level measures of fairness use the same function)
 * hold the gaps of the population. Prints the table of docs/calibration.md.
 *
 *   build/bench/coverage_gaps [runs a scenario, default 500] [scenario, default all]
 *
 * Half of the rows of every group have label 1; a group's decisions are right and wrong at given rates. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/random.h"
#include "metrics/fairness/predictions.h"

enum { MOST_GROUPS = 20, MOST_ROWS = 2000, SHOWN = 8 };

static const enum predictions_gap shown[SHOWN] = {GAP_PARITY,    GAP_PARITY_RATIO, GAP_OPPORTUNITY,    GAP_ODDS,
                                                  GAP_ODDS_MEAN, GAP_PREDICTIVE,   GAP_WORST_ACCURACY, GAP_EQUITY_ACCURACY};

static const struct scenario {
    const char *name;
    size_t groups, rows[MOST_GROUPS]; /* 0: as many as the first group */
    double tpr[MOST_GROUPS], fpr[MOST_GROUPS];
} scenarios[] = {
    {"2 groups, no gap", 2, {500}, {0.7}, {0.3}},
    {"2 groups, TPR .05", 2, {500}, {0.7, 0.65}, {0.3}},
    {"2 groups, both .05", 2, {500}, {0.7, 0.65}, {0.3, 0.25}},
    {"2 groups, both .15", 2, {500}, {0.7, 0.55}, {0.3, 0.15}},
    {"2 groups, 950 and 50 rows, no gap", 2, {950, 50}, {0.9}, {0.1}},
    {"2 groups, 950 and 50 rows, both .2", 2, {950, 50}, {0.9, 0.7}, {0.1, 0.3}},
    {"3 groups, no gap", 3, {400}, {0.7}, {0.3}},
    {"3 groups, one .2", 3, {400}, {0.7, 0.7, 0.5}, {0.3}},
    {"5 groups, no gap", 5, {200}, {0.7}, {0.3}},
    {"5 groups, one .3", 5, {200}, {0.7, 0.7, 0.7, 0.7, 0.4}, {0.3}},
    {"5 groups, stairs of .05", 5, {200}, {0.8, 0.75, 0.7, 0.65, 0.6}, {0.3}},
    {"5 groups, uneven, no gap", 5, {1000, 400, 200, 100, 100}, {0.7}, {0.3}},
    {"5 groups, uneven, a small one .3", 5, {1000, 400, 200, 100, 100}, {0.7, 0.7, 0.7, 0.7, 0.4}, {0.3}},
    {"20 groups, no gap", 20, {100}, {0.7}, {0.3}},
};

/* A rate of 0 stands for that of the group before. */
static double given(const double *values, size_t g)
{
    while (g > 0 && values[g] == 0)
        g--;
    return values[g];
}

static size_t rows_of(const struct scenario *s, size_t g)
{
    return s->rows[g] > 0 ? s->rows[g] : s->rows[0];
}

static void find_truth(const struct scenario *s, double truth[PREDICTIONS_GAPS])
{
    struct group_rates rates[MOST_GROUPS];
    double accuracy[MOST_GROUPS], right = 0, all = 0;
    for (size_t g = 0; g < s->groups; g++) {
        double tpr = given(s->tpr, g), fpr = given(s->fpr, g), rows = (double)rows_of(s, g);
        accuracy[g] = (tpr + 1 - fpr) / 2;
        right += accuracy[g] * rows;
        all += rows;
        rates[g] = (struct group_rates){.n = 1,
                                        .selection_rate = (tpr + fpr) / 2,
                                        .tpr = tpr,
                                        .fpr = fpr,
                                        .ppv = tpr / (tpr + fpr),
                                        .accuracy = accuracy[g],
                                        .balanced_accuracy = accuracy[g]};
    }
    struct fairness_gaps gaps = fairness_gaps(rates, s->groups);
    truth[GAP_PARITY] = gaps.demographic_parity_difference;
    truth[GAP_PARITY_RATIO] = gaps.demographic_parity_ratio;
    truth[GAP_OPPORTUNITY] = gaps.equal_opportunity_difference;
    truth[GAP_ODDS] = gaps.equalized_odds_difference;
    truth[GAP_ODDS_MEAN] = gaps.equalized_odds_difference_mean;
    truth[GAP_PREDICTIVE] = gaps.predictive_parity_difference;
    truth[GAP_WORST_ACCURACY] = gaps.worst_accuracy;
    truth[GAP_EQUITY_ACCURACY] = equity_scaled(right / all, accuracy, s->groups);
}

struct count {
    size_t above, below;
    double value, width, null;
};

static void run_once(const struct scenario *s, size_t run, const double *truth, struct count *counts)
{
    static uint8_t label[MOST_ROWS], decision[MOST_ROWS];
    static uint32_t group[MOST_ROWS];
    struct predictions predictions = {.label = label, .decision = decision};
    struct predictions_column column = {.group = group, .groups = s->groups, .pool = SIZE_MAX};
    struct arena *arena = arena_new();
    struct error error = {0};
    struct random random;
    random_init(&random, 1, s->name, run, 0);
    for (uint32_t g = 0; g < s->groups; g++)
        for (size_t i = 0; i < rows_of(s, g); i++) {
            size_t at = predictions.n++;
            group[at] = g;
            label[at] = random_uniform(&random) < 0.5;
            decision[at] = random_uniform(&random) < given(label[at] ? s->tpr : s->fpr, g);
        }
    if (predictions_column(&predictions, 200, run, 0.95, arena, &column, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    for (size_t k = 0; k < SHOWN; k++) {
        const struct interval *interval = &column.intervals[shown[k]];
        counts[k].above += truth[shown[k]] < interval->lo - 1e-12;
        counts[k].below += truth[shown[k]] > interval->hi + 1e-12;
        counts[k].value += column.gaps[shown[k]];
        counts[k].width += interval->hi - interval->lo;
        counts[k].null += column.null[shown[k]];
    }
    arena_free(arena);
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 500, n = sizeof scenarios / sizeof scenarios[0];
    size_t only = argc > 2 ? strtoul(argv[2], NULL, 10) : n;
    printf("| groups | gap | truth | mean value | by chance | mean width | held | interval too high | too low |\n"
           "|---|---|---|---|---|---|---|---|---|\n");
    for (size_t s = 0; s < n; s++) {
        struct count counts[SHOWN] = {{0}};
        double truth[PREDICTIONS_GAPS], all = (double)runs;
        if (only < n && only != s)
            continue;
        find_truth(&scenarios[s], truth);
        for (size_t run = 0; run < runs; run++)
            run_once(&scenarios[s], run, truth, counts);
        for (size_t k = 0; k < SHOWN; k++)
            printf("| %s | %s | %.3f | %.3f | %.3f | %.3f | %.1f %% | %.1f %% | %.1f %% |\n", scenarios[s].name,
                   predictions_gap_names[shown[k]].key, truth[shown[k]], counts[k].value / all, counts[k].null / all,
                   counts[k].width / all, 100 - 100 * (double)(counts[k].above + counts[k].below) / all,
                   100 * (double)counts[k].above / all, 100 * (double)counts[k].below / all);
        fflush(stdout);
    }
    return 0;
}
