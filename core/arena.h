/* Arena: memory with one lifetime (a table, an artifact, a task), freed as a whole.
 *
 * All returned memory is zeroed and aligned to 64 bytes for blocks of 64 bytes and more (so that columns can be read with
 * vector loads), to 16 otherwise. Sizes are checked for overflow. Every allocating call returns NULL when memory is short;
 * allocate several things, then test once: `if (!a || !b) return error_memory(error);`. An arena is not shared between threads.
 */
#ifndef ASSAY_CORE_ARENA_H
#define ASSAY_CORE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);        /* NULL when memory is short */
void arena_free(struct arena *arena); /* NULL allowed */
void *arena_alloc(struct arena *arena, size_t bytes);
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_copy(struct arena *arena, const char *text, size_t length); /* adds a terminating NUL */
char *arena_string(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
size_t arena_bytes(const struct arena *arena); /* bytes taken from the system */

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

#endif
