#include "report/chart_rows.h"

#include <math.h>
#include <stdlib.h>

#include "report/page.h"

static const double foot = 28, key_height = 15, panel_gap = 6;
static const struct estimate unknown = {NAN, NAN, NAN};

struct row_chart *row_chart_new(struct arena *arena, size_t most)
{
    struct row_chart *chart = ARENA_NEW(arena, struct row_chart);
    struct mark_row *rows = ARENA_ARRAY(arena, struct mark_row, most);
    if (!chart || !rows)
        return NULL;
    *chart = (struct row_chart){.rows = rows, .lo = NAN, .hi = NAN, .line = NAN};
    return chart;
}

struct mark_row *row_chart_add(struct row_chart *chart, size_t most, const char *name)
{
    if (chart->count == most) {
        chart->hidden++;
        return NULL;
    }
    chart->rows[chart->count] = (struct mark_row){.name = name, .candidate = unknown, .real = unknown, .control = NAN};
    return &chart->rows[chart->count++];
}

struct keyed {
    const cJSON *object;
    double key;
    size_t place;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *p = a, *q = b;
    if (p->key != q->key)
        return p->key < q->key ? -1 : 1;
    return p->place < q->place ? -1 : p->place > q->place;
}

const cJSON **objects_sorted(struct arena *arena, const cJSON *array, double (*key)(const cJSON *object), size_t *count)
{
    const int size = cJSON_IsArray(array) ? cJSON_GetArraySize(array) : 0;
    struct keyed *order = ARENA_ARRAY(arena, struct keyed, (size_t)size + 1);
    const cJSON **objects = ARENA_ARRAY(arena, const cJSON *, (size_t)size + 1), *item;
    *count = 0;
    if (!order || !objects)
        return NULL;
    for (item = model_first(array); item; item = item->next) {
        const double value = key(item);
        if (isfinite(value)) {
            order[*count] = (struct keyed){item, value, *count};
            ++*count;
        }
    }
    qsort(order, *count, sizeof *order, by_key);
    for (size_t i = 0; i < *count; i++)
        objects[i] = order[i].object;
    return objects;
}

static double row_height(const struct row_chart *rows)
{
    static const double heights[] = {13, 13, 16, 13}; /* in the order of enum row_look */
    return heights[rows->look];
}

static bool has_key(const struct row_chart *rows)
{
    return rows->candidate_key || rows->real_key || rows->control_key;
}

static double panel_height(const struct row_chart *rows)
{
    if (!rows || rows->count == 0)
        return 0;
    return row_height(rows) * (double)(rows->count + (rows->hidden > 0)) + foot + (has_key(rows) ? key_height : 0);
}

