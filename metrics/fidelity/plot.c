#include "metrics/fidelity/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 20, LEVELS = 12 };

struct histogram {
    double edges[BINS + 1];
    size_t bins;
    size_t reference[BINS], subject[BINS];
};

/* Writes the values that at least `least` rows share and returns their number; 0 when there are more than BINS distinct values,
 * or when one row in ten has another value. */
static size_t frequent_values(const struct gap_sample *sample, size_t least, double *values)
{
    size_t kept = 0, distinct = 0, rows = 0;
    for (size_t i = 0, end; i < sample->present; i = end) {
        for (end = i + 1; end < sample->present && sample->sorted[end] == sample->sorted[i]; end++)
            ;
        if (++distinct > BINS)
            return 0;
        if (end - i < least)
            continue;
        values[kept++] = sample->sorted[i];
        rows += end - i;
    }
    return 10 * rows > 9 * sample->present ? kept : 0;
}

/* Edges midway between the frequent values; the outer ones as far out as the next inner edge is in. */
static void edges_between(const double *values, size_t count, struct histogram *h)
{
    h->bins = count;
    for (size_t i = 1; i < count; i++)
        h->edges[i] = (values[i - 1] + values[i]) / 2;
    h->edges[0] = count > 1 ? 2 * values[0] - h->edges[1] : values[0] - 0.5;
    h->edges[count] = count > 1 ? 2 * values[count - 1] - h->edges[count - 1] : values[0] + 0.5;
}

/* At least `least` rows lie at or beyond either outer edge. */
static void edges_from_quantiles(const struct gap_sample *sample, size_t least, struct histogram *h)
{
    double outer = fmin(0.25, fmax(0.01, (double)least / (double)sample->present));
    double lo = quantile_sorted(sample->sorted, sample->present, outer);
    double hi = quantile_sorted(sample->sorted, sample->present, 1 - outer);
    double step = hi > lo ? pow(10, floor(log10(hi - lo)) - 2) : 0;
    size_t count = 0;
    for (size_t k = 0; k <= BINS; k++) {
        double p = outer + (1 - 2 * outer) * (double)k / BINS, edge = quantile_sorted(sample->sorted, sample->present, p);
        if (step > 0)
            edge = step < 1 ? round(edge / step) / round(1 / step) : round(edge / step) * step;
        if (count == 0 || edge > h->edges[count - 1])
            h->edges[count++] = edge;
    }
    h->bins = count - 1;
}

/* The bin of a value is the last one whose lower edge it reaches; values below all edges go to the first. */
static void count_bins(const struct gap_sample *sample, const struct histogram *h, size_t *counts)
{
    size_t bin = 0;
    memset(counts, 0, BINS * sizeof *counts);
    for (size_t i = 0; i < sample->present; i++) {
        while (bin + 1 < h->bins && sample->sorted[i] >= h->edges[bin + 1])
            bin++;
        counts[bin]++;
    }
}

/* Merges each bin with fewer than `least` reference rows into the bin before it (the first: after it). */
static void merge_small(struct histogram *h, size_t least)
{
    for (size_t i = 0; i < h->bins && h->bins > 1;) {
        if (h->reference[i] >= least) {
            i++;
            continue;
        }
        size_t into = i ? i - 1 : 0, gone = into + 1;
        h->reference[into] += h->reference[gone];
        h->subject[into] += h->subject[gone];
        memmove(h->edges + gone, h->edges + gone + 1, (h->bins - gone) * sizeof *h->edges);
        memmove(h->reference + gone, h->reference + gone + 1, (h->bins - gone - 1) * sizeof *h->reference);
        memmove(h->subject + gone, h->subject + gone + 1, (h->bins - gone - 1) * sizeof *h->subject);
        h->bins--;
        i = into;
    }
}

static void add_shares(cJSON *plot, const char *key, const size_t *counts, size_t n)
{
    cJSON *array = json_add_array(plot, key);
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += counts[i];
    for (size_t i = 0; i < n; i++)
        json_push_number(array, total ? (double)counts[i] / (double)total : 0);
}

