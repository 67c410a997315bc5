/* Rates of groups: one line a group, the model trained on real rows beside the one trained on the candidate, with intervals.
 * groups = [{column, group, class, n, rate, tpr, learner, trained_on: real | candidate, lo, hi}], or [{column, group, n,
 * share_reference, share_subject}]. Where not all fit, those are drawn that the two models differ most about. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/chart_models.h"
#include "report/page.h"

enum { GROUPS_MOST = 10 };

static const double group_row = 21, groups_foot = 26;

struct group_row {
    const char *column, *group, *part; /* part: the class of the target, where it has more than two */
    struct estimate real, candidate;
    double n, four_fifths; /* of the candidate's highest rate in the same column and part; NaN: none */
    bool used, shown;      /* used: large enough for the gap */
};

static const char *raw_text(const cJSON *item, const char *key)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(item, key);
    return cJSON_IsString(text) && text->valuestring ? text->valuestring : "";
}

static bool together(const struct group_row *a, const struct group_row *b)
{
    return strcmp(a->column, b->column) == 0 && strcmp(a->part, b->part) == 0;
}

static struct group_row *row_of(struct group_chart *chart, const cJSON *item)
{
    static const struct estimate unknown = {NAN, NAN, NAN};
    const struct group_row wanted = {.column = raw_text(item, "column"),
                                     .group = raw_text(item, "group"),
                                     .part = raw_text(item, "class"),
                                     .real = unknown,
                                     .candidate = unknown,
                                     .n = NAN,
                                     .four_fifths = NAN};
    for (size_t i = chart->count; i-- > 0;) /* the last ones are the nearest in the file */
        if (strcmp(chart->rows[i].group, wanted.group) == 0 && together(&chart->rows[i], &wanted))
            return &chart->rows[i];
    chart->rows[chart->count] = wanted;
    return &chart->rows[chart->count++];
}

static void read_rows(struct group_chart *chart, const cJSON *groups)
{
    const cJSON *item;
    for (item = model_first(groups); item; item = item->next) {
        if (chart->learner && strcmp(raw_text(item, "learner"), chart->learner) != 0)
            continue;
        struct group_row *row = row_of(chart, item);
        row->n = model_number(item, "n");
        row->used |= cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "used"));
        if (!chart->rate) {
            row->real.value = model_number(item, chart->real);
            row->candidate = (struct estimate){model_number(item, chart->subject), model_number(item, "share_lo"),
                                               model_number(item, "share_hi")};
            continue;
        }
        const struct estimate rate = {model_number(item, chart->rate), model_number(item, "lo"), model_number(item, "hi")};
        *(strcmp(raw_text(item, "trained_on"), "real") == 0 ? &row->real : &row->candidate) = rate;
    }
}

/* Groups without any rate are left out: theirs is unknown, not 0. */
static void drop_empty(struct group_chart *chart)
{
    size_t kept = 0;
    for (size_t i = 0; i < chart->count; i++)
        if (isfinite(chart->rows[i].real.value) || isfinite(chart->rows[i].candidate.value))
            chart->rows[kept++] = chart->rows[i];
    chart->count = kept;
}

/* Where the run of groups of one column and class ends. */
static size_t run_end(const struct group_chart *chart, size_t first)
{
    size_t end = first;
    while (end < chart->count && together(&chart->rows[end], &chart->rows[first]))
        end++;
    return end;
}

static void find_four_fifths(struct group_chart *chart)
{
    for (size_t first = 0, end; first < chart->count; first = end) {
        double highest = 0;
        end = run_end(chart, first);
        for (size_t i = first; i < end; i++)
            highest = fmax(highest, chart->rows[i].candidate.value);
        for (size_t i = first; i < end && highest > 0; i++)
            chart->rows[i].four_fifths = 0.8 * highest;
    }
}

static double or_last(double value)
{
    return isfinite(value) ? value : INFINITY;
}

static int by_candidate(const void *a, const void *b)
{
    const double x = or_last(((const struct group_row *)a)->candidate.value),
                 y = or_last(((const struct group_row *)b)->candidate.value);
    return x < y ? -1 : x > y;
}

