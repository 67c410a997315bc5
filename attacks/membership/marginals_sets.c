/* Which columns, pairs and triples are counted. */
#include "attacks/membership/marginals.h"
#include "core/random.h"
#include "numeric/sort.h"

/* C(n, k), k ≤ 3; exact: fits 64 bits for all numbers of columns there can be. */
static uint64_t choose(uint64_t n, uint64_t k)
{
    uint64_t product = 1;

    for (uint64_t i = 1; i <= k; i++)
        product = i <= n ? product * (n + 1 - i) / i : 0;
    return product;
}

/* The set with this number in colexicographic order: the combinatorial number system. */
static struct marginal_set set_numbered(uint64_t number, uint32_t k, uint64_t n_columns)
{
    struct marginal_set set = {.k = k};
    uint64_t top = n_columns;

    for (uint32_t left = k; left > 0; left--) {
        do
            top--;
        while (choose(top, left) > number);
        set.member[left - 1] = (uint32_t)top;
        number -= choose(top, left);
    }
    return set;
}

static bool drawn_before(const uint64_t *numbers, size_t n, uint64_t number)
{
    for (size_t i = 0; i < n; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

static int draw_numbers(uint64_t possible, size_t count, uint64_t seed, uint64_t k, uint64_t *numbers, struct error *error)
{
    struct random random;

    for (size_t i = 0; i < count && count == possible; i++)
        numbers[i] = i;
    if (count == possible)
        return 0;
    random_init(&random, seed, "privacy.membership marginals", k, 0);
    for (size_t n = 0; n < count;) {
        uint64_t number = random_below(&random, possible);

        if (!drawn_before(numbers, n, number))
            numbers[n++] = number;
    }
    return sort_u64(numbers, count, error);
}

int marginal_sets_choose(size_t n_columns, uint64_t seed, struct arena *arena, struct marginal_sets *sets, struct error *error)
{
    const uint64_t most[MARGINAL_ORDERS] = {n_columns, MARGINAL_PAIRS_MOST, MARGINAL_TRIPLES_MOST};
    size_t room = n_columns + MARGINAL_PAIRS_MOST + MARGINAL_TRIPLES_MOST, n = 0;
    uint64_t *numbers = ARENA_ARRAY(arena, uint64_t, room);

    sets->set = ARENA_ARRAY(arena, struct marginal_set, room);
    if (!sets->set || !numbers)
        return error_memory(error);
    for (uint32_t order = 0; order < MARGINAL_ORDERS; order++) {
        uint64_t possible = choose(n_columns, order + 1);
        int status;

        sets->possible[order] = (double)possible;
        sets->count[order] = possible < most[order] ? possible : most[order];
        status = draw_numbers(possible, sets->count[order], seed, order + 1, numbers, error);
        if (status)
            return status;
        for (size_t i = 0; i < sets->count[order]; i++)
            sets->set[n++] = set_numbered(numbers[i], order + 1, n_columns);
    }
    return 0;
}
