/* Tallies of simulated runs: how often the interval of a measure holds what its value is on average, and how often that for
 * the populations (where there is one) holds the value of the populations. */
#ifndef ASSAY_TESTS_BENCH_TALLY_H
#define ASSAY_TESTS_BENCH_TALLY_H

#include <stdio.h>
#include <string.h>

#include "tests/unit/fake_table.h"

enum { MOST_RUNS = 5000 };

struct tally {
    size_t runs;
    double value[MOST_RUNS], lo[MOST_RUNS], hi[MOST_RUNS];
    double truth[MOST_RUNS], least[MOST_RUNS], most[MOST_RUNS]; /* populations: value, interval; NaN: none */
};

static inline void tally_add(struct tally *t, const struct result *result, double truth)
{
    if (t->runs == MOST_RUNS)
        return;
    size_t b = t->runs++;
    t->value[b] = result->value;
    t->lo[b] = result->lo;
    t->hi[b] = result->hi;
    t->truth[b] = truth;
    t->least[b] = result->population.method ? result->population.lo : NAN;
    t->most[b] = result->population.method ? result->population.hi : NAN;
}

static inline void count_run(const struct measure *measure, const struct table *r, const struct table *s, double truth,
                             struct tally *t)
{
    struct fake_run run;
    fake_run(&run, measure, r, s, NULL, false);
    if (run.status) {
        fprintf(stderr, "%s: %s\n", measure->id, run.error.message);
        exit(1);
    }
    tally_add(t, &run.result, truth);
    fake_run_free(&run);
}

static inline double tally_mean(const double *values, size_t runs)
{
    double sum = 0;
    for (size_t b = 0; b < runs; b++)
        sum += values[b] / (double)runs;
    return sum;
}

static inline void print_head(void)
{
    printf(
        "| populations | rows | measure           | mean   | sd     | width      | held    | above  | below  | populations | "
        "held    |\n"
        "|-------------|------|-------------------|--------|--------|------------|---------|--------|--------|-------------|"
        "---------|\n");
}

/* expected: what the value is on average; NaN: the mean over the runs. */
static inline void print_tally(const char *name, size_t n, const char *measure, double expected, const struct tally *t)
{
    double runs = (double)t->runs, mean = tally_mean(t->value, t->runs), squares = 0, width = 0;
    double truth = isnan(expected) ? mean : expected;
    size_t held = 0, above = 0, below = 0, known = 0, populations = 0;
    for (size_t b = 0; b < t->runs; b++) {
        squares += (t->value[b] - mean) * (t->value[b] - mean);
        width += (t->hi[b] - t->lo[b]) / runs;
        above += truth < t->lo[b] - 1e-12;
        below += truth > t->hi[b] + 1e-12;
        known += isnan(t->least[b]) ? 0 : 1;
        populations += t->truth[b] >= t->least[b] - 1e-12 && t->truth[b] <= t->most[b] + 1e-12;
    }
    held = t->runs - above - below;
    double sd = sqrt(squares / (runs - 1));
    char relative[16] = "-"; /* the value never changes: no width to compare with */
    if (sd > 1e-9)
        snprintf(relative, sizeof relative, "%.2f", width / (2 * 1.959964 * sd));
    printf("| %-11s | %4zu | %-17s | %.4f | %.4f | %10s | %5.1f %% | %4.1f %% | %4.1f %% |", name, n, measure, mean, sd,
           relative, 100 * (double)held / runs, 100 * (double)above / runs, 100 * (double)below / runs);
    if (known)
        printf("      %.4f | %5.1f %% |\n", tally_mean(t->truth, t->runs), 100 * (double)populations / (double)known);
    else
        printf("             |         |\n");
    fflush(stdout);
}

#endif