/* How far the candidate's rates lie apart in a run, among the groups that are large enough; −1: fewer than two. */
static double run_range(const struct group_chart *chart, size_t first, size_t end)
{
    double lo = INFINITY, hi = -INFINITY;
    size_t n = 0;
    for (size_t i = first; i < end; i++)
        if (chart->rows[i].used && isfinite(chart->rows[i].candidate.value)) {
            lo = fmin(lo, chart->rows[i].candidate.value);
            hi = fmax(hi, chart->rows[i].candidate.value);
            n++;
        }
    return n < 2 ? -1 : hi - lo;
}

/* Leaves the large groups of the run that lie furthest apart, lowest first; none where no run has two. */
static void keep_widest(struct group_chart *chart)
{
    size_t best = 0, best_end = 0, kept = 0;
    double most = -1;
    for (size_t first = 0, end; first < chart->count; first = end) {
        end = run_end(chart, first);
        const double range = run_range(chart, first, end);
        if (range > most) {
            most = range;
            best = first;
            best_end = end;
        }
    }
    for (size_t i = best; i < best_end; i++)
        if (chart->rows[i].used)
            chart->rows[kept++] = chart->rows[i];
    chart->count = kept;
    qsort(chart->rows, kept, sizeof *chart->rows, by_candidate);
}

/* A group that only one side has a rate of differs most. */
static double difference(const struct group_row *row)
{
    return or_last(fabs(row->candidate.value - row->real.value));
}

static void choose(struct group_chart *chart)
{
    size_t shown = 0;
    for (; shown < chart->count && shown < GROUPS_MOST; shown++) {
        size_t next = 0;
        while (chart->rows[next].shown)
            next++;
        for (size_t i = next + 1; i < chart->count && !chart->widest; i++)
            if (!chart->rows[i].shown && difference(&chart->rows[i]) > difference(&chart->rows[next]))
                next = i;
        chart->rows[next].shown = true;
    }
    for (size_t i = 0, kept = 0; i < chart->count; i++)
        if (chart->rows[i].shown)
            chart->rows[kept++] = chart->rows[i];
    chart->hidden = chart->count - shown;
    chart->count = shown;
}

/* The label of the four fifths stands above the plot. */
static double head_of(const struct group_chart *chart)
{
    return chart->four_fifths ? 16 : 4;
}

double chart_groups_read(struct group_chart *chart, const cJSON *groups, struct arena *arena)
{
    const int size = cJSON_IsArray(groups) ? cJSON_GetArraySize(groups) : 0;
    chart->rows = ARENA_ARRAY(arena, struct group_row, (size_t)size + 1);
    chart->count = chart->hidden = 0;
    if (!chart->rows)
        return 0;
    read_rows(chart, groups);
    drop_empty(chart);
    find_four_fifths(chart);
    if (chart->widest)
        keep_widest(chart);
    choose(chart);
    return chart->count > 0 ? group_row * (double)chart->count + head_of(chart) + groups_foot + (chart->hidden ? 12 : 0) : 0;
}

static void widen(double *lo, double *hi, double value)
{
    if (!isfinite(value))
        return;
    *lo = fmin(*lo, value);
    *hi = fmax(*hi, value);
}

/* Round numbers on both sides of all marks; shares that differ little are not blown up: a fifth of the whole, or four points of
 * error, are seen at least. Gives the number of steps between ticks. */
static int set_range(struct chart *chart, const struct group_chart *spec)
{
    double lo = spec->line ? 0 : INFINITY, hi = spec->line ? 0 : -INFINITY;
    for (size_t i = 0; i < spec->count; i++) {
        const struct estimate *sides[] = {&spec->rows[i].real, &spec->rows[i].candidate};
        for (int s = 0; s < 2; s++) {
            widen(&lo, &hi, sides[s]->value);
            widen(&lo, &hi, sides[s]->lo);
            widen(&lo, &hi, sides[s]->hi);
        }
        if (spec->four_fifths)
            widen(&lo, &hi, spec->rows[i].four_fifths);
    }
    const double room = fmax(0, (spec->line ? 0.04 : 0.2) - (hi - lo)) / 2;
    lo -= room;
    hi += room;
    if (!spec->plain && !spec->line) { /* within 0 … 1, without losing room */
        hi = fmin(1, hi + fmax(0, -lo));
        lo = fmax(0, lo);
    }
    chart_range(chart, lo, hi, 0, 1);
    return scale_bracket(&chart->h, 5, true, true);
}

