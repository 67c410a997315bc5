/* Balls around the rows of one table, and which rows of another lie in them. */
#include "numeric/neighbours_layout.h"

#define RELATIVE 1e-9
#define ABSOLUTE 1e-12

int neighbour_count_balls(const struct neighbour_table *a, const struct neighbour_table *b, const double *radius,
                          struct pool *pool, struct arena *arena, struct neighbour_balls *balls, struct error *error)
{
    (void)pool;
    *balls = (struct neighbour_balls){ARENA_ARRAY(arena, uint32_t, a->rows + 1), ARENA_ARRAY(arena, uint32_t, a->rows + 1),
                                      ARENA_ARRAY(arena, bool, b->rows + 1), ARENA_ARRAY(arena, bool, b->rows + 1)};
    if (!balls->closed || !balls->open || !balls->holds_closed || !balls->holds_open)
        return error_memory(error);
    for (size_t i = 0; i < a->rows; i++)
        for (size_t j = 0; j < b->rows; j++) {
            double distance = neighbour_distance(a, i, b, j), limit = radius[j] * radius[j];

            if (distance * distance <= limit * (1 + RELATIVE) + ABSOLUTE) {
                balls->closed[i]++;
                balls->holds_closed[j] = true;
            }
            if (distance * distance < limit * (1 - RELATIVE) - ABSOLUTE) {
                balls->open[i]++;
                balls->holds_open[j] = true;
            }
        }
    return 0;
}
