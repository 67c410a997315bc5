/* The matrix of pair scores: white is 1 (as in the real data), the darker the further off. Columns are ordered by their mean
 * score, worst first; at most PAIRS_SHOWN of them are drawn. details = {pairs: [{a, b, score}]}. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/chart.h"

enum { PAIRS_SHOWN = 40, COLUMNS_MOST = 2000, PAIRS_HALF = 16 }; /* PAIRS_HALF columns fit half the width of a page */

struct pair_column {
    const char *name;
    double sum;
    size_t n;
};

static size_t column_of(struct pair_column *columns, size_t *count, const char *name)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(columns[i].name, name) == 0)
            return i;
    if (*count == COLUMNS_MOST)
        return COLUMNS_MOST;
    columns[*count] = (struct pair_column){name, 0, 0};
    return (*count)++;
}

static int by_mean(const void *a, const void *b)
{
    const struct pair_column *p = a, *q = b;
    double x = p->n ? p->sum / (double)p->n : 2, y = q->n ? q->sum / (double)q->n : 2;
    return x < y ? -1 : x > y ? 1 : strcmp(p->name, q->name);
}

static const char *name_of(const cJSON *pair, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(pair, key);
    return cJSON_IsString(item) && item->valuestring ? item->valuestring : NULL;
}

/* Names and mean scores of all columns that occur in pairs, worst mean first. NULL: none, or memory is short. */
static struct pair_column *columns_of(const cJSON *details, size_t most, size_t *count)
{
    const cJSON *pairs = cJSON_GetObjectItemCaseSensitive(details, "pairs"), *pair;
    struct pair_column *columns = cJSON_IsArray(pairs) ? malloc(COLUMNS_MOST * sizeof *columns) : NULL;
    *count = 0;
    if (!columns)
        return NULL;
    for (pair = model_first(pairs); pair; pair = pair->next) {
        const char *a = name_of(pair, "a"), *b = name_of(pair, "b");
        double score = model_number(pair, "score");
        if (!a || !b)
            continue;
        size_t i = column_of(columns, count, a), j = column_of(columns, count, b);
        if (i == COLUMNS_MOST || j == COLUMNS_MOST || !isfinite(score))
            continue;
        columns[i].sum += score;
        columns[i].n++;
        columns[j].sum += score;
        columns[j].n++;
    }
    qsort(columns, *count, sizeof *columns, by_mean);
    if (*count > most)
        *count = most;
    return columns;
}

bool chart_pairs_complete(const cJSON *details)
{
    size_t count;
    free(columns_of(details, COLUMNS_MOST, &count));
    return count <= PAIRS_SHOWN;
}

bool chart_pairs_wide(const cJSON *details)
{
    size_t count;
    free(columns_of(details, PAIRS_SHOWN, &count));
    return count > PAIRS_HALF;
}

double chart_pairs_height(const cJSON *details)
{
    size_t count;
    free(columns_of(details, PAIRS_SHOWN, &count));
    const double cell = count > 24 ? 10 : count > PAIRS_HALF ? 14 : fmin(14, 160 / (double)(count ? count : 1));
    return count < 2 ? 0 : (double)count * cell + 34;
}

/* 1 is white, 0.5 and below the darkest; light steps first, so that grey print keeps the order. */
static void cell_colour(cairo_t *cr, double score)
{
    double t = fmin(1, fmax(0, (1 - score) / 0.5));
    cairo_set_source_rgb(cr, 0.965 - 0.965 * t, 0.975 - 0.655 * t, 0.985 - 0.445 * t);
}

static void draw_key(struct chart *chart, double y)
{
    static const struct {
        double score;
        const char *label;
    } steps[] = {{1, "1"}, {0.9, "0.9"}, {0.8, "0.8"}, {0.7, "0.7"}, {0.6, "0.6"}, {0.5, "\xe2\x89\xa4 0.5"}};
    double x = chart->h.start;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        cell_colour(chart->cr, steps[i].score);
        cairo_rectangle(chart->cr, x, y, 26, 8);
        cairo_fill(chart->cr);
        text_label(chart->text, chart->cr, &style_grey, steps[i].label, x + 13, y + 14, 0.5, 0);
        x += 27;
    }
    text_label(chart->text, chart->cr, &style_grey, "score of a pair", chart->h.start - 5, y + 4, 1, 0);
}

static void draw_cells(struct chart *chart, const cJSON *details, const struct pair_column *columns, size_t count, double cell)
{
    const cJSON *pairs = cJSON_GetObjectItemCaseSensitive(details, "pairs"), *pair;
    for (pair = model_first(pairs); pair; pair = pair->next) {
        const char *a = name_of(pair, "a"), *b = name_of(pair, "b");
        double score = model_number(pair, "score");
        size_t i = count, j = count;
        for (size_t k = 0; k < count && a && b; k++) {
            i = strcmp(columns[k].name, a) == 0 ? k : i;
            j = strcmp(columns[k].name, b) == 0 ? k : j;
        }
        if (i == count || j == count || i == j || !isfinite(score))
            continue;
        size_t row = i > j ? i : j, column = i > j ? j : i;
        cell_colour(chart->cr, score);
        cairo_rectangle(chart->cr, chart->h.start + (double)column * cell, chart->v.end + (double)row * cell, cell - 0.6,
                        cell - 0.6);
        cairo_fill(chart->cr);
    }
}

void chart_pairs(struct chart *chart, const void *data)
{
    const cJSON *details = data;
    size_t count;
    struct pair_column *columns = columns_of(details, PAIRS_SHOWN, &count);
    double names = fmin(0.34 * chart->width, 130), cell = count > 0 ? (chart->height - 34) / (double)count : 0;
    chart_area(chart, names, 0, 0, 34);
    if (count > 0 && cell * (double)count > chart->h.end - chart->h.start)
        cell = (chart->h.end - chart->h.start) / (double)count;
    if (!columns)
        return;
    draw_cells(chart, details, columns, count, cell);
    for (size_t i = 0; i < count; i++) {
        double y = chart->v.end + ((double)i + 0.5) * cell;
        const char *name = clean_text(chart->arena, columns[i].name);
        text_label(chart->text, chart->cr, &style_small, name, chart->h.start - 5, y, 1, names - 8);
        double left = chart->h.start + ((double)i + 0.25) * cell; /* the diagonal says it again where there is room */
        if (i > 0 && left + text_width(chart->text, &style_grey, name) < chart->h.end)
            text_label(chart->text, chart->cr, &style_grey, name, left, y, 0, 0);
    }
    draw_key(chart, chart->v.end + (double)count * cell + 8);
    free(columns);
}
