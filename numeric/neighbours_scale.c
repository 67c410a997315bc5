/* What the neighbour engine learns from the fitted table: ranges, ranks, deviations, levels, and how to code them. */
#include <stdlib.h>

#include "numeric/neighbours_layout.h"
#include "numeric/sort.h"

#define SMALL_CODES    254 /* categories with codes below this take 8 bits */
#define MOST_SMALL     508 /* columns: their matches are counted in bytes, two columns to a lane */
#define MASK_LEVELS    16  /* a box holds up to this many categories of a column as a mask */
#define CODES          65535.0
#define FEWEST_CODES   64.0  /* coded sum of a squared distance of 1, unless there are very many columns */
#define MOST_GOWER     50000 /* columns: a part of 1 adds at least 1 to the 16-bit sum */
#define MOST_EUCLIDEAN 32767 /* columns: differing categories add at least 2, without saturation */
#define SUM_A_COLUMN   8.0   /* squared distance a column that still fits the sum */

/* The present values in order; a categorical column's codes count as values. Returns how many. */
static size_t sorted_values(const struct neighbour_columns *columns, size_t j, double *sorted)
{
    const struct neighbour_column *column = &columns->column[j];
    size_t present = 0;

    for (size_t i = 0; i < columns->rows; i++) {
        size_t row = columns->pick ? columns->pick[i] : i;

        if (column->value ? !isnan(column->value[row]) : column->code[row] != NEIGHBOUR_MISSING)
            sorted[present++] = column->value ? column->value[row] + 0.0 : (double)column->code[row]; /* −0 becomes 0 */
    }
    sort_doubles(sorted, present);
    return present;
}

static size_t count_distinct(const double *sorted, size_t present)
{
    size_t distinct = present > 0;

    for (size_t i = 1; i < present; i++)
        distinct += sorted[i] > sorted[i - 1];
    return distinct;
}

static int keep_distinct(struct neighbour_scale *scale, size_t j, const double *sorted, size_t present, struct arena *arena,
                         struct error *error)
{
    size_t n = 0;

    scale->value[j] = ARENA_ARRAY(arena, double, scale->distinct[j] + 1);
    scale->below[j] = scale->ranked[j] ? ARENA_ARRAY(arena, uint32_t, scale->distinct[j] + 1) : NULL;
    if (!scale->value[j] || (scale->ranked[j] && !scale->below[j]))
        return error_memory(error);
    for (size_t i = 0; i < present; i++) {
        if (i > 0 && !(sorted[i] > sorted[i - 1]))
            continue;
        if (scale->ranked[j])
            scale->below[j][n] = (uint32_t)i;
        scale->value[j][n++] = sorted[i];
    }
    if (scale->ranked[j])
        scale->below[j][n] = (uint32_t)present;
    return 0;
}

static void fit_deviation(struct neighbour_scale *scale, size_t j, const double *sorted, size_t present)
{
    double mean = 0, squares = 0;

    for (size_t i = 0; i < present; i++)
        mean += (sorted[i] - mean) / (double)(i + 1);
    for (size_t i = 0; i < present; i++)
        squares += (sorted[i] - mean) * (sorted[i] - mean);
    scale->mean[j] = scale->distinct[j] == 1 ? sorted[0] : mean;
    scale->divisor[j] = scale->distinct[j] > 1 ? fmax(sqrt(squares / (double)(present - 1)), DBL_MIN) : 1;
    scale->low[j] = present ? sorted[0] : 0;
}

static int fit_column(struct neighbour_scale *scale, size_t j, const double *sorted, size_t present, bool numeric,
                      struct arena *arena, struct error *error)
{
    double range = present ? sorted[present - 1] - sorted[0] : 0;

    scale->distinct[j] = count_distinct(sorted, present);
    scale->divisor[j] = numeric ? DBL_MIN : 1; /* any difference gives a capped 1, and no subnormal number slows the sum */
    scale->categorical[j] = !numeric;
    if (!numeric)
        return scale->metric == NEIGHBOUR_EUCLIDEAN ? keep_distinct(scale, j, sorted, present, arena, error) : 0;
    if (scale->metric == NEIGHBOUR_EUCLIDEAN) {
        fit_deviation(scale, j, sorted, present);
        return 0;
    }
    if (scale->metric == NEIGHBOUR_RANK_GOWER && present > 0) {
        scale->ranked[j] = true;
        scale->divisor[j] = 2 * (double)present;
        return keep_distinct(scale, j, sorted, present, arena, error);
    }
    scale->low[j] = present ? sorted[0] : 0;
    if (range > 0)
        scale->divisor[j] = range < DBL_MAX ? range : DBL_MAX;
    return 0;
}

/* Categories, small ones first, then fewest levels first. */
static bool comes_before(const struct neighbour_scale *scale, const bool *small, size_t j, size_t k)
{
    return small[j] != small[k] ? small[j] : scale->distinct[j] < scale->distinct[k];
}

/* Categories, then numbers, then marks. */
static void fit_order(struct neighbour_scale *scale, const bool *small)
{
    size_t n = 0;

    for (uint32_t j = 0; j < scale->n_columns; j++) {
        size_t at = n;

        if (!scale->categorical[j])
            continue;
        for (; at > 0 && comes_before(scale, small, j, scale->order[at - 1]); at--)
            scale->order[at] = scale->order[at - 1];
        scale->order[at] = j;
        scale->n_masked += small[j] && scale->distinct[j] <= MASK_LEVELS;
        scale->n_small += small[j];
        n++;
    }
    scale->n_categories = n;
    for (uint32_t j = 0; j < scale->n_columns; j++)
        if (!scale->categorical[j])
            scale->order[n++] = j;
    scale->n_values = n;
    for (uint32_t j = 0; j < scale->n_columns; j++)
        if (scale->marked[j])
            scale->order[n++] = j;
    scale->n_kernel = n;
    scale->n_slots = n - scale->n_small / 2;
}

