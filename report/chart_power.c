/* What would have been found: the power of all attacks together against the planted share, one line a kind of leak.
 * details = {power, power_noisy, power_values: [[share, power], …], detection_limits: {copy, noisy, values}}; a file that has
 * them of single attacks only (attacks: [{power, …}]) gets the best at each share. */
#include <math.h>
#include <string.h>

#include "report/attacks.h"

enum { POWER_POINTS = 64, POWER_KINDS = 3 };

static const double least_share = 5e-4;

struct kind {
    const char *key, *limit, *name;
    uint32_t colour;
    double x[POWER_POINTS], y[POWER_POINTS];
    size_t n;
};

/* Of single attacks: at each share the power of the one that is best there; they list the same shares. */
static void gather_power(const cJSON *details, struct kind *kind)
{
    double x[POWER_POINTS], y[POWER_POINTS];
    const cJSON *attack, *attacks = cJSON_GetObjectItemCaseSensitive(details, "attacks");
    kind->n = points_read(cJSON_GetObjectItemCaseSensitive(details, kind->key), kind->x, kind->y, POWER_POINTS);
    if (kind->n > 0)
        return;
    for (attack = model_first(attacks); attack; attack = attack->next) {
        const size_t n = points_read(cJSON_GetObjectItemCaseSensitive(attack, kind->key), x, y, POWER_POINTS);
        for (size_t i = 0; i < n; i++) {
            if (i == kind->n && x[i] > 0) {
                kind->x[kind->n] = x[i];
                kind->y[kind->n++] = y[i];
            } else if (i < kind->n && kind->x[i] == x[i]) {
                kind->y[i] = fmax(kind->y[i], y[i]);
            }
        }
    }
}

static double limit_of(const cJSON *details, const struct kind *kind)
{
    const double limit = model_number(cJSON_GetObjectItemCaseSensitive(details, "detection_limits"), kind->limit);
    double least = NAN;
    const cJSON *attack;
    if (isfinite(limit) || strcmp(kind->key, "power") != 0)
        return limit;
    for (attack = model_first(cJSON_GetObjectItemCaseSensitive(details, "attacks")); attack; attack = attack->next)
        least = fmin(least, model_number(attack, "detection_limit"));
    return least;
}

void chart_power(struct chart *chart, const void *details)
{
    static const struct line_look wanted = {COLOUR_NONE, 0.8, 1};
    struct kind kinds[POWER_KINDS] = {{.key = "power", .limit = "copy", .name = "copies", .colour = COLOUR_ACCENT},
                                      {.key = "power_noisy", .limit = "noisy", .name = "copies with noise"},
                                      {.key = "power_values", .limit = "values", .name = "values alone"}};
    struct label labels[POWER_KINDS];
    size_t count = 0;
    double least = 1;
    for (size_t k = 0; k < POWER_KINDS; k++) {
        if (k > 0)
            kinds[k].colour = series_colour[k];
        gather_power(details, &kinds[k]);
        for (size_t i = 0; i < kinds[k].n; i++)
            least = fmin(least, kinds[k].x[i]);
    }
    chart_area(chart, 32, 16, 92, 26);
    chart_range(chart, fmax(least_share, fmin(least, 1e-2)), 0.1, 0, 1);
    chart->h.logarithmic = true;
    axis_horizontal(chart, 0, true, "share of the training records that leak");
    axis_vertical(chart, 4, true, "chance that it is found");
    const double ends[] = {chart->h.lo, chart->h.hi}, level[] = {0.95, 0.95};
    draw_path(chart, ends, level, 2, &wanted);
    for (size_t k = 0; k < POWER_KINDS; k++) {
        const struct kind *kind = &kinds[k];
        const struct line_look look = {kind->colour, k == 0 ? 1.8 : 1.3, (int)k};
        const double limit = limit_of(details, kind);
        if (kind->n == 0)
            continue;
        draw_path(chart, kind->x, kind->y, kind->n, &look);
        if (isfinite(limit) && limit > 0)
            mark_dot(chart, scale_at(&chart->h, limit), scale_at(&chart->v, 0.95), 2.6, kind->colour, true);
        labels[count++] = (struct label){kind->name, scale_at(&chart->v, kind->y[kind->n - 1]), kind->colour, k == 0, (int)k};
    }
    labels_place(chart, labels, count, chart->h.end + 6, 88);
}
