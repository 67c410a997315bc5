#include "report/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void chart_area(struct chart *chart, double left, double top, double right, double bottom)
{
    chart->h.start = chart->x + left;
    chart->h.end = chart->x + chart->width - right;
    chart->v.start = chart->y + chart->height - bottom;
    chart->v.end = chart->y + top;
}

void chart_range(struct chart *chart, double x_lo, double x_hi, double y_lo, double y_hi)
{
    chart->h.lo = x_lo;
    chart->h.hi = x_hi;
    chart->v.lo = y_lo;
    chart->v.hi = y_hi;
}

double scale_at(const struct scale *scale, double value)
{
    double t;
    if (scale->logarithmic)
        t = value <= scale->lo ? 0 : log(value / scale->lo) / log(scale->hi / scale->lo);
    else
        t = (value - scale->lo) / (scale->hi - scale->lo);
    t = !(t > 0) ? 0 : t > 1 ? 1 : t;
    return scale->start + t * (scale->end - scale->start);
}

double nice_step(double range, int wanted)
{
    static const double steps[] = {1, 2, 2.5, 5, 10};
    if (!(range > 0) || !isfinite(range))
        return 1;
    double power = pow(10, floor(log10(range / wanted)));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (range / (power * steps[i]) <= wanted + 1e-9)
            return power * steps[i];
    return 10 * power;
}

int scale_bracket(struct scale *scale, int most, bool free_lo, bool free_hi)
{
    static const double steps[] = {1, 2, 2.5, 5};
    const double range = scale->hi - scale->lo, slack = 0.01 * range; /* a mark that is out by less stands at the edge */
    struct scale best = *scale;
    int count = most;
    if (!(range > 0) || !isfinite(range))
        return most;
    double least = INFINITY, power = pow(10, floor(log10(range)) - 1);
    for (size_t i = 0; i < 3 * sizeof steps / sizeof *steps; i++) { /* steps from a tenth of the range's power of ten up */
        const size_t place = i % (sizeof steps / sizeof *steps);
        if (i > 0 && place == 0)
            power *= 10;
        const double step = power * steps[place];
        struct scale tried = *scale;
        if (free_lo)
            tried.lo = step * floor((scale->lo + slack) / step);
        if (free_hi)
            tried.hi = step * ceil((scale->hi - slack) / step);
        const double reach = (tried.hi - tried.lo) / step;
        if (reach > most + 1e-9 || reach < 1 - 1e-9 || !(tried.hi - tried.lo < least * (1 - 1e-9)))
            continue;
        least = tried.hi - tried.lo;
        best = tried;
        count = (int)ceil(reach - 1e-9);
    }
    *scale = best;
    return count;
}

struct tick {
    double at;
    const char *label;
};
enum { TICKS_MOST = 24 };

static const char *tick_label(struct chart *chart, double at, double step, bool percent)
{
    double shown = percent ? 100 * at : at, width = percent ? 100 * step : step;
    int decimals = 0;
    while (decimals < 6 && fabs(width * pow(10, decimals) - round(width * pow(10, decimals))) > 1e-6)
        decimals++;
    if (fabs(shown) < 1e-12)
        shown = 0;
    return arena_format(chart->arena, "%s%.*f%s", shown < 0 ? "\xe2\x88\x92" : "", decimals, fabs(shown),
                        percent ? "\xc2\xa0%" : "");
}

static size_t ticks_of(struct chart *chart, const struct scale *scale, int wanted, bool percent, struct tick *ticks)
{
    size_t count = 0;
    if (scale->logarithmic) {
        for (double at = pow(10, ceil(log10(scale->lo) - 1e-9)); at <= scale->hi * 1.0000001 && count < TICKS_MOST; at *= 10)
            ticks[count++] =
                (struct tick){at, !percent && at >= 1000
                                      ? number_count(chart->arena, at)
                                      : arena_format(chart->arena, percent ? "%g\xc2\xa0%%" : "%g", percent ? 100 * at : at)};
        return count;
    }
    double step = nice_step(scale->hi - scale->lo, wanted);
    for (double k = ceil(scale->lo / step - 1e-9); k * step <= scale->hi + 1e-9 * step && count < TICKS_MOST; k++)
        ticks[count++] = (struct tick){k * step, tick_label(chart, k * step, step, percent)};
    return count;
}

