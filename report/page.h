/* Pages: one document, a cursor that runs down the page, and page breaks before what does not fit (measure, then place).
 *
 * The document is laid out twice by the same code: once dry (cr NULL, nothing drawn) to learn the number of pages and where the
 * sections begin, then for real. All y run downwards from the top edge. Strings must live as long as the document. */
#ifndef ASSAY_REPORT_PAGE_H
#define ASSAY_REPORT_PAGE_H

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "report/theme.h"

struct section {
    const char *title;
    int level; /* 1: part, 2: chapter in it */
    int page;
    int outline; /* number of the bookmark in the PDF */
};

struct document {
    cairo_t *cr; /* NULL: the dry run */
    cairo_surface_t *surface;
    struct text *text;
    struct arena *arena;
    double y;
    int page;            /* number of the page that is open; 0: none yet */
    int pages;           /* of the whole document; 0 in the dry run */
    const char *header;  /* what is audited, left in the header line */
    const char *running; /* the section, in the middle of the header line */
    const char *footer;
    struct section *sections; /* as the dry run found them */
    size_t n_sections, capacity, next_section;
    bool boxes;  /* the dry run met characters that the fonts lack */
    bool cells;  /* table cells are tagged one by one: costs 150 bytes each */
    bool failed; /* memory was short */
};

void page_start(struct document *document); /* closes the open page, opens the next */
void page_finish(struct document *document);
double page_left(const struct document *document);        /* height that is left on the page */
void page_need(struct document *document, double height); /* a new page unless so much is left */
void page_skip(struct document *document, double height); /* white space; none at the top of a page */
bool page_at_top(const struct document *document);

/* Begins a section: bookmark, entry in the contents, running title. It opens a page unless `height` (0: always) is left on this
 * one. The heading itself is drawn by the caller. */
void page_section(struct document *document, int level, const char *title, double height);

/* Text that flows down the page; x and width in points. */
void flow_text(struct document *document, const struct text_style *style, const char *string, double x, double width);
void flow_bullet(struct document *document, const char *text);                 /* with a dash */
void flow_heading(struct document *document, const char *string, double keep); /* 12 pt over a rule; `keep`: height to follow */
void flow_rule(struct document *document, uint32_t colour, double width);

/* Structure tags of the tagged PDF ("H1", "P", "Table", …); nothing happens in the dry run. */
void tag_open(struct document *document, const char *name, const char *attributes);
void tag_close(struct document *document, const char *name);

void draw_line(cairo_t *cr, double x1, double y1, double x2, double y2, double width, uint32_t colour);
void draw_box(cairo_t *cr, double x, double y, double width, double height, uint32_t colour);

#endif
