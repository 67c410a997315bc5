/* A list of chunks, newest first. Chunks double in size up to 4 MiB, so that a small arena stays small; what does not fit a
 * fresh chunk of that size gets a chunk of its own, behind the newest one, so that the newest goes on being filled. Chunks come
 * from calloc: large ones are fresh zero pages that cost nothing until they are touched. */
#include "core/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SMALL_ALIGNMENT = 16,
    LARGE_ALIGNMENT = 64, /* a cache line, and the widest vector */
    FIRST_CHUNK = 4096,
    LARGEST_CHUNK = 4 << 20
};

struct chunk {
    struct chunk *next;
    size_t size, used; /* of the payload that follows this header */
};

struct arena {
    struct chunk *chunks; /* the first one is being filled */
    size_t chunk_size;    /* of the next ordinary chunk */
    size_t bytes;
};

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena) {
        arena->chunk_size = FIRST_CHUNK;
        arena->bytes = sizeof *arena;
    }
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    struct chunk *chunk = arena->chunks;
    while (chunk) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(arena);
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->bytes;
}

/* The place in the chunk for `bytes` at this alignment, or NULL when it does not fit. */
static void *chunk_take(struct chunk *chunk, size_t bytes, size_t alignment)
{
    uintptr_t base = (uintptr_t)(chunk + 1);
    uintptr_t start = (base + chunk->used + alignment - 1) & ~(uintptr_t)(alignment - 1);
    size_t offset = (size_t)(start - base);
    if (offset > chunk->size || bytes > chunk->size - offset)
        return NULL;
    chunk->used = offset + bytes;
    return (char *)(chunk + 1) + offset;
}

static struct chunk *chunk_new(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct chunk))
        return NULL;
    struct chunk *chunk = calloc(1, sizeof *chunk + size);
    if (!chunk)
        return NULL;
    chunk->size = size;
    arena->bytes += sizeof *chunk + size;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    size_t alignment = bytes >= LARGE_ALIGNMENT ? LARGE_ALIGNMENT : SMALL_ALIGNMENT;
    if (bytes > SIZE_MAX / 2)
        return NULL;
    if (bytes == 0)
        bytes = 1; /* every block has an address of its own */
    if (arena->chunks) {
        void *memory = chunk_take(arena->chunks, bytes, alignment);
        if (memory)
            return memory;
    }
    size_t needed = bytes + alignment;
    bool own = needed > arena->chunk_size / 2;
    struct chunk *chunk = chunk_new(arena, own ? needed : arena->chunk_size);
    if (!chunk)
        return NULL;
    if (own && arena->chunks) {
        chunk->next = arena->chunks->next;
        arena->chunks->next = chunk;
    } else {
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    if (arena->chunk_size < LARGEST_CHUNK)
        arena->chunk_size *= 2;
    return chunk_take(chunk, bytes, alignment);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return arena_alloc(arena, bytes);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    if (length == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(arena, length + 1);
    if (copy && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *arena_string(struct arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
