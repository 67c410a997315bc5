/* The search: scans tiles, recomputes what may be near in double, keeps the k nearest and the ties, expands merged rows. */
#include <stdlib.h>

#include "numeric/neighbours_layout.h"
#include "numeric/sort.h"

#define CHUNK        256 /* unique rows of a in a task */
#define TILES_A_PASS 64  /* tiles of b that stay in the cache while a task's rows pass over them */
#define MAX_CHUNKS   16  /* of a two-way search: each has its own copy of b's nearest rows */
#define NO_LIMIT     UINT16_MAX

/* What is known about the nearest rows of a table's unique rows. */
struct nearest {
    size_t k;
    double *distance; /* [unique · k], ascending; infinite where unknown */
    uint32_t *row;    /* [unique · k] */
    uint32_t *ties;   /* [unique] */
    double *bound;    /* [unique]: the k-th nearest is not farther than this */
};

struct search {
    const struct neighbour_table *a, *b;
    neighbour_scan_function *scan;
    bool exclude_self, both;
    size_t chunk_rows, chunks;
    struct nearest forward;
    double *backward_bound;
    struct nearest *backward; /* [chunks] */
};

static int nearest_new(struct nearest *nearest, size_t rows, size_t k, struct arena *arena, struct error *error)
{
    nearest->k = k;
    nearest->distance = ARENA_ARRAY(arena, double, rows *k + 1);
    nearest->row = ARENA_ARRAY(arena, uint32_t, rows * k + 1);
    nearest->ties = ARENA_ARRAY(arena, uint32_t, rows + 1);
    nearest->bound = ARENA_ARRAY(arena, double, rows + 1);
    if (!nearest->distance || !nearest->row || !nearest->ties || !nearest->bound)
        return error_memory(error);
    for (size_t i = 0; i < rows * k; i++) {
        nearest->distance[i] = INFINITY;
        nearest->row[i] = NEIGHBOUR_MISSING;
    }
    for (size_t i = 0; i < rows; i++)
        nearest->bound[i] = INFINITY;
    return 0;
}

/* Puts (distance, row) into the sorted slots of u; false when it is not among the k nearest. */
static bool nearest_insert(struct nearest *nearest, size_t u, double distance, uint32_t row)
{
    double *d = nearest->distance + u * nearest->k;
    uint32_t *r = nearest->row + u * nearest->k;
    size_t at = nearest->k - 1;

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

/* Offers all rows of the other table that were merged into unique row v, at one distance from u. */
static void nearest_offer(struct nearest *nearest, size_t u, double distance, const struct neighbour_table *other, size_t v)
{
    double before = nearest->distance[u * nearest->k], kth;
    uint32_t from = other->start[v], to = other->start[v + 1];

    if (distance < before)
        nearest->ties[u] = to - from;
    else if (distance <= before)
        nearest->ties[u] += to - from;
    while (from < to && nearest_insert(nearest, u, distance, other->members[from]))
        from++;
    kth = nearest->distance[u * nearest->k + nearest->k - 1];
    if (kth < nearest->bound[u])
        nearest->bound[u] = kth;
}

/* The largest coded sum that a row at `distance` can have (see the bound in neighbours_layout.h). */
static uint16_t limit_of(const struct neighbour_scale *scale, double distance, double slack)
{
    double sum = scale->metric == NEIGHBOUR_EUCLIDEAN
                     ? INFINITY
                     : distance * (double)scale->n_columns * scale->unit * (1 + 1e-9) + slack + 1e-3;

    sum = floor(sum / (double)(1u << scale->shift));
    return sum < NO_LIMIT ? (uint16_t)sum : NO_LIMIT;
}

static double pair_distance(const struct neighbour_table *a, size_t u, const struct neighbour_table *b, size_t v, uint16_t sum)
{
    const struct neighbour_scale *scale = a->scale;
    size_t n = scale->n_columns;

    if (a->coded_exactly && b->coded_exactly)
        return sum / scale->unit / (double)n;
    return neighbour_exact_distance(scale, a->exact + u * n, b->exact + v * n);
}

static void load_query(const struct neighbour_table *table, size_t u, uint16_t *query)
{
    size_t n = table->scale->n_columns;
    const uint16_t *tile = table->lanes + u / NEIGHBOUR_LANES * n * NEIGHBOUR_LANES + u % NEIGHBOUR_LANES;

    for (size_t c = 0; c < n; c++)
        query[c] = tile[c * NEIGHBOUR_LANES];
}

static bool is_alone(const struct search *search, size_t u, size_t v)
{
    return search->exclude_self && u == v && search->a->start[u + 1] - search->a->start[u] == 1;
}

/* The last tile of b whose first row does not come after row u of a: rows like u. */
static size_t tile_like(const struct neighbour_table *a, size_t u, const struct neighbour_table *b)
{
    const struct neighbour_scale *scale = a->scale;
    const double *x = a->exact + u * scale->n_columns;
    size_t lo = 0, hi = b->tiles;

    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2, c = 0;
        const double *y = b->exact + mid * NEIGHBOUR_LANES * scale->n_columns;

        while (c < scale->n_columns && x[scale->order[c]] == y[scale->order[c]])
            c++;
        if (c < scale->n_columns && x[scale->order[c]] < y[scale->order[c]])
            hi = mid;
        else
            lo = mid;
    }
    return lo;
}

