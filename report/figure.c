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

/* What stands side by side: a figure over the whole width, two half-width ones, or one with its words at its side. */
struct row {
    const struct figure *left, *right; /* right: NULL unless there are two */
    double words, height;              /* words: above the pictures */
    bool placed;
};

static double column_height(struct document *document, const struct figure *figure, double width)
{
    return figure->height + caption_height(document, figure, width);
}

static void measure_row(struct document *document, struct row *row)
{
    const struct figure *left = row->left, *right = row->right;
    if (right || left->full) {
        const double width = right ? grid_width(6) : TEXT_WIDTH;
        const double other = right ? words_height(document, right, width) : 0;
        const double a = column_height(document, left, width), b = right ? column_height(document, right, width) : 0;
        row->words = words_height(document, left, width);
        row->words = other > row->words ? other : row->words;
        row->height = row->words + (a > b ? a : b);
        return;
    }
    const double width = grid_width(4);
    row->words = words_height(document, left, width);
    const double beside = row->words + caption_height(document, left, width);
    row->height = left->height > beside ? left->height : beside;
}

static void place_row(struct document *document, const struct row *row)
{
    const struct figure *left = row->left;
    page_skip(document, gap_rows / 2);
    page_need(document, row->height);
    if (row->right || left->full) {
        const double width = row->right ? grid_width(6) : TEXT_WIDTH;
        place_column(document, left, grid_x(0), width, row->words);
        if (row->right)
            place_column(document, row->right, grid_x(6), width, row->words);
    } else {
        draw_picture(document, left, grid_x(0), document->y, grid_width(8));
        draw_words(document, left, grid_x(8), document->y, grid_width(4));
        draw_caption(document, left, grid_x(8), document->y + row->words, grid_width(4));
    }
    document->y += row->height;
    page_skip(document, gap_rows / 2);
}

static size_t make_rows(struct document *document, const struct figure_list *list, struct row *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct figure *figure = &list->items[i], *next = i + 1 < list->count ? &list->items[i + 1] : NULL;
        const bool paired = !figure->full && !figure->alone && next && !next->full && !next->alone;
        rows[count] = (struct row){.left = figure, .right = paired ? next : NULL};
        measure_row(document, &rows[count++]);
        i += paired;
    }
    return count;
}

void figures_place(struct document *document, const struct figure_list *list)
{
    struct row rows[FIGURES_MOST];
    const size_t count = make_rows(document, list, rows);
    for (size_t done = 0; done < count; done++) {
        size_t next = count; /* the first that fits on this page; where none does, the first */
        for (size_t i = 0; i < count; i++) {
            if (rows[i].placed)
                continue;
            if (next == count)
                next = i;
            if (rows[i].height + gap_rows / 2 <= page_left(document)) {
                next = i;
                break;
            }
        }
        place_row(document, &rows[next]);
        rows[next].placed = true;
    }
}
