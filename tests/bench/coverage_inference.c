/* How often the interval of fidelity.inference holds the mean overlap that intervals of the same widths have around the
 * populations' coefficients. Prints lines of the table in docs/statistics.md.
 *
 *   build/bench/coverage_inference [runs a scenario, default 100]
 *
 * The populations are those of population.h without the column of 12 levels (whose pooled levels differ from run to run), with
 * a target that is missing nowhere: a number, 0.5 u − 0.3 v + an effect of the class and of the category + Normal noise, or
 * whether that is above its middle. The regression does not know the class: the model is false, as analysts' models are. Truth:
 * the fits of 1,000,000 rows of either population, their standard errors scaled to the rows of a run; 1 where the populations
 * agree. */
#include <stdlib.h>

#include "metrics/fidelity/inference_fit.h"
#include "metrics/fidelity/inference_overlap.h"
#include "tests/bench/population.h"
#include "tests/bench/tally.h"

enum { TARGET = NUMBERS + 1, WIDTH = NUMBERS + 2, LARGE = 1000000 };

extern const struct measure measure_fidelity_inference;

/* Effects of the category on the target; of u, v. */
struct effects {
    double u, v, level[LEVELS_A];
};

static struct schema *new_schema(bool classes)
{
    struct fake_column columns[WIDTH];
    for (size_t j = 0; j < TARGET; j++)
        columns[j] = population_columns()[j];
    columns[TARGET] = classes ? (struct fake_column){.name = "y", .type = COLUMN_CATEGORICAL, .levels = 2, .roles = ROLE_TARGET}
                              : (struct fake_column){.name = "y", .type = COLUMN_NUMERIC, .decimals = 3, .roles = ROLE_TARGET};
    return fake_schema(columns, WIDTH);
}

static void draw_rows(const struct population *p, const struct effects *e, struct table *table, struct random *random)
{
    for (size_t i = 0; i < table->rows; i++) {
        size_t k = draw_row(p, table, i, TARGET, random);
        double y = e->u * table->columns[0].number[i] - e->v * table->columns[1].number[i] +
                   e->level[table->columns[NUMBERS].code[i]] + 0.5 * (double)k + 1.5 * random_normal(random);
        if (table->columns[TARGET].number)
            fake_numbers(table, TARGET)[i] = y;
        else
            fake_codes(table, TARGET)[i] = y > 0.6;
    }
    fake_seal(table);
}

static struct schema *new_pair(bool classes, const struct population *const p[2], const struct effects *const e[2], size_t n,
                               struct random *random, struct table *table[2])
{
    struct schema *schema = new_schema(classes);
    table[0] = fake_table(schema, "train", n);
    table[1] = fake_table(schema, "candidate", n);
    for (size_t t = 0; t < 2; t++)
        draw_rows(p[t], e[t], table[t], random);
    fake_fit(schema, table[0]);
    return schema;
}

/* Coefficients and standard errors, times √rows, of both populations. */
struct limits {
    size_t count;
    double estimate[2][16], scale[2][16];
};

static struct limits large_fits(bool classes, const struct population *const p[2], const struct effects *const e[2])
{
    struct table *table[2];
    struct random random;
    struct limits limits;
    random_init(&random, 1, "coverage.inference.truth", 0, 0);
    struct schema *schema = new_pair(classes, p, e, LARGE, &random, table);
    struct dataset data = {.schema = schema, .train = {.table = table[0]}, .target = TARGET, .positive = 1};
    struct artifacts *artifacts;
    struct error error = {0};
    artifacts_new(&artifacts, &error);
    struct measure_task task = {
        .data = &data, .reference = table[0], .subject = table[1], .level = 0.95, .min_group = 10, .artifacts = artifacts};
    const struct inference_terms *terms;
    const struct inference_fit *fit;
    int status = inference_terms_get(&task, &terms, &error);
    for (size_t t = 0; t < 2 && status == 0; t++) {
        status = inference_fit_get(&task, terms, table[t], &fit, &error);
        limits.count = terms->count;
        for (size_t j = 0; j < terms->count && status == 0; j++) {
            limits.estimate[t][j] = fit->estimate[j + 1];
            limits.scale[t][j] = fit->quantile * fit->se[j + 1] * sqrt(LARGE);
        }
    }
    if (status) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    artifacts_free(artifacts);
    fake_schema_free(schema);
    return limits;
}

static double true_overlap(const struct limits *limits, size_t n)
{
    double sum = 0, root = sqrt((double)n);
    for (size_t j = 0; j < limits->count; j++)
        sum += fmax(0, interval_overlap(limits->estimate[1][j] - limits->estimate[0][j], limits->scale[0][j] / root,
                                        limits->scale[1][j] / root));
    return sum / (double)limits->count;
}

static void scenario(const char *name, bool classes, const struct population *const p[2], const struct effects *const e[2],
                     size_t runs)
{
    static const size_t sizes[3] = {500, 1000, 2500};
    bool same = p[0] == p[1] && e[0] == e[1];
    struct limits limits = large_fits(classes, p, e);
    for (size_t s = 0; s < 3; s++) {
        static struct tally tally;
        memset(&tally, 0, sizeof tally);
        double truth = same ? 1 : true_overlap(&limits, sizes[s]);
        for (size_t b = 0; b < runs; b++) {
            struct table *table[2];
            struct random random;
            random_init(&random, sizes[s], name, b, 2 + (uint64_t)classes);
            struct schema *schema = new_pair(classes, p, e, sizes[s], &random, table);
            count_run(&measure_fidelity_inference, table[0], table[1], truth, &tally);
            fake_schema_free(schema);
        }
        print_tally(name, sizes[s], classes ? "inference (logit)" : "inference (LS)", NAN, &tally);
    }
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 100;
    struct population base = base_population(), moves[3] = {moved(0.04), moved(0.1), moved(0.5)}, apart = base_population();
    struct effects effect = {0.5, 0.3, {0, 0.5, -0.5}}, none = {0, 0, {0}};
    struct effects changed[3] = {{0.48, 0.28, {0, 0.45, -0.45}}, {0.45, 0.35, {0, 0.3, -0.4}}, {0.25, 0, {0, -0.5, 0.5}}};
    apart.tied = true;
    const struct {
        const char *name;
        const struct population *q;
        const struct effects *effects;
    } cases[] = {{"same", &base, &effect},
                 {"weak", &moves[0], &changed[0]},
                 {"middle", &moves[1], &changed[1]},
                 {"strong", &moves[2], &changed[2]},
                 {"independent", &apart, &none}};
    print_head();
    for (int classes = 0; classes < 2; classes++)
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
            scenario(cases[k].name, classes, (const struct population *[]){&base, cases[k].q},
                     (const struct effects *[]){&effect, cases[k].effects}, runs);
    return 0;
}
