/* Is the advantage of privacy.reconstruction what it says? Prints the table of docs/calibration.md.
 *
 *   build/bench/calibrate_reconstruction [runs, default 200] [rows, default 300]
 *
 * Every run draws train, holdout and candidate from one population (population.h: four numbers, two categories), so that all
 * luck of the draw is in it. Secrets: a fair coin; a class of three that follows from the rest in part; the category "a". The
 * candidate has a known share of rows copied from train, the rest are fresh rows. Counted: how often the interval holds the
 * value's mean over all runs, how often that mean lies below it, and how often the lower end is above 0 (a false alarm where
 * nothing was copied). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/population.h"

enum { COIN = COLUMNS, CLASS, WIDE, MOST_RUNS = 5000 };

extern const struct measure measure_privacy_reconstruction;

void openblas_set_num_threads(int threads);

struct scene {
    const char *name;
    unsigned coin, class, category; /* roles */
    double copied;
};

struct runs {
    size_t count;
    double value[MOST_RUNS], lo[MOST_RUNS], hi[MOST_RUNS];
};

static void draw_rows(struct table *table, struct random *random)
{
    struct population p = base_population();
    for (size_t i = 0; i < table->rows; i++) {
        size_t k = draw_row(&p, table, i, COLUMNS, random);
        fake_codes(table, COIN)[i] = (uint32_t)random_below(random, 2);
        fake_codes(table, CLASS)[i] = (uint32_t)k;
    }
}

static void copy_row(struct table *to, const struct table *from, size_t row)
{
    for (size_t c = 0; c < WIDE; c++)
        if (from->columns[c].number)
            fake_numbers(to, c)[row] = from->columns[c].number[row];
        else
            fake_codes(to, c)[row] = from->columns[c].code[row];
}

static struct result measured(const struct schema *schema, struct table *const tables[3], uint64_t seed, struct pool *pool)
{
    struct dataset data = {.schema = (struct schema *)(uintptr_t)schema,
                           .train = {.role = "train", .table = tables[0]},
                           .holdout = {.role = "holdout", .table = tables[1]},
                           .target = SIZE_MAX};
    struct parameter_value values[16];
    for (size_t k = 0; measure_privacy_reconstruction.parameters[k].name; k++)
        values[k].value = measure_privacy_reconstruction.parameters[k].fallback;
    struct measure_task task = {.data = &data,
                                .reference = tables[0],
                                .subject = tables[2],
                                .kind = SUBJECT_CANDIDATE,
                                .seed = seed,
                                .level = .95,
                                .min_group = 10,
                                .parameters = values,
                                .pool = pool};
    struct result result = {.arena = arena_new()};
    struct error error = {.message = ""};
    if (measure_privacy_reconstruction.run(&task, &result, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return result;
}

static void run_once(const struct scene *scene, size_t rows, size_t run, struct pool *pool, struct runs *all)
{
    struct fake_column columns[WIDE];
    struct table *tables[3];
    struct random random;
    random_init(&random, 7, scene->name, run, 0);
    for (size_t c = 0; c < COLUMNS; c++)
        columns[c] = population_columns()[c];
    columns[NUMBERS].roles = scene->category;
    columns[COIN] = (struct fake_column){.name = "coin", .type = COLUMN_BOOLEAN, .levels = 2, .roles = scene->coin};
    columns[CLASS] =
        (struct fake_column){.name = "class", .type = COLUMN_CATEGORICAL, .levels = CLASSES, .roles = scene->class};
    struct schema *schema = fake_schema(columns, WIDE);
    for (size_t t = 0; t < 3; t++) {
        tables[t] = fake_table(schema, t == 0 ? "train" : t == 1 ? "holdout" : "candidate", rows);
        draw_rows(tables[t], &random);
    }
    for (size_t i = 0; i < (size_t)(scene->copied * (double)rows); i++)
        copy_row(tables[2], tables[0], i);
    for (size_t t = 1; t < 3; t++)
        fake_seal(tables[t]);
    fake_fit(schema, tables[0]);
    struct result result = measured(schema, tables, run, pool);
    all->value[all->count] = result.value;
    all->lo[all->count] = result.lo;
    all->hi[all->count++] = result.hi;
    cJSON_Delete(result.details);
    arena_free(result.arena);
    fake_schema_free(schema);
}

static void print(const struct scene *scene, const struct runs *all)
{
    double runs = (double)all->count, mean = 0, squares = 0, width = 0;
    size_t below = 0, above = 0, alarms = 0;
    for (size_t b = 0; b < all->count; b++)
        mean += all->value[b] / runs;
    for (size_t b = 0; b < all->count; b++) {
        squares += (all->value[b] - mean) * (all->value[b] - mean);
        width += (all->hi[b] - all->lo[b]) / runs;
        below += mean < all->lo[b];
        above += mean > all->hi[b];
        alarms += all->lo[b] > 0;
    }
    printf("| %s | %g %% | %.3f | %.3f | %.3f | %.1f %% | %.1f %% | %.1f %% | %.1f %% |\n", scene->name, 100 * scene->copied,
           mean, sqrt(squares / (runs - 1)), width, 100 * (runs - (double)(below + above)) / runs, 100 * (double)below / runs,
           100 * (double)above / runs, 100 * (double)alarms / runs);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const struct scene scenes[] = {{"fair coin", ROLE_SECRET, 0, 0, 0},
                                          {"class", 0, ROLE_SECRET, 0, 0},
                                          {"all three", ROLE_SECRET, ROLE_SECRET, ROLE_SECRET, 0},
                                          {"fair coin", ROLE_SECRET, 0, 0, .5},
                                          {"class", 0, ROLE_SECRET, 0, .5},
                                          {"all three", ROLE_SECRET, ROLE_SECRET, ROLE_SECRET, .5},
                                          {"fair coin", ROLE_SECRET, 0, 0, 1},
                                          {"class", 0, ROLE_SECRET, 0, 1}};
    const size_t wanted = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 200,
                 rows = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 300;
    openblas_set_num_threads(1); /* as the program does */
    struct pool *pool = NULL;
    struct runs *all = calloc(1, sizeof *all);
    if (!all || pool_new(&pool, 2, NULL))
        return 1;
    printf("| secret | copied | mean value | sd | mean width | held | mean below the interval | above | lower end above 0 |\n"
           "|---|---|---|---|---|---|---|---|---|\n");
    for (size_t s = 0; s < sizeof scenes / sizeof *scenes; s++) {
        all->count = 0;
        for (size_t run = 0; run < wanted && run < MOST_RUNS; run++)
            run_once(&scenes[s], rows, run, pool, all);
        print(&scenes[s], all);
    }
    pool_free(pool);
    free(all);
    return 0;
}
