/* Printing: a document that lays itself out, as the bytes of a PDF. */
#ifndef ASSAY_REPORT_PRINT_H
#define ASSAY_REPORT_PRINT_H

#include "core/strbuf.h"
#include "report/page.h"

struct print_job {
    const char *title, *subject, *version;
    const char *date;                                                /* YYYY-MM-DD; anything else: 1970-01-01 */
    void (*lay_out)(struct document *document, const void *content); /* all pages; called twice (page.h) */
    const void *content;
    bool cells; /* table cells are tagged one by one */
};

int print_pdf(const struct print_job *job, struct arena *arena, struct strbuf *out, struct error *error);

#endif
