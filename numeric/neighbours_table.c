/* Coding a table for the neighbour engine: exact values, equal rows merged, codes in the tree's order. */
#include <stdlib.h>

#include "numeric/neighbours_layout.h"

/* While a table is coded. Unique rows are numbered in order of appearance here. */
struct coding {
    const struct neighbour_scale *scale;
    const struct neighbour_columns *columns;
    struct neighbour_table *table;
    double **exact;  /* [column]: [rows] of a numeric column, NULL for categories */
    uint32_t *first; /* [unique]: its first row */
    uint32_t *unique_of;
    uint16_t *codes; /* [kernel column][unique] */
    uint32_t *order; /* [unique]: place in the tree → unique row */
};

/* How many of the sorted values are below v. */
static size_t count_below(const double *sorted, size_t n, double v)
{
    size_t lo = 0;

    while (n > 0) {
        size_t half = n / 2;
        bool right = sorted[lo + half] < v;

        lo += right ? half + 1 : 0;
        n = right ? n - half - 1 : half;
    }
    return lo;
}

static double exact_number(const struct neighbour_scale *scale, size_t j, double v)
{
    size_t at;

    if (isnan(v))
        return INFINITY;
    if (!scale->ranked[j])
        return v + 0.0;
    at = count_below(scale->value[j], scale->distinct[j], v);
    if (at < scale->distinct[j] && scale->value[j][at] <= v)
        return (double)scale->below[j][at] + (double)scale->below[j][at + 1];
    return 2 * (double)scale->below[j][at];
}

static double exact_category(const struct neighbour_scale *scale, size_t j, uint32_t code)
{
    size_t at;

    if (code == NEIGHBOUR_MISSING)
        return INFINITY;
    if (scale->metric != NEIGHBOUR_EUCLIDEAN)
        return (double)code;
    at = count_below(scale->value[j], scale->distinct[j], code);
    return at < scale->distinct[j] && scale->value[j][at] <= code ? (double)code : NEIGHBOUR_UNKNOWN;
}

static double exact_value(const struct coding *coding, size_t j, size_t i)
{
    if (coding->exact[j])
        return coding->exact[j][i];
    return exact_category(coding->scale, j,
                          coding->columns->column[j].code[coding->columns->pick ? coding->columns->pick[i] : i]);
}

static int code_numbers(struct coding *coding, struct arena *scratch, struct error *error)
{
    const struct neighbour_columns *columns = coding->columns;

    coding->exact = ARENA_ARRAY(scratch, double *, columns->n_columns);
    if (!coding->exact)
        return error_memory(error);
    for (size_t j = 0; j < columns->n_columns; j++) {
        double *exact;

        if (coding->scale->categorical[j])
            continue;
        exact = coding->exact[j] = ARENA_ARRAY(scratch, double, columns->rows + 1);
        if (!exact)
            return error_memory(error);
        for (size_t i = 0; i < columns->rows; i++)
            exact[i] = exact_number(coding->scale, j, columns->column[j].value[columns->pick ? columns->pick[i] : i]);
    }
    return 0;
}

static bool equal_rows(const struct coding *coding, size_t i, size_t k)
{
    for (size_t j = 0; j < coding->scale->n_columns; j++) {
        double x = exact_value(coding, j, i), y = exact_value(coding, j, k);

        if (x < y || x > y)
            return false;
    }
    return true;
}

static size_t hash_size(size_t rows)
{
    size_t size = 64;

    while (size < rows + rows / 2)
        size *= 2;
    return size;
}

/* Numbers the distinct rows in order of appearance. */
static int merge_rows(struct coding *coding, struct arena *scratch, struct error *error)
{
    size_t rows = coding->columns->rows, mask = hash_size(rows) - 1;
    uint64_t *hash = ARENA_ARRAY(scratch, uint64_t, rows + 1);
    uint32_t *slots = ARENA_ARRAY(scratch, uint32_t, mask + 1);

    coding->first = ARENA_ARRAY(scratch, uint32_t, rows + 1);
    coding->unique_of = ARENA_ARRAY(scratch, uint32_t, rows + 1);
    if (!hash || !slots || !coding->first || !coding->unique_of)
        return error_memory(error);
    for (size_t j = 0; j < coding->scale->n_columns; j++)
        for (size_t i = 0; i < rows; i++)
            hash[i] = neighbour_hash(hash[i], exact_value(coding, j, i));
    for (uint32_t i = 0; i < rows; i++) {
        size_t at = hash[i] & mask;

        for (; slots[at]; at = (at + 1) & mask) {
            uint32_t k = coding->first[slots[at] - 1];

            if (hash[k] == hash[i] && equal_rows(coding, i, k))
                break;
        }
        if (!slots[at]) {
            coding->first[coding->table->unique] = i;
            slots[at] = (uint32_t)++coding->table->unique;
        }
        coding->unique_of[i] = slots[at] - 1;
    }
    return 0;
}

