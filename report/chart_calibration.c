/* Calibration: of the rows that a model gives a probability, how many are positive, for the model trained on real and on
 * candidate rows. details = {learners: [{learner, trtr, tstr: {calibration: [{predicted, observed, lo, hi}]}}]}. */
#include <math.h>
#include <string.h>

#include "report/chart_models.h"
#include "report/page.h"

enum { BINS_MOST = 20 };

static const cJSON *bins_of(const cJSON *details, const char *side)
{
    const cJSON *learner = learner_first(cJSON_GetObjectItemCaseSensitive(details, "learners"));
    const cJSON *bins = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(learner, side), "calibration");
    return cJSON_IsArray(bins) && bins->child ? bins : NULL;
}

bool chart_calibration_drawn(const cJSON *details)
{
    return bins_of(details, "tstr") || bins_of(details, "trtr");
}

static void draw_side(struct chart *chart, const cJSON *bins, const struct line_look *look, bool hollow)
{
    double x[BINS_MOST], y[BINS_MOST];
    size_t n = 0;
    const cJSON *bin;
    for (bin = model_first(bins); bin && n < BINS_MOST; bin = bin->next) {
        x[n] = model_number(bin, "predicted");
        y[n] = model_number(bin, "observed");
        const double lo = model_number(bin, "lo"), hi = model_number(bin, "hi");
        if (!isfinite(x[n]) || !isfinite(y[n]))
            continue;
        if (isfinite(lo) && isfinite(hi))
            draw_line(chart->cr, scale_at(&chart->h, x[n]), scale_at(&chart->v, lo), scale_at(&chart->h, x[n]),
                      scale_at(&chart->v, hi), 1.1, look->colour);
        n++;
    }
    draw_path(chart, x, y, n, look);
    for (size_t i = 0; i < n; i++)
        mark_dot(chart, scale_at(&chart->h, x[i]), scale_at(&chart->v, y[i]), 2.4, look->colour, hollow);
}

void chart_calibration(struct chart *chart, const void *details)
{
    static const struct line_look real = {COLOUR_REAL, 1, 1}, candidate = {COLOUR_ACCENT, 1.4, 0},
                                  ideal = {COLOUR_NONE, 0.8, 2};
    static const double ends[] = {0, 1};
    chart_area(chart, 40, 16, 10, 26);
    chart_range(chart, 0, 1, 0, 1);
    axis_horizontal(chart, 5, true, "predicted probability of the positive class");
    axis_vertical(chart, 4, true, "share that is positive");
    draw_path(chart, ends, ends, 2, &ideal);
    draw_side(chart, bins_of(details, "trtr"), &real, true);
    draw_side(chart, bins_of(details, "tstr"), &candidate, false);
}
