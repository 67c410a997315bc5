/* The overview of a dimension with many measures: one row a measure, in groups, so that a page holds all of them; the same over
 * all candidates; and in words what no picture shows. */
#ifndef ASSAY_REPORT_OVERVIEW_H
#define ASSAY_REPORT_OVERVIEW_H

#include "report/figure.h"

enum { OVERVIEW_FROM = 7, OVERVIEW_CANDIDATES = 7 }; /* measures of a dimension; candidates that stand side by side */

struct overview_item {
    const char *group; /* its title where the group begins; NULL inside */
    const struct model_measure *measure;
};

/* The measures of a dimension in the order of the groups (then those in no group, by id); arena memory, NULL: short of it. */
const struct overview_item *overview_items(struct arena *arena, const struct model_candidate *candidate, int dimension,
                                           size_t *count);
bool overview_wanted(const struct model_candidate *candidate, int dimension);

void overview_place(struct document *document, const struct model_candidate *candidate, int dimension);
/* Findings of the measures that have neither a figure in the list nor a note in the table. */
void overview_words(struct document *document, const struct model_candidate *candidate, int dimension,
                    const struct figure_list *list);

#endif
