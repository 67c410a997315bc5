/* Sequential trees after synthpop (Nowok, Raab, Dibben 2016): p(x1) · p(x2 | x1) · p(x3 | x1, x2) · …
 *
 * The columns are made in the order of the table. Each has one tree (tree.h) grown on train, from the columns before it, with
 * leaves of at least 5 rows (synthpop's minbucket); a synthetic row walks down with the values it has so far and takes the
 * value of a training row drawn from the leaf. The first column's tree is a single leaf: a plain resample.
 * Every synthetic cell is thus a real value, kept with the number of the training row it came from.
 *
 * Coding: a quantity as predictor is the rank among train's distinct values, missing below all of them; as target its value,
 * missing one standard deviation below the least. A level as predictor is itself, except that levels held by fewer than 5
 * training rows are one pooled level, so that no split singles out a smaller group than a leaf; as target itself; missing is a
 * level of its own. Text and id columns are resampled and predict nothing.
 * It memorises: a leaf of five rows hands out its values verbatim, which privacy measures see.
 *
 * The trees of different columns grow in parallel; rows are drawn in chunks with a stream each. Cost: O(n·d²·depth). */
#include <math.h>

#include "generators/generator.h"
#include "generators/support.h"
#include "numeric/sort.h"
#include "numeric/tree.h"

enum { CART_LEAF = 5 };

struct cart {
    const struct table *train;
    struct table *out;
    uint64_t seed;
    size_t *index;                    /* table column of each of the d modelled columns */
    struct tree_predictor *predictor; /* d */
    struct tree *trees;               /* d */
    uint32_t **code;                  /* d × train->rows: writable views of predictor[j].code */
    uint32_t **sorted;                /* d × train->rows: of predictor[j].sorted */
    uint32_t **source;                /* d × out->rows: the training row that a cell comes from */
    size_t d;
};

/* Ranks 1, 2, … of the distinct values, 0 for missing. */
static int code_quantity(const double *number, size_t n, uint32_t *order, uint32_t *code, uint32_t *n_codes,
                         struct error *error)
{
    int failed = sort_order(number, n, order, error);
    if (failed)
        return failed;
    uint32_t rank = 0;
    for (size_t i = 0; i < n; i++) {
        bool missing = isnan(number[order[i]]);
        rank += !missing && (i == 0 || number[order[i]] != number[order[i - 1]]);
        code[order[i]] = missing ? 0 : rank;
    }
    *n_codes = rank + 1;
    return 0;
}

/* 0 missing, 1, 2, … the levels of CART_LEAF rows and more, then one code for all rarer ones. `counts` becomes the map. */
static uint32_t code_levels(const struct table *train, size_t column, uint32_t *counts, uint32_t *code)
{
    const uint32_t *level = train->columns[column].code;
    uint32_t n_levels = train->schema->columns[column].n_levels, common = 0;
    generator_count_levels(train, column, counts);
    for (uint32_t l = 0; l < n_levels; l++)
        counts[l] = counts[l] >= CART_LEAF ? ++common : 0;
    for (size_t i = 0; i < train->rows; i++) {
        if (level[i] == CODE_MISSING)
            code[i] = 0;
        else
            code[i] = counts[level[i]] ? counts[level[i]] : common + 1;
    }
    return common + 2;
}

static int prepare_column(void *context, size_t j, size_t worker, struct error *error)
{
    (void)worker;
    struct cart *cart = context;
    size_t column = cart->index[j], n = cart->train->rows;
    bool quantity = column_kind(&cart->train->schema->columns[column]) == KIND_QUANTITY;
    size_t n_levels = cart->train->schema->columns[column].n_levels;
    struct arena *arena = arena_new();
    uint32_t n_codes = 0, *scratch = arena ? ARENA_ARRAY(arena, uint32_t, n + n_levels) : NULL;
    uint32_t *starts = arena ? ARENA_ARRAY(arena, uint32_t, n + n_levels + 4) : NULL;
    int code = scratch && starts ? 0 : error_memory(error);
    if (!code && quantity)
        code = code_quantity(cart->train->columns[column].number, n, scratch, cart->code[j], &n_codes, error);
    else if (!code)
        n_codes = code_levels(cart->train, column, scratch, cart->code[j]);
    if (!code) {
        tree_sort_rows(cart->code[j], n, n_codes, starts, cart->sorted[j]);
        cart->predictor[j] = (struct tree_predictor){cart->code[j], cart->sorted[j], n_codes, quantity};
    }
    arena_free(arena);
    return code;
}

/* Centred, so that sums lose no digits; missing one standard deviation below the least value. */
static void target_values(const double *number, size_t n, double *value)
{
    double sum = 0, square = 0, lo = INFINITY;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(number[i]))
            continue;
        sum += number[i];
        lo = fmin(lo, number[i]);
        k++;
    }
    double mean = k ? sum / (double)k : 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(number[i]))
            square += (number[i] - mean) * (number[i] - mean);
    double gone = k ? lo - mean - sqrt(square / (double)k) : 0;
    for (size_t i = 0; i < n; i++)
        value[i] = isnan(number[i]) ? gone : number[i] - mean;
}

