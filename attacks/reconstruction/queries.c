#include "attacks/reconstruction/queries.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/random.h"
#include "numeric/boxls.h"

#define NO_CELL  UINT32_MAX
#define MAX_SETS 2e6

enum { MOST_ORDER = 8 };

double query_records(const struct query_set *set, size_t query)
{
    return (double)(set->matrix.start[query + 1] - set->matrix.start[query]);
}

/* Records and rows that the positives are a share of. */
static void query_base(const struct query_set *set, size_t query, double *records, double *rows)
{
    bool normal = set->answers == ANSWERS_NORMAL;
    *records = normal ? (double)set->matrix.columns : query_records(set, query);
    *rows = normal ? (double)set->synthetic_rows : set->support[query];
}

double query_answer(const struct query_set *set, size_t query, size_t class)
{
    double records, rows;
    query_base(set, query, &records, &rows);
    return set->support[query] ? records * set->positives[query * set->classes + class] / rows : 0;
}

double query_weight(const struct query_set *set, size_t query, size_t class)
{
    double records, rows;
    query_base(set, query, &records, &rows);
    return boxls_weight(records, fmax(rows, 1), set->positives[query * set->classes + class]);
}

/* Numbers the value combinations of one column set in order of appearance. */
struct cells {
    size_t capacity;  /* power of two */
    uint64_t *key;    /* by slot */
    uint32_t *number; /* by slot: 1 + number, 0 = empty */
    uint32_t count;
    bool direct; /* the key is the slot */
};

static uint32_t cell_number(struct cells *cells, uint64_t key, bool add)
{
    size_t slot = cells->direct ? (size_t)key : (size_t)hash_mix(key, 0) & (cells->capacity - 1);
    while (!cells->direct && cells->number[slot] && cells->key[slot] != key)
        slot = (slot + 1) & (cells->capacity - 1);
    if (!cells->number[slot]) {
        if (!add)
            return NO_CELL;
        cells->key[slot] = key;
        cells->number[slot] = ++cells->count;
    }
    return cells->number[slot] - 1;
}

struct builder {
    const struct query_table *real, *synthetic;
    const uint32_t *secret;
    bool unsupported;
    struct cells cells;
    uint32_t *cell;      /* cell of each real record */
    uint32_t *records;   /* N by cell */
    uint32_t *support;   /* M by cell */
    uint32_t *positives; /* c by cell and class */
    size_t *place;       /* where a cell's next record goes; SIZE_MAX: dropped */
    size_t *start;
    uint32_t *index;
    struct query_set *set;
};

/* Quasi-identifiers whose values a family of queries fixes. */
struct column_set {
    size_t order, column[MOST_ORDER];
};

static void first_columns(struct column_set *columns, size_t order)
{
    columns->order = order;
    for (size_t a = 0; a < order; a++)
        columns->column[a] = a;
}

/* The next set out of `total` columns: lexicographic, then the sets with one column more; false after the last of `most`. */
static bool next_columns(struct column_set *columns, size_t most, size_t total)
{
    size_t order = columns->order, *column = columns->column;
    for (size_t a = order; a-- > 0;) {
        if (column[a] + order - a >= total)
            continue;
        column[a]++;
        for (size_t later = a + 1; later < order; later++)
            column[later] = column[later - 1] + 1;
        return true;
    }
    if (order < most)
        first_columns(columns, order + 1);
    return order < most;
}

static uint64_t combination(const struct query_table *table, const struct column_set *columns, size_t row)
{
    uint64_t key = 0;
    for (size_t a = 0; a < columns->order; a++)
        key = key * table->levels[columns->column[a]] + table->code[columns->column[a]][row];
    return key;
}

static double combinations(const struct query_table *table, const struct column_set *columns)
{
    double count = 1;
    for (size_t a = 0; a < columns->order; a++)
        count *= table->levels[columns->column[a]];
    return count;
}

