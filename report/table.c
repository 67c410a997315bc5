#include "report/table.h"

static const double column_gap = 8;

static struct text_style cell_style(const struct table_column *column, const struct table_cell *cell)
{
    struct text_style style = cell->strong ? style_emphasis : style_small;
    style.align = column->align;
    style.tabular = true;
    style.lines = cell->lines;
    if (cell->colour)
        style.colour = cell->colour;
    return style;
}

static double cell_width(const struct table *table, size_t c)
{
    return table->columns[c].width - (c + 1 < table->n_columns ? column_gap : 0);
}

/* Of a row's cell: with the empty ones to its right, where it reaches over them. */
static double room_of(const struct table *table, size_t c, const struct table_cell *cells)
{
    double width = cell_width(table, c);
    for (size_t next = c + 1; cells[c].reaches && next < table->n_columns && !cells[next].text && !cells[next].draw; next++)
        width += table->columns[next].width;
    return width;
}

static double cell_height(struct document *document, const struct table *table, size_t c, const struct table_cell *cells)
{
    const struct table_cell *cell = &cells[c];
    struct text_style style = cell_style(&table->columns[c], cell), below = style_grey;
    double width = room_of(table, c, cells);
    if (cell->draw)
        return cell->height;
    return text_height(document->text, &style, cell->text, width) + text_height(document->text, &below, cell->below, width);
}

static void cell_tag(struct document *document, const char *name, bool open)
{
    if (!document->cells)
        return;
    if (open)
        tag_open(document, name, NULL);
    else
        tag_close(document, name);
}

static void cell_place(struct document *document, const struct table *table, size_t c, const struct table_cell *cells, double x,
                       double y, double height)
{
    const struct table_cell *cell = &cells[c];
    double width = room_of(table, c, cells);
    cell_tag(document, "TD", true);
    if (cell->draw) {
        if (document->cr)
            cell->draw(document, cell->data, x, y, width, height);
    } else {
        struct text_style style = cell_style(&table->columns[c], cell), below = style_grey;
        below.align = style.align;
        y += text_draw(document->text, document->cr, &style, cell->text, x, y, width);
        text_draw(document->text, document->cr, &below, cell->below, x, y, width);
    }
    cell_tag(document, "TD", false);
}

static double table_width(const struct table *table)
{
    double width = 0;
    for (size_t c = 0; c < table->n_columns; c++)
        width += table->columns[c].width;
    return width;
}

static struct text_style head_style(const struct table_column *column)
{
    struct text_style style = style_grey;
    style.align = column->align;
    return style;
}

static double head_height(struct document *document, const struct table *table)
{
    double height = 0;
    for (size_t c = 0; c < table->n_columns; c++) {
        struct text_style style = head_style(&table->columns[c]);
        double h = text_height(document->text, &style, table->columns[c].title, cell_width(table, c));
        height = h > height ? h : height;
    }
    return height;
}

static void place_head(struct document *document, const struct table *table)
{
    double height = head_height(document, table), x = table->x;
    tag_open(document, "TR", NULL);
    for (size_t c = 0; c < table->n_columns; c++) {
        struct text_style style = head_style(&table->columns[c]);
        double h = text_height(document->text, &style, table->columns[c].title, cell_width(table, c));
        cell_tag(document, "TH", true);
        text_draw(document->text, document->cr, &style, table->columns[c].title, x, document->y + height - h,
                  cell_width(table, c));
        cell_tag(document, "TH", false);
        x += table->columns[c].width;
    }
    tag_close(document, "TR");
    document->y += height + 3;
    draw_line(document->cr, table->x, document->y, table->x + table_width(table), document->y, 0.8, COLOUR_INK);
}

void table_head(struct document *document, const struct table *table)
{
    page_need(document, head_height(document, table) + 40);
    tag_open(document, "Table", NULL);
    place_head(document, table);
}

static double note_height(struct document *document, const struct table *table, const char *note)
{
    return note && *note ? text_height(document->text, &style_grey, note, table_width(table)) + table->padding : 0;
}

static void place_note(struct document *document, const struct table *table, const char *note, double height)
{
    tag_open(document, "TR", NULL);
    cell_tag(document, "TD", true);
    text_draw(document->text, document->cr, &style_grey, note, table->x, document->y, table_width(table));
    cell_tag(document, "TD", false);
    tag_close(document, "TR");
    document->y += height;
}

void table_row(struct document *document, const struct table *table, const struct table_cell *cells, const char *note)
{
    const double below = note_height(document, table, note);
    double height = 0, x = table->x;
    for (size_t c = 0; c < table->n_columns; c++) {
        double h = cell_height(document, table, c, cells);
        height = h > height ? h : height;
    }
    if (page_left(document) < height + 2 * table->padding + below) {
        page_start(document);
        place_head(document, table);
    } else {
        draw_line(document->cr, table->x, document->y, table->x + table_width(table), document->y, 0.4, COLOUR_RULE);
    }
    tag_open(document, "TR", NULL);
    for (size_t c = 0; c < table->n_columns; c++) {
        cell_place(document, table, c, cells, x, document->y + table->padding, height);
        x += table->columns[c].width;
    }
    tag_close(document, "TR");
    document->y += height + 2 * table->padding;
    if (below > 0)
        place_note(document, table, note, below);
}

void table_keep(struct document *document, const struct table *table, double height)
{
    if (page_left(document) >= height)
        return;
    page_start(document);
    place_head(document, table);
}

void table_end(struct document *document, const struct table *table)
{
    draw_line(document->cr, table->x, document->y, table->x + table_width(table), document->y, 0.4, COLOUR_RULE);
    tag_close(document, "Table");
    document->y += 10;
}
