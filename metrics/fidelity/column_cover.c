#include "metrics/fidelity/column_cover.h"

#include <math.h>

#include "numeric/empirical.h"

enum { PARTS_MOST = 100, PARTS_LEAST = 10, ROWS_A_PART = 10, HITS_CERTAIN = 10 };
enum { MET_MOST = 15, RATES = 22, EM_STEPS = 200 }; /* cells met more often are certain; λ up to 20 */

/* The most variance that a cell with k values may add to the number of covered cells: its chance to be empty is at most the
 * exact 95 % limit exp(−χ²(0.025; 2k)/2) (Garwood 1936), and that is 1.96 standard errors; at most ¼. Cells with 10 values are
 * certain. */
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

/* What is known of a cell that the subject met k times: means over λ, the number expected, of its chance to be empty e^−λ and
 * of the variance e^−λ(1 − e^−λ). λ of the column's cells comes from one distribution on a grid, fitted to how many cells were
 * met 0, 1, … times (maximum likelihood by EM, with a fifth of a cell of λ between .5 and 8 added, so that few cells are
 * not taken as certain). */
struct emptiness {
    double chance[MET_MOST + 1], variance[MET_MOST + 1];
};

static void fit_emptiness(const double met[MET_MOST + 1], struct emptiness *out)
{
    double lambda[RATES], poisson[RATES][MET_MOST + 1], weight[RATES], prior[RATES], inner = 0;
    for (size_t g = 0; g < RATES; g++) {
        lambda[g] = g ? 0.05 * pow(1.35, (double)g) : 0;
        weight[g] = 1.0 / RATES;
        inner += prior[g] = lambda[g] > 0.5 && lambda[g] < 8 ? 1 : 0;
        poisson[g][0] = exp(-lambda[g]);
        for (size_t k = 1; k <= MET_MOST; k++)
            poisson[g][k] = poisson[g][k - 1] * lambda[g] / (double)k;
    }
    for (size_t step = 0; step <= EM_STEPS; step++) {
        double next[RATES], sum = 0;
        for (size_t g = 0; g < RATES; g++)
            next[g] = 0.2 * prior[g] / inner;
        for (size_t k = 0; k <= MET_MOST; k++) {
            double total = 0, empty = 0, variance = 0;
            for (size_t g = 0; g < RATES; g++) {
                double part = weight[g] * poisson[g][k], none = poisson[g][0];
                total += part;
                empty += part * none;
                variance += part * none * (1 - none);
            }
            out->chance[k] = empty / total;
            out->variance[k] = variance / total;
            for (size_t g = 0; g < RATES; g++)
                next[g] += met[k] * weight[g] * poisson[g][k] / total;
        }
        for (size_t g = 0; g < RATES; g++)
            sum += next[g];
        for (size_t g = 0; g < RATES; g++)
            weight[g] = next[g] / sum;
    }
}

/* Variance of hit/cells where both tables are drawn anew: of the subject's cells, and of the reference's that may not have been
 * there. Σ e^−ν(1 − e^−ν) over cells of the reference, ν rows expected, is estimated by their numbers of 1, 2, … 5 rows, with
 * the weights of Good and Toulmin (1956) as smoothed by Efron and Thisted (1976). */
static double variance_of_cover(const struct column_cover *cover, const uint32_t *real, size_t count)
{
    static const double fresh[] = {0, 31 / 32.0, -26 / 32.0, 16 / 32.0, -6 / 32.0, 1 / 32.0};
    double met[MET_MOST + 1] = {0}, subject = 0, reference = 0, cells = (double)cover->cells;
    struct emptiness emptiness;
    for (size_t c = 0; c < count; c++)
        if (real[c] && cover->subject[c] <= MET_MOST)
            met[cover->subject[c]]++;
    fit_emptiness(met, &emptiness);
    for (size_t c = 0; c < count; c++) {
        if (real[c] == 0)
            continue;
        uint32_t k = cover->subject[c];
        subject += k <= MET_MOST ? emptiness.variance[k] : 0;
        double away = 1 - (k <= MET_MOST ? emptiness.chance[k] : 0) - (double)cover->hit / cells;
        reference += real[c] < sizeof fresh / sizeof *fresh ? fresh[real[c]] * away * away : 0;
    }
    return (subject + fmax(0, reference)) / (cells * cells);
}

static void tally(struct column_cover *cover, const uint32_t *real, size_t count, size_t least)
{
    double limit = 0;
    cover->real = real;
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
        limit += k < HITS_CERTAIN ? cell_variance[k] : 0;
    }
    /* Efron and Stein (1981): the variance of the number of covered cells is at most the mean number of cells with one value */
    limit = fmin(limit, (double)cover->once + 1);
    cover->limit = cover->cells ? limit / ((double)cover->cells * (double)cover->cells) : 0;
    cover->variance = cover->cells ? variance_of_cover(cover, real, count) : 0;
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
        if (cover->real[cell] && cover->subject[cell] == 1)
            sums[i] += weight;
    }
}
