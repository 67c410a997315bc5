/* The neighbour engine's tree: an order of the rows in which any 64, and any 64 times 64, are alike, and boxes around them.
 *
 * A run of rows is cut in two at the code that keeps most pairs of rows apart: the column and place with the largest mean bound
 * between a row on one side and the box on the other, judged by a sample of the run. Cuts fall on whole groups (64 · 64 rows)
 * while the run is longer than one, then on whole tiles, so that a node is never spread over more boxes than it needs. The
 * order depends on the data alone. O(rows · log rows). */
#include <stdlib.h>
#include <string.h>

#include "numeric/neighbours_layout.h"

#define GROUP_ROWS   ((size_t)NEIGHBOUR_LANES * NEIGHBOUR_LANES)
#define SMALL_SAMPLE 64  /* rows that judge a run of up to GROUP_ROWS */
#define LARGE_SAMPLE 256 /* and a longer one */
#define LEAST_SHARE  16  /* a cut leaves at least one part in so many on either side */
#define PLACES       4   /* quantiles of a numeric column near which cuts are tried: 1/4, 2/4, 3/4 */

struct ordering {
    const struct neighbour_scale *scale;
    const uint16_t *codes; /* [kernel column][rows] */
    size_t rows;
    uint32_t *order;
    uint64_t *keys; /* [rows] */
};

struct cut {
    size_t column;
    uint16_t code; /* codes up to this go left */
    double worth;
};

static double gap_part(const struct neighbour_scale *scale, uint16_t low, uint16_t high)
{
    double gap = (double)(high - low);

    if (scale->metric == NEIGHBOUR_EUCLIDEAN)
        return gap * gap / 65536;
    return gap < scale->limit ? gap : scale->limit;
}

/* Mean bound that a cut before sample[at] gives a row on one side to the box on the other. */
static double cut_worth(const struct neighbour_scale *scale, bool category, const uint16_t *sample, size_t m, size_t at)
{
    double left = 0, right = 0, n = (double)m;

    if (category)
        return 2 * scale->weight * ((double)at / n) * ((double)(m - at) / n);
    for (size_t i = 0; i < at; i++)
        left += gap_part(scale, sample[i], sample[at]);
    for (size_t i = at; i < m; i++)
        right += gap_part(scale, sample[at - 1], sample[i]);
    return (left * (double)(m - at) + right * (double)at) / (n * n);
}

/* Tries the cut between different codes that is nearest to sample[at]. */
static void try_cut(const struct neighbour_scale *scale, size_t column, const uint16_t *sample, size_t m, size_t at,
                    struct cut *best)
{
    size_t up = at, down = at;
    double worth;

    if (at == 0 || at >= m)
        return;
    while (up < m && sample[up] == sample[up - 1])
        up++;
    while (down > 0 && sample[down] == sample[down - 1])
        down--;
    at = up - at <= at - down && up < m ? up : down;
    if (at == 0 || at * LEAST_SHARE < m || (m - at) * LEAST_SHARE < m)
        return;
    worth = cut_worth(scale, column < scale->n_categories, sample, m, at);
    if (worth > best->worth)
        *best = (struct cut){column, sample[at - 1], worth};
}

static void sort_sample(uint16_t *sample, size_t m)
{
    for (size_t i = 1; i < m; i++) {
        uint16_t v = sample[i];
        size_t at = i;

        for (; at > 0 && sample[at - 1] > v; at--)
            sample[at] = sample[at - 1];
        sample[at] = v;
    }
}

static struct cut best_cut(const struct ordering *by, size_t from, size_t to)
{
    size_t rows = to - from, most = rows > GROUP_ROWS ? LARGE_SAMPLE : SMALL_SAMPLE, m = rows < most ? rows : most;
    struct cut best = {0, 0, 0};
    uint16_t sample[LARGE_SAMPLE];

    for (size_t c = 0; c < by->scale->n_kernel; c++) {
        const uint16_t *codes = by->codes + c * by->rows;

        for (size_t i = 0; i < m; i++)
            sample[i] = codes[by->order[from + i * rows / m]];
        sort_sample(sample, m);
        for (size_t place = 1; place < PLACES; place++)
            try_cut(by->scale, c, sample, m, place * m / PLACES, &best);
    }
    return best;
}

static void swap_keys(uint64_t *a, uint64_t *b)
{
    uint64_t t = *a;

    *a = *b;
    *b = t;
}

/* Moves the `n` least keys of keys[0 … rows−1], all different, to the front. */
static void select_least(uint64_t *keys, size_t rows, size_t n)
{
    size_t lo = 0, hi = rows;

    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2, left = lo, right = hi - 1;
        uint64_t pivot;

        if (keys[mid] < keys[lo])
            swap_keys(&keys[mid], &keys[lo]);
        if (keys[hi - 1] < keys[mid])
            swap_keys(&keys[hi - 1], &keys[mid]);
        if (keys[mid] < keys[lo])
            swap_keys(&keys[mid], &keys[lo]);
        pivot = keys[mid];
        while (left <= right) {
            while (keys[left] < pivot)
                left++;
            while (keys[right] > pivot)
                right--;
            if (left > right)
                break;
            swap_keys(&keys[left++], &keys[right]);
            if (right-- == 0)
                break;
        }
        if (n <= right + 1 && right + 1 < hi)
            hi = right + 1;
        else if (n >= left)
            lo = left;
        else
            return;
        if (n == lo || n == hi)
            return;
    }
}

