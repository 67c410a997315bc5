#include "attacks/disclosure/near_rows.h"

#include "attacks/tables.h"
#include "core/random.h"

#define TIE 1e-12 /* distances that differ by less differ by rounding; real differences are 1/(2 rows · columns) or more */

int row_sample(const struct row_set *rows, size_t most, uint64_t seed, const char *stream, uint64_t number, struct arena *arena,
               struct row_set *sample, struct error *error)
{
    *sample = *rows;
    if (rows->n <= most)
        return 0;
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, rows->n), *pick = ARENA_ARRAY(arena, uint32_t, most + 1);
    bool *chosen = ARENA_ARRAY(arena, bool, rows->n);
    struct random random;

    if (!order || !pick || !chosen)
        return error_memory(error);
    random_init(&random, seed, stream, number, 0);
    random_permutation(&random, rows->n, order);
    for (size_t i = 0; i < most; i++)
        chosen[order[i]] = true;
    sample->n = 0;
    for (size_t i = 0; i < rows->n; i++)
        if (chosen[i])
            pick[sample->n++] = rows->pick[i];
    sample->pick = pick;
    return 0;
}

int rows_with_value(const struct table *table, size_t column, struct arena *arena, struct row_set *rows, struct error *error)
{
    uint32_t *pick = ARENA_ARRAY(arena, uint32_t, table->rows + 1);

    if (!pick)
        return error_memory(error);
    *rows = (struct row_set){table, pick, 0};
    for (uint32_t i = 0; i < table->rows; i++)
        if (column == SIZE_MAX || !table_missing(table, column, i))
            pick[rows->n++] = i;
    return 0;
}

static int code_rows(const struct known_view *view, const struct row_set *rows, struct arena *arena,
                     const struct neighbour_table **coded, struct error *error)
{
    struct neighbour_columns columns;
    int status = picked_columns(rows->table, view->columns, view->n_columns, rows->pick, rows->n, arena, &columns, error);

    return status ? status : neighbour_encode(view->scale, &columns, arena, coded, error);
}

int known_view_make(const struct row_set *synthetic, const size_t *columns, size_t n_columns, struct arena *arena,
                    struct known_view *view, struct error *error)
{
    struct neighbour_columns fitted;
    int status = picked_columns(synthetic->table, columns, n_columns, synthetic->pick, synthetic->n, arena, &fitted, error);

    *view = (struct known_view){.columns = columns, .n_columns = n_columns};
    if (!status)
        status = neighbour_scale_fit(NEIGHBOUR_RANK_GOWER, &fitted, arena, &view->scale, error);
    return status ? status : code_rows(view, synthetic, arena, &view->synthetic, error);
}

int near_search_run(const struct known_view *view, const struct row_set *records, size_t k, struct pool *pool,
                    struct arena *arena, struct near_search *search, struct error *error)
{
    struct neighbour_list list = {0};
    int status = code_rows(view, records, arena, &search->records, error);

    if (!status)
        status = neighbour_search(search->records, view->synthetic, (struct neighbour_options){.k = k}, pool, arena, &list,
                                  NULL, error);
    search->distance = list.distance;
    search->k = k;
    return status;
}

int near_rows(const struct known_view *view, const struct near_search *search, size_t i, uint32_t *near, size_t *n,
              struct error *error)
{
    double kth = search->distance[i * search->k + search->k - 1];

    return neighbour_rows_within(search->records, i, view->synthetic, kth + TIE, near, n, error);
}
