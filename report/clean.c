/* Texts from outside, made safe to set: what is not UTF-8, control characters and marks that reorder text are replaced. */
#include <string.h>

#include "core/utf8.h"
#include "report/model.h"

const char *clean_text(struct arena *arena, const char *text)
{
    size_t bytes = strlen(text);
    char *out = arena_alloc(arena, 3 * bytes + 1);
    if (!out)
        return "";
    const char *p = text;
    size_t used = 0;
    while (*p) {
        size_t length = utf8_length(p, bytes - (size_t)(p - text));
        if (length == 0) {
            memcpy(out + used, "\xef\xbf\xbd", 3);
            used += 3;
            p++;
            continue;
        }
        if (utf8_is_control(p, length))
            out[used++] = ' ';
        else if (!utf8_is_reordering(p, length)) {
            memcpy(out + used, p, length);
            used += length;
        }
        p += length;
    }
    out[used] = '\0';
    return out;
}