/* Codes as fine as the 16-bit sum allows. */
static void fit_gower_codes(struct neighbour_scale *scale)
{
    size_t unit = UINT16_MAX / scale->n_columns;

    unit = unit < UINT16_MAX / 4 ? unit : UINT16_MAX / 4; /* missing is coded as 4 units */
    scale->unit = (double)unit;
    scale->step = (double)unit;
    scale->weight = (uint16_t)unit;
    scale->limit = (uint16_t)unit;
    scale->slack = (double)(scale->n_columns - scale->n_categories);
}

/* As fine as lets the widest column fit the codes, but not so coarse that heavy tails blur what is near, nor so fine that
 * ordinary distances overflow the sum. `range`: the largest range of a fitted column, in deviations. */
static void fit_euclidean_codes(struct neighbour_scale *scale, double range)
{
    double most = floor(CODES / (SUM_A_COLUMN * (double)scale->n_columns)), step;

    most = most > 1 ? most : 1;
    step = fmax(floor(.9 * CODES / fmax(range, 1)), 256 * sqrt(FEWEST_CODES));
    step = fmin(step, floor(256 * sqrt(most)));
    scale->step = step;
    scale->unit = step * step / 65536;
    scale->weight = (uint16_t)floor(2 * scale->unit);
    scale->limit = UINT16_MAX;
    for (size_t j = 0; j < scale->n_columns; j++) /* the range in the middle of the codes, or the lower part of it in them */
        if (!scale->categorical[j])
            scale->low[j] = fmax(scale->low[j] - .05 * scale->divisor[j] * CODES / step,
                                 scale->mean[j] - .5 * scale->divisor[j] * CODES / step);
}

static int scale_new(struct neighbour_scale *scale, struct arena *arena, struct error *error)
{
    size_t n = scale->n_columns;

    scale->categorical = ARENA_ARRAY(arena, bool, n);
    scale->divisor = ARENA_ARRAY(arena, double, n);
    scale->mean = ARENA_ARRAY(arena, double, n);
    scale->low = ARENA_ARRAY(arena, double, n);
    scale->value = ARENA_ARRAY(arena, double *, n);
    scale->below = ARENA_ARRAY(arena, uint32_t *, n);
    scale->distinct = ARENA_ARRAY(arena, size_t, n);
    scale->ranked = ARENA_ARRAY(arena, bool, n);
    scale->marked = ARENA_ARRAY(arena, bool, n);
    scale->order = ARENA_ARRAY(arena, uint32_t, 2 * n);
    if (!scale->categorical || !scale->divisor || !scale->mean || !scale->low || !scale->value || !scale->below ||
        !scale->distinct || !scale->ranked || !scale->marked || !scale->order)
        return error_memory(error);
    return 0;
}

static int fit_columns(struct neighbour_scale *scale, const struct neighbour_columns *columns, struct arena *arena, bool *small,
                       double *range, struct error *error)
{
    size_t n_small = 0;
    double *sorted = calloc(columns->rows + 1, sizeof *sorted);
    int status = sorted ? 0 : error_memory(error);

    *range = 0;
    for (size_t j = 0; !status && j < scale->n_columns; j++) {
        size_t present = sorted_values(columns, j, sorted);
        bool numeric = columns->column[j].value != NULL;

        scale->marked[j] = scale->metric == NEIGHBOUR_EUCLIDEAN && numeric && present < columns->rows;
        status = fit_column(scale, j, sorted, present, numeric, arena, error);
        small[j] = !numeric && n_small < MOST_SMALL && (present == 0 || sorted[present - 1] < SMALL_CODES);
        n_small += small[j];
        if (!status && numeric && present > 0)
            *range = fmax(*range, (sorted[present - 1] - sorted[0]) / scale->divisor[j]);
    }
    free(sorted);
    return status;
}

int neighbour_scale_fit(enum neighbour_metric metric, const struct neighbour_columns *columns, struct arena *arena,
                        const struct neighbour_scale **out, struct error *error)
{
    struct neighbour_scale *scale = ARENA_NEW(arena, struct neighbour_scale);
    bool *small = ARENA_ARRAY(arena, bool, columns->n_columns + 1);
    size_t most = metric == NEIGHBOUR_EUCLIDEAN ? MOST_EUCLIDEAN : MOST_GOWER;
    double range;
    int status;

    if (columns->n_columns == 0)
        return error_set(error, ERROR_UNMEASURABLE, "distances need a numeric, date or categorical column, and there is none");
    if (columns->n_columns > most)
        return error_set(error, ERROR_UNMEASURABLE, "distances are made for up to %zu columns, not %zu", most,
                         columns->n_columns);
    if (!scale || !small)
        return error_memory(error);
    scale->metric = metric;
    scale->n_columns = columns->n_columns;
    status = scale_new(scale, arena, error);
    if (!status)
        status = fit_columns(scale, columns, arena, small, &range, error);
    if (status)
        return status;
    fit_order(scale, small);
    if (metric == NEIGHBOUR_EUCLIDEAN)
        fit_euclidean_codes(scale, range);
    else
        fit_gower_codes(scale);
    *out = scale;
    return 0;
}
