/* A growing text. A failed allocation sets `failed` and further calls do nothing: write it all, then look once. */
#ifndef ASSAY_CORE_STRBUF_H
#define ASSAY_CORE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf {
    char *text; /* NUL-terminated, or NULL while empty; use strbuf_text() to read */
    size_t length, capacity;
    bool failed;
};

#define STRBUF_INIT                                                                                                            \
    {                                                                                                                          \
        NULL, 0, 0, false                                                                                                      \
    }

void strbuf_free(struct strbuf *buffer);  /* and makes it empty again */
void strbuf_reset(struct strbuf *buffer); /* keeps the memory, and `failed` */
void strbuf_add(struct strbuf *buffer, const char *text, size_t length);
void strbuf_adds(struct strbuf *buffer, const char *text);
void strbuf_addc(struct strbuf *buffer, char c);
void strbuf_addf(struct strbuf *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* On one line of a terminal: line breaks, other control characters, marks that reorder text and broken bytes as escapes. */
void strbuf_add_visible(struct strbuf *buffer, const char *text);
const char *strbuf_text(const struct strbuf *buffer); /* never NULL */

#endif
