#include "metrics/fidelity/kway_sets.h"

#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "metrics/fidelity/views.h"

struct ranked_column {
    size_t levels, column;
};

static int compare_columns(const void *left, const void *right)
{
    const struct ranked_column *x = left, *y = right;
    if (x->levels != y->levels)
        return x->levels < y->levels ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static size_t train_levels(const struct column_schema *column)
{
    double edges[11];
    struct bins bins = {.edges = edges};
    if (column_kind(column) != KIND_QUANTITY)
        return (size_t)column->fitted_levels + 1;
    bins_from_sorted(column->sorted, column->n_sorted, 10, &bins);
    return bins_count(&bins);
}

int kway_columns(const struct measure_task *task, struct arena *arena, size_t **columns, size_t *count, struct error *error)
{
    const size_t *measured;
    int status = fidelity_columns(task, arena, &measured, count, error);
    if (status)
        return status;
    struct ranked_column *ranked = ARENA_ARRAY(arena, struct ranked_column, *count + 1);
    *columns = ARENA_ARRAY(arena, size_t, *count + 1);
    if (!ranked || !*columns)
        return error_memory(error);
    for (size_t i = 0; i < *count; i++)
        ranked[i] = (struct ranked_column){train_levels(&task->data->schema->columns[measured[i]]), measured[i]};
    qsort(ranked, *count, sizeof *ranked, compare_columns);
    for (size_t i = 0; i < *count; i++)
        (*columns)[i] = ranked[i].column;
    return 0;
}

/* C(n, k); exact while the result times k fits. */
static uint64_t choose(uint64_t n, uint64_t k)
{
    uint64_t value = 1;
    for (uint64_t j = 0; j < k; j++)
        value = value * (n - j) / (j + 1);
    return k > n ? 0 : value;
}

/* Writes the set of rank `rank` in lexicographic order. */
static void unrank(uint64_t rank, const size_t *columns, size_t count, size_t k, uint32_t *member)
{
    size_t at = 0;
    for (size_t j = 0; j < k; j++, at++) {
        for (uint64_t with = choose(count - at - 1, k - j - 1); rank >= with; with = choose(count - at - 1, k - j - 1)) {
            rank -= with;
            at++;
        }
        member[j] = (uint32_t)columns[at];
    }
}

/* Ascending: `most` different ranks below `of` (Floyd's algorithm: Bentley and Floyd 1987). */
static void draw_ranks(uint64_t seed, size_t k, uint64_t of, size_t most, uint64_t *ranks)
{
    struct random random;
    size_t count = 0;
    random_init(&random, seed, "fidelity.kway", k, 0);
    for (uint64_t last = of - most; last < of; last++) {
        uint64_t rank = random_below(&random, last + 1);
        size_t lo = 0, hi = count;
        while (lo < hi) {
            size_t middle = lo + (hi - lo) / 2;
            if (ranks[middle] < rank)
                lo = middle + 1;
            else
                hi = middle;
        }
        if (lo < count && ranks[lo] == rank) {
            ranks[count++] = last; /* above all that were drawn before */
            continue;
        }
        memmove(ranks + lo + 1, ranks + lo, (count - lo) * sizeof *ranks);
        ranks[lo] = rank;
        count++;
    }
}

int kway_sets_choose(uint64_t seed, const size_t *columns, size_t count, size_t k, size_t most, struct arena *arena,
                     struct kway_sets *sets, struct error *error)
{
    uint64_t of = choose(count, k);
    size_t taken = of < most ? (size_t)of : most;
    uint32_t *member = ARENA_ARRAY(arena, uint32_t, taken * k + 1);
    uint64_t *ranks = ARENA_ARRAY(arena, uint64_t, taken + 1);
    if (!member || !ranks)
        return error_memory(error);
    for (size_t i = 0; of == taken && i < taken; i++)
        ranks[i] = i;
    if (of > taken)
        draw_ranks(seed, k, of, taken, ranks);
    for (size_t i = 0; i < taken; i++)
        unrank(ranks[i], columns, count, k, member + i * k);
    *sets = (struct kway_sets){{k, taken, member}, of};
    return 0;
}
