#include "metrics/fidelity/words.h"

#include <string.h>

#include "core/utf8.h"

struct short_name short_name(const char *name)
{
    struct short_name out = {""};
    size_t length = strlen(name), kept = length <= 50 ? length : utf8_valid(name, 48);
    memcpy(out.text, name, kept);
    if (kept < length)
        memcpy(out.text + kept, "…", sizeof "…");
    return out;
}
