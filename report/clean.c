/* Texts from outside, made safe to set: what is not UTF-8, control characters and marks that reorder text are replaced. */
#include <stdbool.h>
#include <string.h>

#include "core/utf8.h"
#include "report/model.h"

/* C0, DEL and C1 controls, line and paragraph separators, U+FEFF, U+FFFE, U+FFFF. */
static bool is_control(const unsigned char *p, size_t length)
{
    if (length == 1)
        return p[0] < 0x20 || p[0] == 0x7f;
    if (length == 2)
        return p[0] == 0xc2 && p[1] < 0xa0;
    return length == 3 && ((p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9)) ||
                           (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) || (p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe));
}

/* Embeddings, overrides and isolates (U+202A … U+202E, U+2066 … U+2069): they let a name rewrite the text around it. */
static bool is_reordering(const unsigned char *p, size_t length)
{
    return length == 3 && p[0] == 0xe2 &&
           ((p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) || (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
}

const char *clean_text(struct arena *arena, const char *text)
{
    size_t bytes = strlen(text);
    char *out = arena_alloc(arena, 3 * bytes + 1);
    if (!out)
        return "";
    const unsigned char *p = (const unsigned char *)text;
    size_t used = 0;
    while (*p) {
        size_t length = utf8_length((const char *)p, bytes - (size_t)(p - (const unsigned char *)text));
        if (length == 0) {
            memcpy(out + used, "\xef\xbf\xbd", 3);
            used += 3;
            p++;
            continue;
        }
        if (is_control(p, length))
            out[used++] = ' ';
        else if (!is_reordering(p, length)) {
            memcpy(out + used, p, length);
            used += length;
        }
        p += length;
    }
    out[used] = '\0';
    return out;
}
