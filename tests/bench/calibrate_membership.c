/* Is privacy.membership honest about what it finds and what it would have found? Prints the tables of docs/calibration.md.
 *
 *   build/bench/calibrate_membership [runs, default 100] [rows of each table, default 2000]
 *
 * Every run draws train, holdout and candidate from one population: three times the columns of population.h, each time with a
 * class of their own, the continuous ones with six decimals. Fresh: how often the lower end is above 0
 * although the candidate is fresh rows, and whether the p-values are uniform (Kolmogorov-Smirnov). Planted: the run's own
 * detection limit says which share of members' rows to plant into that candidate, in its rows' places; how often is the leak
 * found? Copies: verbatim. Noisy: each number moved by Normal noise of 0.1 standard deviations, each category drawn anew with
 * chance .1. Values: the members' values, each column's shuffled among the planted rows. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/population.h"

enum { KINDS = 3, BLOCKS = 3, WIDTH = BLOCKS * COLUMNS };
static const char *const kinds[KINDS] = {"copy", "noisy", "values"};

extern const struct measure measure_privacy_membership;

struct world {
    struct schema *schema;
    struct table *train, *holdout, *candidate;
};

struct answer {
    double lo, p_value, limit[KINDS];
};

/* The columns of one block, drawn as a table of their own, go into the wide one. */
static void draw_block(const struct population *p, size_t block, struct table *table, struct random *random)
{
    struct schema *schema = fake_schema(population_columns(), COLUMNS);
    struct table *part = fake_table(schema, "part", table->rows);
    draw(p, part, random);
    for (size_t j = 0; j < COLUMNS; j++)
        for (size_t i = 0; i < table->rows; i++) {
            if (j >= NUMBERS)
                fake_codes(table, block * COLUMNS + j)[i] = part->columns[j].code[i];
            else
                fake_numbers(table, block * COLUMNS + j)[i] = round(1e6 * part->columns[j].number[i]) / 1e6;
        }
    fake_schema_free(schema);
}

static void world_draw(struct world *world, size_t rows, uint64_t run)
{
    static const char *const names[] = {"train", "holdout", "candidate"};
    static char title[WIDTH][8];
    struct fake_column columns[WIDTH];
    struct population p = base_population();
    struct table **tables[] = {&world->train, &world->holdout, &world->candidate};
    struct random random;
    random_init(&random, rows, "calibrate.membership", run, 0);
    for (size_t j = 0; j < WIDTH; j++) {
        columns[j] = population_columns()[j % COLUMNS];
        snprintf(title[j], sizeof title[j], "%s%zu", columns[j].name, j / COLUMNS);
        columns[j].name = title[j];
        columns[j].decimals = columns[j].decimals ? 6 : 0;
    }
    world->schema = fake_schema(columns, WIDTH);
    for (size_t t = 0; t < 3; t++) {
        *tables[t] = fake_table(world->schema, names[t], rows);
        for (size_t block = 0; block < BLOCKS; block++)
            draw_block(&p, block, *tables[t], &random);
        fake_seal(*tables[t]);
    }
    fake_fit(world->schema, world->train);
}

static struct answer judge(const struct world *world)
{
    struct answer answer = {NAN, NAN, {NAN, NAN, NAN}};
    struct error error = {0};
    struct dataset data = {.schema = world->schema,
                           .train = {.role = "train", .table = world->train},
                           .holdout = {.role = "holdout", .table = world->holdout},
                           .target = SIZE_MAX};
    struct artifacts *artifacts = NULL;
    struct result result = {.arena = arena_new()};
    struct measure_task task = {.data = &data,
                                .reference = world->train,
                                .subject = world->candidate,
                                .kind = SUBJECT_CANDIDATE,
                                .seed = 1,
                                .level = 0.95,
                                .min_group = 10};
    int status = artifacts_new(&artifacts, &error);
    task.artifacts = artifacts;
    if (status == 0)
        status = measure_privacy_membership.run(&task, &result, &error);
    if (status) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    answer.lo = result.lo;
    answer.p_value = json_get_number(result.details, "p_value", NAN);
    for (size_t k = 0; k < KINDS; k++) {
        char path[40];
        snprintf(path, sizeof path, "detection_limits.%s", kinds[k]);
        answer.limit[k] = json_get_number(result.details, path, NAN);
    }
    cJSON_Delete(result.details);
    arena_free(result.arena);
    artifacts_free(artifacts);
    return answer;
}

