#include "audit/holdout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/row_overlap.h"
#include "numeric/interval.h"

#define CHANCE    1e-6 /* of calling a sound holdout faulty, for each question asked */
#define TOLERATED 0.02 /* share of repeated rows that is let pass */

static int set_fault(struct arena *arena, const char **fault, const char *text, struct error *error)
{
    *fault = arena_string(arena, text);
    return *fault ? 0 : error_memory(error);
}

static bool has_one_value(const struct column *column, size_t rows)
{
    for (size_t row = 1; row < rows; row++)
        if (cell_key(column, row) != cell_key(column, 0))
            return false;
    return rows > 0;
}

/* Log of the chance that all `rows` cells hold `key`, by its share in the other table with one such row added. */
static double log_chance(const struct table *other, size_t column, uint64_t key, size_t rows)
{
    size_t count = 0;

    for (size_t row = 0; row < other->rows; row++)
        count += cell_key(&other->columns[column], row) == key;
    return (double)rows * log((double)(count + 1) / (double)(other->rows + 1));
}

/* Has the column of `table` one value where the other table makes that all but impossible? */
static bool lost_its_values(const struct table *table, const struct table *other, size_t column)
{
    return has_one_value(&table->columns[column], table->rows) &&
           log_chance(other, column, cell_key(&table->columns[column], 0), table->rows) < log(CHANCE);
}

static int check_columns(const struct dataset *data, const size_t *columns, size_t n, struct arena *arena, const char **fault,
                         struct error *error)
{
    const struct table *train = data->train.table, *holdout = data->holdout.table;
    char text[400];

    for (size_t i = 0; i < n; i++) {
        const bool here = lost_its_values(holdout, train, columns[i]), there = lost_its_values(train, holdout, columns[i]);

        if (!here && !there)
            continue;
        snprintf(
            text, sizeof text,
            "the column '%.80s' holds a single value or none in %s but not in %s: they are not rows of the same source; give "
            "another holdout, or leave the column out with --ignore",
            data->schema->columns[columns[i]].name, here ? "the holdout" : "train", here ? "train" : "the holdout");
        return set_fault(arena, fault, text, error);
    }
    return 0;
}

static int check_overlap(const struct dataset *data, struct arena *arena, const char **fault, struct error *error)
{
    struct row_overlap overlap;
    char text[300];
    int status = row_overlap_count(data->holdout.table, data->train.table, &overlap, error);

    if (status || !row_overlap_exceeds(&overlap, TOLERATED))
        return status;
    snprintf(text, sizeof text,
             "%.0f %% of the holdout's rows are in the training table, where %.0f %% would be chance: give real rows that the "
             "generator never saw as --holdout",
             100 * (double)overlap.shared / (double)overlap.rows, 100 * (double)overlap.repeated / (double)overlap.others);
    return set_fault(arena, fault, text, error);
}

static int measured_columns(const struct dataset *data, struct arena *arena, size_t **columns, size_t *n, struct error *error)
{
    *n = schema_measured(data->schema, NULL, 0);
    *columns = ARENA_ARRAY(arena, size_t, *n + 1);
    if (!*columns)
        return error_memory(error);
    schema_measured(data->schema, *columns, *n);
    return 0;
}

int holdout_check(const struct dataset *data, struct arena *arena, const char **fault, struct error *error)
{
    struct arena *scratch;
    size_t *columns, n;
    int status;

    *fault = NULL;
    if (!data->holdout.table)
        return 0;
    if (data->holdout.table->rows < HOLDOUT_ROWS)
        return set_fault(arena, fault, "the holdout has fewer than 20 rows", error);
    if (!(scratch = arena_new()))
        return error_memory(error);
    status = measured_columns(data, scratch, &columns, &n, error);
    if (!status && data->train.table->rows > 0)
        status = check_columns(data, columns, n, arena, fault, error);
    if (!status && !*fault && n > 0 && data->train.table->rows > 0)
        status = check_overlap(data, arena, fault, error);
    arena_free(scratch);
    return status;
}

