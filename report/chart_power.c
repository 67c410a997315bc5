/* What the attacks would have found: power against the planted share of copied rows.
 * details = {attacks: [{attack, power: [[share, power], …], detection_limit}]}. */
#include <math.h>
#include <string.h>

#include "report/chart.h"
#include "report/words.h"

enum { POWER_POINTS = 64, POWER_ATTACKS = 12 };

static const double least_share = 5e-4;

static double least_positive(const cJSON *attacks)
{
    double x[POWER_POINTS], y[POWER_POINTS], least = 1;
    const cJSON *attack;
    for (attack = model_first(attacks); attack; attack = attack->next) {
        size_t n = points_read(cJSON_GetObjectItemCaseSensitive(attack, "power"), x, y, POWER_POINTS);
        for (size_t i = 0; i < n; i++)
            if (x[i] > 0)
                least = fmin(least, x[i]);
    }
    return fmax(least_share, fmin(least, 1e-2));
}

static void draw_attack(struct chart *chart, const cJSON *attack, const struct line_look *look, struct label *label)
{
    double x[POWER_POINTS], y[POWER_POINTS], limit = model_number(attack, "detection_limit");
    size_t n = points_read(cJSON_GetObjectItemCaseSensitive(attack, "power"), x, y, POWER_POINTS);
    size_t zero = n > 0 && !(x[0] > 0); /* no place on a logarithmic axis */
    draw_path(chart, x + zero, y + zero, n - zero, look);
    if (isfinite(limit) && limit > 0)
        mark_dot(chart, scale_at(&chart->h, limit), scale_at(&chart->v, 0.95), 2.6, look->colour, true);
    *label = (struct label){attack_name(chart->arena, attack), scale_at(&chart->v, n ? y[n - 1] : 0), look->colour, false,
                            look->dash};
}

void chart_power(struct chart *chart, const void *details)
{
    const cJSON *attacks = cJSON_GetObjectItemCaseSensitive(details, "attacks"), *attack;
    static const struct line_look wanted = {COLOUR_NONE, 0.8, 1};
    struct label labels[POWER_ATTACKS];
    size_t count = 0;
    chart_area(chart, 32, 16, 100, 26);
    chart_range(chart, cJSON_IsArray(attacks) ? least_positive(attacks) : least_share, 0.1, 0, 1);
    chart->h.logarithmic = true;
    axis_horizontal(chart, 0, true, "share of synthetic rows copied from training rows");
    axis_vertical(chart, 4, true, "chance that the attack finds it");
    double ends[] = {chart->h.lo, chart->h.hi}, level[] = {0.95, 0.95};
    draw_path(chart, ends, level, 2, &wanted);
    for (attack = cJSON_IsArray(attacks) ? attacks->child : NULL; attack && count < POWER_ATTACKS; attack = attack->next) {
        struct line_look look = {series_colour[count % SERIES_COLOURS], 1.2, (int)(count % 5)};
        if (cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(attack, "power"))) {
            draw_attack(chart, attack, &look, &labels[count]);
            count++;
        }
    }
    labels_place(chart, labels, count, chart->h.end + 6, 94);
}
