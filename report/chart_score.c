/* The bar of a dimension: score from 0 to 1, its interval as a line, the gate as a tick; and the profile of five of them. */
#include <math.h>

#include "report/chart.h"
#include "report/words.h"

static const double bar_height = 9, profile_row = 16;

/* The box's middle line carries the bar; chart->h spans the box. */
void chart_score_bar(struct chart *chart, const struct estimate *score, double gate, uint32_t colour)
{
    cairo_t *cr = chart->cr;
    double middle = chart->y + chart->height / 2;
    chart->h = (struct scale){0, 1, chart->x, chart->x + chart->width, false};
    colour_set(cr, 0xe6e8ed);
    cairo_rectangle(cr, chart->x, middle - bar_height / 2, chart->width, bar_height);
    cairo_fill(cr);
    if (isfinite(score->value)) {
        double end = scale_at(&chart->h, score->value);
        colour_set(cr, colour);
        cairo_rectangle(cr, chart->x, middle - bar_height / 2, end - chart->x, bar_height);
        cairo_fill(cr);
    }
    if (isfinite(score->lo) && isfinite(score->hi)) {
        double a = scale_at(&chart->h, score->lo), b = scale_at(&chart->h, score->hi);
        colour_set(cr, 0xffffff); /* a white seam keeps the line visible on the bar */
        cairo_set_line_width(cr, 3.2);
        cairo_move_to(cr, a - 0.8, middle);
        cairo_line_to(cr, b + 0.8, middle);
        cairo_stroke(cr);
        mark_interval(chart, score->lo, score->hi, middle, COLOUR_INK);
    }
    if (isfinite(gate)) {
        double x = scale_at(&chart->h, gate);
        colour_set(cr, COLOUR_INK);
        cairo_set_line_width(cr, 1.4);
        cairo_move_to(cr, x, middle - bar_height / 2 - 3.5);
        cairo_line_to(cr, x, middle + bar_height / 2 + 3.5);
        cairo_stroke(cr);
    }
}

double chart_profile_height(void)
{
    return DIMENSION_COUNT * profile_row + 26;
}

/* Five dots with intervals on one axis, the trust index below them. */
void chart_profile(struct chart *chart, const void *data)
{
    const struct model_candidate *candidate = data;
    chart_area(chart, 78, 4, 44, 26);
    chart_range(chart, 0, 1, 0, 1);
    axis_horizontal(chart, 5, false, "score: 0 like data with a planted fault, 1 like fresh real rows");
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        const struct model_dimension *dimension = &candidate->dimensions[d];
        double y = chart->v.end + profile_row / 2 + profile_row * d;
        uint32_t colour = dimension->assessed ? COLOUR_ACCENT : COLOUR_NONE;
        text_label(chart->text, chart->cr, &style_small, dimension_title[d], chart->h.start - 8, y, 1, 0);
        if (!dimension->assessed) {
            text_label(chart->text, chart->cr, &style_grey, "not assessed", chart->h.start + 4, y, 0, 0);
            continue;
        }
        mark_interval(chart, dimension->score.lo, dimension->score.hi, y, colour);
        mark_dot(chart, scale_at(&chart->h, dimension->score.value), y, 3, colour, false);
        struct estimate score = dimension->score;
        text_label(chart->text, chart->cr, &style_emphasis,
                   number_text(chart->arena, score.value, number_decimals(&score, FORM_SCORE), FORM_SCORE), chart->h.end + 8, y,
                   0, 0);
        if (isfinite(dimension->gate)) {
            double x = scale_at(&chart->h, dimension->gate);
            colour_set(chart->cr, COLOUR_INK);
            cairo_set_line_width(chart->cr, 1.2);
            cairo_move_to(chart->cr, x, y - 6);
            cairo_line_to(chart->cr, x, y + 6);
            cairo_stroke(chart->cr);
        }
    }
}
