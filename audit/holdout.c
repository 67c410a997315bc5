#include "audit/holdout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "numeric/interval.h"
#include "numeric/sort.h"

#define CHANCE    1e-6 /* of calling a sound holdout faulty, for each question asked */
#define TOLERATED 0.02 /* share of repeated rows that is let pass */

static int set_fault(struct arena *arena, const char **fault, const char *text, struct error *error)
{
    *fault = arena_string(arena, text);
    return *fault ? 0 : error_memory(error);
}

/* A cell as a key: equal cells of one column have equal keys, in all tables. */
static uint64_t cell_key(const struct column *column, size_t row)
{
    double number;
    uint64_t key;

    if (!column->number)
        return column->code[row];
    number = column->number[row] + 0.0; /* -0 becomes 0 */
    if (isnan(number))
        return UINT64_MAX;
    memcpy(&key, &number, sizeof key);
    return key;
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

/* Hashes of the rows over the given columns, in ascending order. */
static int hash_rows(const struct table *table, const size_t *columns, size_t n, struct arena *arena, uint64_t **hashes,
                     struct error *error)
{
    uint64_t *hash = *hashes = ARENA_ARRAY(arena, uint64_t, table->rows + 1);

    if (!hash)
        return error_memory(error);
    for (size_t i = 0; i < n; i++)
        for (size_t row = 0; row < table->rows; row++)
            hash[row] = hash_mix(hash[row], cell_key(&table->columns[columns[i]], row));
    return sort_u64(hash, table->rows, error);
}

static size_t run_length(const uint64_t *sorted, size_t n, size_t from)
{
    size_t to = from;

    while (to < n && sorted[to] == sorted[from])
        to++;
    return to - from;
}

/* Rows of a that are in b and not in `except` (k = 0: no such condition); all sorted. */
static size_t count_matches(const uint64_t *a, size_t n, const uint64_t *b, size_t m, const uint64_t *except, size_t k)
{
    size_t count = 0, j = 0, e = 0;

    for (size_t i = 0; i < n; i++) {
        while (j < m && b[j] < a[i])
            j++;
        while (e < k && except[e] < a[i])
            e++;
        count += j < m && b[j] == a[i] && !(e < k && except[e] == a[i]);
    }
    return count;
}

static size_t count_repeated(const uint64_t *sorted, size_t n)
{
    size_t count = 0, length;

    for (size_t i = 0; i < n; i += length) {
        length = run_length(sorted, n, i);
        count += length > 1 ? length : 0;
    }
    return count;
}

static int check_overlap(const struct dataset *data, const size_t *columns, size_t n, struct arena *arena, const char **fault,
                         struct error *error)
{
    const size_t trained = data->train.table->rows, held = data->holdout.table->rows;
    uint64_t *train, *holdout;
    size_t shared, repeated;
    char text[300];
    int status = hash_rows(data->train.table, columns, n, arena, &train, error);

    if (!status)
        status = hash_rows(data->holdout.table, columns, n, arena, &holdout, error);
    if (status)
        return status;
    shared = count_matches(holdout, held, train, trained, NULL, 0);
    repeated = count_repeated(train, trained);
    if (clopper_pearson_lower(shared, held, CHANCE) <= TOLERATED + clopper_pearson_upper(repeated, trained, CHANCE))
        return 0;
    snprintf(text, sizeof text,
             "%.0f %% of the holdout's rows are in the training table, where %.0f %% would be chance: give real rows that the "
             "generator never saw as --holdout",
             100 * (double)shared / (double)held, 100 * (double)repeated / (double)trained);
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
        status = check_overlap(data, columns, n, scratch, fault, error);
    if (!status && *fault)
        status = set_fault(arena, fault, *fault, error);
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
        status = hash_rows(tables[t], columns, n, scratch, &hash[t], error);
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