/* A first bound for row u of a: its k-th least distance to the rows of b in the tile most like it (k = 1: the distance to the
 * one row there that looks nearest). */
static double seed_bound(const struct search *search, const struct neighbour_table *a, size_t u,
                         const struct neighbour_table *b, size_t k, uint16_t *query)
{
    struct neighbour_scan scan = {b, query, NULL};
    uint16_t sums[NEIGHBOUR_LANES];
    double distance[NEIGHBOUR_LANES];
    size_t first = tile_like(a, u, b) * NEIGHBOUR_LANES, best = SIZE_MAX, n = 0;

    load_query(a, u, query);
    search->scan(&scan, first / NEIGHBOUR_LANES, first / NEIGHBOUR_LANES + 1, NO_LIMIT, sums);
    for (size_t lane = 0; lane < NEIGHBOUR_LANES && first + lane < b->unique; lane++) {
        if (is_alone(search, u, first + lane))
            continue;
        if (k > 1)
            distance[n++] = pair_distance(a, u, b, first + lane, sums[lane]);
        else if (best == SIZE_MAX || sums[lane] < sums[best])
            best = lane;
    }
    if (k == 1)
        return best == SIZE_MAX ? INFINITY : pair_distance(a, u, b, first + best, sums[best]);
    sort_doubles(distance, n);
    return n < k ? INFINITY : distance[k - 1];
}

struct seeding {
    const struct search *search;
    const struct neighbour_table *a, *b;
    double *bound;
    size_t k;
};

static int seed_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct seeding *seeding = context;
    const struct neighbour_table *a = seeding->a;
    size_t from = index * CHUNK, to = from + CHUNK < a->unique ? from + CHUNK : a->unique;
    struct arena *scratch = arena_new();
    uint16_t *query = scratch ? ARENA_ARRAY(scratch, uint16_t, a->scale->n_columns) : NULL;

    (void)worker;
    for (size_t u = from; query && u < to; u++)
        seeding->bound[u] = seed_bound(seeding->search, a, u, seeding->b, seeding->k, query);
    arena_free(scratch);
    return query ? 0 : error_memory(error);
}

/* One task: rows from … to−1 of a against all of b. */
struct pass {
    const struct search *search;
    struct nearest *forward, *backward; /* backward NULL in a one-way search */
    uint16_t *lane_limits;
    uint16_t *limits;  /* [to − from] */
    uint16_t *queries; /* [to − from][column] */
    size_t from, to;
};

static void visit(struct pass *pass, size_t u, size_t v, uint16_t sum)
{
    const struct search *search = pass->search;
    const struct neighbour_table *a = search->a, *b = search->b;
    uint16_t *limit = &pass->limits[u - pass->from];
    bool near_a = sum <= *limit, near_b = pass->backward && sum <= pass->lane_limits[v];
    double distance;

    if ((!near_a && !near_b) || is_alone(search, u, v))
        return;
    distance = pair_distance(a, u, b, v, sum);
    if (near_a && distance <= pass->forward->bound[u]) {
        nearest_offer(pass->forward, u, distance, b, v);
        *limit = limit_of(a->scale, pass->forward->bound[u], a->slack[u] + b->worst_slack);
    }
    if (near_b && distance <= pass->backward->bound[v]) {
        nearest_offer(pass->backward, v, distance, a, u);
        pass->lane_limits[v] = limit_of(a->scale, pass->backward->bound[v], b->slack[v] + a->worst_slack);
    }
}