static double deviation(const struct table *table, size_t column)
{
    double sum = 0, squares = 0, n = (double)table->rows;
    for (size_t i = 0; i < table->rows; i++)
        sum += table->columns[column].number[i] / n;
    for (size_t i = 0; i < table->rows; i++)
        squares += pow(table->columns[column].number[i] - sum, 2) / n;
    return sqrt(squares);
}

/* Writes member `from`'s cell of column j into row `to` of the candidate. */
static void plant_cell(const struct world *world, size_t kind, size_t j, size_t from, size_t to, struct random *random)
{
    if (j % COLUMNS < NUMBERS) {
        double x = world->train->columns[j].number[from], unit = is_whole(j % COLUMNS) ? 1 : 1e6;
        if (kind == 1)
            x = round(unit * (x + 0.1 * deviation(world->train, j) * random_normal(random))) / unit;
        fake_numbers(world->candidate, j)[to] = x;
    } else {
        if (kind == 1 && random_uniform(random) < 0.1)
            from = random_below(random, world->train->rows);
        fake_codes(world->candidate, j)[to] = world->train->columns[j].code[from];
    }
}

static void plant(struct world *world, size_t kind, double share, uint64_t run)
{
    size_t rows = world->train->rows, count = (size_t)lround(share * (double)rows);
    uint32_t *members = malloc(rows * sizeof *members), *mixed = malloc(rows * sizeof *mixed);
    struct random random;
    if (!members || !mixed)
        exit(1);
    random_init(&random, rows, "calibrate.membership.plant", run, kind);
    random_permutation(&random, rows, members);
    for (size_t j = 0; j < WIDTH; j++) {
        for (uint32_t i = 0; i < count; i++)
            mixed[i] = i;
        if (kind == 2)
            random_permutation(&random, count, mixed);
        for (size_t i = 0; i < count; i++)
            plant_cell(world, kind, j, members[mixed[i]], i, &random);
    }
    fake_seal(world->candidate);
    free(members);
    free(mixed);
}

static int compare(const void *left, const void *right)
{
    const double *x = left, *y = right;
    return (*x > *y) - (*x < *y);
}

/* Largest distance of the p-values' distribution function from the straight line. */
static double uniformity(double *p, size_t runs)
{
    double largest = 0;
    qsort(p, runs, sizeof *p, compare);
    for (size_t b = 0; b < runs; b++)
        largest = fmax(largest, fmax((double)(b + 1) / (double)runs - p[b], p[b] - (double)b / (double)runs));
    return largest;
}

int main(int argc, char **argv)
{
    size_t runs = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 100,
           rows = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 2000;
    size_t alarms = 0, small = 0, found[KINDS] = {0}, tried[KINDS] = {0};
    double *p = calloc(runs + 1, sizeof *p), limits[KINDS] = {0};
    for (size_t b = 0; b < runs && p; b++) {
        struct world world;
        world_draw(&world, rows, b);
        struct answer fresh = judge(&world);
        alarms += fresh.lo > 0;
        small += fresh.p_value <= 0.05;
        p[b] = fresh.p_value;
        fake_schema_free(world.schema);
        for (size_t k = 0; k < KINDS; k++) {
            if (isnan(fresh.limit[k]))
                continue;
            world_draw(&world, rows, b);
            plant(&world, k, fresh.limit[k], b);
            tried[k]++;
            limits[k] += fresh.limit[k];
            found[k] += judge(&world).lo > 0;
            fake_schema_free(world.schema);
        }
    }
    printf("%zu runs, %zu rows: fresh rows: lower end above 0 in %.1f %%, p <= .05 in %.1f %%, distance of p from uniform %.3f "
           "(5 %% limit %.3f)\n",
           runs, rows, 100 * (double)alarms / (double)runs, 100 * (double)small / (double)runs, uniformity(p, runs),
           1.358 / sqrt((double)runs));
    for (size_t k = 0; k < KINDS; k++)
        printf("| %-6s | %4zu runs | mean limit %.2f %% | found in %.1f %% |\n", kinds[k], tried[k],
               tried[k] ? 100 * limits[k] / (double)tried[k] : NAN, tried[k] ? 100 * (double)found[k] / (double)tried[k] : NAN);
    free(p);
    return 0;
}
