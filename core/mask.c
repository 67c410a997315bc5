#include "core/mask.h"

#include <string.h>

struct mask mask_of(const char *text, size_t length)
{
    enum { LONGEST = 40 };
    static const char cut[] = "\xe2\x80\xa6";
    struct mask mask = {""};
    size_t count = 0;
    for (size_t i = 0; i < length && text[i]; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte >= 0x80 && byte < 0xC0) /* the character has been counted */
            continue;
        if (count == LONGEST) {
            memcpy(mask.text + count, cut, sizeof cut);
            break;
        }
        const unsigned char letter = byte | 0x20;
        mask.text[count++] = (byte >= 0x80 || (letter >= 'a' && letter <= 'z')) ? 'x'
                             : (byte >= '0' && byte <= '9')                     ? '9'
                                                                                : text[i];
    }
    return mask;
}
