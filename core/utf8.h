/* UTF-8 after RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef ASSAY_CORE_UTF8_H
#define ASSAY_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length in bytes (1 … 4) of the valid character at text, or 0 when there is none within `length` bytes. */
size_t utf8_length(const char *text, size_t length);

/* Number of valid bytes from the start: equal to `length` when the whole text is valid. */
size_t utf8_valid(const char *text, size_t length);

/* Characters among `length` bytes: bytes that continue none, so that broken text is counted as well. */
size_t utf8_count(const char *text, size_t length);

/* Byte offset of character `index`; the text's length when it has fewer. */
size_t utf8_offset(const char *text, size_t index);

/* Of the valid character at text, `length` bytes long. Controls: C0, DEL, C1, line and paragraph separators, U+FEFF, U+FFFE,
 * U+FFFF. Reordering: embeddings, overrides and isolates (U+202A … U+202E, U+2066 … U+2069), by which a name rewrites the text
 * around it. */
bool utf8_is_control(const char *text, size_t length);
bool utf8_is_reordering(const char *text, size_t length);

/* Takes out every byte that belongs to no valid character, such as what is left of one at the end of a cut text. */
void utf8_drop_broken(char *text);

/* The code point of the valid character at text, `length` bytes long. */
uint32_t utf8_decode(const char *text, size_t length);

/* Writes the code point (at most 0x10FFFF) and returns its length in bytes. */
size_t utf8_encode(uint32_t code, char out[4]);

#endif