/* Rows that are the only ones of their kind in their own table and have an equal in b; both sorted. */
static size_t count_single_matches(const uint64_t *own, size_t n, const uint64_t *b, size_t m)
{
    size_t count = 0, length, j = 0;

    for (size_t i = 0; i < n; i += length) {
        length = run_length(own, n, i);
        while (j < m && b[j] < own[i])
            j++;
        count += length == 1 && j < m && b[j] == own[i];
    }
    return count;
}

/* Fresh rows have an equal in the holdout and none in train as often as a training row has an equal in the holdout and no other
 * in train. Twice that is let pass: a generator may favour rows of middling frequency. */
static int compare_rows(const struct dataset *data, const struct table *candidate, struct arena *scratch, struct arena *arena,
                        const char **fault, struct error *error)
{
    const struct table *tables[3] = {candidate, data->train.table, data->holdout.table};
    uint64_t *hash[3] = {NULL};
    size_t *columns, n, held, chance;
    char text[300];
    int status = measured_columns(data, scratch, &columns, &n, error);

    for (int t = 0; t < 3 && !status; t++)
        status = row_hashes(tables[t], columns, n, scratch, &hash[t], error);
    if (status)
        return status;
    held = count_matches(hash[0], tables[0]->rows, hash[2], tables[2]->rows, hash[1], tables[1]->rows);
    chance = count_single_matches(hash[1], tables[1]->rows, hash[2], tables[2]->rows);
    if (clopper_pearson_lower(held, tables[0]->rows, CHANCE) <=
        TOLERATED + 2 * clopper_pearson_upper(chance, tables[1]->rows, CHANCE))
        return 0;
    snprintf(text, sizeof text,
             "%.0f %% of the candidate's rows are in the holdout and not in train: it was made with the holdout, which "
             "flatters it in "
             "every test; give real rows that the generator never saw as --holdout",
             100 * (double)held / (double)tables[0]->rows);
    return set_fault(arena, fault, text, error);
}

int holdout_check_candidate(const struct dataset *data, const struct table *candidate, struct arena *arena, const char **fault,
                            struct error *error)
{
    struct arena *scratch;
    int status;

    *fault = NULL;
    if (!data->holdout.table || candidate->rows == 0)
        return 0;
    if (!(scratch = arena_new()))
        return error_memory(error);
    status = compare_rows(data, candidate, scratch, arena, fault, error);
    arena_free(scratch);
    return status;
}

struct pair {
    const struct input_file *a, *b;
    const char *a_name, *b_name, *harm;
};

static int warn_pair(const struct pair *pair, cJSON *warnings, struct error *error)
{
    struct row_overlap overlap;
    char text[500];
    int status;

    if (!pair->a->table || !pair->b->table || pair->a->table == pair->b->table)
        return 0;
    status = row_overlap_count(pair->a->table, pair->b->table, &overlap, error);
    if (status || !row_overlap_exceeds(&overlap, 0))
        return status;
    snprintf(text, sizeof text,
             "%zu of %zu rows of the %s (%.1f %%) are in the %s, where chance would make %.1f %%: %s; take them out",
             overlap.shared, overlap.rows, pair->a_name, 100 * (double)overlap.shared / (double)overlap.rows, pair->b_name,
             100 * (double)overlap.repeated / (double)overlap.others, pair->harm);
    return json_push_string(warnings, text) ? 0 : error_memory(error);
}

int holdout_warnings(const struct dataset *data, cJSON *warnings, struct error *error)
{
    const struct pair pairs[] = {
        {&data->holdout, &data->train, "holdout", "training table",
         "the generator has seen them, so tests on the holdout flatter what copies them"},
        {&data->reference, &data->train, "reference", "training table",
         "attacks that compare with the reference overlook copies of them"},
        {&data->reference, &data->holdout, "reference", "holdout",
         "attacks that compare with the reference take them for strangers, so other records look like members"},
    };
    int status = 0;

    for (size_t k = 0; k < sizeof pairs / sizeof *pairs && !status; k++)
        status = warn_pair(&pairs[k], warnings, error);
    return status;
}
