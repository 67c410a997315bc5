/* The report: renders a finished audit, or a privacy game. Everything is drawn from its JSON (docs/audit-json.md, docs/game.md)
 * and from nothing else; the same JSON gives the same bytes. What the JSON lacks is left out or said to be missing; nothing in
 * it can make a renderer fail but the lack of a list of candidates, or of a game's curve. */
#ifndef ASSAY_REPORT_REPORT_H
#define ASSAY_REPORT_REPORT_H

#include <cjson/cJSON.h>

#include "core/error.h"
#include "core/strbuf.h"

/* format: "pdf", "md" (or "markdown"), "junit" (or "xml") and "sarif" (not of a game). Errors: ERROR_INPUT for an unknown
 * format or an audit without candidates, ERROR_INTERNAL when fonts are missing or cairo fails, ERROR_MEMORY. report_render
 * appends to `out`. */
int report_render(const cJSON *json, const char *format, struct strbuf *out, struct error *error);

/* Renders to a file; the file is complete or not there at all (a temporary sibling, then rename). */
int report_write(const cJSON *json, const char *format, const char *path, struct error *error);

/* The format that a file's ending asks for (.pdf .md .xml .sarif); NULL: none of them. */
const char *report_format_of(const char *path);

#endif
