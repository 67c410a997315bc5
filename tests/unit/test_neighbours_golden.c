/* The neighbour engine against golden numbers: distances made in rational arithmetic, and precision, recall, density, coverage
 * made by numpy and scipy. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/neighbours.h"
#include "tests/unit/golden_tables.h"
#include "tests/unit/neighbour_world.h"

static const bool golden_categorical[8] = {false, true, false, true, false, false, true, false};

static bool read_golden_table(const char *path, struct owned *table, struct arena *arena, size_t rows)
{
    FILE *file = fopen(path, "r");
    char line[400];

    if (!file)
        return false;
    owned_new(table, arena, rows, 8, golden_categorical);
    cr_assert(fgets(line, sizeof line, file));
    for (size_t i = 0; i < rows; i++) {
        char *cell = line;

        cr_assert(fgets(line, sizeof line, file), "%s is short", path);
        line[strcspn(line, "\r\n")] = 0;
        for (size_t j = 0; j < 8; j++) {
            char *next = cell + strcspn(cell, ",");

            if (*next)
                *next++ = 0;
            if (!golden_categorical[j])
                owned_numbers(table, j)[i] = *cell ? strtod(cell, NULL) : NAN;
            else /* up to three letters and digits: their bytes are the code */
                owned_codes(table, j)[i] = *cell ? (uint32_t)(uint8_t)cell[0] << 16 | (uint32_t)(uint8_t)cell[1] << 8 |
                                                       (cell[1] ? (uint32_t)(uint8_t)cell[2] : 0)
                                                 : NEIGHBOUR_MISSING;
            cell = next;
        }
    }
    fclose(file);
    return true;
}

static void expect_golden(const char *metric, const char *direction, const struct neighbour_list *list)
{
    char path[200], line[400];
    FILE *file;

    snprintf(path, sizeof path, "../shared/golden/neighbours/%s_%s.csv", metric, direction);
    file = fopen(path, "r");
    cr_assert(file && fgets(line, sizeof line, file), "%s", path);
    for (size_t i = 0; i < list->rows; i++) {
        unsigned row, nearest, ties, second;
        double distance, second_distance;

        cr_assert(fgets(line, sizeof line, file), "%s is short", path);
        cr_assert_eq(sscanf(line, "%u,%u,%lf,%u,%u,%lf", &row, &nearest, &distance, &ties, &second, &second_distance), 6);
        cr_assert_float_eq(list->distance[i * list->k], distance, 1e-15, "%s row %zu", path, i);
        cr_assert_eq(list->row[i * list->k], nearest, "%s row %zu: nearest %u, golden %u", path, i, list->row[i * list->k],
                     nearest);
        cr_assert_eq(list->ties[i], ties, "%s row %zu: %u ties, golden %u", path, i, list->ties[i], ties);
        if (list->k > 1) {
            cr_assert_float_eq(list->distance[i * list->k + 1], second_distance, 1e-15, "%s row %zu", path, i);
            cr_assert_eq(list->row[i * list->k + 1], second, "%s row %zu: second %u, golden %u", path, i,
                         list->row[i * list->k + 1], second);
        }
    }
    fclose(file);
}

Test(neighbours_golden, agree_with_rational_arithmetic)
{
    static const char *const name[] = {"gower", "rank_gower"};
    struct arena *arena = arena_new();
    struct owned *train = ARENA_NEW(arena, struct owned), *other = ARENA_NEW(arena, struct owned);
    struct error error = {0};

    if (!read_golden_table("../shared/golden/neighbours/train.csv", train, arena, 300) ||
        !read_golden_table("../shared/golden/neighbours/other.csv", other, arena, 200)) {
        arena_free(arena);
        cr_skip_test("../shared/golden is not here");
    }
    for (int metric = NEIGHBOUR_GOWER; metric <= NEIGHBOUR_RANK_GOWER; metric++) {
        const struct neighbour_scale *scale;
        const struct neighbour_table *a, *b;
        struct neighbour_list forward, backward;

        cr_assert_eq(neighbour_scale_fit((enum neighbour_metric)metric, &train->columns, arena, &scale, &error), 0);
        cr_assert_eq(neighbour_encode(scale, &train->columns, arena, &a, &error), 0);
        cr_assert_eq(neighbour_encode(scale, &other->columns, arena, &b, &error), 0);
        neighbour_search(a, b, (struct neighbour_options){2, false, true}, NULL, arena, &forward, &backward, &error);
        expect_golden(name[metric], "train_to_other", &forward);
        expect_golden(name[metric], "other_to_train", &backward);
        neighbour_search(b, a, (struct neighbour_options){2, false, true}, NULL, arena, &forward, &backward, &error);
        expect_golden(name[metric], "other_to_train", &forward);
        expect_golden(name[metric], "train_to_other", &backward);
        neighbour_search(a, a, (struct neighbour_options){2, true, false}, NULL, arena, &forward, NULL, &error);
        expect_golden(name[metric], "train_to_train", &forward);
    }
    arena_free(arena);
}

