/* The search: walks the tree, recomputes what may be near in double, keeps the k nearest and the ties, expands merged rows. */
#include "numeric/neighbours_layout.h"

struct search {
    const struct neighbour_kernel *kernel;
    const struct neighbour_table *a, *b;
    size_t k;
    bool exclude_self;
    struct neighbour_list *list;
};

/* One task: some unique rows of a, and what is known about their nearest rows. */
struct finding {
    const struct search *search;
    struct neighbour_walk walk;
    size_t slots;     /* k, and one more where a row may be found among its own neighbours */
    double *distance; /* [rows · slots], ascending; infinite where unknown */
    uint32_t *row;    /* [rows · slots] */
    uint32_t *ties;   /* [rows]: at distance[0] */
    double *bound;    /* [rows]: farther rows of b are of no use */
    double *x;        /* [column]: exact values of row `current` of a */
    size_t current;
    bool coded_exactly;
};

static size_t copies(const struct neighbour_table *table, size_t u)
{
    return table->start[u + 1] - table->start[u];
}

/* Rows that must be known: k, and the row itself where it is found as a twin of its duplicates. */
static size_t slots_needed(const struct search *search, size_t u)
{
    return search->k + (search->exclude_self && copies(search->a, u) > 1 ? 1 : 0);
}

static bool is_alone(const struct search *search, size_t u, size_t v)
{
    return search->exclude_self && u == v && copies(search->a, u) == 1;
}

static double pair_distance(struct finding *finding, size_t u, size_t v, uint16_t sum)
{
    const struct neighbour_scale *scale = finding->search->a->scale;

    if (finding->coded_exactly && scale->metric != NEIGHBOUR_EUCLIDEAN)
        return sum / scale->unit / (double)scale->n_columns;
    if (finding->coded_exactly)
        return sqrt(2.0 * (sum / scale->weight));
    if (finding->current != u)
        neighbour_exact_row(finding->search->a, u, finding->x);
    finding->current = u;
    return neighbour_exact_distance(finding->x, finding->search->b, v);
}

/* Puts (distance, row) into the sorted slots; false when it is not among the nearest. */
static bool nearest_insert(double *d, uint32_t *r, size_t slots, double distance, uint32_t row)
{
    size_t at = slots - 1;

    if (distance > d[at] || (distance >= d[at] && row > r[at]))
        return false;
    for (; at > 0 && (d[at - 1] > distance || (d[at - 1] >= distance && r[at - 1] > row)); at--) {
        d[at] = d[at - 1];
        r[at] = r[at - 1];
    }
    d[at] = distance;
    r[at] = row;
    return true;
}

/* Offers all rows of b that were merged into unique row v. */
static void visit(void *context, size_t u, size_t v, uint16_t sum)
{
    struct finding *finding = context;
    const struct search *search = finding->search;
    size_t local = u - finding->walk.from;
    uint32_t from = search->b->start[v], to = search->b->start[v + 1];
    double *d = finding->distance + local * finding->slots, distance, kth;
    uint32_t *r = finding->row + local * finding->slots;

    if (is_alone(search, u, v))
        return;
    distance = pair_distance(finding, u, v, sum);
    if (!(distance <= finding->bound[local]))
        return;
    if (distance < d[0])
        finding->ties[local] = to - from;
    else if (distance <= d[0])
        finding->ties[local] += to - from;
    while (from < to && nearest_insert(d, r, finding->slots, distance, search->b->members[from]))
        from++;
    kth = d[slots_needed(search, u) - 1];
    if (kth < finding->bound[local]) {
        finding->bound[local] = kth;
        finding->walk.limits[local] = neighbour_limit(search->a->scale, kth);
    }
}

/* A first bound for row u: the farthest of the rows that look nearest in the tile that looks nearest, as many as are needed. */
static double first_bound(struct finding *finding, size_t u)
{
    const struct search *search = finding->search;
    uint16_t sums[NEIGHBOUR_LANES];
    size_t tile = neighbour_walk_nearest_tile(&finding->walk, u, sums), needed = slots_needed(search, u), n = 0;
    uint32_t nearest[NEIGHBOUR_LANES]; /* sum · 64 + lane, ascending */
    double bound = 0;

    if (tile == SIZE_MAX || needed == 0)
        return INFINITY;
    for (size_t lane = 0; lane < NEIGHBOUR_LANES && tile * NEIGHBOUR_LANES + lane < search->b->unique; lane++) {
        uint32_t key = (uint32_t)sums[lane] * NEIGHBOUR_LANES + (uint32_t)lane;
        size_t at;

        if (is_alone(search, u, tile * NEIGHBOUR_LANES + lane) || (n == needed && key > nearest[n - 1]))
            continue;
        n += n < needed;
        for (at = n - 1; at > 0 && nearest[at - 1] > key; at--)
            nearest[at] = nearest[at - 1];
        nearest[at] = key;
    }
    if (n < needed)
        return INFINITY;
    for (size_t i = 0; i < n; i++)
        bound = fmax(bound, pair_distance(finding, u, tile * NEIGHBOUR_LANES + nearest[i] % NEIGHBOUR_LANES,
                                          (uint16_t)(nearest[i] / NEIGHBOUR_LANES)));
    return bound;
}

