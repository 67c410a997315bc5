/* Membership attacks: how many training records are recognised (TPR) at how many false alarms (FPR), both axes logarithmic. One
 * colour and dash a family, thin; the reported attack bold. Labels name families, since a dozen single lines cannot be told
 * apart; the table of attacks has each. details = {attacks: [{attack, family, auc, roc: [[fpr, tpr], …]}], reported: {attack}}.
 */
#include <math.h>
#include <string.h>

#include "report/attacks.h"
#include "report/words.h"

enum { ROC_POINTS = 400 };

static const double roc_floor = 1e-3;

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

/* Draws one attack; gives the height at 1 % false alarms, NaN where there is nothing to draw. */
static double draw_attack(struct chart *chart, const cJSON *attack, const struct line_look *look)
{
    double x[ROC_POINTS], y[ROC_POINTS];
    const size_t n = points_read(cJSON_GetObjectItemCaseSensitive(attack, "roc"), x, y, ROC_POINTS);
    const size_t first = points_below(x, n, roc_floor);
    if (n == 0)
        return NAN;
    draw_path(chart, x + first, y + first, n - first, look);
    const double at = height_at(x, y, n, 0.01);
    return isfinite(at) ? at : roc_floor;
}

static const char *auc_words(struct chart *chart, const cJSON *attack, const char *before)
{
    const double auc = model_number(attack, "auc");
    const struct estimate e = {auc, model_number(attack, "lo"), model_number(attack, "hi")};
    return isfinite(auc) ? arena_format(chart->arena, "%s\xc2\xa0%s", before,
                                        number_text(chart->arena, auc, number_decimals(&e, FORM_PLAIN), FORM_PLAIN))
                         : "";
}

/* Its name where it is alone, else the family's with the number of attacks and the best AUC. */
static const char *family_label(struct chart *chart, const struct attack_families *families, size_t f)
{
    const cJSON *best = families->best[f];
    if (families->attacks[f] == 1)
        return arena_format(chart->arena, "%s%s", attack_name(chart->arena, best), auc_words(chart, best, ", AUC"));
    return arena_format(chart->arena, "%s (%zu)%s", *families->name[f] ? families->name[f] : "others", families->attacks[f],
                        auc_words(chart, best, ", AUC up to"));
}

void chart_roc(struct chart *chart, const void *details)
{
    const cJSON *attacks = cJSON_GetObjectItemCaseSensitive(details, "attacks"), *attack, *chosen = attack_reported(details);
    const struct attack_families families = attack_families(chart->arena, details);
    struct label labels[FAMILIES_MOST + 1];
    size_t count = 0;
    double highest[FAMILIES_MOST], names = 150;
    chart_area(chart, 32, 16, names, 26);
    chart_range(chart, roc_floor, 1, roc_floor, 1);
    chart->h.logarithmic = chart->v.logarithmic = true;
    draw_frame(chart);
    for (size_t f = 0; f < families.count; f++)
        highest[f] = NAN;
    for (attack = model_first(attacks); attack; attack = attack->next) {
        const size_t f = attack_family(chart->arena, &families, attack);
        if (f == FAMILIES_MOST || attack == chosen)
            continue;
        const struct line_look look = {series_colour[1 + f % (SERIES_COLOURS - 1)], 0.8, (int)(f % 5)};
        highest[f] = fmax(highest[f], draw_attack(chart, attack, &look));
    }
    for (size_t f = 0; f < families.count; f++)
        if (isfinite(highest[f]))
            labels[count++] = (struct label){family_label(chart, &families, f), scale_at(&chart->v, highest[f]),
                                             series_colour[1 + f % (SERIES_COLOURS - 1)], false, (int)(f % 5)};
    const struct line_look bold = {COLOUR_ACCENT, 2, 0};
    const double at = chosen ? draw_attack(chart, chosen, &bold) : NAN;
    if (isfinite(at))
        labels[count++] = (struct label){
            arena_format(chart->arena, "%s%s", attack_name(chart->arena, chosen), auc_words(chart, chosen, ", AUC")),
            scale_at(&chart->v, at), COLOUR_ACCENT, true, 0};
    labels_place(chart, labels, count, chart->h.end + 7, names - 8);
}
