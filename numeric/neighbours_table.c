/* Fitting the scale on the training table and coding tables for the neighbour engine. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/neighbours_layout.h"
#include "numeric/sort.h"

static size_t picked(const struct neighbour_columns *columns, size_t i)
{
    return columns->pick ? columns->pick[i] : i;
}

/* The present values in order; a categorical column's codes count as values. */
static double *sorted_values(const struct neighbour_columns *columns, size_t j, struct arena *arena, size_t *present)
{
    const struct neighbour_column *column = &columns->column[j];
    double *sorted = ARENA_ARRAY(arena, double, columns->rows + 1);

    if (!sorted)
        return NULL;
    *present = 0;
    for (size_t i = 0; i < columns->rows; i++) {
        size_t row = picked(columns, i);
        double v = column->value ? column->value[row] : (double)column->code[row];

        if (!isnan(v))
            sorted[(*present)++] = v + 0.0; /* −0 becomes 0 */
    }
    sort_doubles(sorted, *present);
    return sorted;
}

static uint32_t count_distinct(const double *sorted, size_t present)
{
    uint32_t distinct = present > 0;

    for (size_t i = 1; i < present; i++)
        distinct += sorted[i] > sorted[i - 1];
    return distinct;
}

/* DBL_TRUE_MIN as a divisor: any difference at all gives a capped 1. */
static void fit_column(struct neighbour_scale *scale, size_t j, const double *sorted, size_t present, bool numeric)
{
    double range = present ? sorted[present - 1] - sorted[0] : 0;
    double mean = 0, squares = 0;

    scale->present[j] = present;
    scale->low[j] = present ? sorted[0] : 0;
    scale->divisor[j] = DBL_TRUE_MIN;
    scale->mean[j] = NAN;
    if (!numeric) {
        scale->sorted[j] = scale->metric == NEIGHBOUR_EUCLIDEAN ? sorted : NULL;
        return;
    }
    if (scale->metric == NEIGHBOUR_EUCLIDEAN) {
        for (size_t i = 0; i < present; i++)
            mean += (sorted[i] - mean) / (double)(i + 1);
        for (size_t i = 0; i < present; i++)
            squares += (sorted[i] - mean) * (sorted[i] - mean);
        scale->mean[j] = range > 0 || present == 0 ? mean : sorted[0];
        scale->divisor[j] = range > 0 ? sqrt(squares / (double)(present - 1)) : 1;
        return;
    }
    if (scale->metric == NEIGHBOUR_RANK_GOWER && present > 0) {
        scale->ranked[j] = true;
        scale->sorted[j] = sorted;
        scale->low[j] = 0;
        scale->divisor[j] = 2 * (double)present;
    } else if (range > 0) {
        scale->divisor[j] = range < DBL_MAX ? range : DBL_MAX;
    }
}

/* Categories with few levels first: they make the sort order's tiles alike. */
static void fit_order(struct neighbour_scale *scale, const struct neighbour_columns *columns, const uint32_t *levels)
{
    size_t n = 0;

    for (uint32_t j = 0; j < scale->n_columns; j++) {
        size_t at = n;

        if (columns->column[j].value)
            continue;
        for (; at > 0 && levels[scale->order[at - 1]] > levels[j]; at--)
            scale->order[at] = scale->order[at - 1];
        scale->order[at] = j;
        n++;
    }
    scale->n_categorical = n;
    for (uint32_t j = 0; j < scale->n_columns; j++)
        if (columns->column[j].value)
            scale->order[n++] = j;
}

static void fit_unit(struct neighbour_scale *scale)
{
    size_t n = scale->n_columns, width = n < NEIGHBOUR_GROUP ? n : NEIGHBOUR_GROUP;
    size_t groups = (n + NEIGHBOUR_GROUP - 1) / NEIGHBOUR_GROUP, unit = UINT16_MAX / width;

    scale->unit = (double)(unit < UINT16_MAX / 4 ? unit : UINT16_MAX / 4); /* missing is coded as 4 units */
    while ((size_t)1 << scale->shift < groups)
        scale->shift++;
}

