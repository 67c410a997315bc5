/* Equal rows and near rows of two coded tables. */
#include <stdlib.h>

#include "numeric/neighbours_layout.h"

#define CHUNK     1024  /* unique rows of a in a task */
#define LEAST_BIN 0.001 /* of a column's divisor: histograms for a smaller tolerance are no finer */

/* The unique row of b that equals unique row u of a, or b->unique. */
static size_t find_equal(const struct neighbour_table *a, size_t u, const struct neighbour_table *b)
{
    size_t n = a->scale->n_columns, at;
    uint64_t hash = 0;

    for (size_t j = 0; j < n; j++)
        hash = neighbour_hash(hash, neighbour_exact_cell(a, u, j));
    for (at = hash & b->hash_mask; b->hashed[at]; at = (at + 1) & b->hash_mask) {
        size_t v = b->hashed[at] - 1, j = 0;

        for (; j < n; j++) {
            double x = neighbour_exact_cell(a, u, j), y = neighbour_exact_cell(b, v, j);

            if (x < y || x > y)
                break;
        }
        if (j == n)
            return v;
    }
    return b->unique;
}

void neighbour_equal_rows(const struct neighbour_table *a, const struct neighbour_table *b, uint32_t *count)
{
    for (size_t u = 0; u < a->unique; u++) {
        size_t v = find_equal(a, u, b);
        uint32_t equal = v < b->unique ? b->start[v + 1] - b->start[v] : 0;

        for (uint32_t m = a->start[u]; m < a->start[u + 1]; m++)
            count[a->members[m]] = equal;
    }
}

/* Near rows: rows of b in order of (hash of the categories, number in the column that sets rows apart best); the rows near a
 * row are in a window of the run with its categories. */
struct near_row {
    uint64_t categories; /* hash */
    double value;        /* in the column; 0 when there are categories only */
    uint32_t row;        /* unique row of b */
};

struct near_search {
    const struct neighbour_table *a, *b;
    double tolerance;
    bool has_numbers;
    size_t column; /* whose window is searched */
    struct near_row *order;
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
        double at = (neighbour_exact_cell(table, u, j) - scale->low[j]) / scale->divisor[j] / width;

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
    for (size_t c = scale->n_categories; c < scale->n_values; c++) {
        double sum = crowding(search->b, scale->order[c], width, bins, n_bins);

        if (sum < least) {
            least = sum;
            search->column = scale->order[c];
        }
    }
    free(bins);
    return 0;
}

static struct near_row near_row(const struct near_search *search, const struct neighbour_table *table, size_t u)
{
    const struct neighbour_scale *scale = table->scale;
    struct near_row out = {0, 0, (uint32_t)u};

    for (size_t c = 0; c < scale->n_categories; c++)
        out.categories = neighbour_hash(out.categories, neighbour_exact_cell(table, u, scale->order[c]));
    if (search->has_numbers)
        out.value = neighbour_exact_cell(table, u, search->column);
    return out;
}

static int compare_near(const void *a, const void *b)
{
    const struct near_row *x = a, *y = b;

    if (x->categories != y->categories)
        return x->categories < y->categories ? -1 : 1;
    if (x->value < y->value || x->value > y->value)
        return x->value < y->value ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static bool is_near(const struct near_search *search, size_t u, size_t v)
{
    const struct neighbour_scale *scale = search->a->scale;

    for (size_t c = 0; c < scale->n_values; c++) {
        size_t j = scale->order[c];
        double x = neighbour_exact_cell(search->a, u, j), y = neighbour_exact_cell(search->b, v, j);

        if (c < scale->n_categories ? x < y || x > y : fabs(x - y) > search->tolerance * scale->divisor[j])
            return false; /* a number missing in both: NaN, so near */
    }
    return true;
}

/* The first row in b's order that is not below `least`. */
static size_t window_start(const struct near_search *search, const struct near_row *least)
{
    size_t lo = 0, hi = search->b->unique;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (compare_near(&search->order[mid], least) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void count_near(const struct near_search *search, size_t u, uint32_t *count, uint32_t *only)
{
    const struct neighbour_table *b = search->b;
    double reach = search->has_numbers ? 1.01 * search->tolerance * b->scale->divisor[search->column] : 0;
    struct near_row row = near_row(search, search->a, u), least = {row.categories, row.value - reach, 0};

    *count = 0;
    *only = NEIGHBOUR_MISSING;
    for (size_t at = window_start(search, &least); at < b->unique && *count < 2; at++) {
        const struct near_row *other = &search->order[at];

        if (other->categories != row.categories || other->value > row.value + reach)
            break;
        if (!is_near(search, u, other->row))
            continue;
        *count += b->start[other->row + 1] - b->start[other->row];
        *only = b->members[b->start[other->row]];
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
    struct near_search search = {a, b, tolerance, b->scale->n_categories < b->scale->n_values, 0, NULL, count, only};
    int status;

    search.order = calloc(b->unique + 1, sizeof *search.order);
    if (!search.order)
        return error_memory(error);
    status = search.has_numbers ? choose_column(&search, error) : 0;
    for (size_t v = 0; v < b->unique; v++)
        search.order[v] = near_row(&search, b, v);
    qsort(search.order, b->unique, sizeof *search.order, compare_near);
    if (!status)
        status = pool_run(pool, (a->unique + CHUNK - 1) / CHUNK, near_task, &search, error);
    free(search.order);
    return status;
}
