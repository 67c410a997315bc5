/* Do the disclosure measures that stand on quasi-identifiers keep their errors? Prints the tables of docs/calibration.md.
 *
 *   build/bench/calibrate_quasi [runs, default 200] [TABLE.csv [TARGET [SENSITIVE [SENSITIVE]]]]
 *
 * Without a table every run draws train, holdout and candidate from population.h, twice its columns (the second time with a
 * class of their own), a category of each being sensitive; 300 and 2,000 rows of each. With a table every run is a random split
 * of its rows in three equal parts. The candidate is fresh either way. Counted is how often an interval holds the null (0 for
 * identity and attribute, ½ for outliers; ½ or less at the lower end for delta-presence, whose value is a maximum), how often
 * its lower end lies above, how often its upper end lies below, and the mean of the values. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/population.h"

enum { MEASURES = 4, BLOCKS = 2, WIDTH = BLOCKS * COLUMNS };
static const struct {
    const char *id;
    double null;
} asked[MEASURES] = {
    {"privacy.identity", 0}, {"privacy.attribute", 0}, {"privacy.outliers", .5}, {"privacy.delta_presence", .5}};

struct counts {
    size_t runs, above, below, unmeasurable;
    double sum, squares, width;
};

static void judge(const struct dataset *data, const struct table *candidate, uint64_t seed, struct counts *counts)
{
    struct artifacts *artifacts = NULL;
    struct error error = {0};

    if (artifacts_new(&artifacts, &error))
        exit(1);
    for (size_t m = 0; m < MEASURES; m++) {
        struct result result = {.arena = arena_new()};
        struct measure_task task = {.data = data,
                                    .reference = data->train.table,
                                    .subject = candidate,
                                    .kind = SUBJECT_CANDIDATE,
                                    .seed = seed,
                                    .level = 0.95,
                                    .min_group = 10,
                                    .artifacts = artifacts};
        int status = measure_find(asked[m].id)->run(&task, &result, &error);

        if (status && status != ERROR_UNMEASURABLE) {
            fprintf(stderr, "%s: %s\n", asked[m].id, error.message);
            exit(1);
        }
        counts[m].unmeasurable += status != 0;
        if (!status) {
            counts[m].runs++;
            counts[m].above += result.lo > asked[m].null;
            counts[m].below += result.hi < asked[m].null;
            counts[m].sum += result.value;
            counts[m].squares += result.value * result.value;
            counts[m].width += result.hi - result.lo;
        }
        cJSON_Delete(result.details);
        arena_free(result.arena);
    }
    artifacts_free(artifacts);
}

static void draw_table(struct table *table, struct random *random)
{
    const struct population p = base_population();

    for (size_t block = 0; block < BLOCKS; block++) {
        struct schema *schema = fake_schema(population_columns(), COLUMNS);
        struct table *part = fake_table(schema, "part", table->rows);

        draw(&p, part, random);
        for (size_t j = 0; j < COLUMNS; j++)
            for (size_t i = 0; i < table->rows; i++) {
                if (j >= NUMBERS)
                    fake_codes(table, block * COLUMNS + j)[i] = part->columns[j].code[i];
                else
                    fake_numbers(table, block * COLUMNS + j)[i] = part->columns[j].number[i];
            }
        fake_schema_free(schema);
    }
    fake_seal(table);
}

static void run_population(size_t rows, uint64_t run, struct counts *counts)
{
    static char title[WIDTH][8];
    struct fake_column columns[WIDTH];
    struct table *tables[3];
    struct random random;
    struct schema *schema;

    random_init(&random, rows, "calibrate.quasi", run, 0);
    for (size_t j = 0; j < WIDTH; j++) {
        columns[j] = population_columns()[j % COLUMNS];
        snprintf(title[j], sizeof title[j], "%s%zu", columns[j].name, j / COLUMNS);
        columns[j].name = title[j];
        columns[j].roles = j % COLUMNS == NUMBERS ? ROLE_SENSITIVE : 0;
    }
    schema = fake_schema(columns, WIDTH);
    for (size_t t = 0; t < 3; t++) {
        tables[t] = fake_table(schema, "table", rows);
        draw_table(tables[t], &random);
    }
    fake_fit(schema, tables[0]);
    judge(&(struct dataset){.schema = schema,
                            .train = {.role = "train", .table = tables[0]},
                            .holdout = {.role = "holdout", .table = tables[1]},
                            .target = SIZE_MAX},
          tables[2], run, counts);
    fake_schema_free(schema);
}

/* The schema stays fitted on the whole table and not on this train: ranges and cuts differ by a hair, the same for all parts.
 */
static void run_split(const struct dataset *whole, uint64_t run, struct counts *counts)
{
    const size_t n = whole->train.table->rows / 3;
    uint32_t *order = malloc(whole->train.table->rows * sizeof *order);
    struct table *part[3] = {NULL, NULL, NULL};
    struct dataset data = *whole;
    struct error error = {0};
    struct random random;
    int status = order ? 0 : 1;

    random_init(&random, 1, "calibrate.quasi.split", run, 0);
    if (!status)
        random_permutation(&random, whole->train.table->rows, order);
    for (size_t t = 0; t < 3 && !status; t++)
        status = table_take(whole->train.table, order + t * n, n, "part", &part[t], &error);
    if (status)
        exit(1);
    data.train.table = part[0];
    data.holdout.table = part[1];
    judge(&data, part[2], run, counts);
    for (size_t t = 0; t < 3; t++)
        table_free(part[t]);
    free(order);
}

static void print(const char *name, const struct counts *counts)
{
    for (size_t m = 0; m < MEASURES; m++) {
        const struct counts *c = &counts[m];
        const double n = (double)c->runs, mean = c->sum / n;

        printf("| %s | %s | %zu | %.4f ± %.4f | %.4f | %.1f %% | %.1f %% | %.1f %% |\n", name, asked[m].id, c->runs, mean,
               sqrt(fmax(0, c->squares / n - mean * mean) / n), c->width / n, 100 * (double)(c->runs - c->above - c->below) / n,
               100 * (double)c->above / n, 100 * (double)c->below / n);
    }
}

int main(int argc, char **argv)
{
    const size_t runs = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 200;
    static const size_t sizes[] = {300, 2000};
    struct error error = {0};

    puts("| fresh rows | measure | runs | mean value ± SE | mean width | holds the null | lower end above | upper end below |");
    puts("|---|---|---|---|---|---|---|---|");
    if (argc > 2) {
        const char *const *sensitive = (const char *const *)argv + 4;
        struct dataset_options options = {.train = argv[2],
                                          .target = argc > 3 ? argv[3] : NULL,
                                          .sensitive = sensitive,
                                          .n_sensitive = argc > 4 ? (size_t)argc - 4 : 0};
        struct counts counts[MEASURES] = {{0}};
        struct dataset *whole = NULL;

        if (dataset_read(&whole, &options, &error)) {
            fprintf(stderr, "%s\n", error.message);
            return 1;
        }
        for (size_t run = 0; run < runs; run++)
            run_split(whole, run, counts);
        print(argv[2], counts);
        dataset_free(whole);
        return 0;
    }
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct counts counts[MEASURES] = {{0}};
        char name[40];

        for (size_t run = 0; run < runs; run++)
            run_population(sizes[s], run, counts);
        snprintf(name, sizeof name, "population.h, %zu rows", sizes[s]);
        print(name, counts);
    }
    return 0;
}
