/* Is privacy.membership honest about what it finds and what it would have found? Prints the tables of docs/calibration.md.
 *
 *   build/bench/calibrate_membership [runs, default 200] [rows of each table, default 2000] [blocks, default 3] [levels, 0]
 *
 * Every run draws train, holdout and candidate from one population: `blocks` times the six columns of population.h, each time
 * with a class of their own, the continuous ones with six decimals. Fresh: each attack's mean AUC; how often the lower end is
 * above 0 although the candidate is fresh rows, and whether the p-values are uniform (Kolmogorov-Smirnov). Planted: the run's
 * own detection limit says which share of members' records to plant into that candidate, in its rows' places, a whole number
 * of them at random with that mean; how often is the leak found? Copies: verbatim. Noisy: each number moved by Normal noise of
 * 0.1 standard deviations, each category drawn anew with chance .1. Values: the members' values, each in the place of another
 * in rows of the candidate drawn for every column by itself.
 * With `levels` the tables have one column more, the target, of so many levels that are equally frequent, and nothing is
 * planted. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/population.h"

enum { KINDS = 3, MOST_BLOCKS = 5, MOST_WIDTH = MOST_BLOCKS * COLUMNS + 1, MOST_ATTACKS = 32 };
static const char *const kinds[KINDS] = {"copy", "noisy", "values"};

extern const struct measure measure_privacy_membership;

struct size {
    size_t runs, rows, blocks;
    uint32_t levels; /* of the target; 0: none */
};

struct world {
    size_t blocks, target; /* target: its column, SIZE_MAX for none */
    struct schema *schema;
    struct table *train, *holdout, *candidate;
};

struct answer {
    double lo, p_value, limit[KINDS];
    size_t n_attacks;
    double auc[MOST_ATTACKS];
    char attack[MOST_ATTACKS][32];
};

