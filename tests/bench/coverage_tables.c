/* How often the intervals of the fidelity measures without a simple closed form hold their value for the populations. Prints
 * lines of the table in docs/statistics.md.
 *
 *   build/bench/coverage_tables [runs a scenario, default 100] [measure]
 *
 * The populations are those of population.h with missing cells in two columns. Truth: the best value where the populations
 * agree; else, by measure, LARGE   the value of 200,000 and of 800,000 rows each, extrapolated by the rate at which the noise
 * of such values falls; MEAN    the mean of the value over the runs: what the measure says on average at this number of rows,
 * for measures whose meaning depends on it (models that learn, nearest neighbours); DETAIL  the mean over the runs of an
 * estimate without bias that the details hold. */
#include <stdlib.h>

#include "tests/bench/population.h"
#include "tests/bench/tally.h"

enum truth { LARGE, MEAN, DETAIL };
enum { SIZES = 2 };

struct plan {
    const char *id;
    enum truth truth;
    double same;        /* value where the populations agree; NaN: as elsewhere */
    double rate;        /* LARGE: the bias falls with rows to the power of −rate */
    const char *detail; /* DETAIL: its path */
    size_t rows[SIZES];
    size_t fewer;            /* one of so many runs */
    size_t quarter, repeats; /* LARGE: rows of the smaller tables, and how many are averaged */
    bool alone;              /* looks at columns alone: populations that differ in dependence agree */
    bool rare;               /* simulated with rare levels too */
};

static const struct plan plans[] = {
    {"fidelity.jensen_shannon", LARGE, 0, 0.5, NULL, {500, 2500}, 1, 200000, 1, true, false},
    {"fidelity.missingness", LARGE, 0, 0.5, NULL, {500, 2500}, 1, 200000, 1, true, false},
    {"fidelity.coverage", MEAN, NAN, 0.5, NULL, {500, 2500}, 1, 0, 0, false, true},
    {"fidelity.kway", LARGE, 0, 0.5, NULL, {500, 2500}, 1, 200000, 1, false, false},
    {"fidelity.association", LARGE, 0, 0.5, NULL, {500, 2500}, 1, 200000, 1, false, false},
    {"fidelity.discriminator", MEAN, 0.5, 0, NULL, {500, 1000}, 5, 0, 0, false, false},
    {"fidelity.propensity", LARGE, 0, 1, NULL, {1500, 2500}, 2, 2500, 20, false, false},
    {"fidelity.precision_recall", MEAN, NAN, 0, NULL, {500, 1000}, 2, 0, 0, false, false},
    {"fidelity.energy", DETAIL, 0, 0, "u_statistic", {500, 1000}, 2, 0, 0, false, false},
    {"fidelity.frechet", LARGE, 0, 1, NULL, {500, 2500}, 1, 200000, 1, false, false},
};

static struct population with_missing(struct population p, double amount)
{
    for (size_t k = 0; k < CLASSES; k++) {
        p.missing[1][k] = 0.05 + 0.05 * (double)k + 0.3 * amount;
        p.missing[NUMBERS][k] = 0.1 - 0.03 * (double)k + 0.2 * amount;
    }
    return p;
}

static double large_value(const struct plan *plan, const struct measure *measure, const struct population *p,
                          const struct population *q)
{
    double value[2] = {0, 0};
    for (size_t i = 0; i < 2 * plan->repeats; i++) {
        struct table *r, *s;
        struct random random;
        struct fake_run run;
        random_init(&random, 2, "coverage.tables.truth", i, 0);
        struct schema *schema = draw_pair(p, q, i % 2 ? 4 * plan->quarter : plan->quarter, &random, &r, &s);
        fake_run(&run, measure, r, s, NULL, true);
        value[i % 2] += run.result.value / (double)plan->repeats;
        fake_run_free(&run);
        fake_schema_free(schema);
    }
    double factor = pow(4, plan->rate);
    return (factor * value[1] - value[0]) / (factor - 1);
}

