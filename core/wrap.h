/* Plain text broken into lines of at most 80 characters (UTF-8 characters, not bytes). */
#ifndef ASSAY_CORE_WRAP_H
#define ASSAY_CORE_WRAP_H

#include <stddef.h>

#include "core/strbuf.h"

enum { WRAP_WIDTH = 80 };

/* Lines start at `indent`; `column` characters of the first one are already there. Line breaks and empty lines of the text
 * stay; blanks between words become one. The last line ends with a line break. */
void wrap_text(const char *text, size_t indent, size_t column, struct strbuf *out);

#endif