/* What all runs came to. */
struct totals {
    size_t alarms, small, found[KINDS], tried[KINDS];
    double *p, limits[KINDS], auc[MOST_ATTACKS], squares[MOST_ATTACKS];
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

static void name_columns(struct fake_column columns[MOST_WIDTH], const struct size *size)
{
    static char title[MOST_WIDTH][8];
    for (size_t j = 0; j < size->blocks * COLUMNS; j++) {
        columns[j] = population_columns()[j % COLUMNS];
        snprintf(title[j], sizeof title[j], "%s%zu", columns[j].name, j / COLUMNS % 10);
        columns[j].name = title[j];
        columns[j].decimals = columns[j].decimals ? 6 : 0;
    }
    columns[size->blocks * COLUMNS] =
        (struct fake_column){.name = "target", .type = COLUMN_CATEGORICAL, .levels = size->levels};
}

static void world_draw(struct world *world, const struct size *size, uint64_t run)
{
    static const char *const names[] = {"train", "holdout", "candidate"};
    struct fake_column columns[MOST_WIDTH];
    struct population p = base_population();
    struct table **tables[] = {&world->train, &world->holdout, &world->candidate};
    const size_t width = size->blocks * COLUMNS;
    struct random random;
    random_init(&random, size->rows, "calibrate.membership", run, 0);
    name_columns(columns, size);
    world->blocks = size->blocks;
    world->target = size->levels ? width : SIZE_MAX;
    world->schema = fake_schema(columns, width + (size->levels > 0));
    for (size_t t = 0; t < 3; t++) {
        *tables[t] = fake_table(world->schema, names[t], size->rows);
        for (size_t block = 0; block < size->blocks; block++)
            draw_block(&p, block, *tables[t], &random);
        for (size_t i = 0; i < size->rows && size->levels; i++)
            fake_codes(*tables[t], width)[i] = (uint32_t)random_below(&random, size->levels);
        fake_seal(*tables[t]);
    }
    fake_fit(world->schema, world->train);
}

static void take_attacks(const struct result *result, struct answer *answer)
{
    const cJSON *attack;
    cJSON_ArrayForEach(attack, cJSON_GetObjectItem(result->details, "attacks"))
    {
        if (answer->n_attacks == MOST_ATTACKS)
            break;
        snprintf(answer->attack[answer->n_attacks], sizeof *answer->attack, "%s",
                 cJSON_GetStringValue(cJSON_GetObjectItem(attack, "attack")));
        answer->auc[answer->n_attacks++] = json_get_number(attack, "auc", NAN);
    }
}

/* A control's kind spares the look for other sources; plain: no limits. */
static struct answer judge(const struct world *world, bool plain)
{
    struct answer answer = {NAN, NAN, {NAN, NAN, NAN}, 0, {0}, {{0}}};
    struct error error = {0};
    struct dataset data = {.schema = world->schema,
                           .train = {.role = "train", .table = world->train},
                           .holdout = {.role = "holdout", .table = world->holdout},
                           .target = world->target};
    struct artifacts *artifacts = NULL;
    struct result result = {.arena = arena_new()};
    struct measure_task task = {.data = &data,
                                .reference = world->train,
                                .subject = world->candidate,
                                .kind = SUBJECT_COPY,
                                .plain = plain,
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
    take_attacks(&result, &answer);
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
    double wanted = share * (double)world->train->rows;
    size_t rows = world->train->rows, count = (size_t)floor(wanted);
    uint32_t *members = malloc(rows * sizeof *members), *places = malloc(rows * sizeof *places);
    struct random random;
    if (!members || !places)
        exit(1);
    random_init(&random, rows, "calibrate.membership.plant", run, kind);
    count += random_uniform(&random) < wanted - (double)count;
    random_permutation(&random, rows, members);
    for (size_t j = 0; j < world->blocks * COLUMNS; j++) {
        if (kind == 2) /* other rows for every column */
            random_permutation(&random, rows, places);
        for (size_t i = 0; i < count; i++)
            plant_cell(world, kind, j, members[i], kind == 2 ? places[i] : i, &random);
    }
    fake_seal(world->candidate);
    free(members);
    free(places);
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

static void run_once(const struct size *size, uint64_t run, struct totals *totals, struct answer *fresh)
{
    struct world world;
    world_draw(&world, size, run);
    *fresh = judge(&world, size->levels > 0);
    fake_schema_free(world.schema);
    totals->alarms += fresh->lo > 0;
    totals->small += fresh->p_value <= 0.05;
    totals->p[run] = fresh->p_value;
    for (size_t a = 0; a < fresh->n_attacks; a++) {
        totals->auc[a] += fresh->auc[a];
        totals->squares[a] += fresh->auc[a] * fresh->auc[a];
    }
    for (size_t k = 0; k < KINDS && !size->levels; k++) {
        if (isnan(fresh->limit[k]))
            continue;
        world_draw(&world, size, run);
        plant(&world, k, fresh->limit[k], run);
        totals->tried[k]++;
        totals->limits[k] += fresh->limit[k];
        totals->found[k] += judge(&world, true).lo > 0;
        fake_schema_free(world.schema);
    }
}

static void print_totals(const struct size *size, const struct totals *t, const struct answer *last)
{
    const double runs = (double)size->runs, root = sqrt(runs);
    printf("%zu runs, %zu rows, %zu columns: fresh rows: lower end above 0 in %.1f %%, p <= .05 in %.1f %%, distance of p from "
           "uniform %.3f (5 %% limit %.3f, 1 %% limit %.3f)\n",
           size->runs, size->rows, size->blocks * COLUMNS + (size->levels > 0), 100 * (double)t->alarms / runs,
           100 * (double)t->small / runs, uniformity(t->p, size->runs), 1.358 / root, 1.628 / root);
    for (size_t a = 0; a < last->n_attacks; a++) {
        const double mean = t->auc[a] / runs;
        printf("| %-22s | mean AUC %.4f | standard error %.4f |\n", last->attack[a], mean,
               sqrt(fmax(t->squares[a] / runs - mean * mean, 0)) / root);
    }
    for (size_t k = 0; k < KINDS; k++)
        if (t->tried[k])
            printf("| %-6s | %4zu runs | mean limit %.2f %% | found in %.1f %% |\n", kinds[k], t->tried[k],
                   100 * t->limits[k] / (double)t->tried[k], 100 * (double)t->found[k] / (double)t->tried[k]);
}

int main(int argc, char **argv)
{
    struct size size = {.runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 200,
                        .rows = argc > 2 ? strtoul(argv[2], NULL, 10) : 2000,
                        .blocks = argc > 3 ? strtoul(argv[3], NULL, 10) : 3,
                        .levels = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : 0};
    struct totals totals = {.p = calloc(size.runs + 1, sizeof *totals.p)};
    struct answer last = {0};
    if (!totals.p || size.runs == 0 || size.blocks == 0 || size.blocks > MOST_BLOCKS)
        return 1;
    for (size_t b = 0; b < size.runs; b++)
        run_once(&size, b, &totals, &last);
    print_totals(&size, &totals, &last);
    free(totals.p);
    return 0;
}