/* ---- k-nearest balls on the encoded matrix ---- */

#define BALL_K 5

/* All columns of the table: the golden pairs have no other roles. */
static struct neighbour_columns all_columns(const struct table *table, struct arena *arena)
{
    size_t n = table->schema->n_columns;
    struct neighbour_column *column = ARENA_ARRAY(arena, struct neighbour_column, n);

    for (size_t c = 0; c < n; c++)
        column[c] = (struct neighbour_column){table->columns[c].number, table->columns[c].code};
    return (struct neighbour_columns){table->rows, n, column, NULL};
}

static double *radii(const struct neighbour_table *table, struct arena *arena)
{
    struct neighbour_options options = {.k = BALL_K, .exclude_self = true};
    struct neighbour_list list;
    double *radius;

    cr_assert_eq(neighbour_search(table, table, options, NULL, arena, &list, NULL, NULL), 0);
    radius = ARENA_ARRAY(arena, double, list.rows + 1);
    for (size_t i = 0; i < list.rows; i++)
        radius[i] = list.distance[i * BALL_K + BALL_K - 1];
    return radius;
}

struct shares {
    double precision, density, coverage;
};

static struct shares shares_of(const uint32_t *count, const bool *holds, size_t rows, size_t balls)
{
    struct shares out = {0};

    for (size_t i = 0; i < rows; i++) {
        out.precision += (count[i] > 0) / (double)rows;
        out.density += count[i] / (double)(BALL_K * rows);
    }
    for (size_t k = 0; k < balls; k++)
        out.coverage += holds[k] / (double)balls;
    return out;
}

static void expect_shares(const cJSON *want, struct shares train, struct shares candidate, const char *what)
{
    cr_near(train.precision, golden_number(want, "precision"), 1e-9, "%s precision", what);
    cr_near(train.density, golden_number(want, "density"), 1e-9, "%s density", what);
    cr_near(train.coverage, golden_number(want, "coverage"), 1e-9, "%s coverage", what);
    cr_near(candidate.precision, golden_number(want, "recall"), 1e-9, "%s recall", what);
}

static void check_pair(const char *dataset, const char *candidate)
{
    struct arena *arena = arena_new();
    struct golden_pair pair = golden_pair(dataset, candidate);
    struct neighbour_columns columns[] = {all_columns(pair.train, arena), all_columns(pair.candidate, arena)};
    const struct neighbour_scale *scale;
    const struct neighbour_table *t, *c;
    struct neighbour_balls of_t, of_c;
    char what[100];

    cr_assert_eq(neighbour_scale_fit(NEIGHBOUR_EUCLIDEAN, &columns[0], arena, &scale, NULL), 0);
    cr_assert_eq(neighbour_encode(scale, &columns[0], arena, &t, NULL), 0);
    cr_assert_eq(neighbour_encode(scale, &columns[1], arena, &c, NULL), 0);
    cr_assert_eq(neighbour_count_balls(c, t, radii(t, arena), NULL, arena, &of_t, NULL), 0);
    cr_assert_eq(neighbour_count_balls(t, c, radii(c, arena), NULL, arena, &of_c, NULL), 0);
    for (int closed = 0; closed < 2; closed++) {
        size_t n = columns[0].rows, m = columns[1].rows;

        snprintf(what, sizeof what, "%s/%s %s", dataset, candidate, closed ? "closed" : "open");
        expect_shares(cJSON_GetObjectItem(cJSON_GetObjectItem(pair.want, "knn"), closed ? "closed" : "open"),
                      shares_of(closed ? of_t.closed : of_t.open, closed ? of_t.holds_closed : of_t.holds_open, m, n),
                      shares_of(closed ? of_c.closed : of_c.open, closed ? of_c.holds_closed : of_c.holds_open, n, m), what);
    }
    golden_pair_free(&pair);
    arena_free(arena);
}

Test(neighbours_golden, balls_agree_with_scipy)
{
    golden_needed();
    for (size_t d = 0; d < GOLDEN_DATASETS; d++)
        for (size_t c = 0; c < GOLDEN_CANDIDATES; c++)
            check_pair(golden_datasets[d], golden_candidates[c]);
}
