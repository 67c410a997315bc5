/* One measure on its own scale, better to the right: above, the candidate with its interval and fresh real rows; below, the
 * control tables. The scale spans the candidate, fresh rows and the control that the score is anchored at; controls further out
 * stand at the edge. */
#include <math.h>
#include <string.h>

#include "report/chart.h"
#include "report/page.h"

static const double lane = 3.6;

enum { SHAPE_SQUARE, SHAPE_CROSS, SHAPE_TRIANGLE }; /* copy, columns apart, uniform: in the order of control_names */

static void draw_shape(cairo_t *cr, int shape, double x, double y)
{
    const double r = 2.2;
    cairo_new_path(cr);
    colour_set(cr, COLOUR_GREY);
    cairo_set_line_width(cr, 1);
    switch (shape) {
    case SHAPE_SQUARE:
        cairo_rectangle(cr, x - r, y - r, 2 * r, 2 * r);
        break;
    case SHAPE_CROSS:
        cairo_move_to(cr, x - r, y - r);
        cairo_line_to(cr, x + r, y + r);
        cairo_move_to(cr, x - r, y + r);
        cairo_line_to(cr, x + r, y - r);
        break;
    default:
        cairo_move_to(cr, x, y - r);
        cairo_line_to(cr, x + r, y + r);
        cairo_line_to(cr, x - r, y + r);
        cairo_close_path(cr);
    }
    cairo_stroke(cr);
}

static void widen(struct scale *scale, double value)
{
    if (!isfinite(value))
        return;
    scale->lo = fmin(scale->lo, value);
    scale->hi = fmax(scale->hi, value);
}

/* Of a measure with a target, the side of the faulty control is the worse one, seen from fresh rows or else a copy. */
static bool lower_is_better(const struct model_measure *measure)
{
    if (strcmp(measure->direction, "target") != 0)
        return strcmp(measure->direction, "lower") == 0;
    const double fault = isfinite(measure->fault_value) ? measure->fault_value : measure->control[CONTROL_COUNT - 1];
    return fault > (isfinite(measure->honest) ? measure->honest : measure->control[0]);
}

void chart_strip(struct chart *chart, const void *data)
{
    const struct model_measure *measure = data;
    const double middle = chart->y + chart->height / 2, inset = 5;
    struct scale *scale = &chart->h;
    *scale = (struct scale){INFINITY, -INFINITY, chart->x + inset, chart->x + chart->width - inset, false};
    widen(scale, measure->estimate.value);
    widen(scale, measure->estimate.lo);
    widen(scale, measure->estimate.hi);
    widen(scale, measure->honest);
    widen(scale, measure->fault_value);
    for (int i = 0; i < CONTROL_COUNT && !isfinite(measure->fault_value); i++)
        widen(scale, measure->control[i]);
    if (!measure->ok || !(scale->hi > scale->lo))
        return;
    if (lower_is_better(measure)) {
        scale->start = chart->x + chart->width - inset;
        scale->end = chart->x + inset;
    }
    draw_line(chart->cr, chart->x, middle, chart->x + chart->width, middle, 0.6, COLOUR_RULE);
    for (int i = 0; i < CONTROL_COUNT; i++)
        if (isfinite(measure->control[i]))
            draw_shape(chart->cr, i, scale_at(scale, measure->control[i]), middle + lane + 1.2);
    if (isfinite(measure->honest))
        mark_dot(chart, scale_at(scale, measure->honest), middle - lane, 2.6, COLOUR_REAL, true);
    mark_interval(chart, measure->estimate.lo, measure->estimate.hi, middle - lane, COLOUR_ACCENT);
    mark_dot(chart, scale_at(scale, measure->estimate.value), middle - lane, 2.4, COLOUR_ACCENT, false);
}

/* The key to all strips, on one line from (x, y); gives where it ends. */
double chart_strip_key(struct chart *chart)
{
    static const char *const names[] = {"candidate with interval", "fresh real rows", "copy", "columns apart", "uniform"};
    double x = chart->x + 3, y = chart->y + 5;
    for (int k = 0; k < 5; k++) {
        if (k < 2)
            mark_dot(chart, x, y, 2.5, k ? COLOUR_REAL : COLOUR_ACCENT, k == 1);
        else
            draw_shape(chart->cr, k - 2, x, y);
        text_label(chart->text, chart->cr, &style_grey, names[k], x + 7, y, 0, 0);
        x += 7 + text_width(chart->text, &style_grey, names[k]) + 14;
    }
    return x;
}
