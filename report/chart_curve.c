/* Robustness: score of the model trained on real and on candidate rows against the strength of the disturbance, with bands.
 * details = {score, curve: [{eps, tstr, trtr, tstr_lo, tstr_hi, trtr_lo, trtr_hi}]}. The control's mean over the curve is a
 * thin line. */
#include <math.h>

#include "report/chart_models.h"

enum { CURVE_POINTS = 64, TSTR = 0, TSTR_LO, TSTR_HI, TRTR, TRTR_LO, TRTR_HI, CURVE_SIDES };

struct curve {
    double eps[CURVE_POINTS], side[CURVE_SIDES][CURVE_POINTS];
    double lo, hi, last;
    size_t n;
};

static struct curve read_curve(const cJSON *details)
{
    static const char *const keys[CURVE_SIDES] = {"tstr", "tstr_lo", "tstr_hi", "trtr", "trtr_lo", "trtr_hi"};
    const cJSON *point = model_first(cJSON_GetObjectItemCaseSensitive(details, "curve"));
    struct curve c = {.lo = INFINITY, .hi = -INFINITY};
    for (; point && c.n < CURVE_POINTS; point = point->next) {
        c.eps[c.n] = model_number(point, "eps");
        if (!isfinite(c.eps[c.n]))
            continue;
        for (size_t k = 0; k < CURVE_SIDES; k++) {
            const double value = model_number(point, keys[k]);
            c.side[k][c.n] = value;
            c.lo = isfinite(value) ? fmin(c.lo, value) : c.lo;
            c.hi = isfinite(value) ? fmax(c.hi, value) : c.hi;
        }
        c.last = fmax(c.last, c.eps[c.n++]);
    }
    return c;
}

bool chart_curve_drawn(const cJSON *details)
{
    const struct curve c = read_curve(details);
    return c.hi >= c.lo;
}

static void add_label(struct chart *chart, struct label *labels, size_t *count, const struct label *label, double value)
{
    if (!isfinite(value))
        return;
    labels[*count] = *label;
    labels[(*count)++].y = scale_at(&chart->v, value);
}

void chart_curve(struct chart *chart, const void *data)
{
    static const struct line_look candidate = {COLOUR_ACCENT, 1.8, 0}, real = {COLOUR_REAL, 1.3, 1},
                                  control = {COLOUR_NONE, 0.9, 2};
    static const struct label names[] = {{"trained on real", 0, COLOUR_REAL, false, 1},
                                         {"on synthetic", 0, COLOUR_ACCENT, true, 0},
                                         {"columns apart", 0, COLOUR_NONE, false, 2}};
    const struct curve_chart *spec = data;
    const struct curve c = read_curve(spec->measure->details);
    const double apart = spec->measure->control[CONTROL_APART], ends[] = {0, c.last > 0 ? c.last : 1}, level[] = {apart, apart};
    struct label labels[3];
    size_t count = 0;
    if (!(c.hi >= c.lo))
        return;
    chart_area(chart, 32, 16, 88, 26);
    chart_range(chart, ends[0], ends[1], fmin(c.lo, apart), fmax(fmax(c.hi, apart), c.lo + 0.05));
    const int steps = scale_bracket(&chart->v, 5, true, true);
    draw_band(chart, c.eps, c.side[TRTR_LO], c.side[TRTR_HI], c.n, 0xe9e9e9);
    draw_band(chart, c.eps, c.side[TSTR_LO], c.side[TSTR_HI], c.n, 0xd5e7f3);
    axis_horizontal(chart, 5, false, spec->axis);
    axis_vertical(chart, steps, false,
                  arena_format(chart->arena, "%s on disturbed real rows", score_words(chart->arena, spec->measure->details)));
    draw_path(chart, ends, level, 2, &control);
    draw_path(chart, c.eps, c.side[TRTR], c.n, &real);
    draw_path(chart, c.eps, c.side[TSTR], c.n, &candidate);
    add_label(chart, labels, &count, &names[0], c.side[TRTR][c.n - 1]);
    add_label(chart, labels, &count, &names[1], c.side[TSTR][c.n - 1]);
    add_label(chart, labels, &count, &names[2], apart);
    labels_place(chart, labels, count, chart->h.end + 6, 82);
}
