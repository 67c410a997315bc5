/* The pictures of fidelity that are rows of marks: each reads the details of its measure (its file says which); NULL or no
 * rows: nothing to draw. */
#ifndef ASSAY_REPORT_CHART_FIDELITY_H
#define ASSAY_REPORT_CHART_FIDELITY_H

#include "report/chart_rows.h"

struct row_panels rows_missingness(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_coverage(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_association(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_kway(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_discriminator(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_precision_recall(struct arena *arena, const struct model_measure *measure);
struct row_panels rows_inference(struct arena *arena, const struct model_measure *measure);

#endif
