/* The dry run, then the drawing on cairo's PDF surface. */
#include "report/print.h"

#include <cairo-pdf.h>
#include <stdio.h>

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned length)
{
    struct strbuf *out = closure;
    strbuf_add(out, (const char *)data, length);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void set_metadata(cairo_surface_t *surface, const struct document *document, const struct print_job *job)
{
    int year, month, day, end = 0;
    const bool dated = sscanf(job->date, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 && !job->date[end];
    const char *date = arena_format(document->arena, "%sT00:00:00Z", dated ? job->date : "1970-01-01");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, job->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, "assay");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, job->subject);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR,
                                   arena_format(document->arena, "assay %s", job->version));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date);
}

static void lay_out(struct document *document, const struct print_job *job)
{
    document->page = 0;
    document->next_section = 0;
    document->running = "";
    job->lay_out(document, job->content);
}

static int draw(struct document *document, const struct print_job *job, struct strbuf *out, struct error *error)
{
    document->surface = cairo_pdf_surface_create_for_stream(collect, out, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_pdf_surface_restrict_to_version(document->surface, CAIRO_PDF_VERSION_1_5);
    set_metadata(document->surface, document, job);
    document->cr = cairo_create(document->surface);
    cairo_tag_begin(document->cr, "Document", NULL);
    lay_out(document, job);
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

int print_pdf(const struct print_job *job, struct arena *arena, struct strbuf *out, struct error *error)
{
    struct document document = {.arena = arena, .cells = job->cells};
    int status = text_new(&document.text, error);
    if (status)
        return status;
    lay_out(&document, job);
    document.pages = document.page;
    if (document.failed)
        status = error_memory(error);
    else
        status = draw(&document, job, out, error);
    text_free(document.text);
    return status;
}
