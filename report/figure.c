#include "report/figure.h"

static const double gap_words = 5, gap_caption = 3, gap_rows = 16;

void figure_add(struct figure_list *list, const struct figure *figure)
{
    if (list->count < FIGURES_MOST)
        list->items[list->count++] = *figure;
}

static double words_height(struct document *document, const struct figure *figure, double width)
{
    return text_height(document->text, &style_strong, figure->title, width) +
           text_height(document->text, &style_small, figure->sentence, width) + gap_words;
}

static double caption_height(struct document *document, const struct figure *figure, double width)
{
    return gap_caption + text_height(document->text, &style_grey, figure->caption, width);
}

static void draw_words(struct document *document, const struct figure *figure, double x, double y, double width)
{
    tag_open(document, "P", NULL);
    y += text_draw(document->text, document->cr, &style_strong, figure->title, x, y, width);
    text_draw(document->text, document->cr, &style_small, figure->sentence, x, y, width);
    tag_close(document, "P");
}

static void draw_picture(struct document *document, const struct figure *figure, double x, double y, double width)
{
    if (!document->cr)
        return;
    tag_open(document, "Figure", NULL);
    struct chart chart = {.cr = document->cr, .text = document->text, .arena = document->arena};
    chart.x = x;
    chart.y = y;
    chart.width = width;
    chart.height = figure->height;
    figure->draw(&chart, figure->data);
    tag_close(document, "Figure");
}

static void draw_caption(struct document *document, const struct figure *figure, double x, double y, double width)
{
    tag_open(document, "Caption", NULL);
    text_draw(document->text, document->cr, &style_grey, figure->caption, x, y + gap_caption, width);
    tag_close(document, "Caption");
}

/* Words, picture and caption one below the other; `words`: the height that all words of the row take. */
static void place_column(struct document *document, const struct figure *figure, double x, double width, double words)
{
    draw_words(document, figure, x, document->y, width);
    draw_picture(document, figure, x, document->y + words, width);
    draw_caption(document, figure, x, document->y + words + figure->height, width);
}

static double place_full(struct document *document, const struct figure *figure)
{
    double words = words_height(document, figure, TEXT_WIDTH);
    double height = words + figure->height + caption_height(document, figure, TEXT_WIDTH);
    page_need(document, height);
    place_column(document, figure, grid_x(0), TEXT_WIDTH, words);
    return height;
}

static double place_pair(struct document *document, const struct figure *left, const struct figure *right)
{
    double width = grid_width(6);
    double words = words_height(document, left, width), other = words_height(document, right, width);
    double a = left->height + caption_height(document, left, width);
    double b = right->height + caption_height(document, right, width);
    words = other > words ? other : words;
    double height = words + (a > b ? a : b);
    page_need(document, height);
    place_column(document, left, grid_x(0), width, words);
    place_column(document, right, grid_x(6), width, words);
    return height;
}

static double place_alone(struct document *document, const struct figure *figure)
{
    double width = grid_width(4), words = words_height(document, figure, width);
    double caption = caption_height(document, figure, width);
    double height = figure->height > words + caption ? figure->height : words + caption;
    page_need(document, height);
    draw_picture(document, figure, grid_x(0), document->y, grid_width(8));
    draw_words(document, figure, grid_x(8), document->y, width);
    draw_caption(document, figure, grid_x(8), document->y + words, width);
    return height;
}

void figures_place(struct document *document, const struct figure_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct figure *figure = &list->items[i];
        bool paired =
            !figure->full && !figure->alone && i + 1 < list->count && !list->items[i + 1].full && !list->items[i + 1].alone;
        page_skip(document, gap_rows / 2);
        if (figure->full)
            document->y += place_full(document, figure);
        else if (paired)
            document->y += place_pair(document, figure, &list->items[++i]);
        else
            document->y += place_alone(document, figure);
        page_skip(document, gap_rows / 2);
    }
}
