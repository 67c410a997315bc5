#include "metrics/fidelity/column_cover.h"

#include <math.h>

#include "numeric/empirical.h"

enum { PARTS_MOST = 100, PARTS_LEAST = 10, ROWS_A_PART = 10, HITS_CERTAIN = 10 };

/* Variance that a cell with k values may add to the number of covered cells: its chance to be empty is at most the exact 95 %
 * limit exp(−χ²(0.025; 2k)/2) (Garwood 1936), and that is 1.96 standard errors; at most ¼. Cells with 10 values are certain. */
static const double cell_variance[HITS_CERTAIN] = {0.25,    0.24745, 0.16038, 0.07552, 0.02943,
                                                   0.01013, 0.00318, 0.00094, 0.00026, 0.00007};

/* Values below an edge (`upto`: not above it). */
static size_t rank_of(const struct column_view *view, double edge, bool upto)
{
    size_t lo = 0, hi = view->present;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (view->sorted[middle] < edge || (upto && view->sorted[middle] == edge))
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

/* Numbered as bins_index does: 0 below, inner bins, above. */
static void count_bins(const struct bins *bins, const struct column_view *view, uint32_t *counts)
{
    size_t inner = bins_count(bins) - 3, before = 0;
    for (size_t i = 0; i < inner + 1; i++) {
        double edge = bins->edges[i < bins->edge_count ? i : bins->edge_count - 1];
        size_t upto = rank_of(view, edge, i == inner);
        counts[i] = (uint32_t)(upto - before);
        before = upto;
    }
    counts[inner + 1] = (uint32_t)(view->present - before);
}

/* Covers of `parts` quantile bins: counts of both tables, from the arena. Returns the number of bins, 0 without memory. */
static size_t bin_counts(const struct column_schema *schema, size_t parts, const struct column_view *reference,
                         const struct column_view *subject, struct arena *arena, struct column_cover *cover, uint32_t **real)
{
    struct bins bins = {.edges = ARENA_ARRAY(arena, double, parts + 1)};
    if (!bins.edges)
        return 0;
    bins_from_sorted(schema->sorted, schema->n_sorted, parts, &bins);
    if (bins.edge_count == 0) /* no value in train: whatever the reference has is one cell */
        bins.edges[bins.edge_count++] = 0;
    size_t count = bins_count(&bins) - 1;
    *real = ARENA_ARRAY(arena, uint32_t, count);
    cover->subject = ARENA_ARRAY(arena, uint32_t, count);
    if (!*real || !cover->subject)
        return 0;
    count_bins(&bins, reference, *real);
    count_bins(&bins, subject, cover->subject);
    cover->edges = bins.edges;
    cover->edge_count = bins.edge_count;
    return count;
}

static void tally(struct column_cover *cover, const uint32_t *real, size_t count, size_t least)
{
    double variance = 0;
    cover->cells = cover->hit = cover->once = 0;
    for (size_t c = 0; c < count; c++) {
        if (real[c] == 0)
            continue;
        uint32_t k = cover->subject[c];
        cover->cells++;
        cover->hit += k > 0;
        cover->once += k == 1;
        cover->frequent += real[c] >= least;
        cover->frequent_hit += real[c] >= least && k > 0;
        variance += k < HITS_CERTAIN ? cell_variance[k] : 0;
    }
    /* Efron and Stein (1981): the variance of the number of covered cells is at most the mean number of cells with one value */
    variance = fmin(variance, (double)cover->once + 1);
    cover->variance = cover->cells ? variance / ((double)cover->cells * (double)cover->cells) : 0;
}

static void compare_ranges(const struct column_view *real, const struct column_view *subject, struct column_cover *cover)
{
    double lo = real->sorted[0], hi = real->sorted[real->present - 1];
    size_t below = rank_of(subject, lo, false), upto = rank_of(subject, hi, true);
    cover->range = 0;
    if (subject->present == 0)
        return;
    cover->outside = (double)(subject->present - (upto - below)) / (double)subject->present;
    if (hi > lo)
        cover->range = fmax(0, fmin(hi, subject->sorted[subject->present - 1]) - fmax(lo, subject->sorted[0])) / (hi - lo);
    else
        cover->range = upto > below;
}

static int cover_quantity(const struct column_schema *schema, const struct column_view *reference,
                          const struct column_view *subject, struct arena *arena, struct column_cover *cover,
                          struct error *error)
{
    uint32_t *real;
    size_t parts = schema->n_sorted / ROWS_A_PART, count;
    if (reference->present == 0)
        return 0;
    if (!(count = bin_counts(schema, 10, reference, subject, arena, cover, &real)))
        return error_memory(error);
    tally(cover, real, count, SIZE_MAX);
    cover->deciles = (double)cover->hit / (double)cover->cells;
    parts = parts < PARTS_LEAST ? PARTS_LEAST : parts > PARTS_MOST ? PARTS_MOST : parts;
    if (!(count = bin_counts(schema, parts, reference, subject, arena, cover, &real)))
        return error_memory(error);
    tally(cover, real, count, SIZE_MAX);
    compare_ranges(reference, subject, cover);
    return 0;
}

static int cover_levels(const struct measure_task *task, const struct table_view *reference, const struct table_view *subject,
                        struct arena *arena, struct column_cover *cover, struct error *error)
{
    const struct column_view *a = &reference->columns[cover->column], *b = &subject->columns[cover->column];
    uint32_t *real = ARENA_ARRAY(arena, uint32_t, a->levels + 1);
    size_t count = a->levels - 1, outside = 0, present = 0; /* the last code is "missing" */
    cover->subject = ARENA_ARRAY(arena, uint32_t, a->levels + 1);
    if (!real || !cover->subject)
        return error_memory(error);
    for (size_t i = 0; i < reference->rows; i++)
        real[a->code[i]]++;
    for (size_t i = 0; i < subject->rows; i++)
        cover->subject[b->code[i]]++;
    tally(cover, real, count, task->min_group);
    for (size_t c = 0; c < count; c++) {
        present += cover->subject[c];
        outside += real[c] ? 0 : cover->subject[c];
    }
    if (present)
        cover->outside = (double)outside / (double)present;
    return 0;
}

int column_cover(const struct measure_task *task, const struct table_view *reference, const struct table_view *subject,
                 size_t column, struct arena *arena, struct column_cover *cover, struct error *error)
{
    const struct column_schema *schema = &task->data->schema->columns[column];
    *cover = (struct column_cover){.column = column, .outside = NAN, .range = NAN, .deciles = NAN};
    if (column_kind(schema) == KIND_QUANTITY)
        return cover_quantity(schema, &reference->columns[column], &subject->columns[column], arena, cover, error);
    return cover_levels(task, reference, subject, arena, cover, error);
}

void column_cover_alone(const struct measure_task *task, const struct table_view *subject, const struct column_cover *cover,
                        double weight, double *sums)
{
    const struct bins bins = {.edges = cover->edges, .edge_count = cover->edge_count};
    const struct column *column = &task->subject->columns[cover->column];
    const uint32_t *code = subject->columns[cover->column].code;
    for (size_t i = 0; i < subject->rows && cover->once; i++) {
        if (table_missing(task->subject, cover->column, i))
            continue;
        size_t cell = column->number ? bins_index(&bins, column->number[i]) : code[i];
        if (cover->subject[cell] == 1)
            sums[i] += weight;
    }
}