static void plot_quantity(const struct measure_task *task, size_t column, const struct table_view *reference,
                          const struct table_view *subject, cJSON *item)
{
    struct gap_sample real = view_sample(task->reference, reference, column);
    struct gap_sample candidate = view_sample(task->subject, subject, column);
    struct histogram h = {.bins = 0};
    double values[BINS];
    if (real.present < task->min_group)
        return;
    size_t frequent = frequent_values(&real, task->min_group, values);
    if (frequent)
        edges_between(values, frequent, &h);
    else
        edges_from_quantiles(&real, task->min_group, &h);
    if (h.bins == 0)
        return;
    count_bins(&real, &h, h.reference);
    count_bins(&candidate, &h, h.subject);
    merge_small(&h, task->min_group);
    cJSON *plot = json_add_object(item, "plot"), *edges = json_add_array(plot, "edges");
    for (size_t i = 0; i <= h.bins; i++)
        json_push_number(edges, h.edges[i]);
    add_shares(plot, "reference", h.reference, h.bins);
    add_shares(plot, "subject", h.subject, h.bins);
}

struct level_count {
    size_t level, reference, subject;
};

static int more_frequent(const void *a, const void *b)
{
    const struct level_count *x = a, *y = b;
    if (x->reference != y->reference)
        return x->reference > y->reference ? -1 : 1;
    return x->level < y->level ? -1 : x->level > y->level;
}

static struct level_count *count_levels(const struct column_view *reference, size_t n, const struct column_view *subject,
                                        size_t m)
{
    struct level_count *levels = calloc(reference->levels + 1, sizeof *levels);
    if (!levels)
        return NULL;
    for (size_t c = 0; c < reference->levels; c++)
        levels[c].level = c;
    for (size_t i = 0; i < n; i++)
        levels[reference->code[i]].reference++;
    for (size_t i = 0; i < m; i++)
        levels[subject->code[i]].subject++;
    return levels;
}

/* Shares of the first `shown` levels and, pooled behind them, of all others. */
static void write_levels(const struct measure_task *task, size_t column, const struct level_count *levels, size_t count,
                         size_t shown, cJSON *item)
{
    size_t real[LEVELS + 1] = {0}, candidate[LEVELS + 1] = {0}, entries = shown;
    cJSON *plot = json_add_object(item, "plot"), *names = json_add_array(plot, "levels");
    for (size_t i = 0; i < count; i++) {
        size_t at = i < shown ? i : shown;
        real[at] += levels[i].reference;
        candidate[at] += levels[i].subject;
        if (i < shown)
            json_push_string(names, task->data->schema->columns[column].levels[levels[i].level]);
    }
    if (real[shown] || candidate[shown]) {
        char other[40];
        snprintf(other, sizeof other, "other (<%zu)", task->min_group);
        json_push_string(names, levels[shown].reference >= task->min_group ? "other" : other);
        entries++;
    }
    add_shares(plot, "reference", real, entries);
    add_shares(plot, "subject", candidate, entries);
}

static int plot_levels(const struct measure_task *task, size_t column, const struct table_view *reference,
                       const struct table_view *subject, cJSON *item, struct error *error)
{
    const struct column_view *real = &reference->columns[column];
    size_t count = real->levels - 1, shown = 0, rest = 0; /* the last code is "missing" */
    struct level_count *levels = count_levels(real, reference->rows, &subject->columns[column], subject->rows);
    if (!levels)
        return error_memory(error);
    qsort(levels, count, sizeof *levels, more_frequent);
    while (shown < count && shown < LEVELS && levels[shown].reference >= task->min_group)
        shown++;
    for (size_t i = shown; i < count; i++)
        rest += levels[i].reference;
    while (shown && rest > 0 && rest < task->min_group) /* a pool this small would give its few rows away */
        rest += levels[--shown].reference;
    if (shown)
        write_levels(task, column, levels, count, shown, item);
    free(levels);
    return 0;
}

int plot_add(const struct measure_task *task, size_t column, const struct table_view *reference,
             const struct table_view *subject, cJSON *item, struct error *error)
{
    if (column_kind(&task->data->schema->columns[column]) == KIND_LEVELS)
        return plot_levels(task, column, reference, subject, item, error);
    plot_quantity(task, column, reference, subject, item);
    return 0;
}
