/* Drawing canaries and planting them. */
#include "attacks/canary/canary.h"

#include <stdlib.h>

#include "core/random.h"
#include "generators/dp.h"
#include "generators/support.h"

enum { ONE_BIN = 1 }; /* a quantity is drawn from its whole range */

static void draw_column(const struct dp_column *column, uint64_t seed, struct table *out)
{
    const size_t own = column->n_codes - column->missing;
    struct random random;

    random_init(&random, seed, "canary rows", column->index, 0);
    for (size_t i = 0; i < out->rows; i++)
        dp_write(column, own > 0 ? (uint32_t)random_below(&random, own) : 0, &random, out, i);
}

int canaries_draw(const struct table *train, size_t n, uint64_t seed, struct canaries *canaries, struct error *error)
{
    struct dp_model domain = {0};
    struct random random;
    int status;

    *canaries = (struct canaries){.in = calloc(n + 1, 1)};
    status = canaries->in ? generator_begin(train, n, "canaries", &canaries->table, error) : error_memory(error);
    if (!status)
        status = dp_model_new(&domain, train, seed, &(struct dp_budget){1, 1}, ONE_BIN, error);
    if (status) {
        canaries_free(canaries);
        return status;
    }
    dp_blank(train, canaries->table);
    for (size_t c = 0; c < domain.n_columns; c++)
        draw_column(&domain.columns[c], seed, canaries->table);
    dp_model_free(&domain);
    table_seal(canaries->table);
    random_init(&random, seed, "canary coins", 0, 0);
    for (size_t i = 0; i < n; i++)
        canaries->in[i] = random_u32(&random) >> 31 != 0;
    return 0;
}

void canaries_free(struct canaries *canaries)
{
    table_free(canaries->table);
    free(canaries->in);
    *canaries = (struct canaries){0};
}

/* Row numbers of a table in a seeded order, the first n of them ascending. */
static int keep_rows(size_t rows, size_t n, uint64_t seed, uint32_t *kept, struct error *error)
{
    uint32_t *order = calloc(rows + 1, sizeof *order);
    uint8_t *stays = calloc(rows + 1, 1);
    struct random random;
    size_t k = 0;

    if (order && stays) {
        random_init(&random, seed, "canary places", 0, 0);
        random_permutation(&random, rows, order);
        for (size_t i = 0; i < n; i++)
            stays[order[i]] = 1;
        for (uint32_t row = 0; row < rows; row++)
            if (stays[row])
                kept[k++] = row;
    }
    const int status = order && stays ? 0 : error_memory(error);

    free(order);
    free(stays);
    return status;
}

int canaries_plant(const struct table *train, const struct canaries *canaries, bool replace, uint64_t seed, struct table **out,
                   struct error *error)
{
    uint32_t *kept = calloc(train->rows + 1, sizeof *kept), *planted = calloc(canaries->table->rows + 1, sizeof *planted);
    size_t n_in = 0, n_kept;
    int status = kept && planted ? 0 : error_memory(error);

    *out = NULL;
    for (uint32_t i = 0; i < canaries->table->rows && !status; i++)
        if (canaries->in[i])
            planted[n_in++] = i;
    if (!status && replace && n_in >= train->rows)
        status =
            error_set(error, ERROR_INPUT, "%zu canaries cannot replace rows of a table with %zu: give fewer with --canaries",
                      n_in, train->rows);
    n_kept = replace && !status ? train->rows - n_in : train->rows;
    if (!status)
        status = keep_rows(train->rows, n_kept, seed, kept, error);
    if (!status)
        status = table_new(out, train->schema, "train with canaries", n_kept + n_in, error);
    for (size_t j = 0; j < train->n_columns && !status; j++) {
        generator_gather(train, kept, 0, n_kept, *out, j);
        generator_gather(canaries->table, planted, n_kept, n_in, *out, j);
    }
    if (!status)
        table_seal(*out);
    free(kept);
    free(planted);
    return status;
}