/* `top`: the code of a missing category. Categories beyond the codes are folded into them. */
static uint16_t category_code(double v, uint16_t top)
{
    uint32_t whole;

    if (v > UINT32_MAX)
        return top;
    if (v < 0)
        return top - 1;
    whole = (uint32_t)v;
    return (uint16_t)((whole < top ? whole : whole ^ whole >> 8 ^ whole >> 16) & top);
}

static uint16_t number_code(const struct neighbour_scale *scale, size_t j, double v)
{
    double scaled;

    if (scale->metric == NEIGHBOUR_EUCLIDEAN) {
        scaled = floor(scale->step * (((v > DBL_MAX ? scale->mean[j] : v) - scale->low[j]) / scale->divisor[j]));
        return (uint16_t)fmin(fmax(scaled, 0), UINT16_MAX);
    }
    if (v > DBL_MAX)
        return (uint16_t)(4 * scale->unit);
    scaled = nearbyint(scale->unit * ((v - scale->low[j]) / scale->divisor[j] + 1));
    return (uint16_t)fmin(fmax(scaled, 0), 3 * scale->unit);
}

/* Codes of all unique rows, and which columns the codes hold exactly. */
static int code_rows(struct coding *coding, struct arena *scratch, struct error *error)
{
    const struct neighbour_scale *scale = coding->scale;
    struct neighbour_table *table = coding->table;

    coding->codes = ARENA_ARRAY(scratch, uint16_t, scale->n_kernel * table->unique + 1);
    if (!coding->codes)
        return error_memory(error);
    for (size_t c = 0; c < scale->n_kernel; c++) {
        uint16_t *codes = coding->codes + c * table->unique, top = c < scale->n_small ? UINT8_MAX : UINT16_MAX;
        bool in_lanes = c < scale->n_categories;

        for (size_t u = 0; u < table->unique; u++) {
            double v = exact_value(coding, scale->order[c], coding->first[u]);

            if (c < scale->n_categories) {
                codes[u] = category_code(v, top);
                in_lanes &= v < top - 1 || v > DBL_MAX;
            } else {
                codes[u] =
                    c < scale->n_values ? number_code(scale, scale->order[c], v) : (uint16_t)(v > DBL_MAX ? scale->step : 0);
            }
        }
        if (c < scale->n_values)
            table->place[scale->order[c]] =
                (struct neighbour_place){.holder = in_lanes ? NEIGHBOUR_IN_LANES : NEIGHBOUR_WIDE,
                                         .at = (uint32_t)(c < scale->n_small ? c / 2 : c - scale->n_small / 2),
                                         .shift = c < scale->n_small ? c % 2 * 8 : 0,
                                         .top = top};
    }
    return 0;
}

static int fill_lanes(const struct coding *coding, struct arena *arena, struct error *error)
{
    struct neighbour_table *table = coding->table;
    const struct neighbour_scale *scale = coding->scale;
    size_t n = scale->n_slots, small = scale->n_small;

    table->tiles = (table->unique + NEIGHBOUR_LANES - 1) / NEIGHBOUR_LANES;
    table->groups = (table->tiles + NEIGHBOUR_LANES - 1) / NEIGHBOUR_LANES;
    table->lanes = ARENA_ARRAY(arena, uint16_t, table->tiles * n * NEIGHBOUR_LANES + 1);
    if (!table->lanes)
        return error_memory(error);
    for (size_t u = 0; u < table->unique; u++) {
        uint16_t *lane = table->lanes + u / NEIGHBOUR_LANES * n * NEIGHBOUR_LANES + u % NEIGHBOUR_LANES;

        for (size_t c = 0; c < scale->n_kernel; c++) {
            uint16_t code = coding->codes[c * table->unique + coding->order[u]];

            if (c < small)
                lane[c / 2 * NEIGHBOUR_LANES] |= (uint16_t)(code << c % 2 * 8);
            else
                lane[(c - small / 2) * NEIGHBOUR_LANES] = code;
        }
    }
    return 0;
}

/* Sorts the columns that the lanes do not hold into those that floats hold exactly and the others. */
static void sort_columns(const struct coding *coding)
{
    struct neighbour_table *table = coding->table;

    table->all_in_lanes = true;
    for (size_t c = 0; c < coding->scale->n_values; c++) {
        uint32_t j = coding->scale->order[c];
        bool narrow = true;

        if (table->place[j].holder == NEIGHBOUR_IN_LANES)
            continue;
        table->all_in_lanes = false;
        for (size_t u = 0; u < table->unique && narrow; u++) {
            double v = exact_value(coding, j, coding->first[u]);

            narrow = isinf(v) || (fabs(v) <= FLT_MAX && !((double)(float)v < v) && !((double)(float)v > v));
        }
        table->place[j] = (struct neighbour_place){.holder = narrow ? NEIGHBOUR_NARROW : NEIGHBOUR_WIDE,
                                                   .at = (uint32_t)(narrow ? table->n_narrow : table->n_wide)};
        if (narrow)
            table->narrow_column[table->n_narrow++] = j;
        else
            table->wide_column[table->n_wide++] = j;
    }
}

