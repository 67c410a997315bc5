/* All rows of one table within a distance of one row of another: one row walks the tree of the other table. */
#include "numeric/neighbours_layout.h"

struct gathering {
    const struct neighbour_table *b;
    const double *x; /* exact values of the row of a */
    double distance;
    uint32_t *near;
    size_t n;
};

static void visit(void *context, size_t u, size_t v, uint16_t sum)
{
    struct gathering *gathering = context;
    const struct neighbour_table *b = gathering->b;

    (void)u;
    (void)sum;
    if (neighbour_exact_distance(gathering->x, b, v) > gathering->distance)
        return;
    for (uint32_t m = b->start[v]; m < b->start[v + 1]; m++)
        gathering->near[gathering->n++] = b->members[m];
}

int neighbour_rows_within(const struct neighbour_table *a, size_t i, const struct neighbour_table *b, double distance,
                          uint32_t *near, size_t *n, struct error *error)
{
    struct arena *scratch = arena_new();
    double *x = scratch ? ARENA_ARRAY(scratch, double, a->scale->n_columns) : NULL;
    struct gathering gathering = {b, x, distance, near, 0};
    struct neighbour_walk walk = {.kernel = neighbour_kernel_best(),
                                  .a = a,
                                  .b = b,
                                  .from = a->unique_of[i],
                                  .to = a->unique_of[i] + (size_t)1,
                                  .visit = visit,
                                  .context = &gathering};
    int status = x ? neighbour_walk_prepare(&walk, scratch, error) : error_memory(error);

    if (!status) {
        neighbour_exact_row(a, a->unique_of[i], x);
        walk.limits[0] = neighbour_limit(a->scale, distance);
        status = neighbour_walk_run(&walk, scratch, error);
    }
    arena_free(scratch);
    *n = gathering.n;
    return status;
}
