#include "metrics/fidelity/column_pairs.h"

#include <stdlib.h>

#include "core/random.h"

static int compare_pairs(const void *left, const void *right)
{
    const struct column_pair *x = left, *y = right;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

static size_t draw_pairs(struct random *random, const size_t *columns, size_t count, struct column_pair *pairs)
{
    size_t kept = 0;
    for (size_t k = 0; k < COLUMN_PAIRS_MOST; k++) {
        size_t i = random_below(random, count), j = random_below(random, count - 1);
        j += j >= i;
        pairs[k] = (struct column_pair){columns[i < j ? i : j], columns[i < j ? j : i]};
    }
    qsort(pairs, COLUMN_PAIRS_MOST, sizeof *pairs, compare_pairs);
    for (size_t k = 0; k < COLUMN_PAIRS_MOST; k++)
        if (k == 0 || compare_pairs(&pairs[kept - 1], &pairs[k]) != 0)
            pairs[kept++] = pairs[k];
    return kept;
}

int column_pairs(const struct measure_task *task, const char *stream, const size_t *columns, size_t count, struct arena *arena,
                 struct column_pairs *out, struct error *error)
{
    const size_t total = count < 2 ? 0 : count * (count - 1) / 2;
    struct column_pair *pairs =
        ARENA_ARRAY(arena, struct column_pair, total < COLUMN_PAIRS_MOST ? total + 1 : COLUMN_PAIRS_MOST);
    *out = (struct column_pairs){pairs, 0, total};
    if (!pairs)
        return error_memory(error);
    if (total > COLUMN_PAIRS_MOST) {
        struct random random;
        random_init(&random, task->seed, stream, 0, 0);
        out->count = draw_pairs(&random, columns, count, pairs);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            pairs[out->count++] = (struct column_pair){columns[i], columns[j]};
    return 0;
}