static int finding_prepare(struct finding *finding, struct arena *scratch, struct error *error)
{
    const struct search *search = finding->search;
    size_t rows = finding->walk.to - finding->walk.from, n = search->a->scale->n_columns;

    finding->slots = search->k + (search->exclude_self ? 1 : 0);
    finding->distance = ARENA_ARRAY(scratch, double, rows * finding->slots + 1);
    finding->row = ARENA_ARRAY(scratch, uint32_t, rows * finding->slots + 1);
    finding->ties = ARENA_ARRAY(scratch, uint32_t, rows + 1);
    finding->bound = ARENA_ARRAY(scratch, double, rows + 1);
    finding->x = ARENA_ARRAY(scratch, double, n);
    if (!finding->distance || !finding->row || !finding->ties || !finding->bound || !finding->x)
        return error_memory(error);
    for (size_t i = 0; i < rows * finding->slots; i++) {
        finding->distance[i] = INFINITY;
        finding->row[i] = NEIGHBOUR_MISSING;
    }
    finding->current = SIZE_MAX;
    finding->coded_exactly = search->a->all_in_lanes && search->b->all_in_lanes;
    return 0;
}

/* Takes row i out of its own list (it is there only as a duplicate's twin) and copies the first k to the output. */
static void expand_row(const struct finding *finding, size_t u, size_t i)
{
    const struct search *search = finding->search;
    struct neighbour_list *list = search->list;
    size_t first = (u - finding->walk.from) * finding->slots, out = 0;
    bool twins = search->exclude_self && copies(search->a, u) > 1;

    for (size_t slot = first; slot < first + finding->slots && out < list->k; slot++) {
        if (twins && finding->row[slot] == i)
            continue;
        list->row[i * list->k + out] = finding->row[slot];
        list->distance[i * list->k + out++] = finding->distance[slot];
    }
    list->ties[i] = finding->ties[u - finding->walk.from] - (twins ? 1 : 0);
}

static int find(struct finding *finding, struct arena *scratch, struct error *error)
{
    struct neighbour_walk *walk = &finding->walk;
    const struct neighbour_table *a = walk->a;
    int status = finding_prepare(finding, scratch, error);

    if (!status)
        status = neighbour_walk_prepare(walk, scratch, error);
    if (status)
        return status;
    for (size_t u = walk->from; u < walk->to; u++) {
        finding->bound[u - walk->from] = first_bound(finding, u);
        walk->limits[u - walk->from] = neighbour_limit(a->scale, finding->bound[u - walk->from]);
    }
    status = neighbour_walk_run(walk, scratch, error);
    for (size_t u = walk->from; !status && u < walk->to; u++)
        for (uint32_t m = a->start[u]; m < a->start[u + 1]; m++)
            expand_row(finding, u, a->members[m]);
    return status;
}

static int search_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct search *search = context;
    struct finding finding = {.search = search, .walk = neighbour_walk_of(search->kernel, search->a, search->b, index)};
    struct arena *scratch = arena_new();
    int status;

    (void)worker;
    finding.walk.visit = visit;
    finding.walk.context = &finding;
    status = scratch ? find(&finding, scratch, error) : error_memory(error);
    if (!status && cancel_requested())
        status = error_set(error, ERROR_CANCELLED, "interrupted");
    arena_free(scratch);
    return status;
}

static int search_one_way(struct search *search, struct pool *pool, struct arena *arena, struct neighbour_list *list,
                          struct error *error)
{
    size_t rows = search->a->rows, k = search->k;

    *list = (struct neighbour_list){rows, k, ARENA_ARRAY(arena, uint32_t, rows * k + 1),
                                    ARENA_ARRAY(arena, double, rows *k + 1), ARENA_ARRAY(arena, uint32_t, rows + 1)};
    if (!list->row || !list->distance || !list->ties)
        return error_memory(error);
    search->list = list;
    return pool_run(pool, neighbour_walk_tasks(search->a), search_task, search, error);
}

int neighbour_search_with(const struct neighbour_kernel *kernel, const struct neighbour_table *a,
                          const struct neighbour_table *b, struct neighbour_options options, struct pool *pool,
                          struct arena *arena, struct neighbour_list *forward, struct neighbour_list *backward,
                          struct error *error)
{
    struct search there = {kernel, a, b, options.k, options.exclude_self, NULL}, back = {kernel, b, a, 1, false, NULL};
    int status;

    if (options.k < 1 || options.k > NEIGHBOUR_MAX_K || a->scale != b->scale || (options.exclude_self && a != b) ||
        (options.both_directions && (options.exclude_self || !backward)))
        return error_set(error, ERROR_INTERNAL, "neighbour search called with options that do not go together");
    status = search_one_way(&there, pool, arena, forward, error);
    if (!status && options.both_directions)
        status = search_one_way(&back, pool, arena, backward, error);
    return status;
}

int neighbour_search(const struct neighbour_table *a, const struct neighbour_table *b, struct neighbour_options options,
                     struct pool *pool, struct arena *arena, struct neighbour_list *forward, struct neighbour_list *backward,
                     struct error *error)
{
    return neighbour_search_with(neighbour_kernel_best(), a, b, options, pool, arena, forward, backward, error);
}