static void grid_line(struct chart *chart, double x1, double y1, double x2, double y2)
{
    colour_set(chart->cr, COLOUR_GRID);
    cairo_set_line_width(chart->cr, 0.6);
    cairo_move_to(chart->cr, x1, y1);
    cairo_line_to(chart->cr, x2, y2);
    cairo_stroke(chart->cr);
}

bool axis_labels_fit(struct chart *chart, int wanted, bool percent)
{
    static const double apart = 3;
    struct tick ticks[TICKS_MOST];
    const size_t count = ticks_of(chart, &chart->h, wanted, percent, ticks);
    double end = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        const double x = scale_at(&chart->h, ticks[i].at), half = text_width(chart->text, &style_grey, ticks[i].label) / 2;
        if (x - half < end + apart)
            return false;
        end = x + half;
    }
    return true;
}

void axis_horizontal(struct chart *chart, int wanted, bool percent, const char *title)
{
    struct tick ticks[TICKS_MOST];
    size_t count = ticks_of(chart, &chart->h, wanted, percent, ticks);
    for (size_t i = 0; i < count; i++) {
        double x = scale_at(&chart->h, ticks[i].at);
        grid_line(chart, x, chart->v.start, x, chart->v.end);
        text_label(chart->text, chart->cr, &style_grey, ticks[i].label, x, chart->v.start + 7, 0.5, 0);
    }
    if (!title)
        return;
    double width = text_width(chart->text, &style_grey, title), left = (chart->h.start + chart->h.end - width) / 2;
    if (left + width > chart->x + chart->width)
        left = chart->x + chart->width - width;
    text_label(chart->text, chart->cr, &style_grey, title, left < chart->x ? chart->x : left, chart->v.start + 18, 0,
               chart->width);
}

void axis_vertical(struct chart *chart, int wanted, bool percent, const char *title)
{
    struct tick ticks[TICKS_MOST];
    size_t count = ticks_of(chart, &chart->v, wanted, percent, ticks);
    for (size_t i = 0; i < count; i++) {
        double y = scale_at(&chart->v, ticks[i].at);
        grid_line(chart, chart->h.start, y, chart->h.end, y);
        text_label(chart->text, chart->cr, &style_grey, ticks[i].label, chart->h.start - 4, y, 1, 0);
    }
    if (title)
        text_label(chart->text, chart->cr, &style_grey, title, chart->x, chart->v.end - 9, 0, chart->width);
}

static void stroke_dashed(cairo_t *cr, int dash)
{
    static const struct {
        double lengths[4];
        int count;
    } patterns[] = {{{0}, 0}, {{2.4, 2}, 2}, {{0.8, 1.4}, 2}, {{5, 2}, 2}, {{4, 1.4, 0.8, 1.4}, 4}};
    const size_t kinds = sizeof patterns / sizeof *patterns, kind = (size_t)dash % kinds;
    cairo_set_dash(cr, patterns[kind].lengths, patterns[kind].count, 0);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
}

void draw_path(struct chart *chart, const double *x, const double *y, size_t n, const struct line_look *look)
{
    cairo_t *cr = chart->cr;
    bool open = false;
    cairo_new_path(cr);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) {
            open = false;
            continue;
        }
        if (open)
            cairo_line_to(cr, scale_at(&chart->h, x[i]), scale_at(&chart->v, y[i]));
        else
            cairo_move_to(cr, scale_at(&chart->h, x[i]), scale_at(&chart->v, y[i]));
        open = true;
    }
    colour_set(cr, look->colour);
    cairo_set_line_width(cr, look->width);
    stroke_dashed(cr, look->dash);
}

void draw_band(struct chart *chart, const double *x, const double *lo, const double *hi, size_t n, uint32_t colour)
{
    cairo_t *cr = chart->cr;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]) || !isfinite(lo[i]) || !isfinite(hi[i]))
            return;
    cairo_new_path(cr);
    for (size_t i = 0; i < n; i++)
        cairo_line_to(cr, scale_at(&chart->h, x[i]), scale_at(&chart->v, hi[i]));
    for (size_t i = n; i-- > 0;)
        cairo_line_to(cr, scale_at(&chart->h, x[i]), scale_at(&chart->v, lo[i]));
    cairo_close_path(cr);
    colour_set(cr, colour);
    cairo_fill(cr);
}