static void draw_rate(struct chart *chart, const struct estimate *rate, double y, uint32_t colour, bool hollow)
{
    if (!isfinite(rate->value))
        return;
    mark_interval(chart, rate->lo, rate->hi, y, colour);
    mark_dot(chart, scale_at(&chart->h, rate->value), y, 2.7, colour, hollow);
}

static void draw_dashes(struct chart *chart, double value, double top, double bottom, uint32_t colour)
{
    static const double dashes[] = {2.4, 2};
    cairo_set_dash(chart->cr, dashes, 2, 0);
    draw_line(chart->cr, scale_at(&chart->h, value), top, scale_at(&chart->h, value), bottom, 0.9, colour);
    cairo_set_dash(chart->cr, dashes, 0, 0);
}

static void draw_four_fifths(struct chart *chart, const struct group_chart *spec)
{
    static const char words[] = "four fifths of the highest";
    const double width = text_width(chart->text, &style_small, words), right = chart->x + chart->width - width;
    struct text_style style = style_small;
    style.colour = COLOUR_UNDECIDED;
    double first = NAN;
    for (size_t i = 0; i < spec->count; i++) {
        const double top = chart->v.end + group_row * (double)i, at = spec->rows[i].four_fifths;
        if (!isfinite(at))
            continue;
        draw_dashes(chart, at, top, top + group_row, COLOUR_UNDECIDED);
        first = isfinite(first) ? first : scale_at(&chart->h, at);
    }
    if (isfinite(first))
        text_label(chart->text, chart->cr, &style, words, fmin(first - width / 2, right), chart->v.end - 5, 0, 0);
}

/* The group, and below it what it is a group of, and how large. In a run of its own the axis says what it is a group of. */
static void draw_names(struct chart *chart, const struct group_row *row, double y, bool alone)
{
    const double room = chart->h.start - chart->x - 8;
    const char *name = clean_text(chart->arena, row->group), *below = alone ? "" : clean_text(chart->arena, row->column);
    below = text_shorten(chart->arena, below, 16);
    if (*row->part && !alone) {
        name = arena_format(chart->arena, "%s: %s", below, name);
        below = arena_format(chart->arena, "answer %s", text_shorten(chart->arena, clean_text(chart->arena, row->part), 12));
    }
    if (isfinite(row->n))
        below = arena_format(chart->arena, "%s%sn\xc2\xa0=\xc2\xa0%s", below, *below ? ", " : "",
                             number_count(chart->arena, row->n));
    text_label(chart->text, chart->cr, &style_small, name, chart->h.start - 6, y - 4.6, 1, room);
    text_label(chart->text, chart->cr, &style_grey, below, chart->h.start - 6, y + 4.6, 1, room);
}

static const char *axis_of(struct arena *arena, const struct group_chart *spec)
{
    if (!spec->widest)
        return spec->axis;
    const char *part = text_shorten(arena, clean_text(arena, spec->rows[0].part), 16);
    return arena_format(arena, "%s: %s%s%s", text_shorten(arena, clean_text(arena, spec->rows[0].column), 28), spec->axis,
                        *part ? ", " : "", part);
}

void chart_groups(struct chart *chart, const void *data)
{
    const struct group_chart *spec = data;
    chart_area(chart, fmax(96, 0.36 * chart->width), head_of(spec), 14, 0);
    chart->v.start = chart->v.end + group_row * (double)spec->count;
    const int steps = set_range(chart, spec);
    axis_horizontal(chart, steps, !spec->plain, axis_of(chart->arena, spec));
    if (spec->line)
        draw_dashes(chart, 0, chart->v.end, chart->v.start, COLOUR_GREY);
    if (spec->four_fifths)
        draw_four_fifths(chart, spec);
    for (size_t i = 0; i < spec->count; i++) {
        const double y = chart->v.end + group_row * ((double)i + 0.5);
        draw_names(chart, &spec->rows[i], y, spec->widest);
        draw_rate(chart, &spec->rows[i].real, y - 3.6, COLOUR_REAL, true);
        draw_rate(chart, &spec->rows[i].candidate, y + 3.6, COLOUR_ACCENT, false);
    }
    if (spec->hidden > 0)
        text_label(chart->text, chart->cr, &style_grey,
                   arena_format(chart->arena, "and %zu more in audit.json: %s", spec->hidden,
                                spec->widest ? "all higher" : "real and synthetic differ less"),
                   chart->x, chart->v.start + groups_foot + 4, 0, chart->width);
}