static void scan_row(struct pass *pass, size_t u, size_t tile, size_t stop)
{
    const struct search *search = pass->search;
    const struct neighbour_table *b = search->b;
    size_t local = u - pass->from;
    struct neighbour_scan scan = {b, pass->queries + local * b->scale->n_columns, pass->lane_limits};
    uint16_t sums[NEIGHBOUR_LANES];

    while ((tile = search->scan(&scan, tile, stop, pass->limits[local], sums)) < stop) {
        size_t first = tile * NEIGHBOUR_LANES;
        size_t lanes = b->unique - first < NEIGHBOUR_LANES ? b->unique - first : NEIGHBOUR_LANES;

        for (size_t lane = 0; lane < lanes; lane++)
            visit(pass, u, first + lane, sums[lane]);
        tile++;
    }
}

static int pass_prepare(struct pass *pass, struct arena *scratch, struct error *error)
{
    const struct search *search = pass->search;
    const struct neighbour_table *a = search->a, *b = search->b;
    size_t n = a->scale->n_columns;

    pass->limits = ARENA_ARRAY(scratch, uint16_t, pass->to - pass->from + 1);
    pass->queries = ARENA_ARRAY(scratch, uint16_t, (pass->to - pass->from) * n + 1);
    if (!pass->limits || !pass->queries)
        return error_memory(error);
    for (size_t u = pass->from; u < pass->to; u++) {
        load_query(a, u, pass->queries + (u - pass->from) * n);
        pass->limits[u - pass->from] = limit_of(a->scale, pass->forward->bound[u], a->slack[u] + b->worst_slack);
    }
    if (!pass->backward)
        return 0;
    pass->lane_limits = ARENA_ARRAY(scratch, uint16_t, b->tiles * NEIGHBOUR_LANES + 1);
    if (!pass->lane_limits)
        return error_memory(error);
    for (size_t v = 0; v < b->unique; v++) {
        pass->backward->bound[v] = search->backward_bound[v];
        pass->lane_limits[v] = limit_of(a->scale, pass->backward->bound[v], b->slack[v] + a->worst_slack);
    }
    return 0;
}

static int pass_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct search *search = context;
    size_t tiles = search->b->tiles, from = index * search->chunk_rows, to = from + search->chunk_rows;
    struct pass pass = {.search = search, .forward = &search->forward, .from = from};
    struct arena *scratch = arena_new();
    int status;

    (void)worker;
    if (!scratch)
        return error_memory(error);
    pass.to = to < search->a->unique ? to : search->a->unique;
    pass.backward = search->both ? &search->backward[index] : NULL;
    status = pass_prepare(&pass, scratch, error);
    for (size_t tile = 0; !status && tile < tiles; tile += TILES_A_PASS) {
        for (size_t u = pass.from; u < pass.to; u++)
            scan_row(&pass, u, tile, tile + TILES_A_PASS < tiles ? tile + TILES_A_PASS : tiles);
        if (cancel_requested())
            status = error_set(error, ERROR_CANCELLED, "interrupted");
    }
    arena_free(scratch);
    return status;
}

/* Takes row `self` out of its own list (it is there only as a duplicate's twin) and copies the first k to the output. */
static void expand_row(const struct nearest *nearest, const struct neighbour_table *table, size_t i, bool exclude_self,
                       struct neighbour_list *list)
{
    size_t u = table->unique_of[i], out = 0;
    bool twins = exclude_self && table->start[u + 1] - table->start[u] > 1;

    for (size_t slot = 0; slot < nearest->k && out < list->k; slot++) {
        if (twins && nearest->row[u * nearest->k + slot] == i)
            continue;
        list->row[i * list->k + out] = nearest->row[u * nearest->k + slot];
        list->distance[i * list->k + out++] = nearest->distance[u * nearest->k + slot];
    }
    list->ties[i] = nearest->ties[u] - (twins ? 1 : 0);
}

static int expand(const struct nearest *nearest, const struct neighbour_table *table, size_t k, bool exclude_self,
                  struct arena *arena, struct neighbour_list *list, struct error *error)
{
    list->rows = table->rows;
    list->k = k;
    list->row = ARENA_ARRAY(arena, uint32_t, table->rows * k + 1);
    list->distance = ARENA_ARRAY(arena, double, table->rows *k + 1);
    list->ties = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    if (!list->row || !list->distance || !list->ties)
        return error_memory(error);
    for (size_t i = 0; i < table->rows; i++)
        expand_row(nearest, table, i, exclude_self, list);
    return 0;
}

