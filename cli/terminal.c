#include "cli/terminal.h"

#include <string.h>

#include "core/utf8.h"
#include "core/wrap.h"

size_t terminal_width(const char *text)
{
    struct strbuf visible = STRBUF_INIT;
    strbuf_add_visible(&visible, text);
    const size_t width = utf8_count(strbuf_text(&visible), visible.length);
    strbuf_free(&visible);
    return width;
}

void terminal_cell(const char *text, size_t columns, struct strbuf *out)
{
    struct strbuf visible = STRBUF_INIT;
    strbuf_add_visible(&visible, text);
    const char *shown = strbuf_text(&visible);
    const size_t width = utf8_count(shown, visible.length), tail = columns / 2;
    if (width > columns) {
        strbuf_add(out, shown, utf8_offset(shown, columns - 1 - tail));
        strbuf_adds(out, "…");
        strbuf_adds(out, shown + utf8_offset(shown, width - tail));
    } else {
        strbuf_adds(out, shown);
        strbuf_addf(out, "%*s", (int)(columns - width), "");
    }
    out->failed |= visible.failed;
    strbuf_free(&visible);
}

void terminal_paragraph(const char *text, size_t indent, size_t column, struct strbuf *out)
{
    struct strbuf visible = STRBUF_INIT;
    strbuf_add_visible(&visible, text);
    wrap_text(strbuf_text(&visible), indent, column, out);
    out->failed |= visible.failed;
    strbuf_free(&visible);
}
