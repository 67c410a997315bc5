/* Robustness: score of the model trained on real and on candidate rows against the strength of the disturbance, with bands.
 * details = {curve: [{eps, tstr, trtr, tstr_lo, tstr_hi, trtr_lo, trtr_hi}]}. */
#include <math.h>
#include <string.h>

#include "report/chart.h"

enum { CURVE_POINTS = 64, CURVE_SIDES = 6 };

void chart_curve(struct chart *chart, const void *details)
{
    static const char *const keys[CURVE_SIDES] = {"tstr", "tstr_lo", "tstr_hi", "trtr", "trtr_lo", "trtr_hi"};
    static const struct line_look candidate = {COLOUR_ACCENT, 1.8, 0}, real = {COLOUR_REAL, 1.3, 1};
    const cJSON *curve = cJSON_GetObjectItemCaseSensitive(details, "curve"), *point;
    double eps[CURVE_POINTS], side[CURVE_SIDES][CURVE_POINTS], lo = INFINITY, hi = -INFINITY, last = 0;
    size_t n = 0;
    for (point = cJSON_IsArray(curve) ? curve->child : NULL; point && n < CURVE_POINTS; point = point->next) {
        eps[n] = model_number(point, "eps");
        for (size_t k = 0; k < CURVE_SIDES; k++) {
            side[k][n] = model_number(point, keys[k]);
            lo = isfinite(side[k][n]) ? fmin(lo, side[k][n]) : lo;
            hi = isfinite(side[k][n]) ? fmax(hi, side[k][n]) : hi;
        }
        last = isfinite(eps[n]) ? fmax(last, eps[n]) : last;
        n++;
    }
    if (n == 0 || !(hi >= lo))
        return;
    double step = nice_step(fmax(hi - lo, 0.05), 4);
    chart_area(chart, 32, 16, 88, 26);
    chart_range(chart, 0, last > 0 ? last : 1, floor(lo / step) * step, ceil(hi / step) * step);
    draw_band(chart, eps, side[4], side[5], n, 0xe9e9e9);
    draw_band(chart, eps, side[1], side[2], n, 0xd5e7f3);
    axis_horizontal(chart, 5, false, "strength of the disturbance (standard deviations; share of cells)");
    const cJSON *score = cJSON_GetObjectItemCaseSensitive(details, "score");
    bool r2 = cJSON_IsString(score) && strcmp(score->valuestring, "r2") == 0;
    axis_vertical(chart, 4, false, r2 ? "R\xc2\xb2 on disturbed real rows" : "AUC on disturbed real rows");
    draw_path(chart, eps, side[3], n, &real);
    draw_path(chart, eps, side[0], n, &candidate);
    struct label labels[2];
    size_t count = 0;
    if (isfinite(side[3][n - 1]))
        labels[count++] = (struct label){"trained on real", scale_at(&chart->v, side[3][n - 1]), COLOUR_REAL, false, 1};
    if (isfinite(side[0][n - 1]))
        labels[count++] = (struct label){"on synthetic", scale_at(&chart->v, side[0][n - 1]), COLOUR_ACCENT, true, 0};
    labels_place(chart, labels, count, chart->h.end + 6, 82);
}
