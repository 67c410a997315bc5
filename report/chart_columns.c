/* One column of the small multiples.
 *
 * plot = {edges, reference, subject}: binned densities (share a unit of width), real as a grey area, candidate as a line.
 * plot = {levels, reference, subject}: paired bars of the most frequent levels, the rest pooled. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/chart.h"

enum { BINS_MOST = 256, LEVELS_SHOWN = 5 };

static double density(const double *edges, const double *share, size_t bin)
{
    double width = edges[bin + 1] - edges[bin];
    return width > 0 && isfinite(width) && isfinite(share[bin]) ? share[bin] / width : 0;
}

static void step_path(struct chart *chart, const double *edges, const double *share, size_t bins)
{
    cairo_new_path(chart->cr);
    cairo_move_to(chart->cr, scale_at(&chart->h, edges[0]), chart->v.start);
    for (size_t i = 0; i < bins; i++) {
        double y = scale_at(&chart->v, density(edges, share, i));
        cairo_line_to(chart->cr, scale_at(&chart->h, edges[i]), y);
        cairo_line_to(chart->cr, scale_at(&chart->h, edges[i + 1]), y);
    }
    cairo_line_to(chart->cr, scale_at(&chart->h, edges[bins]), chart->v.start);
}

static const char *edge_label(struct chart *chart, double at, bool date)
{
    if (date)
        return number_date(chart->arena, at);
    if (fabs(at) >= 1000 && fabs(at) < 1e9)
        return number_count(chart->arena, at);
    if (fabs(at) >= 1e9 || (at != 0 && fabs(at) < 1e-3))
        return arena_format(chart->arena, "%.3g", at);
    return number_short(chart->arena, at, FORM_PLAIN);
}

static void draw_quantity(struct chart *chart, const cJSON *plot, bool date)
{
    double edges[BINS_MOST + 1], real[BINS_MOST], candidate[BINS_MOST], highest = 0;
    size_t n = series_read(cJSON_GetObjectItemCaseSensitive(plot, "edges"), edges, BINS_MOST + 1);
    size_t bins = series_read(cJSON_GetObjectItemCaseSensitive(plot, "reference"), real, BINS_MOST);
    size_t other = series_read(cJSON_GetObjectItemCaseSensitive(plot, "subject"), candidate, BINS_MOST);
    bins = other < bins ? other : bins;
    if (n < 2 || bins == 0 || bins + 1 > n || !(edges[bins] > edges[0]))
        return;
    for (size_t i = 0; i < bins; i++) {
        double a = density(edges, real, i), b = density(edges, candidate, i);
        highest = fmax(highest, fmax(a, b));
    }
    chart_range(chart, edges[0], edges[bins], 0, highest > 0 ? highest * 1.05 : 1);
    step_path(chart, edges, real, bins);
    colour_set(chart->cr, COLOUR_REAL_FILL);
    cairo_fill_preserve(chart->cr);
    colour_set(chart->cr, COLOUR_REAL);
    cairo_set_line_width(chart->cr, 0.6);
    cairo_stroke(chart->cr);
    step_path(chart, edges, candidate, bins);
    colour_set(chart->cr, COLOUR_ACCENT);
    cairo_set_line_width(chart->cr, 1.2);
    cairo_stroke(chart->cr);
    double half = (chart->h.end - chart->h.start) / 2;
    text_label(chart->text, chart->cr, &style_grey, edge_label(chart, edges[0], date), chart->h.start, chart->v.start + 7, 0,
               half);
    text_label(chart->text, chart->cr, &style_grey, edge_label(chart, edges[bins], date), chart->h.end, chart->v.start + 7, 1,
               half);
}

struct level {
    const char *name;
    double real, candidate;
    size_t place;
};

/* "other" and "other (<10)": what the audit has pooled already. */
static bool is_pooled(const struct level *level)
{
    return strncmp(level->name, "other", 5) == 0 && (level->name[5] == '\0' || strncmp(level->name + 5, " (<", 3) == 0);
}

