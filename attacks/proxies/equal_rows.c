#include "attacks/proxies/equal_rows.h"

int equal_rows_count(const struct neighbour_table *a, size_t n_a, const struct neighbour_table *b, size_t n_b,
                     struct arena *arena, struct equal_rows *rows, struct error *error)
{
    *rows = (struct equal_rows){n_a,
                                n_b,
                                ARENA_ARRAY(arena, uint32_t, n_a + 1),
                                ARENA_ARRAY(arena, uint32_t, n_a + 1),
                                ARENA_ARRAY(arena, uint32_t, n_b + 1),
                                ARENA_ARRAY(arena, uint32_t, n_b + 1)};
    if (!rows->a_in_a || !rows->a_in_b || !rows->b_in_a || !rows->b_in_b)
        return error_memory(error);
    neighbour_equal_rows(a, a, rows->a_in_a);
    neighbour_equal_rows(a, b, rows->a_in_b);
    neighbour_equal_rows(b, a, rows->b_in_a);
    neighbour_equal_rows(b, b, rows->b_in_b);
    return 0;
}

int equal_rows_of(const struct measure_task *task, const struct table *a, const struct table *b, struct arena *arena,
                  struct equal_rows *rows, struct error *error)
{
    const struct neighbour_table *coded_a = NULL, *coded_b = NULL;
    int status = coded_table(task, NEIGHBOUR_GOWER, a, &coded_a, error);

    if (!status)
        status = coded_table(task, NEIGHBOUR_GOWER, b, &coded_b, error);
    return status ? status : equal_rows_count(coded_a, a->rows, coded_b, b->rows, arena, rows, error);
}
