#include "core/utf8.h"

#include <string.h>

/* RFC 3629, section 4: the allowed second byte depends on the first, all later ones are 80-BF. */
size_t utf8_length(const char *text, size_t length)
{
    if (length == 0)
        return 0;
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80)
        return 1;
    size_t size = byte[0] < 0xC2 ? 0 : byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : byte[0] < 0xF5 ? 4 : 0;
    if (size == 0 || size > length)
        return 0;
    unsigned low = byte[0] == 0xE0 ? 0xA0 : byte[0] == 0xF0 ? 0x90 : 0x80;
    unsigned high = byte[0] == 0xED ? 0x9F : byte[0] == 0xF4 ? 0x8F : 0xBF;
    if (byte[1] < low || byte[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((byte[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

size_t utf8_valid(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        /* Eight ASCII bytes at a time: nearly all text is ASCII. */
        uint64_t word;
        while (length - at >= sizeof word) {
            memcpy(&word, text + at, sizeof word);
            if (word & 0x8080808080808080u)
                break;
            at += sizeof word;
        }
        if (at == length)
            break;
        size_t size = utf8_length(text + at, length - at);
        if (size == 0)
            break;
        at += size;
    }
    return at;
}

size_t utf8_count(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

size_t utf8_offset(const char *text, size_t index)
{
    const char *p = text;
    while (*p && index > 0) {
        p++;
        while (((unsigned char)*p & 0xC0) == 0x80)
            p++;
        index--;
    }
    return (size_t)(p - text);
}

bool utf8_is_control(const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text;
    if (length == 1)
        return p[0] < 0x20 || p[0] == 0x7F;
    if (length == 2)
        return p[0] == 0xC2 && p[1] < 0xA0;
    return length == 3 && ((p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9)) ||
                           (p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF) || (p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE));
}

bool utf8_is_reordering(const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text;
    return length == 3 && p[0] == 0xE2 &&
           ((p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) || (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9));
}

void utf8_drop_broken(char *text)
{
    size_t length = strlen(text), kept = 0, at = 0;
    while (at < length) {
        size_t size = utf8_length(text + at, length - at);
        memmove(text + kept, text + at, size);
        kept += size;
        at += size ? size : 1;
    }
    text[kept] = '\0';
}

uint32_t utf8_decode(const char *text, size_t length)
{
    uint32_t code = (unsigned char)text[0];
    if (length > 1)
        code &= 0xFFu >> (length + 1);
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3F);
    return code;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)(lead[size] | code);
    return size;
}
