/* Walks rows of one table over the tree of another: bounds to all groups first, then groups from the nearest to the rows as a
 * whole to the farthest, so that a group's tiles stay in the cache while all rows that cannot rule it out pass over it. */
#include "numeric/neighbours_layout.h"
#include "numeric/sort.h"

#define MANY_HITS 32

static struct neighbour_query query_of(const struct neighbour_walk *walk, size_t u)
{
    const struct neighbour_scale *scale = walk->a->scale;
    size_t local = u - walk->from;

    return (struct neighbour_query){scale, walk->code + local * scale->n_kernel, walk->two + local * ((scale->n_small + 1) / 2),
                                    walk->bit + local * scale->n_masked};
}

static size_t reach_width(const struct neighbour_table *b)
{
    return (b->groups + NEIGHBOUR_LANES - 1) / NEIGHBOUR_LANES * NEIGHBOUR_LANES;
}

/* The first `n` − 64 i bits: lanes beyond the end of the table are never hits. */
static uint64_t lanes_of(size_t n, size_t i)
{
    size_t left = n - i * NEIGHBOUR_LANES;

    return left < NEIGHBOUR_LANES ? (UINT64_C(1) << left) - 1 : UINT64_MAX;
}

static const uint16_t *tile_of(const struct neighbour_table *table, size_t tile)
{
    return table->lanes + tile * table->scale->n_slots * NEIGHBOUR_LANES;
}

static void load_query(const struct neighbour_walk *walk, size_t u)
{
    const struct neighbour_scale *scale = walk->a->scale;
    size_t local = u - walk->from, pairs = (scale->n_small + 1) / 2;
    const uint16_t *lane = tile_of(walk->a, u / NEIGHBOUR_LANES) + u % NEIGHBOUR_LANES;
    uint16_t *code = walk->code + local * scale->n_kernel;

    for (size_t c = 0; c < scale->n_kernel; c++)
        code[c] = neighbour_code(scale, lane, c);
    for (size_t p = 0; p < pairs; p++)
        walk->two[local * pairs + p] = lane[p * NEIGHBOUR_LANES];
    for (size_t c = 0; c < scale->n_masked; c++)
        walk->bit[local * scale->n_masked + c] = (uint16_t)(1u << (code[c] & 15));
}

int neighbour_walk_prepare(struct neighbour_walk *walk, struct arena *scratch, struct error *error)
{
    const struct neighbour_scale *scale = walk->a->scale;
    const struct neighbour_table *b = walk->b;
    size_t rows = walk->to - walk->from, width = reach_width(b);

    walk->limits = ARENA_ARRAY(scratch, uint16_t, rows + 1);
    walk->code = ARENA_ARRAY(scratch, uint16_t, rows * scale->n_kernel + 1);
    walk->two = ARENA_ARRAY(scratch, uint16_t, rows * ((scale->n_small + 1) / 2) + 1);
    walk->bit = ARENA_ARRAY(scratch, uint16_t, rows * scale->n_masked + 1);
    walk->reach = ARENA_ARRAY(scratch, uint16_t, rows * width + 1);
    if (!walk->limits || !walk->code || !walk->two || !walk->bit || !walk->reach)
        return error_memory(error);
    for (size_t u = walk->from; u < walk->to; u++) {
        struct neighbour_query query = query_of(walk, u);
        uint16_t *reach = walk->reach + (u - walk->from) * width;

        load_query(walk, u);
        for (size_t i = 0; b->groups > 1 && i * NEIGHBOUR_LANES < b->groups; i++)
            walk->kernel->boxes(&query, b->crowns + i * b->box_slots * NEIGHBOUR_LANES, NEIGHBOUR_NO_LIMIT,
                                reach + i * NEIGHBOUR_LANES);
    }
    return 0;
}

static size_t least_of(const uint16_t *sums, size_t n)
{
    size_t least = 0;

    for (size_t i = 1; i < n; i++)
        least = sums[i] < sums[least] ? i : least;
    return least;
}

