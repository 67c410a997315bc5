#include <math.h>

#include "report/pages.h"
#include "report/words.h"

void part_status(struct document *document, enum status status, const char *word, const struct text_style *style, double x,
                 double y)
{
    struct text_style coloured = *style;
    coloured.colour = status_colour(status);
    text_draw(document->text, document->cr, &coloured, arena_format(document->arena, "%s\xc2\xa0%s", status_sign(status), word),
              x, y, 0);
}

void part_title(struct document *document, const char *title, int level)
{
    struct text_style style = level > 1 ? style_verdict : style_title;
    style.lines = 2;
    if (!page_at_top(document))
        document->y += 18;
    tag_open(document, "H1", NULL);
    document->y += text_draw(document->text, document->cr, &style, title, grid_x(0), document->y, TEXT_WIDTH) + 8;
    tag_close(document, "H1");
}

static const char *table_words(struct document *document, const struct model_table *table, const char *what)
{
    struct arena *arena = document->arena;
    return arena_format(arena, "%s %s \xc3\x97 %s columns (%s)", number_count(arena, table->rows), what,
                        number_count(arena, table->columns), table->name);
}

/* What was audited, in two lines: the tables, then date, policy, seed and version. */
double part_meta(struct document *document, const struct model *model, const struct model_table *subject, double y)
{
    struct arena *arena = document->arena;
    struct text_style style = style_body;
    style.colour = COLOUR_GREY;
    style.lines = 3;
    const char *line = subject ? table_words(document, subject, "synthetic rows") : "Synthetic tables";
    if (model->train)
        line = arena_format(arena, "%s, compared with %s", line, table_words(document, model->train, "training rows"));
    if (model->holdout)
        line = arena_format(arena, "%s and %s holdout rows (%s)", line, number_count(arena, model->holdout->rows),
                            model->holdout->name);
    y += text_draw(document->text, document->cr, &style, line, grid_x(0), y, TEXT_WIDTH);
    line =
        arena_format(arena, "%s \xc2\xb7 policy %s \xc2\xb7 seed %s \xc2\xb7 assay %s", number_date_words(arena, model->date),
                     *model->policy ? model->policy : "\xe2\x80\x93", number_seed(arena, model->seed), model->version);
    y += text_draw(document->text, document->cr, &style, line, grid_x(0), y, TEXT_WIDTH);
    return y;
}

/* A list that ends before `bottom`; gives the y below it. Numbered, or with a dash. */
static double part_list(struct document *document, const struct text_list *list, bool numbered, double x, double y,
                        double width, double bottom)
{
    const double indent = 13;
    for (size_t i = 0; i < list->count; i++) {
        double height = text_height(document->text, &style_body, list->items[i], width - indent);
        const double note = i + 1 < list->count ? style_grey.leading : 0;
        if (y + height + note > bottom) {
            text_draw(document->text, document->cr, &style_grey,
                      "The rest stands under \xe2\x80\x9cMethods and limits\xe2\x80\x9d.", x + indent, y, width - indent);
            return y + style_grey.leading;
        }
        struct text_style mark = style_strong;
        mark.colour = COLOUR_ACCENT;
        tag_open(document, "P", NULL);
        text_draw(document->text, document->cr, &mark, numbered ? arena_format(document->arena, "%zu", i + 1) : "\xe2\x80\x93",
                  x, y, 0);
        text_draw(document->text, document->cr, &style_body, list->items[i], x + indent, y, width - indent);
        tag_close(document, "P");
        y += height + 4;
    }
    return y;
}

static const char *const nothing_to_do[] = {"Nothing: every gate of the policy is passed."};
static const char *const no_remedy[] = {"No remedy is known to the audit; the gates say what stands in the way."};
static const char *const nothing_unseen[] = {"Every measure of the plan could be taken."};

static struct text_list actions_of(const struct model_candidate *candidate)
{
    if (candidate->actions.count > 0)
        return candidate->actions;
    return (struct text_list){(const char **)(candidate->verdict == STATUS_PASS ? nothing_to_do : no_remedy), 1};
}

static struct text_list unseen_of(const struct model_candidate *candidate)
{
    if (candidate->blind_spots.count > 0)
        return candidate->blind_spots;
    return (struct text_list){(const char **)nothing_unseen, 1};
}

/* Of both columns, where nothing is left out; a long list of blind spots counts with its first three. */
double part_advice_height(struct document *document, const struct model_candidate *candidate)
{
    const double indent = 13, head = 10 + 2 * style_heading.leading;
    const struct text_list lists[] = {actions_of(candidate), unseen_of(candidate)};
    double most = 0;
    for (int l = 0; l < 2; l++) {
        double height = lists[l].count > 3 ? style_grey.leading : 0;
        for (size_t i = 0; i < lists[l].count && i < 3; i++)
            height += text_height(document->text, &style_body, lists[l].items[i], grid_width(6) - 6 - indent) + 4;
        most = height > most ? height : most;
    }
    return head + most;
}

/* Two columns: what to do, and what the audit could not see; the latter is cut at `bottom`. */
void part_advice(struct document *document, const struct model_candidate *candidate, const char *what_to_do, double bottom)
{
    const struct text_list actions = actions_of(candidate), unseen = unseen_of(candidate);
    page_need(document, 90);
    double y = document->y, width = grid_width(6) - 6, x = grid_x(6);
    draw_line(document->cr, grid_x(0), y, grid_x(0) + width, y, 0.8, COLOUR_INK);
    draw_line(document->cr, x, y, grid_x(0) + TEXT_WIDTH, y, 0.8, COLOUR_INK);
    y += 6;
    text_draw(document->text, document->cr, &style_heading, what_to_do, grid_x(0), y, width);
    text_draw(document->text, document->cr, &style_heading, "What this audit could not see", x, y, width);
    double head = text_height(document->text, &style_heading, what_to_do, width);
    y += (head > style_heading.leading ? head : style_heading.leading) + 4;
    double left = part_list(document, &actions, candidate->actions.count > 0, grid_x(0), y, width, PAGE_BOTTOM);
    double right = part_list(document, &unseen, false, x, y, grid_width(6), bottom);
    document->y = left > right ? left : right;
}
