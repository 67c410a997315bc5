/* Random bits: false alarms and what is found. Prints the tables of docs/canary.md.
 *
 *   build/bench/calibrate_bits [runs, default 200] [records, default 1000]
 *
 * Each run draws a simulated population, adds bits as `assay canary make --bit` does, runs a generator on the table (as many
 * rows) and attacks the bits as `check` does. "copies of q": independent columns with q of the training rows put in verbatim,
 * once each, q half of the stated detection limit and all of it. Of generators other
 * than independent columns it makes a quarter of the runs, of copies half. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "attacks/canary/bits.h"
#include "datasets/csv.h"
#include "datasets/simulate.h"
#include "generators/generator.h"
#include "generators/support.h"

struct line {
    const char *generator;
    double copies; /* in units of the detection limit */
    size_t part;   /* one of so many runs: a false alarm needs more runs than what is found nearly always */
};

struct tally {
    size_t runs, found, alone[BITS_ATTACKS];
    double share[BITS_ATTACKS], limit;
};

static char folder[] = "/tmp/assay-bits-XXXXXX";
static char train_path[64], planted_path[64], synthetic_path[64];

static void demand(int status, const struct error *error)
{
    if (!status)
        return;
    fprintf(stderr, "calibrate_bits: %s\n", error->message);
    exit(1);
}

/* Trains on the planted table and leaves the synthetic one in its file. */
static void generate(const struct line *line, size_t copies, uint64_t seed)
{
    struct error error = {.message = ""};
    struct schema *schema;
    struct table *train, *synthetic;
    struct random random;
    demand(csv_read_train(planted_path, NULL, &schema, &train, NULL, &error), &error);
    demand(generator_find(line->generator)->run(train, train->rows, seed, "synthetic", NULL, &synthetic, &error), &error);
    uint32_t *order = calloc(train->rows, sizeof *order);
    random_init(&random, seed, "calibrate bits", 0, 0);
    random_permutation(&random, train->rows, order);
    for (size_t j = 0; j < train->n_columns; j++)
        generator_gather(train, order, 0, copies, synthetic, j);
    table_seal(synthetic);
    demand(csv_write(synthetic, synthetic_path, &error), &error);
    free(order);
    table_free(synthetic);
    table_free(train);
    schema_free(schema);
}

static void run_once(const struct line *line, size_t records, uint64_t seed, struct tally *tally)
{
    struct error error = {.message = ""};
    const struct dataset_options inputs = {.train = train_path};
    struct schema *schema = NULL;
    struct table *people;
    struct dataset *data;
    struct bits bits;
    struct bits_verdict verdict;
    const double limit = bits_limit(records, .05 / BITS_ATTACKS, .95);
    demand(simulate_population(records, seed, "train", &schema, &people, &error), &error);
    demand(csv_write(people, train_path, &error), &error);
    demand(dataset_read(&data, &inputs, &error), &error);
    demand(bits_draw(data->train.table, "bit", seed, &bits, &error), &error);
    demand(bits_write(&bits, train_path, planted_path, &error), &error);
    generate(line, (size_t)lround(line->copies * limit * (double)records), seed);
    demand(bits_check(&bits, data, synthetic_path, seed, .05, NULL, &verdict, &error), &error);
    tally->runs++;
    tally->found += verdict.p <= .05;
    tally->limit += verdict.limit;
    for (size_t a = 0; a < BITS_ATTACKS; a++) {
        const struct bits_attack *attack = &verdict.attack[a];
        tally->share[a] += (double)attack->right / (double)attack->n;
        tally->alone[a] += attack->p <= .05;
    }
    bits_free(&bits);
    dataset_free(data);
    table_free(people);
    schema_free(schema);
}

int main(int argc, char **argv)
{
    static const struct line lines[] = {{"independent", 0, 1}, {"copula", 0, 4},       {"cart", 0, 4},       {"leak05", 0, 4},
                                        {"bootstrap", 0, 4},   {"independent", .5, 2}, {"independent", 1, 2}};
    const size_t runs = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 200;
    const size_t records = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 1000;
    if (!mkdtemp(folder))
        return 1;
    snprintf(train_path, sizeof train_path, "%s/train.csv", folder);
    snprintf(planted_path, sizeof planted_path, "%s/planted.csv", folder);
    snprintf(synthetic_path, sizeof synthetic_path, "%s/synthetic.csv", folder);
    printf(
        "| generator | runs | found | reconstruction right (p <= .05) | nearest | classifier |\n|---|---|---|---|---|---|\n");
    for (size_t l = 0; l < sizeof lines / sizeof lines[0]; l++) {
        struct tally tally = {0};
        for (uint64_t seed = 1; seed <= (runs + lines[l].part - 1) / lines[l].part; seed++)
            run_once(&lines[l], records, seed, &tally);
        const double n = (double)tally.runs;
        printf("| %s", lines[l].generator);
        if (lines[l].copies > 0)
            printf(", copies of %.1f %%", 100 * lines[l].copies * tally.limit / n);
        printf(" | %zu | %.1f %%", tally.runs, 100 * (double)tally.found / n);
        for (size_t a = 0; a < BITS_ATTACKS; a++)
            printf(" | %.3f (%.1f %%)", tally.share[a] / n, 100 * (double)tally.alone[a] / n);
        printf(" |\n");
        fflush(stdout);
    }
    unlink(train_path);
    unlink(planted_path);
    unlink(synthetic_path);
    rmdir(folder);
    return 0;
}
