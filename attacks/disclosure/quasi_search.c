#include "attacks/disclosure/quasi_search.h"

#include <stdlib.h>
#include <string.h>

/* Rows grouped by the codes of some columns; rows that are alone are taken out and counted. */
struct grouping {
    uint32_t *row, *spare; /* [n]: rows, class after class; room to sort into */
    size_t *end, *next;    /* [classes]: where each class ends; room for those of a refinement */
    size_t n, classes, unique;
};

/* What one thread needs: all arrays have room for the rows, or for the codes of the widest column. */
struct scratch {
    struct grouping grouping;
    uint32_t *count, *place, *touched;
};

static int scratch_new(const struct query_table *codes, struct arena *arena, struct scratch *scratch, struct error *error)
{
    struct grouping *g = &scratch->grouping;
    size_t levels = 1;

    for (size_t a = 0; a < codes->columns; a++)
        levels = codes->levels[a] > levels ? codes->levels[a] : levels;
    g->row = ARENA_ARRAY(arena, uint32_t, codes->rows + 1);
    g->spare = ARENA_ARRAY(arena, uint32_t, codes->rows + 1);
    g->end = ARENA_ARRAY(arena, size_t, codes->rows + 1);
    g->next = ARENA_ARRAY(arena, size_t, codes->rows + 1);
    scratch->count = ARENA_ARRAY(arena, uint32_t, levels + 1);
    scratch->place = ARENA_ARRAY(arena, uint32_t, levels + 1);
    scratch->touched = ARENA_ARRAY(arena, uint32_t, levels + 1);
    return g->row && g->spare && g->end && g->next && scratch->count && scratch->place && scratch->touched
               ? 0
               : error_memory(error);
}

/* All rows in one class. */
static void group_all(struct grouping *g, size_t rows)
{
    for (uint32_t i = 0; i < rows; i++)
        g->row[i] = i;
    g->n = rows;
    g->classes = rows > 0;
    g->end[0] = rows;
    g->unique = 0;
}

/* Codes of the rows from … to − 1 counted in scratch->count; returns how many different ones, listed in scratch->touched. */
static size_t count_codes(struct scratch *scratch, const uint32_t *code, size_t from, size_t to)
{
    size_t different = 0;

    for (size_t i = from; i < to; i++) {
        const uint32_t c = code[scratch->grouping.row[i]];

        if (scratch->count[c]++ == 0)
            scratch->touched[different++] = c;
    }
    return different;
}

/* Unique rows and equal pairs when one more column is known; the grouping stays. */
static void measure_column(struct scratch *scratch, const uint32_t *code, struct column_set *set)
{
    const struct grouping *g = &scratch->grouping;

    set->unique = g->unique;
    set->pairs = (double)g->unique;
    for (size_t k = 0, from = 0; k < g->classes; from = g->end[k++]) {
        const size_t different = count_codes(scratch, code, from, g->end[k]);

        for (size_t t = 0; t < different; t++) {
            const double size = scratch->count[scratch->touched[t]];

            set->unique += scratch->count[scratch->touched[t]] == 1;
            set->pairs += size * size;
            scratch->count[scratch->touched[t]] = 0;
        }
    }
}

/* The grouping refined by one more column. */
static void refine(struct scratch *scratch, const uint32_t *code)
{
    struct grouping *g = &scratch->grouping;
    uint32_t *row = g->spare;
    size_t *end = g->next, n = 0, classes = 0;

    for (size_t k = 0, from = 0; k < g->classes; from = g->end[k++]) {
        const size_t different = count_codes(scratch, code, from, g->end[k]);

        for (size_t t = 0; t < different; t++) {
            const uint32_t c = scratch->touched[t];

            scratch->place[c] = (uint32_t)n;
            if (scratch->count[c] > 1) {
                n += scratch->count[c];
                end[classes++] = n;
            }
        }
        for (size_t i = from; i < g->end[k]; i++) {
            const uint32_t c = code[g->row[i]];

            if (scratch->count[c] > 1)
                row[scratch->place[c]++] = g->row[i];
            else
                g->unique++;
        }
        for (size_t t = 0; t < different; t++)
            scratch->count[scratch->touched[t]] = 0;
    }
    g->spare = g->row;
    g->row = row;
    g->next = g->end;
    g->end = end;
    g->n = n;
    g->classes = classes;
}

int quasi_single(const struct query_table *codes, struct column_set *sets, struct error *error)
{
    struct arena *arena = arena_new();
    struct scratch scratch;
    int status = arena ? scratch_new(codes, arena, &scratch, error) : error_memory(error);

    for (size_t a = 0; a < codes->columns && !status; a++) {
        group_all(&scratch.grouping, codes->rows);
        measure_column(&scratch, codes->code[a], &sets[a]);
    }
    arena_free(arena);
    return status;
}