double chart_rows_height(const struct row_panels *panels)
{
    const double upper = panel_height(panels->upper), lower = panel_height(panels->lower);
    return upper + lower + (upper > 0 && lower > 0 ? panel_gap : 0);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The median width of the intervals: one that is much wider than the others must not squeeze them (it is cut at the edge). */
static double usual_width(struct chart *chart, const struct row_chart *rows)
{
    double *widths = ARENA_ARRAY(chart->arena, double, 2 * rows->count);
    size_t count = 0;
    for (size_t i = 0; widths && i < rows->count; i++) {
        const struct estimate *sides[] = {&rows->rows[i].candidate, &rows->rows[i].real};
        for (int s = 0; s < 2; s++)
            if (isfinite(sides[s]->hi - sides[s]->lo))
                widths[count++] = sides[s]->hi - sides[s]->lo;
    }
    if (count == 0)
        return 0;
    qsort(widths, count, sizeof *widths, ascending);
    return widths[count / 2];
}

static void widen(double *lo, double *hi, double value)
{
    if (!isfinite(value))
        return;
    *lo = fmin(*lo, value);
    *hi = fmax(*hi, value);
}

/* Gives the number of steps between ticks. */
static int set_range(struct chart *chart, const struct row_chart *rows)
{
    double lo = INFINITY, hi = -INFINITY, reach = 2 * usual_width(chart, rows);
    for (size_t i = 0; i < rows->count; i++) {
        const struct mark_row *row = &rows->rows[i];
        const struct estimate *sides[] = {&row->candidate, &row->real};
        for (int s = 0; s < 2; s++) {
            widen(&lo, &hi, sides[s]->value);
            if (isfinite(sides[s]->value) && isfinite(sides[s]->lo))
                widen(&lo, &hi, fmax(sides[s]->lo, sides[s]->value - reach));
            if (isfinite(sides[s]->value) && isfinite(sides[s]->hi))
                widen(&lo, &hi, fmin(sides[s]->hi, sides[s]->value + reach));
        }
        widen(&lo, &hi, row->control);
    }
    widen(&lo, &hi, rows->line);
    if (!(hi >= lo))
        lo = hi = 0;
    const double room = hi > lo ? 0 : 0.5;
    const bool free_lo = !isfinite(rows->lo), free_hi = !isfinite(rows->hi);
    chart_range(chart, free_lo ? lo - room : rows->lo, free_hi ? hi + room : rows->hi, 0, 1);
    if (!(chart->h.hi > chart->h.lo))
        chart->h.hi = chart->h.lo + 1;
    const double width = chart->h.end - chart->h.start;
    const struct scale tight = chart->h;
    int most = width < 80 ? 2 : width < (rows->percent ? 160 : 110) ? 3 : 5, steps;
    do { /* labels of many decimals want fewer steps */
        chart->h = tight;
        steps = scale_bracket(&chart->h, most, free_lo, free_hi);
    } while (!axis_labels_fit(chart, steps, rows->percent) && --most > 0);
    return steps;
}

static void draw_key(struct chart *chart, const struct row_chart *rows)
{
    const char *const keys[] = {rows->real_key, rows->candidate_key, rows->control_key};
    double x = chart->x + 3, y = chart->y + 5;
    for (int k = 0; k < 3; k++) {
        if (!keys[k])
            continue;
        if (k == 2)
            mark_cross(chart, x, y);
        else if (k == 1 && rows->look == LOOK_BARS)
            draw_box(chart->cr, x - 3, y - 2.5, 6, 5, COLOUR_ACCENT);
        else
            mark_dot(chart, x, y, 2.6, k == 0 ? COLOUR_REAL : COLOUR_ACCENT, k == 0);
        text_label(chart->text, chart->cr, &style_small, keys[k], x + 7, y, 0, 0);
        x += 7 + text_width(chart->text, &style_small, keys[k]) + 14;
    }
}

static void draw_line_at(struct chart *chart, double value)
{
    static const double dashes[] = {2.4, 2};
    double x = scale_at(&chart->h, value);
    colour_set(chart->cr, COLOUR_GREY);
    cairo_set_line_width(chart->cr, 0.9);
    cairo_set_dash(chart->cr, dashes, 2, 0);
    cairo_move_to(chart->cr, x, chart->v.end);
    cairo_line_to(chart->cr, x, chart->v.start);
    cairo_stroke(chart->cr);
    cairo_set_dash(chart->cr, dashes, 0, 0);
}

static void draw_bar(struct chart *chart, const struct mark_row *row, double y)
{
    double end = scale_at(&chart->h, row->candidate.value);
    draw_box(chart->cr, chart->h.start, y - 3.8, end - chart->h.start, 7.6, COLOUR_ACCENT);
    if (!isfinite(row->candidate.lo) || !isfinite(row->candidate.hi))
        return;
    colour_set(chart->cr, 0xffffff); /* a white seam keeps the line visible on the bar */
    cairo_set_line_width(chart->cr, 3);
    cairo_move_to(chart->cr, scale_at(&chart->h, row->candidate.lo) - 0.6, y);
    cairo_line_to(chart->cr, scale_at(&chart->h, row->candidate.hi) + 0.6, y);
    cairo_stroke(chart->cr);
    mark_interval(chart, row->candidate.lo, row->candidate.hi, y, COLOUR_INK);
}

/* From one mark to the other, with a head just before the latter; too short a way has no room for a head. */
static void draw_arrow(struct chart *chart, double from, double to, double y)
{
    const double side = to > from ? 1 : -1, tip = to - 3.4 * side, head = 4.2;
    draw_line(chart->cr, from, y, to, y, 1.6, 0xb9d3e4);
    if (fabs(to - from) < head + 7)
        return;
    cairo_new_path(chart->cr);
    cairo_move_to(chart->cr, tip, y);
    cairo_line_to(chart->cr, tip - head * side, y - 2.6);
    cairo_line_to(chart->cr, tip - head * side, y + 2.6);
    cairo_close_path(chart->cr);
    colour_set(chart->cr, COLOUR_ACCENT);
    cairo_fill(chart->cr);
}

static void draw_marks(struct chart *chart, const struct row_chart *rows, const struct mark_row *row, double y)
{
    const double apart = rows->look == LOOK_FOREST ? 3.4 : 0;
    const bool both = isfinite(row->real.value) && isfinite(row->candidate.value);
    if (rows->look == LOOK_ARROWS && both)
        draw_arrow(chart, scale_at(&chart->h, row->real.value), scale_at(&chart->h, row->candidate.value), y);
    if (rows->look == LOOK_DOTS && both)
        draw_line(chart->cr, scale_at(&chart->h, row->real.value), y, scale_at(&chart->h, row->candidate.value), y, 1.6,
                  0xb9d3e4);
    if (isfinite(row->control))
        mark_cross(chart, scale_at(&chart->h, row->control), y);
    if (isfinite(row->candidate.value) && rows->look == LOOK_BARS)
        draw_bar(chart, row, y);
    if (isfinite(row->real.value)) {
        mark_interval(chart, row->real.lo, row->real.hi, y - apart, COLOUR_REAL);
        mark_dot(chart, scale_at(&chart->h, row->real.value), y - apart, 2.5, COLOUR_REAL, true);
    }
    if (isfinite(row->candidate.value) && rows->look != LOOK_BARS) {
        mark_interval(chart, row->candidate.lo, row->candidate.hi, y + apart, COLOUR_ACCENT);
        mark_dot(chart, scale_at(&chart->h, row->candidate.value), y + apart, 2.5, COLOUR_ACCENT, false);
    }
}

static double number_width(struct chart *chart, const struct row_chart *rows)
{
    double most = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->rows[i].number)
            most = fmax(most, text_width(chart->text, &style_emphasis, rows->rows[i].number));
    return most > 0 ? most + 8 : 12;
}

