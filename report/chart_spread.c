/* How much a score hangs on the rows that trained the model: a dot a model, real rows above, candidate rows below.
 * details = {score, rows, tstr, trtr: {pairs: [{first, second}], mean, spread, lo, hi}}. */
#include <math.h>

#include "report/chart_models.h"
#include "report/page.h"

enum { DOTS_MOST = 64 };

static const double lane = 26;

static size_t read_dots(const cJSON *side, double *dots)
{
    const cJSON *pair = model_first(cJSON_GetObjectItemCaseSensitive(side, "pairs"));
    size_t n = 0;
    for (; pair && n + 2 <= DOTS_MOST; pair = pair->next) {
        static const char *const keys[] = {"first", "second"};
        for (int k = 0; k < 2; k++) {
            dots[n] = model_number(pair, keys[k]);
            n += isfinite(dots[n]) ? 1 : 0;
        }
    }
    return n;
}

bool chart_spread_drawn(const cJSON *details)
{
    double dots[DOTS_MOST];
    return read_dots(cJSON_GetObjectItemCaseSensitive(details, "tstr"), dots) > 0;
}

/* One dot a model, the mean as a stroke, the standard deviation with its interval below the name. */
static void draw_lane(struct chart *chart, const char *name, const cJSON *side, double y, uint32_t colour, bool hollow)
{
    double dots[DOTS_MOST];
    const size_t n = read_dots(side, dots);
    const double mean = model_number(side, "mean");
    const struct estimate spread = {model_number(side, "spread"), model_number(side, "lo"), model_number(side, "hi")};
    const double room = chart->h.start - chart->x - 8;
    const bool known = isfinite(spread.value);
    text_label(chart->text, chart->cr, &style_small, name, chart->h.start - 8, y - (known ? 4.6 : 0), 1, room);
    if (known)
        text_label(chart->text, chart->cr, &style_grey,
                   arena_format(chart->arena, "s.d. %s", number_estimate(chart->arena, &spread, FORM_PLAIN)),
                   chart->h.start - 8, y + 4.6, 1, room);
    for (size_t i = 0; i < n; i++)
        mark_dot(chart, scale_at(&chart->h, dots[i]), y, 2.5, colour, hollow);
    if (isfinite(mean))
        draw_line(chart->cr, scale_at(&chart->h, mean), y - 8, scale_at(&chart->h, mean), y + 8, 1.4, colour);
}

void chart_spread(struct chart *chart, const void *data)
{
    const cJSON *details = data, *sides[] = {cJSON_GetObjectItemCaseSensitive(details, "trtr"),
                                             cJSON_GetObjectItemCaseSensitive(details, "tstr")};
    double lo = INFINITY, hi = -INFINITY, dots[DOTS_MOST];
    for (int s = 0; s < 2; s++) {
        const size_t n = read_dots(sides[s], dots);
        for (size_t i = 0; i < n; i++) {
            lo = fmin(lo, dots[i]);
            hi = fmax(hi, dots[i]);
        }
    }
    if (!(hi >= lo))
        return;
    const double room = fmax(0, 0.02 - (hi - lo)) / 2; /* no less than two points: what is alike shall look so */
    chart_area(chart, 112, 4, 14, 26);
    chart->v.start = chart->v.end + 2 * lane;
    chart_range(chart, lo - room, hi + room, 0, 1);
    axis_horizontal(chart, scale_bracket(&chart->h, chart->width < 260 ? 3 : 5, true, true), false,
                    arena_format(chart->arena, "%s of models of %s rows each", score_words(chart->arena, details),
                                 number_count(chart->arena, model_number(details, "rows"))));
    draw_lane(chart, "of real rows", sides[0], chart->v.end + lane / 2, COLOUR_REAL, true);
    draw_lane(chart, "of synthetic rows", sides[1], chart->v.end + 1.5 * lane, COLOUR_ACCENT, false);
}