/* By the larger of the two shares; pooled ones last. */
static int by_share(const void *a, const void *b)
{
    const struct level *p = a, *q = b;
    double x = is_pooled(p) ? -1 : fmax(p->real, p->candidate), y = is_pooled(q) ? -1 : fmax(q->real, q->candidate);
    if (x != y)
        return x > y ? -1 : 1;
    return p->place < q->place ? -1 : 1;
}

static double share_of(const cJSON *item)
{
    return cJSON_IsNumber(item) && isfinite(item->valuedouble) ? item->valuedouble : 0;
}

/* At most LEVELS_SHOWN of them: the most frequent, then the sum of the others. */
static size_t gather_levels(struct chart *chart, const cJSON *plot, struct level **out)
{
    const cJSON *names = cJSON_GetObjectItemCaseSensitive(plot, "levels");
    const cJSON *real = cJSON_GetObjectItemCaseSensitive(plot, "reference");
    const cJSON *candidate = cJSON_GetObjectItemCaseSensitive(plot, "subject");
    const cJSON *r = cJSON_IsArray(real) ? real->child : NULL, *s = cJSON_IsArray(candidate) ? candidate->child : NULL;
    size_t size = cJSON_IsArray(names) ? (size_t)cJSON_GetArraySize(names) : 0, count = 0;
    struct level *levels = size > 0 ? ARENA_ARRAY(chart->arena, struct level, size) : NULL;
    *out = levels;
    if (!levels)
        return 0;
    for (const cJSON *name = names->child; name && r && s; name = name->next, r = r->next, s = s->next) {
        const char *text = cJSON_IsString(name) ? clean_text(chart->arena, name->valuestring) : "missing";
        levels[count] = (struct level){text, share_of(r), share_of(s), count};
        count++;
    }
    qsort(levels, count, sizeof *levels, by_share);
    if (count <= LEVELS_SHOWN)
        return count;
    levels[LEVELS_SHOWN - 1].name = "all others";
    for (size_t i = LEVELS_SHOWN; i < count; i++) {
        levels[LEVELS_SHOWN - 1].real += levels[i].real;
        levels[LEVELS_SHOWN - 1].candidate += levels[i].candidate;
    }
    return LEVELS_SHOWN;
}

static void draw_levels(struct chart *chart, const cJSON *plot)
{
    struct level *levels;
    size_t count = gather_levels(chart, plot, &levels);
    double highest = 0, names = 0.42 * chart->width;
    for (size_t i = 0; i < count; i++)
        highest = fmax(highest, fmax(levels[i].real, levels[i].candidate));
    chart->h.start += names;
    chart_range(chart, 0, highest > 0 ? highest : 1, 0, 1);
    for (size_t i = 0; i < count; i++) {
        double y = chart->v.end + 6 + 11.5 * (double)i;
        text_label(chart->text, chart->cr, &style_grey, levels[i].name, chart->x, y, 0, names - 5);
        colour_set(chart->cr, 0xa9a9a9);
        cairo_rectangle(chart->cr, chart->h.start, y - 4, scale_at(&chart->h, levels[i].real) - chart->h.start, 3.6);
        cairo_fill(chart->cr);
        colour_set(chart->cr, COLOUR_ACCENT);
        cairo_rectangle(chart->cr, chart->h.start, y + 0.2, scale_at(&chart->h, levels[i].candidate) - chart->h.start, 3.6);
        cairo_fill(chart->cr);
    }
}

void chart_column(struct chart *chart, const struct column_plot *column)
{
    double score = text_width(chart->text, &style_grey, column->score);
    text_label(chart->text, chart->cr, &style_emphasis, column->name, chart->x, chart->y + 5, 0, chart->width - score - 6);
    text_label(chart->text, chart->cr, &style_grey, column->score, chart->x + chart->width, chart->y + 5, 1, 0);
    chart_area(chart, 0, 13, 0, 13);
    if (cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(column->plot, "edges")))
        draw_quantity(chart, column->plot, column->date);
    else if (cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(column->plot, "levels")))
        draw_levels(chart, column->plot);
    else
        text_label(chart->text, chart->cr, &style_grey, "no plot data", chart->x, chart->y + 24, 0, 0);
}
