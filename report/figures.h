/* What the figures of several dimensions share: pictures that are rows of marks, read from the details of one measure. */
#ifndef ASSAY_REPORT_FIGURES_H
#define ASSAY_REPORT_FIGURES_H

#include "report/chart_rows.h"
#include "report/pages.h"

struct row_figure {
    const char *id, *title, *look; /* look: what to see in it */
    struct row_panels (*read)(struct arena *arena, const struct model_measure *measure);
};

/* Nothing where the measure was not taken, or has nothing to draw. */
void figure_add_rows(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena,
                     const struct row_figure *spec);

/* What to look at, after what the measure found, unless the page says that anyway: in the dimension's opening or below the
 * measure's row of a short table. */
const char *figure_sentence(struct arena *arena, const struct model_candidate *candidate, const struct model_measure *measure,
                            const char *look);

#endif
