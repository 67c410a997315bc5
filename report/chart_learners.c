/* Trained on real and on candidate rows: one line a learner, two dots with intervals on one axis, and the mean over learners
 * beside fresh real rows and the control. details = {learners: [{learner, tstr: {auc | r2, lo, hi}, trtr: {…}}]}. */
#include <math.h>

#include "report/chart_models.h"
#include "report/page.h"
#include "report/words.h"

static const double row_height = 26;

static const cJSON *learners_of(const cJSON *details)
{
    const cJSON *learners = cJSON_GetObjectItemCaseSensitive(details, "learners");
    return cJSON_IsArray(learners) ? learners : NULL;
}

static struct estimate quality(const cJSON *learner, const char *key)
{
    const cJSON *side = cJSON_GetObjectItemCaseSensitive(learner, key);
    double value = model_number(side, "auc");
    if (!isfinite(value))
        value = model_number(side, "r2");
    return (struct estimate){value, model_number(side, "lo"), model_number(side, "hi")};
}

double chart_learners_height(const cJSON *details)
{
    const cJSON *learners = learners_of(details);
    return learners && learners->child ? row_height * (cJSON_GetArraySize(learners) + 1) + 40 : 0;
}

static void widen(double *lo, double *hi, const struct estimate *e)
{
    double a = isfinite(e->lo) ? e->lo : e->value, b = isfinite(e->hi) ? e->hi : e->value;
    if (isfinite(a))
        *lo = fmin(*lo, a);
    if (isfinite(b))
        *hi = fmax(*hi, b);
}

static int fewer(int a, int b)
{
    return a < b ? a : b;
}

static void draw_side(struct chart *chart, const struct estimate *e, double y, uint32_t colour, bool hollow, int decimals)
{
    if (!isfinite(e->value))
        return;
    mark_interval(chart, e->lo, e->hi, y, colour);
    double x = scale_at(&chart->h, e->value);
    mark_dot(chart, x, y, 2.8, colour, hollow);
    struct text_style style = style_emphasis;
    style.colour = colour;
    double right = isfinite(e->hi) ? scale_at(&chart->h, e->hi) : x;
    text_label(chart->text, chart->cr, &style, number_text(chart->arena, e->value, decimals, FORM_PLAIN), right + 6, y, 0, 0);
}

static void draw_key(struct chart *chart, bool control)
{
    static const char *const keys[] = {"trained on real", "on synthetic", "columns apart"};
    double y = chart->y + 5, x = chart->x + 3;
    for (int k = 0; k < 2 + control; k++) {
        if (k == 2)
            mark_cross(chart, x, y);
        else
            mark_dot(chart, x, y, 2.8, k ? COLOUR_ACCENT : COLOUR_REAL, k == 0);
        text_label(chart->text, chart->cr, &style_small, keys[k], x + 7, y, 0, 0);
        x += 7 + text_width(chart->text, &style_small, keys[k]) + 14;
    }
}

/* What all learners reach on average: the measure's value, beside that of fresh real rows. */
static void draw_mean(struct chart *chart, const struct model_measure *measure, double y, double names, int decimals)
{
    const struct estimate real = {measure->honest, NAN, NAN};
    draw_line(chart->cr, chart->x, y - row_height / 2, chart->h.end, y - row_height / 2, 0.6, COLOUR_RULE);
    text_label(chart->text, chart->cr, &style_emphasis, "mean", chart->h.start - 6, y + (isfinite(real.value) ? -5.5 : 0), 1,
               names - 8);
    if (isfinite(real.value))
        text_label(chart->text, chart->cr, &style_grey, "grey: fresh real rows", chart->h.start - 6, y + 5.5, 1, names - 8);
    if (isfinite(measure->control[CONTROL_APART]))
        mark_cross(chart, scale_at(&chart->h, measure->control[CONTROL_APART]), y);
    draw_side(chart, &real, y - 5.5, COLOUR_REAL, true, decimals);
    draw_side(chart, &measure->estimate, y + 5.5, COLOUR_ACCENT, false, decimals);
}

static double names_width(struct chart *chart, const cJSON *learners)
{
    double width = text_width(chart->text, &style_grey, "grey: fresh real rows");
    const cJSON *learner;
    for (learner = model_first(learners); learner; learner = learner->next)
        width = fmax(width, text_width(chart->text, &style_small,
                                       plain_name(chart->arena, model_text(chart->arena, learner, "learner"))));
    return fmin(width + 9, 0.4 * chart->width);
}

void chart_learners(struct chart *chart, const void *data)
{
    const struct model_measure *measure = data;
    const cJSON *learners = learners_of(measure->details), *learner;
    double lo = INFINITY, hi = -INFINITY, names = names_width(chart, learners);
    int decimals = 3; /* as the widest interval has: the numbers stand one below the other */
    const cJSON *first = learners ? learners->child : NULL;
    bool auc = isfinite(model_number(cJSON_GetObjectItemCaseSensitive(first, "tstr"), "auc")) ||
               isfinite(model_number(cJSON_GetObjectItemCaseSensitive(first, "trtr"), "auc"));
    widen(&lo, &hi, &measure->estimate);
    widen(&lo, &hi, &(struct estimate){measure->control[CONTROL_APART], NAN, NAN});
    for (learner = model_first(learners); learner; learner = learner->next) {
        struct estimate a = quality(learner, "tstr"), b = quality(learner, "trtr");
        widen(&lo, &hi, &a);
        widen(&lo, &hi, &b);
        decimals = fewer(decimals, fewer(number_decimals(&a, FORM_PLAIN), number_decimals(&b, FORM_PLAIN)));
    }
    if (!(hi >= lo))
        return;
    lo = auc ? fmin(0.5, lo) : fmin(0, lo);
    chart_area(chart, names, 14, 30, 26);
    chart_range(chart, lo, fmax(hi, lo + 0.05), 0, 1);
    axis_horizontal(chart, scale_bracket(&chart->h, 6, true, true), false,
                    auc ? "ROC AUC on real rows (0.5: guessing)" : "R\xc2\xb2 on real rows");
    draw_key(chart, isfinite(measure->control[CONTROL_APART]));
    double y = chart->v.end + row_height / 2;
    for (learner = model_first(learners); learner; learner = learner->next) {
        struct estimate candidate = quality(learner, "tstr"), real = quality(learner, "trtr");
        text_label(chart->text, chart->cr, &style_small, plain_name(chart->arena, model_text(chart->arena, learner, "learner")),
                   chart->h.start - 6, y, 1, names - 8);
        draw_side(chart, &real, y - 5.5, COLOUR_REAL, true, decimals);
        draw_side(chart, &candidate, y + 5.5, COLOUR_ACCENT, false, decimals);
        y += row_height;
    }
    draw_mean(chart, measure, y, names, decimals);
}
