/* The renderers behind report.h, one file each. */
#ifndef ASSAY_REPORT_RENDER_H
#define ASSAY_REPORT_RENDER_H

#include "core/strbuf.h"
#include "report/model.h"

int render_pdf(const struct model *model, struct strbuf *out, struct error *error);
int render_markdown(const struct model *model, struct strbuf *out, struct error *error);
int render_junit(const struct model *model, struct strbuf *out, struct error *error);

#endif
