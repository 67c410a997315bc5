#include "core/strbuf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

void strbuf_free(struct strbuf *buffer)
{
    free(buffer->text);
    *buffer = (struct strbuf)STRBUF_INIT;
}

void strbuf_reset(struct strbuf *buffer)
{
    buffer->length = 0;
    if (buffer->text)
        buffer->text[0] = '\0';
}

/* Makes room for `more` characters and the NUL. */
static bool strbuf_reserve(struct strbuf *buffer, size_t more)
{
    if (buffer->failed)
        return false;
    if (more < buffer->capacity - buffer->length)
        return true;
    if (more > SIZE_MAX / 2 - buffer->length - 1) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->length + more + 1;
    size_t capacity = buffer->capacity < 64 ? 64 : buffer->capacity;
    while (capacity < needed)
        capacity *= 2;
    char *text = realloc(buffer->text, capacity);
    if (!text) {
        buffer->failed = true;
        return false;
    }
    text[buffer->length] = '\0';
    buffer->text = text;
    buffer->capacity = capacity;
    return true;
}

void strbuf_add(struct strbuf *buffer, const char *text, size_t length)
{
    if (length == 0 || !strbuf_reserve(buffer, length))
        return;
    memcpy(buffer->text + buffer->length, text, length);
    buffer->length += length;
    buffer->text[buffer->length] = '\0';
}

void strbuf_adds(struct strbuf *buffer, const char *text)
{
    strbuf_add(buffer, text, strlen(text));
}

void strbuf_addc(struct strbuf *buffer, char c)
{
    strbuf_add(buffer, &c, 1);
}

void strbuf_addf(struct strbuf *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        buffer->failed = true;
    else if (strbuf_reserve(buffer, (size_t)length)) {
        vsnprintf(buffer->text + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
}

void strbuf_add_visible(struct strbuf *buffer, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        const size_t found = utf8_length(text, left), length = found ? found : 1;
        if (*text == '\n')
            strbuf_adds(buffer, "\\n");
        else if (found && !utf8_is_control(text, length) && !utf8_is_reordering(text, length))
            strbuf_add(buffer, text, length);
        else
            for (size_t i = 0; i < length; i++)
                strbuf_addf(buffer, "\\x%02x", (unsigned char)text[i]);
        text += length;
        left -= length;
    }
}

const char *strbuf_text(const struct strbuf *buffer)
{
    return buffer->text ? buffer->text : "";
}
