#include "numeric/weighted.h"

#include <math.h>
#include <stdlib.h>

#define QUERIES 32 /* in a task */

struct search {
    const struct weighted_rows *a, *b;
    const uint32_t *query;
    size_t n;
    struct weighted_pair *out;
};

/* Squared distances of x to the rows of one tile. */
static void tile_squares(const struct weighted_rows *table, size_t tile, const double *x, double squares[WEIGHTED_LANES])
{
    const double *value = table->value + tile * table->n_columns * WEIGHTED_LANES;

    for (size_t lane = 0; lane < WEIGHTED_LANES; lane++)
        squares[lane] = 0;
    for (size_t c = 0; c < table->n_columns; c++, value += WEIGHTED_LANES) {
        const double cell = x[c], cap = table->cap[c];

        for (size_t lane = 0; lane < WEIGHTED_LANES; lane++) {
            double part = (cell - value[lane]) * (cell - value[lane]);

            squares[lane] += part < cap ? part : cap;
        }
    }
}

static void keep_nearest(struct weighted_pair *pair, double square, uint32_t row)
{
    if (square < pair->square[0])
        *pair = (struct weighted_pair){{square, pair->square[0]}, {row, pair->row[0]}};
    else if (square < pair->square[1])
        *pair = (struct weighted_pair){{pair->square[0], square}, {pair->row[0], row}};
}

static struct weighted_pair search_row(const struct search *search, uint32_t row, const double *x)
{
    struct weighted_pair pair = {{INFINITY, INFINITY}, {UINT32_MAX, UINT32_MAX}};
    const struct weighted_rows *b = search->b;
    double squares[WEIGHTED_LANES];

    for (size_t tile = 0; tile < weighted_tiles(b->rows); tile++) {
        size_t first = tile * WEIGHTED_LANES, lanes = b->rows - first < WEIGHTED_LANES ? b->rows - first : WEIGHTED_LANES;

        tile_squares(b, tile, x, squares);
        for (size_t lane = 0; lane < lanes; lane++)
            if (squares[lane] < pair.square[1] && !(b == search->a && first + lane == row))
                keep_nearest(&pair, squares[lane], (uint32_t)(first + lane));
    }
    return pair;
}

static int search_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct search *search = context;
    double *x = calloc(search->a->n_columns + 1, sizeof *x);
    size_t end = (index + 1) * QUERIES < search->n ? (index + 1) * QUERIES : search->n;

    (void)worker;
    if (!x)
        return error_memory(error);
    for (size_t i = index * QUERIES; i < end; i++) {
        for (size_t c = 0; c < search->a->n_columns; c++)
            x[c] = *weighted_cell(search->a, search->query[i], c);
        search->out[i] = search_row(search, search->query[i], x);
    }
    free(x);
    return 0;
}

int weighted_nearest(const struct weighted_rows *a, const uint32_t *query, size_t n, const struct weighted_rows *b,
                     struct pool *pool, struct weighted_pair *out, struct error *error)
{
    struct search search = {a, b, query, n, out};

    return pool_run(pool, (n + QUERIES - 1) / QUERIES, search_task, &search, error);
}
