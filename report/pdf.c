/* The audit's PDF: the order of the pages. */
#include "report/pages.h"
#include "report/print.h"
#include "report/render.h"

enum {
    PICTURES_FOR = 8, /* candidates whose dimensions are drawn in full; the others have their gates */
    CELLS_FOR = 3     /* with more, tags of single table cells would be more than half of the file */
};

static void detail_pages(struct document *document, const struct model *model, const struct model_candidate *candidate,
                         bool pictures, int level)
{
    pages_gates(document, model, candidate, level);
    for (int d = 0; d < DIMENSION_COUNT && pictures; d++)
        pages_dimension(document, model, candidate, d, level);
    if (model->n_candidates == 1)
        pages_measures(document, candidate);
    if (pictures)
        pages_columns(document, model, candidate, level);
}

static void single_document(struct document *document, const struct model *model)
{
    const struct model_candidate *candidate = &model->candidates[0];
    pages_verdict(document, model, candidate, true);
    pages_guide(document, model);
    detail_pages(document, model, candidate, true, 1);
}

/* Of more candidates than PICTURES_FOR only the best are drawn in full: who compares thirty reads the first few, and the file
 * stays under 2 MB. */
enum { PICTURES_OF_MANY = 4 };

static void many_document(struct document *document, const struct model *model)
{
    const size_t drawn = model->n_candidates > PICTURES_FOR ? PICTURES_OF_MANY : PICTURES_FOR;
    pages_ranking(document, model);
    pages_guide(document, model);
    for (size_t i = 0; i < model->n_candidates; i++)
        pages_verdict(document, model, &model->candidates[i], false);
    pages_compare(document, model, 0);
    for (size_t i = 0; i < model->n_candidates; i++) {
        document->header = arena_format(document->arena, "assay audit \xc2\xb7 %s", model->candidates[i].name);
        pages_opening(document, &model->candidates[i], i < drawn);
        detail_pages(document, model, &model->candidates[i], i < drawn, 2);
    }
    document->header = "assay audit \xc2\xb7 several candidates";
    pages_measures_shared(document, model);
}

static void no_candidates(struct document *document, const struct model *model)
{
    page_section(document, 1, "Verdict", 0);
    flow_text(document, &style_title, "Nothing was audited", grid_x(0), TEXT_WIDTH);
    document->y = part_meta(document, model, NULL, document->y + 4) + 10;
    flow_text(document, &style_verdict, "The audit has no candidate: there is nothing to release.", grid_x(0), TEXT_WIDTH);
}

static void whole_document(struct document *document, const void *content)
{
    const struct model *model = content;
    const char *subject = model->n_candidates == 1 ? model->candidates[0].name : "several candidates";
    document->header = arena_format(document->arena, "assay audit \xc2\xb7 %s", subject);
    document->footer =
        arena_format(document->arena, "audit.json %.16s\xe2\x80\xa6 \xc2\xb7 assay %s", model->hash, model->version);
    if (model->n_candidates == 0)
        no_candidates(document, model);
    else if (model->n_candidates == 1)
        single_document(document, model);
    else
        many_document(document, model);
    document->header = arena_format(document->arena, "assay audit \xc2\xb7 %s", subject);
    pages_claims(document, model);
    pages_methods(document, model);
    pages_inputs(document, model);
}

int render_pdf(const struct model *model, struct strbuf *out, struct error *error)
{
    const struct print_job job = {
        .title = model->n_candidates == 1 ? arena_format(model->arena, "Synthetic data audit: %s", model->candidates[0].name)
                                          : "Synthetic data audit: several candidates",
        .subject = "Audit of synthetic data",
        .version = model->version,
        .date = model->date,
        .lay_out = whole_document,
        .content = model,
        .cells = model->n_candidates <= CELLS_FOR};
    return print_pdf(&job, model->arena, out, error);
}
