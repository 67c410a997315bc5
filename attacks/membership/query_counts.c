#include "attacks/membership/query_counts.h"

#include <math.h>
#include <string.h>

#include "core/random.h"
#include "numeric/sort.h"

/* Inner edges at train's quantiles, each value of a column with few of them in a bin of its own. */
static int fit_edges(const double *value, size_t rows, struct arena *arena, const double **edge, size_t *n_edges,
                     struct error *error)
{
    double *sorted = ARENA_ARRAY(arena, double, rows + 1), *out = ARENA_ARRAY(arena, double, QUERY_BINS);
    size_t present = 0, distinct = 0;

    if (!sorted || !out)
        return error_memory(error);
    for (size_t i = 0; i < rows; i++)
        if (!isnan(value[i]))
            sorted[present++] = value[i];
    sort_doubles(sorted, present);
    *n_edges = 0;
    for (size_t i = 0; i < present && distinct <= QUERY_BINS; i++)
        distinct += i == 0 || sorted[i] != sorted[i - 1];
    for (size_t i = 1; i < present && distinct <= QUERY_BINS; i++)
        if (sorted[i] != sorted[i - 1])
            out[(*n_edges)++] = sorted[i];
    for (size_t b = 1; b < QUERY_BINS && distinct > QUERY_BINS; b++) {
        double at = sorted[b * present / QUERY_BINS];

        if (*n_edges == 0 ? at > sorted[0] : at > out[*n_edges - 1])
            out[(*n_edges)++] = at;
    }
    *edge = out;
    return 0;
}

/* Random orders of the columns laid end to end and cut into groups; a group takes no column twice. */
static int choose_groups(struct query_space *space, uint64_t seed, struct arena *arena, struct error *error)
{
    const size_t d = space->n_columns, each = d / QUERY_GROUP, least = d <= QUERY_EXACT ? 1 : 8;
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, d + 1);
    const uint32_t **group;

    space->bits = d <= QUERY_EXACT ? d : QUERY_GROUP;
    space->n_groups = least;
    while (space->n_groups * space->bits < 2 * d && d > QUERY_EXACT)
        space->n_groups++;
    group = ARENA_ARRAY(arena, const uint32_t *, space->n_groups);
    if (!order || !group)
        return error_memory(error);
    for (size_t g = 0, order_number = SIZE_MAX; g < space->n_groups; g++) {
        uint32_t *columns = ARENA_ARRAY(arena, uint32_t, space->bits + 1);
        struct random random;

        if (!columns)
            return error_memory(error);
        if (least == 1) {
            for (uint32_t c = 0; c < d; c++)
                columns[c] = c;
        } else {
            if (g / each != order_number) {
                order_number = g / each;
                random_init(&random, seed, "query groups", order_number, 0);
                random_permutation(&random, d, order);
            }
            memcpy(columns, order + g % each * QUERY_GROUP, QUERY_GROUP * sizeof *columns);
        }
        group[g] = columns;
    }
    space->group = group;
    return 0;
}

int query_space_make(const struct table *train, uint64_t seed, struct arena *arena, struct query_space *space,
                     struct error *error)
{
    const size_t d = schema_measured(train->schema, NULL, 0);
    size_t *column = ARENA_ARRAY(arena, size_t, d + 1), *n_edges = ARENA_ARRAY(arena, size_t, d + 1);
    const double **edge = ARENA_ARRAY(arena, const double *, d + 1);
    int status = 0;

    if (!column || !n_edges || !edge)
        return error_memory(error);
    if (d == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no column takes part in measures");
    schema_measured(train->schema, column, d);
    *space = (struct query_space){.n_columns = d, .column = column, .edge = edge, .n_edges = n_edges};
    for (size_t c = 0; c < d && !status; c++)
        if (train->columns[column[c]].number)
            status = fit_edges(train->columns[column[c]].number, train->rows, arena, &edge[c], &n_edges[c], error);
    return status ? status : choose_groups(space, seed, arena, error);
}

size_t query_count(const struct query_space *space)
{
    return space->n_groups << space->bits;
}

int query_classes(const struct query_space *space, const struct table *table, struct arena *arena, uint32_t ***classes,
                  struct error *error)
{
    uint32_t **out = ARENA_ARRAY(arena, uint32_t *, space->n_columns);

    if (!out)
        return error_memory(error);
    for (size_t c = 0; c < space->n_columns; c++) {
        const struct column *column = &table->columns[space->column[c]];

        out[c] = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
        if (!out[c])
            return error_memory(error);
        if (column->code)
            memcpy(out[c], column->code, table->rows * sizeof *out[c]);
        else
            for (size_t i = 0; i < table->rows; i++)
                out[c][i] =
                    isnan(column->number[i])
                        ? CODE_MISSING
                        : (uint32_t)(space->n_edges[c] - sorted_above(space->edge[c], space->n_edges[c], column->number[i]));
    }
    *classes = out;
    return 0;
}

int query_words_make(const struct query_space *space, size_t group, const uint32_t *x, uint32_t *const *classes, size_t rows,
                     struct arena *arena, struct query_words *words, struct error *error)
{
    struct arena *scratch = arena_new();
    uint64_t *key = scratch ? ARENA_ARRAY(scratch, uint64_t, rows + 1) : NULL;
    size_t n = 0;
    int status = key ? 0 : error_memory(error);

    for (size_t b = 0; b < space->bits && !status; b++) {
        const uint32_t column = space->group[group][b];

        for (size_t i = 0; i < rows; i++)
            key[i] |= (uint64_t)(classes[column][i] == x[column]) << b;
    }
    if (!status)
        status = sort_u64(key, rows, error);
    for (size_t i = 0; i < rows && !status; i++)
        n += i == 0 || key[i] != key[i - 1];
    *words = (struct query_words){0, ARENA_ARRAY(arena, uint32_t, n + 1), ARENA_ARRAY(arena, uint32_t, n + 1)};
    if (!status && (!words->word || !words->count))
        status = error_memory(error);
    for (size_t i = 0; i < rows && !status; i++) {
        if (i == 0 || key[i] != key[i - 1])
            words->word[words->n++] = (uint32_t)key[i];
        words->count[words->n - 1]++;
    }
    arena_free(scratch);
    return status;
}

void superset_sums(uint32_t *count, size_t bits)
{
    for (size_t half = 1; half < (size_t)1 << bits; half *= 2)
        for (size_t from = 0; from < (size_t)1 << bits; from += 2 * half)
            for (size_t j = 0; j < half; j++)
                count[from + j] += count[from + half + j];
}

void query_block(const struct query_words *words, size_t low, uint32_t top, uint32_t *count)
{
    const uint32_t mask = ((uint32_t)1 << low) - 1;

    memset(count, 0, sizeof *count << low);
    for (size_t i = 0; i < words->n; i++)
        if (((words->word[i] >> low) & top) == top)
            count[words->word[i] & mask] += words->count[i];
    superset_sums(count, low);
}
