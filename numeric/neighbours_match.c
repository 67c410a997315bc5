/* Equal rows and near rows of two coded tables. */
#include <stdlib.h>

#include "numeric/neighbours_layout.h"
#include "numeric/sort.h"

#define CHUNK     1024  /* unique rows of a in a task */
#define LEAST_BIN 0.001 /* of a column's divisor: histograms for a smaller tolerance are no finer */

void neighbour_equal_rows(const struct neighbour_table *a, const struct neighbour_table *b, uint32_t *count)
{
    size_t n = a->scale->n_columns, v = 0;

    for (size_t u = 0; u < a->unique; u++) {
        int order = -1;
        uint32_t equal;

        while (v < b->unique && (order = neighbour_compare(a->scale, n, b->exact + v * n, a->exact + u * n)) < 0)
            v++;
        equal = v < b->unique && order == 0 ? b->start[v + 1] - b->start[v] : 0;
        for (uint32_t m = a->start[u]; m < a->start[u + 1]; m++)
            count[a->members[m]] = equal;
    }
}

struct near_search {
    const struct neighbour_table *a, *b;
    double tolerance;
    size_t column;   /* whose window is searched */
    uint32_t *order; /* unique rows of b by (categories, value in `column`) */
    uint32_t *count, *only;
};

/* How crowded column j is: Σ count² over bins of this width. */
static double crowding(const struct neighbour_table *table, size_t j, double width, uint32_t *bins, size_t n_bins)
{
    const struct neighbour_scale *scale = table->scale;
    double sum = 0;

    for (size_t k = 0; k < n_bins; k++)
        bins[k] = 0;
    for (size_t u = 0; u < table->unique; u++) {
        double at = (table->exact[u * scale->n_columns + j] - scale->low[j]) / scale->divisor[j] / width;

        bins[at >= 0 && at < (double)n_bins ? (size_t)at : n_bins - 1]++;
    }
    for (size_t k = 0; k < n_bins; k++)
        sum += (double)bins[k] * (double)bins[k];
    return sum;
}

static int choose_column(struct near_search *search, struct error *error)
{
    const struct neighbour_scale *scale = search->b->scale;
    double width = fmax(search->tolerance, LEAST_BIN);
    size_t n_bins = (size_t)(1 / width) + 2;
    uint32_t *bins = calloc(n_bins, sizeof *bins);
    double least = INFINITY;

    if (!bins)
        return error_memory(error);
    for (size_t c = scale->n_categorical; c < scale->n_columns; c++) {
        double sum = crowding(search->b, scale->order[c], width, bins, n_bins);

        if (sum < least) {
            least = sum;
            search->column = scale->order[c];
        }
    }
    free(bins);
    return 0;
}

/* Unique rows are in order of their categories already: only each run of equal categories is ordered by the chosen column. */
static int order_rows(struct near_search *search, struct error *error)
{
    const struct neighbour_table *b = search->b;
    const struct neighbour_scale *scale = b->scale;
    size_t n = scale->n_columns;
    double *value = calloc(b->unique + 1, sizeof *value);
    int status = value ? 0 : error_memory(error);

    for (size_t from = 0, to; !status && from < b->unique; from = to) {
        for (to = from; to < b->unique; to++) {
            if (neighbour_compare(scale, scale->n_categorical, b->exact + from * n, b->exact + to * n) != 0)
                break;
            value[to] = b->exact[to * n + search->column];
        }
        status = sort_order(value + from, to - from, search->order + from, error);
        for (size_t v = from; v < to; v++)
            search->order[v] += (uint32_t)from;
    }
    free(value);
    return status;
}

static bool is_near(const struct near_search *search, const double *x, const double *y)
{
    const struct neighbour_scale *scale = search->a->scale;

    for (size_t c = scale->n_categorical; c < scale->n_columns; c++) {
        size_t j = scale->order[c];

        if (fabs(x[j] - y[j]) > search->tolerance * scale->divisor[j]) /* both missing: NaN, so near */
            return false;
    }
    return true;
}

/* The first row in b's order that does not come before row x with its number in the chosen column lowered by the tolerance. */
static size_t window_start(const struct near_search *search, const double *x)
{
    const struct neighbour_scale *scale = search->b->scale;
    double least = x[search->column] - 1.01 * search->tolerance * scale->divisor[search->column];
    size_t lo = 0, hi = search->b->unique;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const double *y = search->b->exact + search->order[mid] * scale->n_columns;
        int order = neighbour_compare(scale, scale->n_categorical, y, x);

        if (order < 0 || (order == 0 && scale->n_categorical < scale->n_columns && y[search->column] < least))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void count_near(const struct near_search *search, size_t u, uint32_t *count, uint32_t *only)
{
    const struct neighbour_table *b = search->b;
    const struct neighbour_scale *scale = b->scale;
    const double *x = search->a->exact + u * scale->n_columns;
    double most = x[search->column] + 1.01 * search->tolerance * scale->divisor[search->column];

    *count = 0;
    *only = NEIGHBOUR_MISSING;
    for (size_t at = window_start(search, x); at < b->unique && *count < 2; at++) {
        size_t v = search->order[at];
        const double *y = b->exact + v * scale->n_columns;

        if (neighbour_compare(scale, scale->n_categorical, x, y) != 0 ||
            (scale->n_categorical < scale->n_columns && y[search->column] > most))
            break;
        if (!is_near(search, x, y))
            continue;
        *count += b->start[v + 1] - b->start[v];
        *only = b->members[b->start[v]];
    }
    if (*count > 1) {
        *count = 2;
        *only = NEIGHBOUR_MISSING;
    }
}

static int near_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct near_search *search = context;
    const struct neighbour_table *a = search->a;

    (void)worker;
    (void)error;
    for (size_t u = index * CHUNK; u < a->unique && u < (index + 1) * CHUNK; u++) {
        uint32_t count, only;

        count_near(search, u, &count, &only);
        for (uint32_t m = a->start[u]; m < a->start[u + 1]; m++) {
            search->count[a->members[m]] = count;
            search->only[a->members[m]] = only;
        }
    }
    return 0;
}

int neighbour_near_rows(const struct neighbour_table *a, const struct neighbour_table *b, double tolerance, struct pool *pool,
                        uint32_t *count, uint32_t *only, struct error *error)
{
    struct near_search search = {a, b, tolerance, b->scale->order[0], NULL, count, only};
    int status;

    search.order = calloc(b->unique + 1, sizeof *search.order);
    if (!search.order)
        return error_memory(error);
    status = choose_column(&search, error);
    if (!status)
        status = order_rows(&search, error);
    if (!status)
        status = pool_run(pool, (a->unique + CHUNK - 1) / CHUNK, near_task, &search, error);
    free(search.order);
    return status;
}
