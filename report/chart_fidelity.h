/* The pictures of fidelity that are rows of marks: each reads the details of its measure (its file says which); NULL or no
 * rows: nothing to draw. */
#ifndef ASSAY_REPORT_CHART_FIDELITY_H
#define ASSAY_REPORT_CHART_FIDELITY_H

#include "report/chart_rows.h"

const struct row_chart *rows_kway(struct arena *arena, const struct model_measure *measure);
const struct row_chart *rows_inference(struct arena *arena, const struct model_measure *measure);

/* Two of them, one above the other. */
const void *chart_discriminator_of(struct arena *arena, const cJSON *details);
double chart_discriminator_height(const void *discriminator);
void chart_discriminator(struct chart *chart, const void *discriminator);

#endif
