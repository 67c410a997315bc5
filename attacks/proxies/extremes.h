/* How far does a number hang on the two rows that set the range of each column?
 *
 * A range is that of two rows, so other rows of the same source have other ranges, and no count of the rest says how far. The
 * jackknife would leave out each such row in turn and sum the squares of the changes. Here all columns change at once: in each
 * measured number or date the least and the greatest cell (of equal ones the first) take the next value, and what that does to
 * a statistic is shared out over the ends of ranges as they shrink (g, in parts of the range): the changes mostly have one
 * sign, so the sum of squares is about the square of their sum times Σ g²/(Σ g)². */
#ifndef ASSAY_ATTACKS_PROXIES_EXTREMES_H
#define ASSAY_ATTACKS_PROXIES_EXTREMES_H

#include "metrics/measure.h"

struct drawn_in {
    struct table *table; /* a copy with the extreme cells drawn in */
    double spread;       /* √Σ g²/Σ g: 1 where one cell decides, 1/√k where k ends shrink alike; 0: no range changes */
};

/* Kept among the artifacts of `table`. Artifacts made of the copy must not outlive it: `table` is train, or the task's store of
 * artifacts ends before `table` does. */
int draw_extremes_in(const struct measure_task *task, const struct table *table, const struct drawn_in **drawn,
                     struct error *error);

#endif
