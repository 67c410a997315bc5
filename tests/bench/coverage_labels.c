/* How often the intervals of fairness.label_gap and fairness.association hold what the populations have. Prints the table of
 * docs/calibration.md.
 *
 *   build/bench/coverage_labels [runs a scenario, default 500]
 *
 * Both tables are drawn anew in every run: groups of given shares, labels of given rates. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/random.h"
#include "tests/unit/fake_table.h"

enum { MOST = 5, MEASURES = 2 };

extern const struct measure measure_fairness_label_gap, measure_fairness_association;
static const struct measure *const measures[MEASURES] = {&measure_fairness_label_gap, &measure_fairness_association};

static const struct scenario {
    const char *name;
    uint32_t groups;
    double share[MOST], real[MOST], candidate[MOST];
} scenarios[] = {
    {"nothing changed, 2 groups", 2, {0.5, 0.5}, {0.3, 0.6}, {0.3, 0.6}},
    {"independent in both, 2 groups", 2, {0.7, 0.3}, {0.4, 0.4}, {0.4, 0.4}},
    {"gap turned, 2 groups", 2, {0.7, 0.3}, {0.3, 0.6}, {0.5, 0.4}},
    {"rare label, 2 groups", 2, {0.8, 0.2}, {0.05, 0.1}, {0.05, 0.02}},
    {"nothing changed, 5 groups", 5, {0.4, 0.2, 0.2, 0.1, 0.1}, {0.3, 0.4, 0.5, 0.6, 0.3}, {0.3, 0.4, 0.5, 0.6, 0.3}},
    {"one gap lost, 5 groups", 5, {0.4, 0.2, 0.2, 0.1, 0.1}, {0.3, 0.4, 0.5, 0.6, 0.3}, {0.3, 0.4, 0.3, 0.6, 0.3}}};

static void draw(struct table *table, const struct scenario *s, const double *rate, struct random *random)
{
    for (size_t i = 0; i < table->rows; i++) {
        double u = random_uniform(random), sum = s->share[0];
        uint32_t g = 0;
        while (u >= sum && g + 1 < s->groups)
            sum += s->share[++g];
        fake_codes(table, 0)[i] = g;
        fake_codes(table, 1)[i] = random_uniform(random) < rate[g];
    }
}

/* Largest minus least shift; V of a population with two classes. */
static double gap_truth(const struct scenario *s)
{
    double most = -2, least = 2;
    for (size_t g = 0; g < s->groups; g++) {
        most = fmax(most, s->candidate[g] - s->real[g]);
        least = fmin(least, s->candidate[g] - s->real[g]);
    }
    return most - least;
}

static double population_v(const struct scenario *s, const double *rate)
{
    double mean = 0, between = 0;
    for (size_t g = 0; g < s->groups; g++)
        mean += s->share[g] * rate[g];
    for (size_t g = 0; g < s->groups; g++)
        between += s->share[g] * (rate[g] - mean) * (rate[g] - mean);
    return sqrt(between / (mean * (1 - mean)));
}

static void run_scenario(const struct scenario *s, size_t rows, size_t runs)
{
    const struct fake_column columns[] = {{"g", COLUMN_CATEGORICAL, s->groups, ROLE_SENSITIVE, 0},
                                          {"y", COLUMN_CATEGORICAL, 2, ROLE_TARGET, 0}};
    double truth[MEASURES] = {gap_truth(s), fabs(population_v(s, s->candidate) - population_v(s, s->real))};
    size_t held[MEASURES] = {0}, alarms[MEASURES] = {0}, done[MEASURES] = {0};
    double value[MEASURES] = {0}, width[MEASURES] = {0};
    for (size_t run = 0; run < runs; run++) {
        struct schema *schema = fake_schema(columns, 2);
        struct table *train = fake_table(schema, "train", rows), *subject = fake_table(schema, "candidate", rows);
        struct random random;
        random_init(&random, run, "coverage.labels", rows, s->groups);
        draw(train, s, s->real, &random);
        draw(subject, s, s->candidate, &random);
        fake_fit(schema, train);
        fake_seal(subject);
        for (size_t m = 0; m < MEASURES; m++) {
            struct fake_run one;
            fake_run(&one, measures[m], train, subject, NULL, false);
            if (one.status == 0) {
                done[m]++;
                held[m] += one.result.lo <= truth[m] && truth[m] <= one.result.hi;
                alarms[m] += one.result.lo > 0;
                value[m] += one.result.value;
                width[m] += one.result.hi - one.result.lo;
            }
            fake_run_free(&one);
        }
        fake_schema_free(schema);
    }
    for (size_t m = 0; m < MEASURES; m++)
        printf("| %s | %zu | %s | %zu | %.3f | %.3f | %.3f | %.1f %% | %.1f %% |\n", s->name, rows, measures[m]->id + 9,
               done[m], truth[m], value[m] / (double)done[m], width[m] / (double)done[m],
               100 * (double)held[m] / (double)done[m], 100 * (double)alarms[m] / (double)done[m]);
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 500;
    printf("| populations | rows | measure | runs | truth | mean value | mean width | held | lo > 0 |\n"
           "|---|---|---|---|---|---|---|---|---|\n");
    for (size_t s = 0; s < sizeof scenarios / sizeof scenarios[0]; s++)
        for (size_t rows = 1000; rows <= 4000; rows += 3000)
            run_scenario(&scenarios[s], rows, runs);
    return 0;
}