int neighbour_scale_fit(enum neighbour_metric metric, const struct neighbour_columns *columns, struct arena *arena,
                        const struct neighbour_scale **out, struct error *error)
{
    struct neighbour_scale *scale = ARENA_NEW(arena, struct neighbour_scale);
    size_t n = columns->n_columns;
    uint32_t *levels = ARENA_ARRAY(arena, uint32_t, n + 1);

    if (n == 0)
        return error_set(error, ERROR_UNMEASURABLE, "distances need a numeric, date or categorical column, and there is none");
    if (n > 50000)
        return error_set(error, ERROR_UNMEASURABLE, "distances are made for up to 50000 columns, not %zu", n);
    if (!scale || !levels)
        return error_memory(error);
    scale->metric = metric;
    scale->n_columns = n;
    scale->sorted = ARENA_ARRAY(arena, const double *, n);
    scale->present = ARENA_ARRAY(arena, size_t, n);
    scale->low = ARENA_ARRAY(arena, double, n);
    scale->divisor = ARENA_ARRAY(arena, double, n);
    scale->mean = ARENA_ARRAY(arena, double, n);
    scale->ranked = ARENA_ARRAY(arena, bool, n);
    scale->order = ARENA_ARRAY(arena, uint32_t, n);
    if (!scale->sorted || !scale->present || !scale->low || !scale->divisor || !scale->mean || !scale->ranked || !scale->order)
        return error_memory(error);
    for (size_t j = 0; j < n; j++) {
        size_t present;
        double *sorted = sorted_values(columns, j, arena, &present);

        if (!sorted)
            return error_memory(error);
        levels[j] = count_distinct(sorted, present);
        fit_column(scale, j, sorted, present, columns->column[j].value != NULL);
    }
    fit_order(scale, columns, levels);
    fit_unit(scale);
    *out = scale;
    return 0;
}

/* 2 · #below + #equal among the sorted values. */
static double twice_rank(const double *sorted, size_t n, double v)
{
    size_t below = 0, not_above, lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (sorted[mid] < v)
            lo = mid + 1;
        else
            hi = mid;
    }
    below = lo;
    for (hi = n; lo < hi;) {
        size_t mid = lo + (hi - lo) / 2;

        if (sorted[mid] <= v)
            lo = mid + 1;
        else
            hi = mid;
    }
    not_above = lo;
    return (double)(below + not_above);
}

static bool contains(const double *sorted, size_t n, double v)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (sorted[mid] < v)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && sorted[lo] <= v;
}

static double exact_value(const struct neighbour_scale *scale, size_t j, const struct neighbour_column *column, size_t row)
{
    double v;

    if (!column->value && column->code[row] != NEIGHBOUR_MISSING && scale->sorted[j] &&
        !contains(scale->sorted[j], scale->present[j], (double)column->code[row]))
        return -1; /* a category that the fitted table lacks */
    if (!column->value)
        return (double)column->code[row];
    v = column->value[row];
    if (isnan(v))
        return INFINITY;
    return scale->ranked[j] ? twice_rank(scale->sorted[j], scale->present[j], v) : v + 0.0;
}

/* The 16-bit code of an exact value; its rounding error, in units of the code, is added to *slack. */
static uint16_t lane_code(const struct neighbour_scale *scale, size_t j, bool categorical, double v, double *slack)
{
    double scaled, held, code;

    if (categorical) {
        uint32_t whole = (uint32_t)(int64_t)v;

        return whole == NEIGHBOUR_MISSING ? UINT16_MAX : (uint16_t)(whole ^ (whole >> 16));
    }
    if (isinf(v))
        return (uint16_t)(4 * scale->unit);
    scaled = scale->unit * ((v - scale->low[j]) / scale->divisor[j] + 1);
    held = scaled > 0 ? scaled : 0;
    held = held < 3 * scale->unit ? held : 3 * scale->unit;
    code = nearbyint(held);
    *slack += fabs(code - held);
    return (uint16_t)code;
}

struct row_order {
    const double *exact;
    const struct neighbour_scale *scale;
};

int neighbour_compare(const struct neighbour_scale *scale, size_t columns, const double *x, const double *y)
{
    for (size_t c = 0; c < columns; c++) {
        size_t j = scale->order[c];

        if (x[j] < y[j] || x[j] > y[j])
            return x[j] < y[j] ? -1 : 1;
    }
    return 0;
}

static int compare_rows(const void *a, const void *b, void *context)
{
    const struct row_order *by = context;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    size_t n = by->scale->n_columns;
    int order = neighbour_compare(by->scale, n, by->exact + i * n, by->exact + k * n);

    return order ? order : (i > k) - (i < k);
}

