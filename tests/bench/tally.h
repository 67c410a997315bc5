/* Tallies of simulated runs: how often the interval of a measure holds the value of the populations. */
#ifndef ASSAY_TESTS_BENCH_TALLY_H
#define ASSAY_TESTS_BENCH_TALLY_H

#include <stdio.h>
#include <string.h>

#include "numeric/interval.h"
#include "tests/unit/fake_table.h"

struct tally {
    double value, squares, se, width;
    size_t held, missed_low, missed_high;
};

static inline void tally_add(struct tally *t, double value, double lo, double hi, double spread, double truth)
{
    t->value += value;
    t->squares += value * value;
    t->se += spread / normal_quantile(0.975);
    t->width += hi - lo;
    t->missed_low += truth > hi + 1e-12;
    t->missed_high += truth < lo - 1e-12;
    t->held += truth <= hi + 1e-12 && truth >= lo - 1e-12;
}

static inline void count_run(const struct measure *measure, const struct table *r, const struct table *s, double truth,
                             struct tally *t)
{
    struct fake_run run;
    fake_run(&run, measure, r, s, NULL, false);
    tally_add(t, run.result.value, run.result.lo, run.result.hi, run.result.spread, truth);
    fake_run_free(&run);
}

static inline void print_head(void)
{
    printf(
        "| populations | rows | measure          | truth  | mean   | sd     | se     | width  | held    | above  | below  |\n"
        "|-------------|------|------------------|--------|--------|--------|--------|--------|---------|--------|--------|\n");
}

static inline void print_tally(const char *name, size_t n, const struct measure *measure, double truth, const struct tally *t,
                               size_t runs)
{
    double n_runs = (double)runs, mean = t->value / n_runs;
    double sd = sqrt(fmax(0, (t->squares / n_runs - mean * mean) * n_runs / (n_runs - 1)));
    printf("| %-11s | %4zu | %-16s | %.4f | %.4f | %.4f | %.4f | %.4f | %5.1f %% | %4.1f %% | %4.1f %% |\n", name, n,
           measure->id + strlen("fidelity."), truth, mean, sd, t->se / n_runs, t->width / n_runs,
           100 * (double)t->held / n_runs, 100 * (double)t->missed_high / n_runs, 100 * (double)t->missed_low / n_runs);
    fflush(stdout);
}

#endif
