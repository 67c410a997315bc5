/* Figures: a title, a sentence that says what to see, the picture, a caption with n and the measure's id in grey.
 *
 * Half-width figures stand in pairs; one that is left alone is set wide, with its words at its side. */
#ifndef ASSAY_REPORT_FIGURE_H
#define ASSAY_REPORT_FIGURE_H

#include "report/chart.h"
#include "report/page.h"

enum { FIGURES_MOST = 16 };

struct figure {
    const char *title, *sentence, *caption;
    const char *measure; /* its id, where the sentence says what its finding says */
    bool full;           /* over the whole width */
    bool alone;          /* never one of a pair */
    double height;       /* of the picture */
    void (*draw)(struct chart *chart, const void *data);
    const void *data;
};

struct figure_list {
    struct figure items[FIGURES_MOST];
    size_t count;
};

void figure_add(struct figure_list *list, const struct figure *figure); /* beyond FIGURES_MOST: dropped */
/* In order, but a row that does not fit on the page lets later ones that do go first. */
void figures_place(struct document *document, const struct figure_list *list);

#endif