static void count_cells(struct builder *b, const struct column_set *columns)
{
    struct cells *cells = &b->cells;
    size_t classes = b->set->classes;
    double all = combinations(b->real, columns);
    cells->direct = all <= (double)cells->capacity;
    cells->count = 0;
    memset(cells->number, 0, (cells->direct ? (size_t)all : cells->capacity) * sizeof *cells->number);
    memset(b->records, 0, b->real->rows * sizeof *b->records);
    for (size_t i = 0; i < b->real->rows; i++) {
        b->cell[i] = cell_number(cells, combination(b->real, columns, i), true);
        b->records[b->cell[i]]++;
    }
    memset(b->support, 0, cells->count * sizeof *b->support);
    memset(b->positives, 0, cells->count * classes * sizeof *b->positives);
    for (size_t i = 0; i < b->synthetic->rows; i++) {
        uint32_t cell = cell_number(cells, combination(b->synthetic, columns, i), false);
        if (cell == NO_CELL)
            continue;
        b->support[cell]++;
        b->positives[cell * classes + b->secret[i]]++;
    }
}

/* Appends the cells of one column set as queries. */
static void add_set(struct builder *b, const struct column_set *columns)
{
    struct query_set *set = b->set;
    size_t classes = set->classes;
    count_cells(b, columns);
    for (uint32_t cell = 0; cell < b->cells.count; cell++) {
        b->place[cell] = SIZE_MAX;
        if (!b->support[cell] && !b->unsupported)
            continue;
        size_t query = set->matrix.rows++;
        b->place[cell] = b->start[query];
        b->start[query + 1] = b->start[query] + b->records[cell];
        set->support[query] = b->support[cell];
        memcpy(set->positives + query * classes, b->positives + cell * classes, classes * sizeof *b->positives);
    }
    for (size_t i = 0; i < b->real->rows; i++)
        if (b->place[b->cell[i]] != SIZE_MAX)
            b->index[b->place[b->cell[i]]++] = (uint32_t)i;
}

static double choose(size_t n, size_t k)
{
    double count = 1;
    for (size_t i = 0; i < k; i++)
        count = count * (double)(n - i) / (double)(i + 1);
    return round(count);
}

static size_t least_order(const struct query_options *options)
{
    return options->least_order ? options->least_order : options->order;
}

/* Which column sets are asked: chosen[s] for the s-th in their order. */
static int choose_sets(const struct query_table *real, const struct query_options *options, struct arena *arena, bool **chosen,
                       struct query_set *set, struct error *error)
{
    double all = 0;
    for (size_t order = least_order(options); order <= options->order; order++)
        all += choose(real->columns, order);
    if (all > MAX_SETS)
        return error_set(error, ERROR_UNMEASURABLE, "%zu quasi-identifiers make %.3g column sets; name fewer with --quasi",
                         real->columns, all);
    set->all_sets = set->sets = (size_t)all;
    *chosen = ARENA_ARRAY(arena, bool, set->all_sets + 1);
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, set->all_sets + 1);
    if (!*chosen || !order)
        return error_memory(error);
    if (options->max_entries && set->all_sets * real->rows > options->max_entries) {
        set->sets = real->rows > options->max_entries ? 1 : options->max_entries / real->rows;
        struct random random;
        random_init(&random, options->seed, options->stream, 0, 0);
        random_permutation(&random, set->all_sets, order);
    } else {
        for (size_t s = 0; s < set->all_sets; s++)
            order[s] = (uint32_t)s;
    }
    for (size_t s = 0; s < set->sets; s++)
        (*chosen)[order[s]] = true;
    return 0;
}

