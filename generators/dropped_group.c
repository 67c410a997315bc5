/* Rows of train resampled with one sensitive group cut to 5 % of its share: the control that representation must catch.
 *
 * The group: in the first sensitive column (in the order of the table) that has levels, the second most frequent level, which
 * must be held by at least 5 % of the rows (ties: the lower code). The most frequent level is spared, since its loss would be a
 * fault of fidelity first. The number of its rows is not drawn but set: max(1, round(0.05 · share · rows)); rows where the
 * column is missing count with the others. */
#include <math.h>

#include "generators/generator.h"
#include "generators/support.h"

static const double KEPT_SHARE = 0.05, LEAST_SHARE = 0.05;

/* Finds the column and the level; *held: train's rows with that level. */
static int group_find(const struct table *train, struct arena *arena, size_t *column, uint32_t *group, uint32_t *held,
                      struct error *error)
{
    const struct schema *schema = train->schema;
    size_t j = 0;
    while (j < schema->n_columns &&
           !((schema->columns[j].roles & ROLE_SENSITIVE) && column_kind(&schema->columns[j]) == KIND_LEVELS))
        j++;
    if (j == schema->n_columns)
        return error_set(error, ERROR_INPUT,
                         "method 'dropped-group' needs a sensitive column with categories; name one with --sensitive");
    uint32_t n_levels = schema->columns[j].n_levels, first = UINT32_MAX, second = UINT32_MAX;
    uint32_t *counts = ARENA_ARRAY(arena, uint32_t, n_levels + 1);
    if (!counts)
        return error_memory(error);
    generator_count_levels(train, j, counts);
    for (uint32_t level = 0; level < n_levels; level++) {
        if (first == UINT32_MAX || counts[level] > counts[first]) {
            second = first;
            first = level;
        } else if (second == UINT32_MAX || counts[level] > counts[second]) {
            second = level;
        }
    }
    if (second == UINT32_MAX || counts[second] == 0 || counts[second] < LEAST_SHARE * (double)train->rows)
        return error_set(error, ERROR_INPUT,
                         "sensitive column '%s' has no second group with at least 5 %% of the rows that could be dropped; name "
                         "another column with --sensitive",
                         schema->columns[j].name);
    *column = j;
    *group = second;
    *held = counts[second];
    return 0;
}

static int dropped_group_run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                             struct table **out, struct error *error)
{
    (void)pool;
    size_t column = 0, n_members = 0, n_others = 0;
    uint32_t group = 0, held = 0;
    struct arena *arena = arena_new();
    uint32_t *sorted = arena ? ARENA_ARRAY(arena, uint32_t, train->rows + 1) : NULL;
    uint32_t *source = arena ? ARENA_ARRAY(arena, uint32_t, rows + 1) : NULL;
    uint32_t *order = arena ? ARENA_ARRAY(arena, uint32_t, rows + 1) : NULL;
    int code = sorted && source && order ? generator_begin(train, rows, name, out, error) : error_memory(error);
    if (!code)
        code = group_find(train, arena, &column, &group, &held, error);
    if (code)
        goto out;

    /* The group's rows from the front, the others from the back. */
    for (uint32_t i = 0; i < train->rows; i++) {
        if (train->columns[column].code[i] == group)
            sorted[n_members++] = i;
        else
            sorted[train->rows - ++n_others] = i;
    }
    double share = (double)held / (double)train->rows;
    size_t kept = (size_t)fmin(fmax(1, round(KEPT_SHARE * share * (double)rows)), (double)rows);
    struct random random;
    random_init(&random, seed, "generator.dropped_group", 0, 0);
    random_permutation(&random, rows, order);
    for (size_t i = 0; i < rows; i++)
        source[order[i]] =
            i < kept ? sorted[random_below(&random, n_members)] : sorted[n_members + random_below(&random, n_others)];
    for (size_t j = 0; j < train->n_columns; j++)
        generator_gather(train, source, 0, rows, *out, j);
    table_seal(*out);
out:
    if (code) {
        table_free(*out);
        *out = NULL;
    }
    arena_free(arena);
    return code;
}

const struct generator generator_dropped_group = {
    .name = "dropped-group",
    .summary = "training rows resampled with one sensitive group at 5 % of its share: the control that fairness must catch",
    .reference = "this project",
    .run = dropped_group_run,
    .copies_rows = true,
};