void mark_dot(struct chart *chart, double x, double y, double radius, uint32_t colour, bool hollow)
{
    cairo_t *cr = chart->cr;
    cairo_new_path(cr);
    cairo_arc(cr, x, y, radius, 0, 2 * M_PI);
    colour_set(cr, hollow ? 0xffffff : colour);
    cairo_fill_preserve(cr);
    colour_set(cr, colour);
    cairo_set_line_width(cr, 1.1);
    cairo_stroke(cr);
}

void mark_cross(struct chart *chart, double x, double y)
{
    const double arm = 2.3;
    colour_set(chart->cr, COLOUR_GREY);
    cairo_set_line_width(chart->cr, 1.1);
    cairo_move_to(chart->cr, x - arm, y - arm);
    cairo_line_to(chart->cr, x + arm, y + arm);
    cairo_move_to(chart->cr, x - arm, y + arm);
    cairo_line_to(chart->cr, x + arm, y - arm);
    cairo_stroke(chart->cr);
}

void mark_interval(struct chart *chart, double lo, double hi, double y, uint32_t colour)
{
    if (!isfinite(lo) || !isfinite(hi))
        return;
    cairo_t *cr = chart->cr;
    double a = scale_at(&chart->h, lo), b = scale_at(&chart->h, hi);
    colour_set(cr, colour);
    cairo_set_line_width(cr, 1.3);
    cairo_move_to(cr, a, y);
    cairo_line_to(cr, b, y);
    cairo_move_to(cr, a, y - 2.2);
    cairo_line_to(cr, a, y + 2.2);
    cairo_move_to(cr, b, y - 2.2);
    cairo_line_to(cr, b, y + 2.2);
    cairo_stroke(cr);
}

static int by_height(const void *a, const void *b)
{
    const struct label *p = a, *q = b;
    return p->y < q->y ? -1 : p->y > q->y;
}

/* Sorted by where they want to be, then pushed down where they touch, then up again where the last one fell out of the plot. */
void labels_place(struct chart *chart, struct label *labels, size_t count, double x, double width)
{
    const double apart = 10, sample = 11;
    qsort(labels, count, sizeof *labels, by_height);
    for (size_t i = 1; i < count; i++)
        if (labels[i].y < labels[i - 1].y + apart)
            labels[i].y = labels[i - 1].y + apart;
    double floor_y = chart->v.start - 4;
    for (size_t i = count; i-- > 0; floor_y -= apart)
        if (labels[i].y > floor_y)
            labels[i].y = floor_y;
    for (size_t i = 0; i < count; i++) { /* a sample of the line, then ink: pale series colours are no text colours */
        colour_set(chart->cr, labels[i].colour);
        cairo_set_line_width(chart->cr, labels[i].strong ? 2 : 1.2);
        cairo_move_to(chart->cr, x, labels[i].y);
        cairo_line_to(chart->cr, x + sample, labels[i].y);
        stroke_dashed(chart->cr, labels[i].dash);
        text_label(chart->text, chart->cr, labels[i].strong ? &style_emphasis : &style_small, labels[i].text, x + sample + 3,
                   labels[i].y, 0, width - sample - 3);
    }
}

size_t series_read(const cJSON *array, double *out, size_t most)
{
    size_t count = 0;
    const cJSON *item;
    for (item = model_first(array); item; item = item->next)
        if (count < most)
            out[count++] = cJSON_IsNumber(item) && isfinite(item->valuedouble) ? item->valuedouble : NAN;
    return count;
}

size_t points_read(const cJSON *array, double *x, double *y, size_t most)
{
    size_t count = 0;
    const cJSON *item;
    double pair[2];
    for (item = model_first(array); item; item = item->next)
        if (count < most && series_read(item, pair, 2) == 2 && isfinite(pair[0]) && isfinite(pair[1])) {
            x[count] = pair[0];
            y[count++] = pair[1];
        }
    return count;
}
