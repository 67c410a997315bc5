/* Texts from outside in what goes to a terminal: names and cells can hold line breaks and escape sequences. */
#ifndef ASSAY_CLI_TERMINAL_H
#define ASSAY_CLI_TERMINAL_H

#include <stddef.h>

#include "core/strbuf.h"

/* Characters that the text takes, its controls written as escapes. */
size_t terminal_width(const char *text);

/* Exactly `columns` characters: padded with blanks, or with the middle left out, since the end of a long name often tells it
 * from another. */
void terminal_cell(const char *text, size_t columns, struct strbuf *out);

/* One paragraph of visible text; indent and column as in wrap_text. */
void terminal_paragraph(const char *text, size_t indent, size_t column, struct strbuf *out);

#endif