size_t neighbour_walk_nearest_tile(const struct neighbour_walk *walk, size_t u, uint16_t sums[NEIGHBOUR_LANES])
{
    const struct neighbour_table *b = walk->b;
    struct neighbour_query query = query_of(walk, u);
    size_t group, tile, left;

    if (b->groups == 0)
        return SIZE_MAX;
    group = least_of(walk->reach + (u - walk->from) * reach_width(b), b->groups);
    walk->kernel->boxes(&query, b->boxes + group * b->box_slots * NEIGHBOUR_LANES, NEIGHBOUR_NO_LIMIT, sums);
    left = b->tiles - group * NEIGHBOUR_LANES;
    tile = group * NEIGHBOUR_LANES + least_of(sums, left < NEIGHBOUR_LANES ? left : NEIGHBOUR_LANES);
    walk->kernel->tile(&query, tile_of(b, tile), NEIGHBOUR_NO_LIMIT, sums);
    return tile;
}

static void visit_tile(struct neighbour_walk *walk, const struct neighbour_query *query, size_t u, size_t tile)
{
    const struct neighbour_table *b = walk->b;
    const uint16_t *limit = &walk->limits[u - walk->from];
    uint16_t sums[NEIGHBOUR_LANES];
    uint64_t hits = walk->kernel->tile(query, tile_of(b, tile), *limit, sums);

    for (hits &= lanes_of(b->unique, tile); hits; hits &= hits - 1) {
        size_t lane = (size_t)__builtin_ctzll(hits);

        if (sums[lane] <= *limit)
            walk->visit(walk->context, u, tile * NEIGHBOUR_LANES + lane, sums[lane]);
    }
}

/* The lane with the least sum among the hits; the first one where there are many hits, since then it rules few of them out. */
static size_t best_hit(uint64_t hits, const uint16_t sums[NEIGHBOUR_LANES])
{
    size_t best = (size_t)__builtin_ctzll(hits);

    if (__builtin_popcountll(hits) > MANY_HITS)
        return best;
    for (hits &= hits - 1; hits; hits &= hits - 1) {
        size_t lane = (size_t)__builtin_ctzll(hits);

        best = sums[lane] < sums[best] ? lane : best;
    }
    return best;
}

/* The tile with the least bound first, since it may rule out the others. */
static void visit_group(struct neighbour_walk *walk, size_t u, size_t group)
{
    const struct neighbour_table *b = walk->b;
    const uint16_t *limit = &walk->limits[u - walk->from];
    struct neighbour_query query = query_of(walk, u);
    uint16_t sums[NEIGHBOUR_LANES];
    uint64_t hits = walk->kernel->boxes(&query, b->boxes + group * b->box_slots * NEIGHBOUR_LANES, *limit, sums);
    size_t first;

    hits &= lanes_of(b->tiles, group);
    if (!hits)
        return;
    first = best_hit(hits, sums);
    visit_tile(walk, &query, u, group * NEIGHBOUR_LANES + first);
    for (hits &= ~(UINT64_C(1) << first); hits; hits &= hits - 1) {
        size_t lane = (size_t)__builtin_ctzll(hits);

        if (sums[lane] <= *limit)
            visit_tile(walk, &query, u, group * NEIGHBOUR_LANES + lane);
    }
}

/* Groups in order of the least bound of any row to them. */
static uint64_t *order_groups(const struct neighbour_walk *walk, struct arena *scratch, struct error *error)
{
    size_t groups = walk->b->groups, width = reach_width(walk->b);
    uint64_t *order = ARENA_ARRAY(scratch, uint64_t, groups + 1);

    for (size_t g = 0; order && g < groups; g++) {
        uint16_t least = UINT16_MAX;

        for (size_t local = 0; local < walk->to - walk->from; local++)
            least = walk->reach[local * width + g] < least ? walk->reach[local * width + g] : least;
        order[g] = (uint64_t)least << 32 | g;
    }
    if (!order || sort_u64(order, groups, error)) {
        error_memory(error);
        return NULL;
    }
    return order;
}

int neighbour_walk_run(struct neighbour_walk *walk, struct arena *scratch, struct error *error)
{
    size_t width = reach_width(walk->b);
    uint64_t *order = order_groups(walk, scratch, error);

    if (!order)
        return ERROR_MEMORY;
    for (size_t i = 0; i < walk->b->groups; i++) {
        size_t group = order[i] & UINT32_MAX;

        for (size_t u = walk->from; u < walk->to; u++)
            if (walk->reach[(u - walk->from) * width + group] <= walk->limits[u - walk->from])
                visit_group(walk, u, group);
    }
    return 0;
}
