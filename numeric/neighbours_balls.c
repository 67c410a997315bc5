/* Balls around the rows of one table, and which rows of another lie in them: each ball walks the tree of the other table. */
#include <stdatomic.h>

#include "numeric/neighbours_layout.h"

#define RELATIVE 1e-9
#define ABSOLUTE 1e-12

struct counting {
    const struct neighbour_kernel *kernel;
    const struct neighbour_table *a, *b;
    const double *radius;
    _Atomic uint32_t *closed, *open; /* [unique rows of a] */
    struct neighbour_balls *balls;
};

/* One task: some unique rows of b. */
struct ball_walk {
    const struct counting *counting;
    struct neighbour_walk walk;
    double *x; /* [column]: exact values of row `current` of b */
    size_t current;
};

/* Unique row u of b is the middle of balls, perhaps of several sizes; v is a row of a. */
static void visit(void *context, size_t u, size_t v, uint16_t sum)
{
    struct ball_walk *ball = context;
    const struct counting *counting = ball->counting;
    const struct neighbour_table *b = counting->b;
    double squared;
    uint32_t closed = 0, open = 0;

    (void)sum;
    if (ball->current != u)
        neighbour_exact_row(b, u, ball->x);
    ball->current = u;
    squared = neighbour_exact_distance(ball->x, counting->a, v);
    squared *= squared;
    for (uint32_t m = b->start[u]; m < b->start[u + 1]; m++) {
        uint32_t row = b->members[m];
        double radius = counting->radius[row], limit = radius < 0 ? NAN : radius * radius;
        bool in_closed = squared <= limit * (1 + RELATIVE) + ABSOLUTE;
        bool in_open = squared < limit * (1 - RELATIVE) - ABSOLUTE;

        closed += in_closed;
        open += in_open;
        counting->balls->holds_closed[row] |= in_closed;
        counting->balls->holds_open[row] |= in_open;
    }
    if (closed)
        atomic_fetch_add_explicit(&counting->closed[v], closed, memory_order_relaxed);
    if (open)
        atomic_fetch_add_explicit(&counting->open[v], open, memory_order_relaxed);
}

/* The widest ball around unique row u, widened by the tolerance; negative when there is none. */
static double widest(const struct counting *counting, size_t u)
{
    double radius = -1;

    for (uint32_t m = counting->b->start[u]; m < counting->b->start[u + 1]; m++)
        radius = fmax(radius, counting->radius[counting->b->members[m]]);
    return radius < 0 ? radius : sqrt(radius * radius * (1 + RELATIVE) + ABSOLUTE);
}

static int count(struct ball_walk *ball, struct arena *scratch, struct error *error)
{
    struct neighbour_walk *walk = &ball->walk;
    size_t n = walk->a->scale->n_columns;
    int status;

    ball->x = ARENA_ARRAY(scratch, double, n);
    ball->current = SIZE_MAX;
    status = ball->x ? neighbour_walk_prepare(walk, scratch, error) : error_memory(error);
    for (size_t u = walk->from; !status && u < walk->to; u++) {
        double radius = widest(ball->counting, u);

        walk->limits[u - walk->from] = radius < 0 ? 0 : neighbour_limit(walk->a->scale, radius);
    }
    return status ? status : neighbour_walk_run(walk, scratch, error);
}

static int count_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct counting *counting = context;
    struct ball_walk ball = {.counting = counting,
                             .walk = neighbour_walk_of(counting->kernel, counting->b, counting->a, index)};
    struct arena *scratch = arena_new();
    int status;

    (void)worker;
    ball.walk.visit = visit;
    ball.walk.context = &ball;
    status = scratch ? count(&ball, scratch, error) : error_memory(error);
    if (!status && cancel_requested())
        status = error_set(error, ERROR_CANCELLED, "interrupted");
    arena_free(scratch);
    return status;
}

int neighbour_count_balls_with(const struct neighbour_kernel *kernel, const struct neighbour_table *a,
                               const struct neighbour_table *b, const double *radius, struct pool *pool, struct arena *arena,
                               struct neighbour_balls *balls, struct error *error)
{
    struct arena *scratch = arena_new();
    struct counting counting = {kernel, a, b, radius, NULL, NULL, balls};
    int status;

    *balls = (struct neighbour_balls){ARENA_ARRAY(arena, uint32_t, a->rows + 1), ARENA_ARRAY(arena, uint32_t, a->rows + 1),
                                      ARENA_ARRAY(arena, bool, b->rows + 1), ARENA_ARRAY(arena, bool, b->rows + 1)};
    if (scratch) {
        counting.closed = ARENA_ARRAY(scratch, _Atomic uint32_t, a->unique + 1);
        counting.open = ARENA_ARRAY(scratch, _Atomic uint32_t, a->unique + 1);
    }
    if (!counting.closed || !counting.open || !balls->closed || !balls->open || !balls->holds_closed || !balls->holds_open)
        status = error_memory(error);
    else
        status = pool_run(pool, neighbour_walk_tasks(b), count_task, &counting, error);
    for (size_t i = 0; !status && i < a->rows; i++) {
        balls->closed[i] = counting.closed[a->unique_of[i]];
        balls->open[i] = counting.open[a->unique_of[i]];
    }
    arena_free(scratch);
    return status;
}

int neighbour_count_balls(const struct neighbour_table *a, const struct neighbour_table *b, const double *radius,
                          struct pool *pool, struct arena *arena, struct neighbour_balls *balls, struct error *error)
{
    return neighbour_count_balls_with(neighbour_kernel_best(), a, b, radius, pool, arena, balls, error);
}