static int more_unique(const void *a, const void *b)
{
    const struct column_set *x = a, *y = b;

    if (x->unique != y->unique)
        return x->unique > y->unique ? -1 : 1;
    if (x->pairs < y->pairs || x->pairs > y->pairs)
        return x->pairs < y->pairs ? -1 : 1;
    return (x->columns > y->columns) - (x->columns < y->columns);
}

static int fewer_pairs(const void *a, const void *b)
{
    const struct column_set *x = a, *y = b;

    if (x->pairs < y->pairs || x->pairs > y->pairs)
        return x->pairs < y->pairs ? -1 : 1;
    return (x->columns > y->columns) - (x->columns < y->columns);
}

/* Sets of one size that are to be measured: each is an extension of a parent, by one column. */
struct extension {
    const struct query_table *codes;
    const struct column_set *parents;
    size_t *first;   /* [parents + 1]: the children of a parent are children[first[p]] … children[first[p + 1] − 1] */
    uint32_t *added; /* [children]: the column that the child has and its parent has not */
    struct column_set *children;
    struct scratch *workers;
};

static int measure_children(void *context, size_t parent, size_t worker, struct error *error)
{
    const struct extension *e = context;
    struct scratch *scratch = &e->workers[worker];

    (void)error;
    group_all(&scratch->grouping, e->codes->rows);
    for (size_t a = 0; a < e->codes->columns; a++)
        if (e->parents[parent].columns >> a & 1)
            refine(scratch, e->codes->code[a]);
    for (size_t i = e->first[parent]; i < e->first[parent + 1]; i++)
        measure_column(scratch, e->codes->code[e->added[i]], &e->children[i]);
    return 0;
}

static bool is_listed(const struct column_set *sets, size_t n, uint32_t columns)
{
    for (size_t i = 0; i < n; i++)
        if (sets[i].columns == columns)
            return true;
    return false;
}

/* Lists every set of one column more than a parent, once, under the first parent it extends. Returns how many. */
static size_t list_children(struct extension *e, size_t parents)
{
    size_t n = 0;

    for (size_t p = 0; p < parents; p++) {
        e->first[p] = n;
        for (uint32_t a = 0; a < e->codes->columns; a++) {
            const uint32_t columns = e->parents[p].columns | (uint32_t)1 << a;

            if (columns == e->parents[p].columns || is_listed(e->children, n, columns))
                continue;
            e->added[n] = a;
            e->children[n++].columns = columns;
        }
    }
    e->first[parents] = n;
    return n;
}

/* One level from the parents. The parents' order is kept, the children's is best first. */
static int extend(const struct query_table *codes, const struct column_set *parents, size_t n_parents, struct scratch *workers,
                  struct pool *pool, struct arena *arena, struct search_level *level, struct error *error)
{
    const size_t most = n_parents * codes->columns;
    struct extension e = {codes,
                          parents,
                          ARENA_ARRAY(arena, size_t, n_parents + 1),
                          ARENA_ARRAY(arena, uint32_t, most + 1),
                          ARENA_ARRAY(arena, struct column_set, most + 1),
                          workers};
    int status = e.first && e.added && e.children ? 0 : error_memory(error);

    if (status)
        return status;
    *level = (struct search_level){list_children(&e, n_parents), e.children};
    status = pool_run(pool, n_parents, measure_children, &e, error);
    if (!status)
        qsort(level->sets, level->n, sizeof *level->sets, more_unique);
    return status;
}

int quasi_search(const struct query_table *codes, const struct search_options *options, struct pool *pool, struct arena *arena,
                 struct search_level *levels, size_t *size, struct error *error)
{
    const size_t most = options->most < codes->columns ? options->most : codes->columns, threads = pool_threads(pool);
    struct scratch *workers = ARENA_ARRAY(arena, struct scratch, threads);
    struct column_set root = {.columns = 0}, *parents = &root;
    size_t n_parents = 1, unique = 0;
    int status = workers ? 0 : error_memory(error);

    for (size_t w = 0; w < threads && !status; w++)
        status = scratch_new(codes, arena, &workers[w], error);
    memset(levels, 0, options->most * sizeof *levels);
    *size = 0;
    for (size_t k = 0; k < most && !status; k++) {
        struct search_level *level = &levels[k];

        status = extend(codes, parents, n_parents, workers, pool, arena, level, error);
        if (status || level->n == 0)
            break;
        if (*size == 0 || level->sets[0].unique > unique) {
            *size = k + 1;
            unique = level->sets[0].unique;
        }
        if ((double)unique >= options->target * (double)codes->rows)
            break;
        n_parents = level->n < options->beam ? level->n : options->beam;
        if (!(parents = ARENA_ARRAY(arena, struct column_set, level->n + 1)))
            return error_memory(error);
        memcpy(parents, level->sets, level->n * sizeof *parents);
        qsort(parents, level->n, sizeof *parents, fewer_pairs);
    }
    return status;
}
