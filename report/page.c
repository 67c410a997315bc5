#include "report/page.h"

#include <cairo-pdf.h>
#include <stdio.h>
#include <string.h>

#define HEADER_LINE (14 * MM)
#define FOOTER_LINE (286 * MM)

void draw_line(cairo_t *cr, double x1, double y1, double x2, double y2, double width, uint32_t colour)
{
    if (!cr)
        return;
    colour_set(cr, colour);
    cairo_set_line_width(cr, width);
    cairo_move_to(cr, x1, y1);
    cairo_line_to(cr, x2, y2);
    cairo_stroke(cr);
}

void draw_box(cairo_t *cr, double x, double y, double width, double height, uint32_t colour)
{
    if (!cr)
        return;
    colour_set(cr, colour);
    cairo_rectangle(cr, x, y, width, height);
    cairo_fill(cr);
}

void tag_open(struct document *document, const char *name, const char *attributes)
{
    if (document->cr)
        cairo_tag_begin(document->cr, name, attributes);
}

void tag_close(struct document *document, const char *name)
{
    if (document->cr)
        cairo_tag_end(document->cr, name);
}

static void draw_frame(struct document *document)
{
    if (!document->cr)
        return;
    struct text_style right = style_grey;
    right.align = ALIGN_RIGHT;
    right.tabular = true;
    struct text_style line = style_grey;
    line.lines = 1;
    char page[64];
    snprintf(page, sizeof page, "%d / %d", document->page, document->pages);
    text_draw(document->text, document->cr, &line, document->header, grid_x(0), HEADER_LINE, grid_width(6));
    struct text_style middle = line;
    middle.align = ALIGN_RIGHT;
    text_draw(document->text, document->cr, &middle, document->running, grid_x(6), HEADER_LINE,
              grid_width(4) + GRID_GUTTER / 2);
    text_draw(document->text, document->cr, &right, page, grid_x(10) + GRID_GUTTER, HEADER_LINE, grid_width(2) - GRID_GUTTER);
    draw_line(document->cr, grid_x(0), HEADER_LINE + 13, grid_x(0) + TEXT_WIDTH, HEADER_LINE + 13, 0.5, COLOUR_RULE);
    text_draw(document->text, document->cr, &line, document->footer, grid_x(0), FOOTER_LINE, TEXT_WIDTH);
}

void page_finish(struct document *document)
{
    if (document->page > 0 && document->cr)
        cairo_show_page(document->cr);
}

void page_start(struct document *document)
{
    page_finish(document);
    document->page++;
    document->y = PAGE_TOP;
    draw_frame(document);
}

double page_left(const struct document *document)
{
    return PAGE_BOTTOM - document->y;
}

bool page_at_top(const struct document *document)
{
    return document->y <= PAGE_TOP + 0.01;
}

void page_need(struct document *document, double height)
{
    if (document->page == 0 || (page_left(document) < height && !page_at_top(document)))
        page_start(document);
}

void page_skip(struct document *document, double height)
{
    if (!page_at_top(document))
        document->y += height;
}

/* A section as the dry run meets it. The memory of an outgrown list stays with the arena. */
static void record_section(struct document *document, int level, const char *title)
{
    if (document->n_sections == document->capacity) {
        size_t capacity = document->capacity ? 2 * document->capacity : 64;
        struct section *grown = ARENA_ARRAY(document->arena, struct section, capacity);
        if (!grown) {
            document->failed = true;
            return;
        }
        if (document->n_sections > 0)
            memcpy(grown, document->sections, document->n_sections * sizeof *grown);
        document->sections = grown;
        document->capacity = capacity;
    }
    document->sections[document->n_sections++] = (struct section){title, level, document->page, 0};
}

/* Bookmark and link target of a section. Parents come before their children, so the last part seen is the parent. */
static void mark_section(struct document *document, int level, const char *title)
{
    char attributes[64];
    size_t number = document->next_section++;
    if (number >= document->n_sections)
        return;
    int parent = CAIRO_PDF_OUTLINE_ROOT;
    for (size_t i = number; level > 1 && i-- > 0;)
        if (document->sections[i].level < level) {
            parent = document->sections[i].outline;
            break;
        }
    snprintf(attributes, sizeof attributes, "name='s%zu'", number);
    cairo_tag_begin(document->cr, CAIRO_TAG_DEST, attributes);
    cairo_tag_end(document->cr, CAIRO_TAG_DEST);
    snprintf(attributes, sizeof attributes, "page=%d pos=[%d %d]", document->page, (int)grid_x(0), (int)document->y);
    document->sections[number].outline = cairo_pdf_surface_add_outline(document->surface, parent, title, attributes,
                                                                       level == 1 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : 0);
}

void page_section(struct document *document, int level, const char *title, double height)
{
    bool running_on = height > 0 && document->page > 0 && page_left(document) >= height;
    document->running = title;
    if (!running_on && !(document->page > 0 && page_at_top(document)))
        page_start(document);
    if (document->cr)
        mark_section(document, level, title);
    else
        record_section(document, level, title);
}

void flow_text(struct document *document, const struct text_style *style, const char *string, double x, double width)
{
    if (!string || !*string)
        return;
    page_need(document, text_height(document->text, style, string, width));
    tag_open(document, "P", NULL);
    document->y += text_draw(document->text, document->cr, style, string, x, document->y, width);
    tag_close(document, "P");
}

void flow_bullet(struct document *document, const char *text)
{
    double height = text_height(document->text, &style_body, text, grid_width(10) - 12);
    page_need(document, height);
    tag_open(document, "P", NULL);
    text_draw(document->text, document->cr, &style_body, "\xe2\x80\x93", grid_x(0), document->y, 0);
    text_draw(document->text, document->cr, &style_body, text, grid_x(0) + 12, document->y, grid_width(10) - 12);
    tag_close(document, "P");
    document->y += height + 4;
}

void flow_rule(struct document *document, uint32_t colour, double width)
{
    draw_line(document->cr, grid_x(0), document->y, grid_x(0) + TEXT_WIDTH, document->y, width, colour);
}

void flow_heading(struct document *document, const char *string, double keep)
{
    page_need(document, style_heading.leading + 10 + keep);
    page_skip(document, 4);
    tag_open(document, "H2", NULL);
    document->y += text_draw(document->text, document->cr, &style_heading, string, grid_x(0), document->y, TEXT_WIDTH);
    tag_close(document, "H2");
    document->y += 4;
}
