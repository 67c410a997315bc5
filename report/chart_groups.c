/* Rates of groups: one line a group, the model trained on real rows beside the one trained on the candidate, with intervals.
 * groups = [{column, group, class, n, rate, tpr, learner, trained_on: real | candidate, lo, hi}], or [{column, group, n,
 * share_reference, share_subject}]. */
#include <math.h>
#include <string.h>

#include "report/chart.h"

enum { GROUPS_MOST = 12 };

static const double group_row = 21, groups_margin = 42;

struct group_row {
    const char *column, *group, *part; /* part: the class of the target, where it has more than two */
    struct estimate real, candidate;
    double n;
};

static bool wanted(const struct group_chart *spec, const cJSON *item)
{
    const cJSON *learner = cJSON_GetObjectItemCaseSensitive(item, "learner");
    return !spec->learner || (cJSON_IsString(learner) && strcmp(learner->valuestring, spec->learner) == 0);
}

static const char *raw_text(const cJSON *item, const char *key)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(item, key);
    return cJSON_IsString(text) && text->valuestring ? text->valuestring : "";
}

static struct group_row *row_of(struct group_row *rows, size_t *count, const cJSON *item)
{
    const char *column = raw_text(item, "column"), *group = raw_text(item, "group"), *part = raw_text(item, "class");
    for (size_t i = 0; i < *count; i++)
        if (strcmp(rows[i].column, column) == 0 && strcmp(rows[i].group, group) == 0 && strcmp(rows[i].part, part) == 0)
            return &rows[i];
    if (*count == GROUPS_MOST)
        return NULL;
    static const struct estimate unknown = {NAN, NAN, NAN};
    rows[*count] = (struct group_row){column, group, part, unknown, unknown, NAN};
    return &rows[(*count)++];
}

static size_t gather(const struct group_chart *spec, struct group_row *rows)
{
    size_t count = 0;
    const cJSON *item;
    for (item = cJSON_IsArray(spec->groups) ? spec->groups->child : NULL; item; item = item->next) {
        struct group_row *row = wanted(spec, item) ? row_of(rows, &count, item) : NULL;
        if (!row)
            continue;
        row->n = model_number(item, "n");
        if (!spec->rate) {
            row->real.value = model_number(item, spec->real);
            row->candidate.value = model_number(item, spec->subject);
            continue;
        }
        struct estimate rate = {model_number(item, spec->rate), model_number(item, "lo"), model_number(item, "hi")};
        if (strcmp(raw_text(item, "trained_on"), "real") == 0)
            row->real = rate;
        else
            row->candidate = rate;
    }
    return count;
}

double chart_groups_height(const struct group_chart *spec)
{
    struct group_row rows[GROUPS_MOST];
    size_t count = gather(spec, rows);
    return count > 0 ? group_row * (double)count + groups_margin : 0;
}

static void draw_rate(struct chart *chart, const struct estimate *rate, double y, uint32_t colour, bool hollow)
{
    if (!isfinite(rate->value))
        return;
    mark_interval(chart, rate->lo, rate->hi, y, colour);
    mark_dot(chart, scale_at(&chart->h, rate->value), y, 2.7, colour, hollow);
}

/* Four fifths of the highest rate that the candidate's model gives any group of the same column. */
static void draw_four_fifths(struct chart *chart, const struct group_row *rows, size_t count)
{
    static const double dashes[] = {2.4, 2};
    struct text_style style = style_small;
    style.colour = COLOUR_UNDECIDED;
    double label = NAN;
    for (size_t first = 0, end; first < count; first = end) {
        double highest = -INFINITY;
        for (end = first;
             end < count && strcmp(rows[end].column, rows[first].column) == 0 && strcmp(rows[end].part, rows[first].part) == 0;
             end++)
            highest = isfinite(rows[end].candidate.value) ? fmax(highest, rows[end].candidate.value) : highest;
        if (!(highest > 0))
            continue;
        double x = scale_at(&chart->h, 0.8 * highest), top = chart->v.end + group_row * (double)first;
        label = isfinite(label) ? label : x;
        colour_set(chart->cr, COLOUR_UNDECIDED);
        cairo_set_line_width(chart->cr, 0.9);
        cairo_set_dash(chart->cr, dashes, 2, 0);
        cairo_move_to(chart->cr, x, top);
        cairo_line_to(chart->cr, x, top + group_row * (double)(end - first));
        cairo_stroke(chart->cr);
        cairo_set_dash(chart->cr, dashes, 0, 0);
    }
    if (isfinite(label))
        text_label(chart->text, chart->cr, &style, "four fifths of the highest", label, chart->v.end - 5,
                   label > (chart->h.start + chart->h.end) / 2 ? 1 : 0, 0);
}

void chart_groups(struct chart *chart, const void *data)
{
    const struct group_chart *spec = data;
    struct group_row rows[GROUPS_MOST];
    size_t count = gather(spec, rows);
    const double groups_names = fmax(96, 0.36 * chart->width);
    chart_area(chart, groups_names, 16, 14, 26);
    chart_range(chart, 0, 1, 0, 1);
    axis_horizontal(chart, 4, true, spec->axis);
    if (spec->four_fifths)
        draw_four_fifths(chart, rows, count);
    for (size_t i = 0; i < count; i++) {
        double y = chart->v.end + group_row * ((double)i + 0.5);
        const char *name = clean_text(chart->arena, rows[i].group),
                   *column = text_shorten(chart->arena, clean_text(chart->arena, rows[i].column), 16);
        const char *below = column;
        if (*rows[i].part) {
            name = arena_format(chart->arena, "%s: %s", column, name);
            below = arena_format(chart->arena, "answer %s", clean_text(chart->arena, rows[i].part));
        }
        if (isfinite(rows[i].n))
            below = arena_format(chart->arena, "%s, n\xc2\xa0=\xc2\xa0%s", below, number_count(chart->arena, rows[i].n));
        text_label(chart->text, chart->cr, &style_small, name, chart->h.start - 6, y - 4.6, 1, groups_names - 8);
        text_label(chart->text, chart->cr, &style_grey, below, chart->h.start - 6, y + 4.6, 1, groups_names - 8);
        draw_rate(chart, &rows[i].real, y - 3.6, COLOUR_REAL, true);
        draw_rate(chart, &rows[i].candidate, y + 3.6, COLOUR_ACCENT, false);
    }
}
