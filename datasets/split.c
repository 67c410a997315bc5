#include "datasets/split.h"

#include <stdio.h>

#include "core/random.h"

/* Where part `i` ends when `rows` rows are cut by cumulative shares. */
static size_t part_end(const double *shares, size_t i, size_t n, size_t rows)
{
    double sum = 0;

    if (i + 1 == n)
        return rows;
    for (size_t s = 0; s <= i; s++)
        sum += shares[s];
    return (size_t)(sum * (double)rows + 0.5);
}

static size_t stratum_of(const struct table *table, size_t strata, size_t row, uint32_t levels)
{
    const uint32_t *code = strata < table->n_columns ? table->columns[strata].code : NULL;

    return !code ? 0 : code[row] == CODE_MISSING ? levels : code[row];
}

int split_rows(const struct table *table, size_t strata, const double *shares, size_t n, uint64_t seed, uint32_t *part,
               struct error *error)
{
    const bool by_level = strata < table->n_columns && table->columns[strata].code;
    const uint32_t levels = by_level ? table->schema->columns[strata].n_levels : 0;
    struct arena *arena = arena_new();
    uint32_t *order, *count, *seen;
    struct random random;

    if (!arena)
        return error_memory(error);
    order = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    count = ARENA_ARRAY(arena, uint32_t, (size_t)levels + 1);
    seen = ARENA_ARRAY(arena, uint32_t, (size_t)levels + 1);
    if (!order || !count || !seen) {
        arena_free(arena);
        return error_memory(error);
    }
    random_init(&random, seed, "datasets.split", 0, 0);
    random_permutation(&random, table->rows, order);
    for (size_t row = 0; row < table->rows; row++)
        count[stratum_of(table, strata, row, levels)]++;
    for (size_t at = 0; at < table->rows; at++) {
        const size_t stratum = stratum_of(table, strata, order[at], levels);
        uint32_t i = 0;

        while (seen[stratum] >= part_end(shares, i, n, count[stratum]))
            i++;
        part[order[at]] = i;
        seen[stratum]++;
    }
    arena_free(arena);
    return 0;
}

static int take_part(const struct table *table, const uint32_t *part, uint32_t which, uint32_t *rows, struct table **out,
                     struct error *error)
{
    char name[200];
    size_t n = 0;

    for (size_t row = 0; row < table->rows; row++)
        if (part[row] == which)
            rows[n++] = (uint32_t)row;
    snprintf(name, sizeof name, "%.150s part %u", table->name, which + 1);
    return table_take(table, rows, n, name, out, error);
}

int split_table(const struct table *table, size_t strata, const double *shares, size_t n, uint64_t seed, struct table **parts,
                struct error *error)
{
    struct arena *arena = arena_new();
    uint32_t *part, *rows;
    int status = 0;

    for (size_t i = 0; i < n; i++)
        parts[i] = NULL;
    if (!arena)
        return error_memory(error);
    part = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    rows = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    status = part && rows ? split_rows(table, strata, shares, n, seed, part, error) : error_memory(error);
    for (size_t i = 0; i < n && !status; i++)
        status = take_part(table, part, (uint32_t)i, rows, &parts[i], error);
    for (size_t i = 0; i < n && status; i++) {
        table_free(parts[i]);
        parts[i] = NULL;
    }
    arena_free(arena);
    return status;
}
