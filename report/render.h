/* The renderers behind report.h, one file each. */
#ifndef ASSAY_REPORT_RENDER_H
#define ASSAY_REPORT_RENDER_H

#include "core/strbuf.h"
#include "report/game.h"
#include "report/model.h"

int render_pdf(const struct model *model, struct strbuf *out, struct error *error);
int render_markdown(const struct model *model, struct strbuf *out, struct error *error);
int render_junit(const struct model *model, struct strbuf *out, struct error *error);
int render_sarif(const struct model *model, struct strbuf *out, struct error *error);

/* A privacy game instead of an audit. */
int render_game_pdf(const struct game_model *game, struct strbuf *out, struct error *error);
int render_game_markdown(const struct game_model *game, struct strbuf *out, struct error *error);

/* Names come from outside: what Markdown would read gets a backslash, what HTML would read becomes an entity. */
void markdown_escape(struct strbuf *out, const char *text);

#endif
