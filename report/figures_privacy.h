/* What the privacy dimension shows beyond its figures. */
#ifndef ASSAY_REPORT_FIGURES_PRIVACY_H
#define ASSAY_REPORT_FIGURES_PRIVACY_H

#include "report/chart_rows.h"
#include "report/page.h"

struct row_panels rows_membership_groups(struct arena *arena, const cJSON *details);

/* The table of attacks, by family; nothing where membership was not measured. */
void part_attacks(struct document *document, const struct model_candidate *candidate);

/* The table of black-box attacks; nothing where none was run. */
void part_shadow(struct document *document, const struct model_candidate *candidate);

#endif
