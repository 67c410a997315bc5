/* Membership attacks: how many training records are recognised (TPR) at how many false alarms (FPR), both axes logarithmic.
 * details = {attacks: [{attack, auc, tpr: {"0.01": …}, roc: [[fpr, tpr], …]}], reported: {attack}}. */
#include <math.h>
#include <string.h>

#include "report/chart.h"
#include "report/words.h"

enum { ROC_POINTS = 400, ROC_ATTACKS = 12 };

static const double roc_floor = 1e-3;

/* The reported attack: the one that the audit names, else the one that finds most at 1 % false alarms. */
static const cJSON *reported_attack(const cJSON *details)
{
    const cJSON *attacks = cJSON_GetObjectItemCaseSensitive(details, "attacks"), *attack, *best = NULL;
    const cJSON *reported = cJSON_GetObjectItemCaseSensitive(details, "reported");
    const cJSON *named = cJSON_GetObjectItemCaseSensitive(reported, "attack");
    double most = -INFINITY;
    if (!cJSON_IsArray(attacks))
        return NULL;
    for (attack = model_first(attacks); attack; attack = attack->next) {
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(attack, "attack");
        if (cJSON_IsString(named) && cJSON_IsString(name) && strcmp(named->valuestring, name->valuestring) == 0)
            return attack;
        double found = model_number(cJSON_GetObjectItemCaseSensitive(attack, "tpr"), "0.01");
        if (!isfinite(found))
            found = model_number(attack, "auc") - 1;
        if (found > most) {
            most = found;
            best = attack;
        }
    }
    return best;
}

static double height_at(const double *x, const double *y, size_t n, double at)
{
    double height = NAN;
    for (size_t i = 0; i < n && x[i] <= at; i++)
        height = y[i];
    return height;
}

/* Of the points left of the axis only the last one is drawn, at its edge. */
static size_t points_below(const double *x, size_t n, double floor)
{
    size_t first = 0;
    while (first + 1 < n && x[first + 1] <= floor)
        first++;
    return first;
}

static void draw_frame(struct chart *chart)
{
    static const double diagonal[] = {1e-3, 1};
    static const struct line_look chance = {COLOUR_NONE, 0.8, 1};
    axis_horizontal(chart, 0, true, "strangers wrongly taken for members (false positive rate)");
    axis_vertical(chart, 0, true, "training records recognised (true positive rate)");
    draw_path(chart, diagonal, diagonal, 2, &chance);
    text_label(chart->text, chart->cr, &style_grey, "chance", scale_at(&chart->h, 0.012), scale_at(&chart->v, 0.0075), 0, 0);
}

void chart_roc(struct chart *chart, const void *details)
{
    const cJSON *attacks = cJSON_GetObjectItemCaseSensitive(details, "attacks"), *attack, *chosen = reported_attack(details);
    struct label labels[ROC_ATTACKS];
    size_t count = 0, colour = 1;
    double x[ROC_POINTS], y[ROC_POINTS], names = 140;
    chart_area(chart, 32, 16, names, 26);
    chart_range(chart, roc_floor, 1, roc_floor, 1);
    chart->h.logarithmic = chart->v.logarithmic = true;
    draw_frame(chart);
    for (attack = cJSON_IsArray(attacks) ? attacks->child : NULL; attack && count < ROC_ATTACKS; attack = attack->next) {
        size_t n = points_read(cJSON_GetObjectItemCaseSensitive(attack, "roc"), x, y, ROC_POINTS);
        bool bold = attack == chosen;
        struct line_look look = {bold ? COLOUR_ACCENT : series_colour[1 + (colour - 1) % (SERIES_COLOURS - 1)], bold ? 2 : 1,
                                 bold ? 0 : (int)(colour - 1) % 5};
        colour += !bold;
        size_t first = points_below(x, n, roc_floor);
        if (n == 0)
            continue;
        draw_path(chart, x + first, y + first, n - first, &look);
        double auc = model_number(attack, "auc");
        struct estimate e = {auc, model_number(attack, "lo"), model_number(attack, "hi")};
        const char *name = attack_name(chart->arena, attack);
        double at = height_at(x, y, n, 0.01);
        labels[count++] = (struct label){
            isfinite(auc) ? arena_format(chart->arena, "%s, AUC\xc2\xa0%s", name,
                                         number_text(chart->arena, auc, number_decimals(&e, FORM_PLAIN), FORM_PLAIN))
                          : name,
            scale_at(&chart->v, isfinite(at) ? at : roc_floor), look.colour, bold, look.dash};
    }
    labels_place(chart, labels, count, chart->h.end + 7, names - 8);
}
