/* Reconstruction: per secret, how often the attack is right, beside what anyone could guess.
 * details = {secrets: [{column, accuracy, majority, classifier, nearest, holdout}]}. */
#include <math.h>

#include "report/chart.h"

static const double bar_row = 11.5, secret_gap = 12, secrets_margin = 30, secrets_names = 150;

static const struct {
    const char *key, *label;
    uint32_t colour;
} sides[] = {
    {"accuracy", "the attack", COLOUR_ACCENT},         {"holdout", "the same on holdout rows", 0x7f7f7f},
    {"classifier", "a classifier's guess", 0xa9a9a9},  {"nearest", "the nearest synthetic row", 0xa9a9a9},
    {"majority", "the most frequent value", 0xa9a9a9},
};
enum { SIDES = sizeof sides / sizeof *sides };

static const cJSON *secrets_of(const cJSON *details)
{
    const cJSON *secrets = cJSON_GetObjectItemCaseSensitive(details, "secrets");
    return cJSON_IsArray(secrets) ? secrets->child : NULL;
}

double chart_secrets_height(const cJSON *details)
{
    double height = 0;
    for (const cJSON *secret = secrets_of(details); secret && height < 400; secret = secret->next)
        height += SIDES * bar_row + secret_gap + 12;
    return height > 0 ? height + secrets_margin : 0;
}

static void draw_secret(struct chart *chart, const cJSON *secret, double y)
{
    text_label(chart->text, chart->cr, &style_emphasis, model_text(chart->arena, secret, "column"), chart->x, y + 4, 0,
               chart->width);
    y += 12;
    for (size_t k = 0; k < SIDES; k++, y += bar_row) {
        double value = model_number(secret, sides[k].key);
        text_label(chart->text, chart->cr, k == 0 ? &style_small : &style_grey, sides[k].label, chart->h.start - 6,
                   y + bar_row / 2, 1, 0);
        if (!isfinite(value)) {
            text_label(chart->text, chart->cr, &style_grey, "not measured", chart->h.start + 4, y + bar_row / 2, 0, 0);
            continue;
        }
        double end = scale_at(&chart->h, value);
        colour_set(chart->cr, sides[k].colour);
        cairo_rectangle(chart->cr, chart->h.start, y + 1.5, end - chart->h.start, bar_row - 3);
        cairo_fill(chart->cr);
        struct estimate bare = {value, NAN, NAN};
        text_label(chart->text, chart->cr, k == 0 ? &style_emphasis : &style_grey,
                   number_text(chart->arena, value, number_decimals(&bare, FORM_PERCENT), FORM_PERCENT), end + 4,
                   y + bar_row / 2, 0, 0);
    }
}

void chart_secrets(struct chart *chart, const void *details)
{
    chart_area(chart, secrets_names * fmin(1, chart->width / 300) - 20, 0, 36, secrets_margin);
    chart_range(chart, 0, 1, 0, 1);
    axis_horizontal(chart, 4, true, "secret values named correctly");
    double y = chart->v.end;
    for (const cJSON *secret = secrets_of(details); secret; secret = secret->next) {
        if (y + SIDES * bar_row + 12 > chart->v.start + 1)
            break;
        draw_secret(chart, secret, y);
        y += SIDES * bar_row + secret_gap + 12;
    }
}
