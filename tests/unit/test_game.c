/* The privacy game of reconstruction: known truths, curves over the number of synthetic rows, kept games, secrets of several
 * levels, what is refused. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attacks/reconstruction/coding.h"
#include "attacks/reconstruction/game.h"
#include "datasets/simulate.h"

enum { RECORDS = 200 };

struct world {
    struct schema *schema;
    struct table *population;
    size_t quasi[SIMULATED_COLUMNS];
    size_t rows[GAME_POINTS];
    struct generator_choice generator;
    struct game_options options;
};

/* Options for 40 games; the columns known are all but the secret. */
static void begin(struct world *world, size_t secret, const char *generator)
{
    struct error error = {.message = ""};
    *world = (struct world){.generator = {.builtin = generator_find(generator), .text = generator, .name = generator}};
    cr_assert_eq(simulate_population(1000, 5, "train", &world->schema, &world->population, &error), 0, "%s", error.message);
    world->options = (struct game_options){.generator = &world->generator,
                                           .secret = secret,
                                           .quasi = world->quasi,
                                           .records = RECORDS,
                                           .n_rows = 1,
                                           .rows = world->rows,
                                           .way = 3,
                                           .games = 40,
                                           .seed = 1,
                                           .level = .95};
    for (size_t c = 0; c < SIMULATED_COLUMNS; c++)
        if (c != secret)
            world->quasi[world->options.n_quasi++] = c;
}

static void end(struct world *world)
{
    table_free(world->population);
    schema_free(world->schema);
}

/* Independent columns stay within 3 standard errors of 1/2; a large bootstrap sample gives nearly every coin away, with either
 * solver, and one of two levels out of several likewise. */
Test(game, truths)
{
    static const struct {
        const char *generator;
        size_t secret, rows, exact, classes;
        double lo, hi;
    } cases[] = {{"bootstrap", SIMULATED_ILLNESS, 20000, 2000, 2, .95, 1},
                 {"bootstrap", SIMULATED_ILLNESS, 20000, 0, 2, .95, 1},
                 {"independent", SIMULATED_ILLNESS, 2000, 0, 2, .5 - 3 * .0791, .5 + 3 * .0791}, /* sqrt(1/4/40) */
                 {"bootstrap", SIMULATED_ILLNESS, 100, 0, 2, .5, 1},
                 {"bootstrap", SIMULATED_REGION, 20000, 0, 6, .95, 1},
                 {"independent", SIMULATED_REGION, 2000, 0, 6, .5 - 3 * .0791, .5 + 3 * .0791}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct error error = {.message = ""};
        struct game_result result, again;
        struct world world;
        struct pool *pool;
        begin(&world, cases[k].secret, cases[k].generator);
        world.rows[0] = cases[k].rows;
        world.options.exact_records = cases[k].exact;
        cr_assert_eq(pool_new(&pool, 2, &error), 0);
        cr_assert_eq(game_play(world.population, &world.options, pool, &result, &error), 0, "%s", error.message);
        const struct game_point *point = &result.point[0];
        cr_expect(point->accuracy >= cases[k].lo && point->accuracy <= cases[k].hi, "case %zu: accuracy %.3f", k,
                  point->accuracy);
        cr_expect(point->lo <= point->accuracy && point->accuracy <= point->hi);
        cr_expect(point->auc_lo < point->auc_hi && point->auc_lo <= point->auc && point->auc <= point->auc_hi, "case %zu", k);
        cr_expect_eq(result.classes, cases[k].classes, "case %zu: %zu classes", k, result.classes);
        cr_expect(result.majority >= 1. / (double)cases[k].classes && result.majority < 1);
        if (cases[k].rows <= 2000) {
            cr_assert_eq(game_play(world.population, &world.options, NULL, &again, &error), 0);
            cr_expect_eq(memcmp(&result, &again, sizeof result), 0, "another pool, another result");
        }
        pool_free(pool);
        end(&world);
    }
}

/* The largest table of a curve is the table of that size alone; more rows never protect (the games are the same). */
Test(game, curve)
{
    struct error error = {.message = ""};
    struct game_result curve, last;
    struct world world;
    begin(&world, SIMULATED_ILLNESS, "bootstrap");
    world.options.n_rows = 4;
    memcpy(world.rows, (size_t[]){50, 200, 2000, 10000}, 4 * sizeof(size_t));
    cr_assert_eq(game_play(world.population, &world.options, NULL, &curve, &error), 0, "%s", error.message);
    for (size_t m = 0; m < 4; m++) {
        cr_expect_eq(curve.point[m].rows, world.rows[m]);
        cr_expect(m == 0 || (curve.point[m].accuracy >= curve.point[m - 1].accuracy - .05 &&
                             curve.point[m].all_accuracy >= curve.point[m - 1].all_accuracy &&
                             curve.point[m].queries >= curve.point[m - 1].queries),
                  "point %zu", m);
    }
    world.options.n_rows = 1;
    world.rows[0] = 10000;
    cr_assert_eq(game_play(world.population, &world.options, NULL, &last, &error), 0);
    cr_expect_eq(memcmp(&last.point[0], &curve.point[3], sizeof last.point[0]), 0);
    end(&world);
}

/* Overwrites the first kept game with something else; returns how many there are. */
static size_t spoil(const char *folder, const char *content)
{
    DIR *list = opendir(folder);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(list));) {
        char path[600];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strstr(entry->d_name, "-000000.json") && content) {
            FILE *file = fopen(path, "w");
            fputs(content, file);
            fclose(file);
        }
        if (!content)
            remove(path);
        count++;
    }
    closedir(list);
    return count;
}

