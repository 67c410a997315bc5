/* The pages: each function lays out one part of the document (pdf.c says in which order). */
#ifndef ASSAY_REPORT_PAGES_H
#define ASSAY_REPORT_PAGES_H

#include "report/figure.h"
#include "report/model.h"
#include "report/page.h"

void pages_verdict(struct document *document, const struct model *model, const struct model_candidate *candidate, bool only);
void pages_opening(struct document *document, const struct model_candidate *candidate, bool pictures);
void pages_ranking(struct document *document, const struct model *model);
void pages_guide(struct document *document, const struct model *model);
void pages_gates(struct document *document, const struct model *model, const struct model_candidate *candidate, int level);
void pages_dimension(struct document *document, const struct model *model, const struct model_candidate *candidate,
                     int dimension, int level);
/* Nothing where the dimension has few measures. */
void pages_compare(struct document *document, const struct model *model, int dimension);
void pages_measures(struct document *document, const struct model_candidate *candidate);
void pages_measures_shared(struct document *document, const struct model *model); /* of several candidates */
void pages_columns(struct document *document, const struct model *model, const struct model_candidate *candidate, int level);
void pages_claims(struct document *document, const struct model *model); /* nothing where none was made */
void pages_methods(struct document *document, const struct model *model);
void pages_inputs(struct document *document, const struct model *model);

/* Parts that several pages use. */
void part_status(struct document *document, enum status status, const char *word, const struct text_style *style, double x,
                 double y);
void part_title(struct document *document, const char *title, int level); /* 22 pt for parts, 16 pt for chapters */
double part_meta(struct document *document, const struct model *model, const struct model_table *subject, double y);
void part_rules(struct document *document, const struct model_candidate *candidate); /* nothing where none is broken */
double part_advice_height(struct document *document, const struct model_candidate *candidate);
void part_advice(struct document *document, const struct model_candidate *candidate, const char *what_to_do, double bottom);

/* The figures of a dimension (figures_*.c). */
enum { COLUMNS_SHOWN = 12, COLUMNS_WHOLE = 16 }; /* so many are all shown; of more the worst, and all in the annex */
void figure_columns(struct document *document, const struct model *model, const struct model_candidate *candidate);
void figures_fidelity(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena);
void figures_utility(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena);
void figures_fairness(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena);
void figures_robustness(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena);
void figures_privacy(struct figure_list *list, const struct model_candidate *candidate, struct arena *arena);
const cJSON *figure_details(const struct model_candidate *candidate, const char *id); /* NULL: not measured */
const char *figure_caption(struct arena *arena, const struct model_candidate *candidate, const char *id);

#endif