/* Sorts the rows, merges equal ones, and moves the unique rows' exact values to the front in that order. */
static int merge_rows(struct neighbour_table *table, const double *exact, struct arena *arena, struct error *error)
{
    const struct neighbour_scale *scale = table->scale;
    size_t n = scale->n_columns;
    struct row_order by = {exact, scale};

    table->members = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    table->start = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    table->unique_of = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    if (!table->members || !table->start || !table->unique_of)
        return error_memory(error);
    for (uint32_t i = 0; i < table->rows; i++)
        table->members[i] = i;
    qsort_r(table->members, table->rows, sizeof *table->members, compare_rows, &by);
    for (uint32_t i = 0; i < table->rows; i++) {
        const uint32_t *m = table->members;

        if (i == 0 || neighbour_compare(scale, n, exact + m[i - 1] * n, exact + m[i] * n) != 0)
            table->start[table->unique++] = i;
        table->unique_of[m[i]] = (uint32_t)table->unique - 1;
    }
    table->start[table->unique] = (uint32_t)table->rows;
    table->exact = ARENA_ARRAY(arena, double, table->unique *n + 1);
    if (!table->exact)
        return error_memory(error);
    for (size_t u = 0; u < table->unique; u++)
        memcpy(table->exact + u * n, exact + table->members[table->start[u]] * n, n * sizeof *exact);
    return 0;
}

static int fill_lanes(struct neighbour_table *table, struct arena *arena, struct error *error)
{
    const struct neighbour_scale *scale = table->scale;
    size_t n = scale->n_columns;

    table->tiles = (table->unique + NEIGHBOUR_LANES - 1) / NEIGHBOUR_LANES;
    table->lanes = ARENA_ARRAY(arena, uint16_t, table->tiles * n * NEIGHBOUR_LANES + 1);
    table->slack = ARENA_ARRAY(arena, double, table->unique + 1);
    if (!table->lanes || !table->slack)
        return error_memory(error);
    table->coded_exactly = scale->n_categorical == n && scale->shift == 0 && scale->metric != NEIGHBOUR_EUCLIDEAN;
    for (size_t u = 0; u < table->unique; u++) {
        uint16_t *tile = table->lanes + u / NEIGHBOUR_LANES * n * NEIGHBOUR_LANES + u % NEIGHBOUR_LANES;

        for (size_t c = 0; c < n; c++) {
            double v = table->exact[u * n + scale->order[c]];

            tile[c * NEIGHBOUR_LANES] = lane_code(scale, scale->order[c], c < scale->n_categorical, v, &table->slack[u]);
            table->coded_exactly &= v < UINT16_MAX || v == (double)NEIGHBOUR_MISSING;
        }
        if (table->slack[u] > table->worst_slack)
            table->worst_slack = table->slack[u];
    }
    return 0;
}

int neighbour_encode(const struct neighbour_scale *scale, const struct neighbour_columns *columns, struct arena *arena,
                     const struct neighbour_table **out, struct error *error)
{
    struct neighbour_table *table = ARENA_NEW(arena, struct neighbour_table);
    size_t n = scale->n_columns;
    double *exact;
    int status = 0;

    if (!table)
        return error_memory(error);
    if (columns->n_columns != n || columns->rows >= UINT32_MAX)
        return error_set(error, ERROR_INTERNAL, "a table of %zu columns does not fit a distance over %zu", columns->n_columns,
                         n);
    table->scale = scale;
    table->rows = columns->rows;
    exact = calloc(columns->rows * n + 1, sizeof *exact);
    if (!exact)
        return error_memory(error);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < columns->rows; i++)
            exact[i * n + j] = exact_value(scale, j, &columns->column[j], picked(columns, i));
    status = merge_rows(table, exact, arena, error);
    if (!status)
        status = fill_lanes(table, arena, error);
    free(exact);
    *out = table;
    return status;
}

size_t neighbour_unique_rows(const struct neighbour_table *table)
{
    return table->unique;
}

double neighbour_distance(const struct neighbour_table *a, size_t i, const struct neighbour_table *b, size_t j)
{
    size_t n = a->scale->n_columns;

    return neighbour_exact_distance(a->scale, a->exact + a->unique_of[i] * n, b->exact + b->unique_of[j] * n);
}
