/* What the privacy dimension shows beyond its figures. */
#ifndef ASSAY_REPORT_FIGURES_PRIVACY_H
#define ASSAY_REPORT_FIGURES_PRIVACY_H

#include "report/chart_rows.h"
#include "report/pages.h"

struct row_panels rows_membership_groups(struct arena *arena, const cJSON *details);

/* The three risks that regulators name: the risks above, the shares of attempts they come from below. */
struct row_panels rows_risks(struct arena *arena, const struct model_candidate *candidate);
/* Inference, secret by secret; nothing for a single one. */
struct row_panels rows_inferred(struct arena *arena, const cJSON *details);

/* The table of secrets and what each attack guesses of them; nothing where no attack was made. */
void part_secrets(struct document *document, const struct model_candidate *candidate);

/* The sets of columns by which people can be told apart; nothing where privacy.identity was not measured. */
void part_quasi(struct document *document, const struct model_candidate *candidate);

/* The table of attacks, by family; nothing where membership was not measured. */
void part_attacks(struct document *document, const struct model_candidate *candidate);

/* The table of black-box attacks; nothing where none was run. */
void part_shadow(struct document *document, const struct model_candidate *candidate);

#endif