static void simulate(const struct plan *plan, const struct measure *measure, const struct population *const p[2],
                     const char *name, size_t n, size_t runs, double truth, struct tally *tally)
{
    for (size_t b = 0; b < runs; b++) {
        struct table *r, *s;
        struct random random;
        struct fake_run run;
        random_init(&random, n, name, b, 2);
        struct schema *schema = draw_pair(p[0], p[1], n, &random, &r, &s);
        fake_run(&run, measure, r, s, NULL, false);
        if (run.status) {
            fprintf(stderr, "%s: %s\n", measure->id, run.error.message);
            exit(1);
        }
        tally_add(tally, &run.result, plan->detail ? json_get_number(run.result.details, plan->detail, NAN) : truth);
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}

/* For coverage: rare levels. Two columns of 60 and 100 levels, level c with a share like (c + 1)^−power; the candidate may have
 * none of those from `lost` on. */
enum { RARE_A = 60, RARE_B = 100 };
static const struct rare_case {
    const char *name;
    double power;
    size_t lost;
} rare_cases[] = {{"rare, same", 1.5, SIZE_MAX}, {"rare, flat", 1.1, SIZE_MAX}, {"rare, lost", 1.5, 25}};

static void draw_rare(struct table *table, double power, size_t lost, struct random *random)
{
    const size_t levels[2] = {RARE_A, RARE_B};
    for (size_t j = 0; j < 2; j++) {
        double share[RARE_B], sum = 0;
        for (size_t c = 0; c < levels[j]; c++)
            sum += share[c] = c < lost ? pow((double)c + 1, -power) : 0;
        for (size_t c = 0; c < levels[j]; c++)
            share[c] /= sum;
        for (size_t i = 0; i < table->rows; i++)
            fake_codes(table, j)[i] = (uint32_t)pick(share, lost < levels[j] ? lost : levels[j], random_uniform(random));
    }
    fake_seal(table);
}

static void rare_scenario(const struct plan *plan, const struct measure *measure, const struct rare_case *rare, size_t runs)
{
    static const struct fake_column columns[] = {{.name = "a", .type = COLUMN_CATEGORICAL, .levels = RARE_A},
                                                 {.name = "b", .type = COLUMN_CATEGORICAL, .levels = RARE_B}};
    static struct tally tally;
    for (size_t s = 0; s < SIZES; s++) {
        memset(&tally, 0, sizeof tally);
        for (size_t b = 0; b < runs; b++) {
            struct random random;
            random_init(&random, plan->rows[s], rare->name, b, 1);
            struct schema *schema = fake_schema(columns, 2);
            struct table *real = fake_table(schema, "train", plan->rows[s]);
            struct table *candidate = fake_table(schema, "candidate", plan->rows[s]);
            draw_rare(real, 1.5, SIZE_MAX, &random);
            draw_rare(candidate, rare->power, rare->lost, &random);
            fake_fit(schema, real);
            count_run(measure, real, candidate, NAN, &tally);
            fake_schema_free(schema);
        }
        print_tally(rare->name, plan->rows[s], measure->id + strlen("fidelity."), NAN, &tally);
    }
}

static void scenario(const struct plan *plan, const struct measure *measure, const char *name,
                     const struct population *const p[2], size_t runs)
{
    static struct tally tally;
    bool same = (p[0] == p[1] || (plan->alone && p[1]->tied)) && !isnan(plan->same);
    double truth = plan->truth == LARGE && !same ? large_value(plan, measure, p[0], p[1]) : plan->same;
    for (size_t s = 0; s < SIZES; s++) {
        memset(&tally, 0, sizeof tally);
        simulate(plan, measure, p, name, plan->rows[s], runs, truth, &tally);
        if (plan->detail) {
            double mean = same ? plan->same : tally_mean(tally.truth, tally.runs);
            for (size_t b = 0; b < tally.runs; b++)
                tally.truth[b] = mean;
        }
        print_tally(name, plan->rows[s], measure->id + strlen("fidelity."), NAN, &tally);
    }
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 100;
    struct population base = with_missing(base_population(), 0), weak = with_missing(moved(0.04), 0.04);
    struct population middle = with_missing(moved(0.1), 0.1), strong = with_missing(moved(0.5), 0.5), apart = base;
    apart.tied = true;
    const struct {
        const char *name;
        const struct population *q;
    } cases[] = {{"same", &base}, {"weak", &weak}, {"middle", &middle}, {"strong", &strong}, {"independent", &apart}};
    runs = runs > MOST_RUNS ? MOST_RUNS : runs;
    print_head();
    for (size_t m = 0; m < sizeof plans / sizeof *plans; m++) {
        const struct measure *measure = measure_find(plans[m].id);
        if (!measure || (argc > 2 && strcmp(argv[2], plans[m].id + strlen("fidelity."))))
            continue;
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
            scenario(&plans[m], measure, cases[k].name, (const struct population *[]){&base, cases[k].q},
                     runs / plans[m].fewer);
        for (size_t k = 0; plans[m].rare && k < sizeof rare_cases / sizeof *rare_cases; k++)
            rare_scenario(&plans[m], measure, &rare_cases[k], runs / plans[m].fewer);
    }
    return 0;
}