/* Scratch for one column set, and room for all queries: never more a set than records or combinations. */
static int allocate(struct builder *b, const struct query_options *options, const bool *chosen, struct arena *arena,
                    struct arena *scratch, struct error *error)
{
    size_t n = b->real->rows, m = b->synthetic->rows, classes = b->set->classes, queries = 0, s = 0;
    struct column_set columns;
    first_columns(&columns, least_order(options));
    do {
        if (chosen[s++])
            queries += (size_t)fmin((double)n, combinations(b->real, &columns));
    } while (next_columns(&columns, options->order, b->real->columns));
    b->cells.capacity = 1024;
    while (b->cells.capacity < 2 * n || b->cells.capacity < n + m)
        b->cells.capacity *= 2;
    b->cells.key = ARENA_ARRAY(scratch, uint64_t, b->cells.capacity);
    b->cells.number = ARENA_ARRAY(scratch, uint32_t, b->cells.capacity);
    b->cell = ARENA_ARRAY(scratch, uint32_t, n + 1);
    b->records = ARENA_ARRAY(scratch, uint32_t, n + 1);
    b->support = ARENA_ARRAY(scratch, uint32_t, n + 1);
    b->positives = ARENA_ARRAY(scratch, uint32_t, n * classes + 1);
    b->place = ARENA_ARRAY(scratch, size_t, n + 1);
    b->start = ARENA_ARRAY(arena, size_t, queries + 1);
    b->index = ARENA_ARRAY(arena, uint32_t, b->set->sets * n + 1);
    b->set->support = ARENA_ARRAY(arena, uint32_t, queries + 1);
    b->set->positives = ARENA_ARRAY(arena, uint32_t, queries * classes + 1);
    if (!b->cells.key || !b->cells.number || !b->cell || !b->records || !b->support || !b->positives || !b->place ||
        !b->start || !b->index || !b->set->support || !b->set->positives)
        return error_memory(error);
    return 0;
}

int query_set_build(const struct query_table *real, const struct query_table *synthetic, const uint32_t *secret, size_t classes,
                    const struct query_options *options, struct arena *arena, struct query_set *set, struct error *error)
{
    struct column_set columns;
    size_t s = 0;
    *set = (struct query_set){.classes = classes, .synthetic_rows = synthetic->rows, .answers = options->answers};
    if (options->order == 0 || options->order > real->columns || options->order > MOST_ORDER ||
        options->least_order > options->order)
        return error_set(error, ERROR_UNMEASURABLE, "queries over %zu of %zu quasi-identifiers cannot be asked", options->order,
                         real->columns);
    struct builder b = {
        .real = real, .synthetic = synthetic, .secret = secret, .unsupported = options->unsupported, .set = set};
    struct arena *scratch = arena_new();
    bool *chosen = NULL;
    int status = scratch ? choose_sets(real, options, scratch, &chosen, set, error) : error_memory(error);
    if (!status)
        status = allocate(&b, options, chosen, arena, scratch, error);
    if (status)
        goto out;
    first_columns(&columns, least_order(options));
    do {
        if (chosen[s++])
            add_set(&b, &columns);
    } while (next_columns(&columns, options->order, real->columns));
    set->matrix.columns = real->rows;
    set->matrix.start = b.start;
    set->matrix.index = b.index;
out:
    arena_free(scratch);
    return status;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int query_table_unique(const struct query_table *codes, struct arena *arena, bool *unique, size_t *count, struct error *error)
{
    uint64_t *hash = ARENA_ARRAY(arena, uint64_t, codes->rows + 1), *sorted = ARENA_ARRAY(arena, uint64_t, codes->rows + 1);
    if (!hash || !sorted)
        return error_memory(error);
    for (size_t i = 0; i < codes->rows; i++) {
        for (size_t a = 0; a < codes->columns; a++)
            hash[i] = hash_mix(hash[i], codes->code[a][i]);
        sorted[i] = hash[i];
    }
    qsort(sorted, codes->rows, sizeof *sorted, compare_hashes);
    *count = 0;
    for (size_t i = 0; i < codes->rows; i++) {
        const uint64_t *found = bsearch(&hash[i], sorted, codes->rows, sizeof *sorted, compare_hashes);
        unique[i] = !(found > sorted && found[-1] == hash[i]) && !(found + 1 < sorted + codes->rows && found[1] == hash[i]);
        *count += unique[i];
    }
    return 0;
}