/* Cuts the run from … to−1 and returns where. */
static size_t cut_run(const struct ordering *by, size_t from, size_t to)
{
    size_t rows = to - from, whole = rows > GROUP_ROWS ? GROUP_ROWS : NEIGHBOUR_LANES, n = 0;
    struct cut cut = best_cut(by, from, to);
    const uint16_t *codes = by->codes + cut.column * by->rows;

    for (size_t i = 0; i < rows; i++) {
        uint32_t row = by->order[from + i];

        by->keys[i] = (uint64_t)codes[row] << 32 | row;
        n += codes[row] <= cut.code;
    }
    if (!(cut.worth > 0))
        n = rows / 2;
    n = (n + whole / 2) / whole * whole;
    n = n > whole ? n : whole;
    n = n < rows ? n : (rows - 1) / whole * whole;
    select_least(by->keys, rows, n);
    for (size_t i = 0; i < rows; i++)
        by->order[from + i] = (uint32_t)by->keys[i];
    return from + n;
}

/* The longer side is cut in the loop, so that the recursion is never deep. */
static void order_run(const struct ordering *by, size_t from, size_t to)
{
    while (to - from > NEIGHBOUR_LANES) {
        size_t at = cut_run(by, from, to);

        if (at - from < to - at) {
            order_run(by, from, at);
            from = at;
        } else {
            order_run(by, at, to);
            to = at;
        }
    }
}

int neighbour_tree_order(const struct neighbour_scale *scale, const uint16_t *codes, size_t rows, uint32_t *order,
                         struct error *error)
{
    struct ordering by = {scale, codes, rows, order, calloc(rows + 1, sizeof *by.keys)};

    if (!by.keys)
        return error_memory(error);
    for (uint32_t i = 0; i < rows; i++)
        order[i] = i;
    order_run(&by, 0, rows);
    free(by.keys);
    return 0;
}

/* The box of one tile, or what it adds to the box of its group, which lies at `box` in lanes of 64. */
static void widen_masks(const struct neighbour_scale *scale, const uint16_t *tile, size_t lanes, uint16_t *box)
{
    for (size_t c = 0; c < scale->n_masked; c++)
        for (size_t lane = 0; lane < lanes; lane++) {
            uint16_t code = neighbour_code(scale, tile + lane, c);

            box[c * NEIGHBOUR_LANES] = (uint16_t)(box[c * NEIGHBOUR_LANES] | 1u << (code & 15));
        }
}

static void widen_ranges(const struct neighbour_scale *scale, const uint16_t *tile, size_t lanes, uint16_t *box)
{
    for (size_t c = scale->n_masked; c < scale->n_kernel; c++) {
        uint16_t *at = box + (2 * c - scale->n_masked) * NEIGHBOUR_LANES;
        uint16_t low = at[0], high = at[NEIGHBOUR_LANES];

        for (size_t lane = 0; lane < lanes; lane++) {
            uint16_t code = neighbour_code(scale, tile + lane, c);

            low = code < low ? code : low;
            high = code > high ? code : high;
        }
        at[0] = low;
        at[NEIGHBOUR_LANES] = high;
    }
}

/* Boxes that hold nothing: no bit set, least above greatest. */
static uint16_t *boxes_new(const struct neighbour_table *table, size_t count, struct arena *arena)
{
    size_t blocks = (count + NEIGHBOUR_LANES - 1) / NEIGHBOUR_LANES;
    uint16_t *boxes = ARENA_ARRAY(arena, uint16_t, blocks * table->box_slots * NEIGHBOUR_LANES + 1);

    for (size_t block = 0; boxes && block < blocks; block++)
        for (size_t slot = table->scale->n_masked; slot < table->box_slots; slot += 2)
            memset(boxes + (block * table->box_slots + slot) * NEIGHBOUR_LANES, 0xff, NEIGHBOUR_LANES * sizeof *boxes);
    return boxes;
}

int neighbour_tree_boxes(struct neighbour_table *table, struct arena *arena, struct error *error)
{
    const struct neighbour_scale *scale = table->scale;

    table->box_slots = 2 * scale->n_kernel - scale->n_masked;
    table->boxes = boxes_new(table, table->tiles, arena);
    table->crowns = boxes_new(table, table->groups, arena);
    if (!table->boxes || !table->crowns)
        return error_memory(error);
    for (size_t t = 0; t < table->tiles; t++) {
        const uint16_t *tile = table->lanes + t * scale->n_slots * NEIGHBOUR_LANES;
        size_t left = table->unique - t * NEIGHBOUR_LANES, lanes = left < NEIGHBOUR_LANES ? left : NEIGHBOUR_LANES;
        size_t g = t / NEIGHBOUR_LANES;
        uint16_t *box = table->boxes + g * table->box_slots * NEIGHBOUR_LANES + t % NEIGHBOUR_LANES;
        uint16_t *crown = table->crowns + g / NEIGHBOUR_LANES * table->box_slots * NEIGHBOUR_LANES + g % NEIGHBOUR_LANES;

        widen_masks(scale, tile, lanes, box);
        widen_masks(scale, tile, lanes, crown);
        widen_ranges(scale, tile, lanes, box);
        widen_ranges(scale, tile, lanes, crown);
    }
    return 0;
}
