#include "datasets/row_overlap.h"

#include <math.h>
#include <string.h>

#include "core/hash.h"
#include "numeric/interval.h"
#include "numeric/sort.h"

#define CHANCE 1e-6

uint64_t cell_key(const struct column *column, size_t row)
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

int row_hashes(const struct table *table, const size_t *columns, size_t n, struct arena *arena, uint64_t **hashes,
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

size_t run_length(const uint64_t *sorted, size_t n, size_t from)
{
    size_t to = from;

    while (to < n && sorted[to] == sorted[from])
        to++;
    return to - from;
}

size_t count_matches(const uint64_t *a, size_t n, const uint64_t *b, size_t m, const uint64_t *except, size_t k)
{
    size_t count = 0, j = 0, e = 0;

    for (size_t i = 0; i < n; i++) {
        while (j < m && b[j] < a[i])
            j++;
        while (except && e < k && except[e] < a[i])
            e++;
        count += j < m && b[j] == a[i] && !(except && e < k && except[e] == a[i]);
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

int row_overlap_count(const struct table *a, const struct table *b, struct row_overlap *overlap, struct error *error)
{
    struct arena *scratch = arena_new();
    const size_t n = schema_measured(a->schema, NULL, 0);
    size_t *columns = scratch ? ARENA_ARRAY(scratch, size_t, n + 1) : NULL;
    uint64_t *of_a = NULL, *of_b = NULL;
    int status = columns ? 0 : error_memory(error);

    *overlap = (struct row_overlap){0, a->rows, 0, b->rows};
    if (!status && n > 0) {
        schema_measured(a->schema, columns, n);
        status = row_hashes(a, columns, n, scratch, &of_a, error);
        if (!status)
            status = row_hashes(b, columns, n, scratch, &of_b, error);
        if (!status) {
            overlap->shared = count_matches(of_a, a->rows, of_b, b->rows, NULL, 0);
            overlap->repeated = count_repeated(of_b, b->rows);
        }
    }
    arena_free(scratch);
    return status;
}

bool row_overlap_exceeds(const struct row_overlap *overlap, double tolerated)
{
    return overlap->rows > 0 && overlap->others > 0 &&
           clopper_pearson_lower(overlap->shared, overlap->rows, CHANCE) >
               tolerated + clopper_pearson_upper(overlap->repeated, overlap->others, CHANCE);
}