/* Chunk 0 becomes the least over all chunks. */
static void merge_backward(struct search *search)
{
    struct nearest *all = &search->backward[0];

    for (size_t chunk = 1; chunk < search->chunks; chunk++)
        for (size_t v = 0; v < search->b->unique; v++) {
            const struct nearest *part = &search->backward[chunk];
            uint32_t ties = all->ties[v];

            if (part->distance[v] < all->distance[v])
                ties = part->ties[v];
            else if (part->distance[v] <= all->distance[v])
                ties += part->ties[v];
            nearest_insert(all, v, part->distance[v], part->row[v]);
            all->ties[v] = ties;
        }
}

static int seed(struct search *search, const struct neighbour_table *a, const struct neighbour_table *b, double *bound,
                size_t k, struct pool *pool, struct error *error)
{
    struct seeding seeding = {search, a, b, bound, k};

    return b->unique == 0 ? 0 : pool_run(pool, (a->unique + CHUNK - 1) / CHUNK, seed_task, &seeding, error);
}

static int prepare(struct search *search, size_t k, struct pool *pool, struct arena *scratch, struct error *error)
{
    const struct neighbour_table *a = search->a, *b = search->b;
    size_t slots = k + (search->exclude_self ? 1 : 0), chunks;
    int status = nearest_new(&search->forward, a->unique, slots, scratch, error);

    search->chunk_rows = CHUNK;
    chunks = (a->unique + CHUNK - 1) / CHUNK;
    if (search->both && chunks > MAX_CHUNKS) {
        search->chunk_rows = (a->unique + MAX_CHUNKS - 1) / MAX_CHUNKS;
        chunks = (a->unique + search->chunk_rows - 1) / search->chunk_rows;
    }
    search->chunks = chunks;
    if (!status)
        status = seed(search, a, b, search->forward.bound, slots, pool, error);
    if (status || !search->both)
        return status;
    search->backward = ARENA_ARRAY(scratch, struct nearest, chunks + 1);
    search->backward_bound = ARENA_ARRAY(scratch, double, b->unique + 1);
    if (!search->backward || !search->backward_bound)
        return error_memory(error);
    for (size_t chunk = 0; chunk < (chunks ? chunks : 1) && !status; chunk++)
        status = nearest_new(&search->backward[chunk], b->unique, 1, scratch, error);
    for (size_t v = 0; v < b->unique; v++)
        search->backward_bound[v] = INFINITY;
    return status ? status : seed(search, b, a, search->backward_bound, 1, pool, error);
}

int neighbour_search_with(neighbour_scan_function *scan, const struct neighbour_table *a, const struct neighbour_table *b,
                          struct neighbour_options options, struct pool *pool, struct arena *arena,
                          struct neighbour_list *forward, struct neighbour_list *backward, struct error *error)
{
    struct search search = {
        .a = a, .b = b, .scan = scan, .exclude_self = options.exclude_self, .both = options.both_directions};
    struct arena *scratch;
    int status;

    if (options.k < 1 || options.k > NEIGHBOUR_MAX_K || a->scale != b->scale || (options.exclude_self && a != b) ||
        (options.both_directions && (options.exclude_self || !backward)))
        return error_set(error, ERROR_INTERNAL, "neighbour search called with options that do not go together");
    scratch = arena_new();
    if (!scratch)
        return error_memory(error);
    status = prepare(&search, options.k, pool, scratch, error);
    if (!status && search.chunks > 0)
        status = pool_run(pool, search.chunks, pass_task, &search, error);
    if (!status)
        status = expand(&search.forward, a, options.k, options.exclude_self, arena, forward, error);
    if (!status && search.both) {
        merge_backward(&search);
        status = expand(&search.backward[0], b, 1, false, arena, backward, error);
    }
    arena_free(scratch);
    return status;
}

int neighbour_search(const struct neighbour_table *a, const struct neighbour_table *b, struct neighbour_options options,
                     struct pool *pool, struct arena *arena, struct neighbour_list *forward, struct neighbour_list *backward,
                     struct error *error)
{
    neighbour_scan_function *scan = neighbour_has_avx2() ? neighbour_scan_avx2 : neighbour_scan_plain;

    return neighbour_search_with(scan, a, b, options, pool, arena, forward, backward, error);
}
