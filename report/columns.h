/* Small multiples of columns: read from the details of fidelity.column_shapes, worst first, drawn four in a row. */
#ifndef ASSAY_REPORT_COLUMNS_H
#define ASSAY_REPORT_COLUMNS_H

#include "report/chart.h"
#include "report/page.h"

enum { COLUMNS_A_ROW = 4 };

struct column_set {
    struct column_plot *plots; /* worst first; ties in the order of the file */
    size_t count;
};

struct column_set columns_read(const struct model *model, struct arena *arena, const struct model_measure *measure);
struct column_set columns_first(const struct column_set *set, size_t count);
void columns_place(struct document *document, const struct column_set *set); /* over as many pages as needed */

#endif
