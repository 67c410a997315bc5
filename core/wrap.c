#include "core/wrap.h"

#include <string.h>

#include "core/utf8.h"

/* A number's percent sign stays with it. */
static size_t word_length(const char *text)
{
    size_t length = strcspn(text, " \n");

    while (text[length] == ' ' && text[length + 1] == '%')
        length += 1 + strcspn(text + length + 1, " \n");
    return length;
}

void wrap_text(const char *text, size_t indent, size_t column, struct strbuf *out)
{
    bool first = true;
    while (*text) {
        if (*text == '\n') {
            strbuf_addc(out, '\n');
            column = 0;
            first = true;
            text++;
            continue;
        }
        if (*text == ' ') {
            text++;
            continue;
        }
        const size_t length = word_length(text), width = utf8_count(text, length);

        if (!first && column + 1 + width > WRAP_WIDTH) {
            strbuf_addc(out, '\n');
            column = 0;
            first = true;
        }
        for (; first && column < indent; column++)
            strbuf_addc(out, ' ');
        if (!first) {
            strbuf_addc(out, ' ');
            column++;
        }
        strbuf_add(out, text, length);
        column += width;
        first = false;
        text += length;
    }
    strbuf_addc(out, '\n');
}