static int fill_exact(const struct coding *coding, struct arena *arena, struct error *error)
{
    struct neighbour_table *table = coding->table;

    sort_columns(coding);
    table->narrow = ARENA_ARRAY(arena, float, table->unique * table->n_narrow + 1);
    table->wide = ARENA_ARRAY(arena, double, table->unique * table->n_wide + 1);
    if (!table->narrow || !table->wide)
        return error_memory(error);
    for (size_t k = 0; k < table->n_narrow; k++)
        for (size_t u = 0; u < table->unique; u++)
            table->narrow[u * table->n_narrow + k] =
                (float)exact_value(coding, table->narrow_column[k], coding->first[coding->order[u]]);
    for (size_t k = 0; k < table->n_wide; k++)
        for (size_t u = 0; u < table->unique; u++)
            table->wide[u * table->n_wide + k] = exact_value(coding, table->wide_column[k], coding->first[coding->order[u]]);
    return 0;
}

/* Which rows belong to which unique row, ascending. */
static int fill_members(struct coding *coding, struct arena *arena, struct error *error)
{
    struct neighbour_table *table = coding->table;
    uint32_t *place = coding->first; /* of a unique row in the tree; its first row is needed no more */

    table->members = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    table->start = ARENA_ARRAY(arena, uint32_t, table->unique + 2);
    table->unique_of = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    if (!table->members || !table->start || !table->unique_of)
        return error_memory(error);
    for (uint32_t u = 0; u < table->unique; u++)
        place[coding->order[u]] = u;
    for (size_t i = 0; i < table->rows; i++) {
        table->unique_of[i] = place[coding->unique_of[i]];
        table->start[table->unique_of[i] + 2]++;
    }
    for (size_t u = 2; u < table->unique + 2; u++)
        table->start[u] += table->start[u - 1];
    for (uint32_t i = 0; i < table->rows; i++)
        table->members[table->start[table->unique_of[i] + 1]++] = i;
    return 0;
}

static int fill_hashed(struct neighbour_table *table, struct arena *arena, struct error *error)
{
    size_t n = table->scale->n_columns;
    double *x = calloc(n, sizeof *x);

    table->hash_mask = hash_size(table->unique) - 1;
    table->hashed = x ? ARENA_ARRAY(arena, uint32_t, table->hash_mask + 1) : NULL;
    for (uint32_t u = 0; table->hashed && u < table->unique; u++) {
        uint64_t hash = 0;
        size_t at;

        neighbour_exact_row(table, u, x);
        for (size_t j = 0; j < n; j++)
            hash = neighbour_hash(hash, x[j]);
        for (at = hash & table->hash_mask; table->hashed[at];)
            at = (at + 1) & table->hash_mask;
        table->hashed[at] = u + 1;
    }
    free(x);
    return table->hashed ? 0 : error_memory(error);
}

static int code_table(struct coding *coding, struct arena *scratch, struct arena *arena, struct error *error)
{
    struct neighbour_table *table = coding->table;
    size_t n = coding->scale->n_columns;
    int status;

    table->place = ARENA_ARRAY(arena, struct neighbour_place, n);
    table->narrow_column = ARENA_ARRAY(arena, uint32_t, n);
    table->wide_column = ARENA_ARRAY(arena, uint32_t, n);
    if (!table->place || !table->narrow_column || !table->wide_column)
        return error_memory(error);
    status = code_numbers(coding, scratch, error);
    if (!status)
        status = merge_rows(coding, scratch, error);
    if (!status)
        status = code_rows(coding, scratch, error);
    coding->order = ARENA_ARRAY(scratch, uint32_t, table->unique + 1);
    if (!status && !coding->order)
        status = error_memory(error);
    if (!status)
        status = neighbour_tree_order(coding->scale, coding->codes, table->unique, coding->order, error);
    if (!status)
        status = fill_lanes(coding, arena, error);
    if (!status)
        status = fill_exact(coding, arena, error);
    return status ? status : fill_members(coding, arena, error);
}

int neighbour_encode(const struct neighbour_scale *scale, const struct neighbour_columns *columns, struct arena *arena,
                     const struct neighbour_table **out, struct error *error)
{
    struct neighbour_table *table = ARENA_NEW(arena, struct neighbour_table);
    struct coding coding = {.scale = scale, .columns = columns, .table = table};
    struct arena *scratch;
    int status;

    if (columns->n_columns != scale->n_columns || columns->rows >= UINT32_MAX)
        return error_set(error, ERROR_INTERNAL, "a table of %zu columns does not fit a distance over %zu", columns->n_columns,
                         scale->n_columns);
    scratch = arena_new();
    if (!table || !scratch) {
        arena_free(scratch);
        return error_memory(error);
    }
    table->scale = scale;
    table->rows = columns->rows;
    status = code_table(&coding, scratch, arena, error);
    arena_free(scratch);
    if (!status)
        status = fill_hashed(table, arena, error);
    if (!status)
        status = neighbour_tree_boxes(table, arena, error);
    *out = table;
    return status;
}

size_t neighbour_unique_rows(const struct neighbour_table *table)
{
    return table->unique;
}