static void draw_panel(struct chart *chart, const struct row_chart *rows)
{
    const double height = row_height(rows), names = (rows->names > 0 ? rows->names : 0.36) * chart->width;
    const double hidden = rows->hidden > 0 ? height : 0;
    chart_area(chart, names, has_key(rows) ? key_height : 0, number_width(chart, rows), foot + hidden);
    chart->v.start = chart->v.end + height * (double)rows->count;
    axis_horizontal(chart, set_range(chart, rows), rows->percent, rows->axis);
    if (has_key(rows))
        draw_key(chart, rows);
    if (isfinite(rows->line))
        draw_line_at(chart, rows->line);
    for (size_t i = 0; i < rows->count; i++) {
        const struct mark_row *row = &rows->rows[i];
        double y = chart->v.end + height * ((double)i + 0.5);
        text_label(chart->text, chart->cr, &style_small, row->name, chart->h.start - 6, y, 1, names - 8);
        draw_marks(chart, rows, row, y);
        if (row->number)
            text_label(chart->text, chart->cr, &style_emphasis, row->number, chart->x + chart->width, y, 1, 0);
    }
    if (rows->hidden > 0)
        text_label(chart->text, chart->cr, &style_grey, arena_format(chart->arena, "and %zu more in audit.json", rows->hidden),
                   chart->x, chart->v.start + foot, 0, 0);
}

void chart_rows(struct chart *chart, const void *data)
{
    const struct row_panels *panels = data;
    struct chart upper = *chart, lower = *chart;
    upper.height = panel_height(panels->upper);
    lower.height = panel_height(panels->lower);
    lower.y += upper.height + (upper.height > 0 ? panel_gap : 0);
    if (upper.height > 0)
        draw_panel(&upper, panels->upper);
    if (lower.height > 0)
        draw_panel(&lower, panels->lower);
}
