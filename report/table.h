/* Tables: columns of fixed width, rows as high as their highest cell, a header that is repeated on every page. */
#ifndef ASSAY_REPORT_TABLE_H
#define ASSAY_REPORT_TABLE_H

#include "report/page.h"

enum { TABLE_COLUMNS = 14 };

/* Draws into the cell's box (not called in the dry run). */
typedef void cell_draw(struct document *document, const void *data, double x, double y, double width, double height);

struct table_column {
    const char *title;
    double width; /* points, with the gap to the next column */
    enum text_align align;
};

struct table_cell {
    const char *text;
    const char *below; /* a second paragraph in grey; NULL: none */
    uint32_t colour;   /* 0: ink */
    bool strong;
    bool reaches;    /* over the empty cells to its right */
    int lines;       /* 0: as many as needed */
    cell_draw *draw; /* instead of text; needs `height` */
    const void *data;
    double height;
};

struct table {
    struct table_column columns[TABLE_COLUMNS];
    size_t n_columns;
    double x;
    double padding; /* above and below a row's text */
};

void table_head(struct document *document, const struct table *table);
/* note: grey text over the whole width below the cells (reasons, methods), on the same page; NULL or "": none. */
void table_row(struct document *document, const struct table *table, const struct table_cell *cells, const char *note);
/* Breaks the page before the rows to come unless `height` is left, so that a page does not begin with the last one alone. */
void table_keep(struct document *document, const struct table *table, double height);
void table_end(struct document *document, const struct table *table);

#endif