static void expect_kept(struct world *world, size_t kept, const struct game_result *fresh)
{
    struct error error = {.message = ""};
    struct game_result result;
    cr_assert_eq(game_play(world->population, &world->options, NULL, &result, &error), 0, "%s", error.message);
    cr_expect_eq(result.kept, kept, "%zu games were kept, not %zu", result.kept, kept);
    result.kept = 0;
    cr_expect(!fresh || memcmp(&result, fresh, sizeof result) == 0, "kept games give another result");
}

/* Kept games are not played again and give the same numbers; other options have games of their own; broken files are replayed.
 */
Test(game, kept)
{
    char folder[] = "/tmp/assay-game-XXXXXX";
    struct error error = {.message = ""};
    struct game_result fresh;
    struct world world;
    cr_assert_not_null(mkdtemp(folder));
    begin(&world, SIMULATED_ILLNESS, "bootstrap");
    world.options.n_rows = 2;
    world.options.games = 12;
    memcpy(world.rows, (size_t[]){100, 400}, 2 * sizeof(size_t));
    cr_assert_eq(game_play(world.population, &world.options, NULL, &fresh, &error), 0, "%s", error.message);

    world.options.work = folder;
    world.options.games = 8;
    expect_kept(&world, 0, NULL);
    world.options.games = 12;
    expect_kept(&world, 8, &fresh);
    expect_kept(&world, 12, &fresh);
    static const char *const broken[] = {
        "", "{}",
        "{\"format\": \"assay-game-round\", \"version\": 1, \"coin\": true, \"unique\": 1, \"majority\": 1, \"points\": []}",
        "{\"format\": \"assay-game-round\", \"version\": 1, \"coin\": true, \"unique\":1, \"majority\":1, \"points\":[{},{}]}"};
    for (size_t k = 0; k < sizeof broken / sizeof *broken; k++) {
        cr_expect_eq(spoil(folder, broken[k]), 12);
        expect_kept(&world, 11, &fresh);
    }
    world.options.seed = 2;
    expect_kept(&world, 0, NULL);
    world.options.way = 2;
    expect_kept(&world, 0, NULL);
    world.rows[1] = 500;
    expect_kept(&world, 0, NULL);
    table_codes(world.population, SIMULATED_SEX)[0] ^= 1;
    expect_kept(&world, 0, NULL);
    spoil(folder, NULL);
    rmdir(folder);
    end(&world);
}

/* A level that the schema lacks has a code of its own in the coding, and is never missing. */
Test(game, unknown_levels)
{
    struct error error = {.message = ""};
    struct world world;
    struct coding coding;
    struct query_table codes;
    struct arena *arena = arena_new();
    const size_t column = SIMULATED_REGION;
    const uint32_t rows[] = {0, 1, 2};
    begin(&world, SIMULATED_ILLNESS, "bootstrap");
    const uint32_t n_levels = world.schema->columns[column].n_levels;
    table_codes(world.population, column)[0] = n_levels + 7;
    table_codes(world.population, column)[1] = CODE_MISSING;
    table_codes(world.population, column)[2] = n_levels - 1;
    cr_assert_eq(coding_fit(world.schema, &column, 1, arena, &coding, &error), 0);
    cr_assert_eq(coding_apply(&coding, world.population, rows, 3, arena, &codes, &error), 0);
    cr_expect_eq(codes.code[0][0], n_levels);
    cr_expect_eq(codes.code[0][1], n_levels + 1);
    cr_expect_eq(codes.code[0][2], n_levels - 1);
    cr_expect_eq(codes.levels[0], n_levels + 2);
    arena_free(arena);
    end(&world);
}

Test(game, refusals)
{
    static const struct {
        const char *words;
        size_t secret, records, n_rows, rows[2], way, n_quasi;
        const char *work;
    } cases[] = {{"records were asked for", SIMULATED_ILLNESS, 5000, 1, {100}, 3, 5, NULL},
                 {"must have levels", SIMULATED_AGE, RECORDS, 1, {100}, 3, 5, NULL},
                 {"need at least 2", SIMULATED_ILLNESS, RECORDS, 1, {100}, 3, 1, NULL},
                 {"different numbers", SIMULATED_ILLNESS, RECORDS, 2, {100, 100}, 3, 5, NULL},
                 {"different numbers", SIMULATED_ILLNESS, RECORDS, 1, {0}, 3, 5, NULL},
                 {"no record is unique", SIMULATED_ILLNESS, RECORDS, 1, {100}, 2, 1, NULL},
                 {"cannot make the folder", SIMULATED_ILLNESS, RECORDS, 1, {100}, 3, 5, "/nowhere/at/all"},
                 {"no folder", SIMULATED_ILLNESS, RECORDS, 1, {100}, 3, 5, "/dev/null"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct error error = {.message = ""};
        struct game_result result;
        struct world world;
        begin(&world, cases[k].secret, "bootstrap");
        world.options.records = cases[k].records;
        world.options.n_rows = cases[k].n_rows;
        memcpy(world.rows, cases[k].rows, sizeof cases[k].rows);
        world.options.way = cases[k].way;
        world.options.n_quasi = cases[k].n_quasi;
        world.options.work = cases[k].work;
        world.quasi[0] = SIMULATED_SEX;
        cr_expect_eq(game_play(world.population, &world.options, NULL, &result, &error), ERROR_INPUT, "case %zu", k);
        cr_expect_not_null(strstr(error.message, cases[k].words), "case %zu: %s", k, error.message);
        end(&world);
    }
}
