/* The PDF: the order of the pages, the dry run, then the drawing on cairo's PDF surface. */
#include <cairo-pdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/pages.h"
#include "report/render.h"

enum { PICTURES_FOR = 8 }; /* candidates whose dimensions are drawn in full; the others have their tables */

static void detail_pages(struct document *document, const struct model *model, const struct model_candidate *candidate,
                         bool pictures, int level)
{
    pages_gates(document, model, candidate, level);
    for (int d = 0; d < DIMENSION_COUNT && pictures; d++)
        pages_dimension(document, model, candidate, d, level);
    pages_measures(document, model, candidate, level);
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

static void many_document(struct document *document, const struct model *model)
{
    pages_ranking(document, model);
    pages_guide(document, model);
    for (size_t i = 0; i < model->n_candidates; i++)
        pages_verdict(document, model, &model->candidates[i], false);
    pages_compare(document, model, 0);
    for (size_t i = 0; i < model->n_candidates; i++) {
        document->header = arena_format(document->arena, "assay audit \xc2\xb7 %s", model->candidates[i].name);
        pages_opening(document, &model->candidates[i], i < PICTURES_FOR);
        detail_pages(document, model, &model->candidates[i], i < PICTURES_FOR, 2);
    }
}

static void no_candidates(struct document *document, const struct model *model)
{
    page_section(document, 1, "Verdict", 0);
    flow_text(document, &style_title, "Nothing was audited", grid_x(0), TEXT_WIDTH);
    document->y = part_meta(document, model, NULL, document->y + 4) + 10;
    flow_text(document, &style_verdict, "The audit has no candidate: there is nothing to release.", grid_x(0), TEXT_WIDTH);
}

static void whole_document(struct document *document, const struct model *model)
{
    const char *subject = model->n_candidates == 1 ? model->candidates[0].name : "several candidates";
    document->page = 0;
    document->next_section = 0;
    document->running = "";
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
    pages_methods(document, model);
    pages_inputs(document, model);
}

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned length)
{
    struct strbuf *out = closure;
    strbuf_add(out, (const char *)data, length);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void set_metadata(cairo_surface_t *surface, const struct document *document, const struct model *model)
{
    int year, month, day, end = 0;
    const bool dated = sscanf(model->date, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 && !model->date[end];
    const char *date = arena_format(document->arena, "%sT00:00:00Z", dated ? model->date : "1970-01-01");
    const char *title = model->n_candidates == 1
                            ? arena_format(document->arena, "Synthetic data audit: %s", model->candidates[0].name)
                            : "Synthetic data audit: several candidates";
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, "assay");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, "Audit of synthetic data");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR,
                                   arena_format(document->arena, "assay %s", model->version));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date);
}

static int draw(struct document *document, const struct model *model, struct strbuf *out, struct error *error)
{
    document->surface = cairo_pdf_surface_create_for_stream(collect, out, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_pdf_surface_restrict_to_version(document->surface, CAIRO_PDF_VERSION_1_5);
    set_metadata(document->surface, document, model);
    document->cr = cairo_create(document->surface);
    cairo_tag_begin(document->cr, "Document", NULL);
    whole_document(document, model);
    cairo_tag_end(document->cr, "Document"); /* before the last page is shown: cairo 1.16 crashes otherwise */
    page_finish(document);
    cairo_status_t status = cairo_status(document->cr);
    cairo_destroy(document->cr);
    cairo_surface_finish(document->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(document->surface);
    cairo_surface_destroy(document->surface);
    if (out->failed || status == CAIRO_STATUS_NO_MEMORY || document->failed)
        return error_memory(error);
    if (status != CAIRO_STATUS_SUCCESS)
        return error_set(error, ERROR_INTERNAL, "the PDF could not be drawn: %s", cairo_status_to_string(status));
    return 0;
}

int render_pdf(const struct model *model, struct strbuf *out, struct error *error)
{
    struct document document = {.arena = model->arena, .cells = model->n_candidates <= PICTURES_FOR};
    int status = text_new(&document.text, error);
    if (status)
        return status;
    whole_document(&document, model);
    document.pages = document.page;
    if (document.failed)
        status = error_memory(error);
    else
        status = draw(&document, model, out, error);
    text_free(document.text);
    return status;
}