static int grow_column(void *context, size_t j, size_t worker, struct error *error)
{
    (void)worker;
    struct cart *cart = context;
    const struct column *column = &cart->train->columns[cart->index[j]];
    size_t n = cart->train->rows;
    struct arena *arena = arena_new();
    double *value = arena ? ARENA_ARRAY(arena, double, n) : NULL;
    uint32_t *class = arena ? ARENA_ARRAY(arena, uint32_t, n) : NULL;
    int code = value && class ? 0 : error_memory(error);
    if (!code) {
        struct tree_target target = {0};
        if (column->number) {
            target_values(column->number, n, value);
            target.value = value;
        } else {
            target.n_classes = cart->train->schema->columns[cart->index[j]].n_levels + 1;
            target.class = class;
            for (size_t i = 0; i < n; i++)
                class[i] = column->code[i] == CODE_MISSING ? target.n_classes - 1 : column->code[i];
        }
        code = tree_grow(&cart->trees[j], cart->predictor, j, &target, n, CART_LEAF, error);
    }
    arena_free(arena);
    return code;
}

static int draw_chunk(void *context, size_t chunk, size_t worker, struct error *error)
{
    (void)worker;
    const struct cart *cart = context;
    size_t first = chunk * GENERATOR_CHUNK, rows = cart->out->rows;
    size_t end = first + GENERATOR_CHUNK < rows ? first + GENERATOR_CHUNK : rows;
    struct arena *arena = arena_new();
    uint32_t *codes = arena ? ARENA_ARRAY(arena, uint32_t, cart->d + 1) : NULL;
    if (!codes) {
        arena_free(arena);
        return error_memory(error);
    }
    struct random random;
    random_init(&random, cart->seed, "generator.cart.rows", 0, chunk);
    for (size_t row = first; row < end; row++) {
        for (size_t j = 0; j < cart->d; j++) {
            const struct tree_node *leaf = tree_find(&cart->trees[j], codes);
            uint32_t source = cart->trees[j].rows[leaf->first + random_below(&random, leaf->count)];
            cart->source[j][row] = source;
            codes[j] = cart->code[j][source];
        }
    }
    for (size_t j = 0; j < cart->d; j++)
        generator_gather(cart->train, cart->source[j] + first, first, end - first, cart->out, cart->index[j]);
    arena_free(arena);
    return 0;
}

static int cart_allocate(struct cart *cart, struct arena *arena, struct error *error)
{
    size_t n_columns = cart->train->n_columns;
    cart->index = ARENA_ARRAY(arena, size_t, n_columns + 1);
    cart->predictor = ARENA_ARRAY(arena, struct tree_predictor, n_columns + 1);
    cart->trees = ARENA_ARRAY(arena, struct tree, n_columns + 1);
    cart->code = ARENA_ARRAY(arena, uint32_t *, n_columns + 1);
    cart->sorted = ARENA_ARRAY(arena, uint32_t *, n_columns + 1);
    cart->source = ARENA_ARRAY(arena, uint32_t *, n_columns + 1);
    if (!cart->index || !cart->predictor || !cart->trees || !cart->code || !cart->sorted || !cart->source)
        return error_memory(error);
    size_t d = 0;
    for (size_t j = 0; j < n_columns; j++) {
        if (column_kind(&cart->train->schema->columns[j]) == KIND_OTHER)
            continue;
        cart->index[d] = j;
        cart->code[d] = ARENA_ARRAY(arena, uint32_t, cart->train->rows);
        cart->sorted[d] = ARENA_ARRAY(arena, uint32_t, cart->train->rows);
        cart->source[d] = ARENA_ARRAY(arena, uint32_t, cart->out->rows + 1);
        if (!cart->code[d] || !cart->sorted[d] || !cart->source[d])
            return error_memory(error);
        d++;
    }
    cart->d = d;
    return 0;
}

static int cart_run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                    struct table **out, struct error *error)
{
    struct cart cart = {.train = train, .seed = seed};
    int code = generator_begin(train, rows, name, out, error);
    if (code)
        return code;
    cart.out = *out;
    struct arena *arena = arena_new();
    code = arena ? cart_allocate(&cart, arena, error) : error_memory(error);
    if (!code)
        code = pool_run(pool, cart.d, prepare_column, &cart, error);
    if (!code)
        code = pool_run(pool, cart.d, grow_column, &cart, error);
    if (!code)
        code = pool_run(pool, (rows + GENERATOR_CHUNK - 1) / GENERATOR_CHUNK, draw_chunk, &cart, error);
    for (size_t j = 0; j < cart.d; j++)
        tree_free(&cart.trees[j]);
    if (code) {
        table_free(*out);
        *out = NULL;
    } else {
        generator_resample_other(train, seed, "generator.cart.other", *out);
        table_seal(*out);
    }
    arena_free(arena);
    return code;
}

const struct generator generator_cart = {
    .name = "cart",
    .summary =
        "sequential trees, values drawn from leaves of at least five training rows: the best fidelity, and a moderate leak",
    .reference =
        "Nowok, Raab, Dibben 2016, \"synthpop: Bespoke creation of synthetic data in R\", JSS 74(11); Breiman, Friedman, "
        "Olshen, Stone 1984, \"Classification and regression trees\"",
    .run = cart_run,
};
