/* Arena and string buffer. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "core/arena.h"
#include "core/random.h"
#include "core/strbuf.h"

/* Blocks of random sizes: aligned, zeroed, and no two share a byte (each is filled with its own mark and looked at last). */
Test(arena, blocks)
{
    enum { BLOCKS = 3000 };
    static struct {
        unsigned char *at;
        size_t size;
    } blocks[BLOCKS];
    struct arena *arena = arena_new();
    struct random random;
    random_init(&random, 1, "arena", 0, 0);
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t size = random_below(&random, 4) == 0 ? random_below(&random, 100000) : random_below(&random, 200);
        unsigned char *at = arena_alloc(arena, size);
        cr_assert_not_null(at);
        cr_assert_eq((uintptr_t)at % (size >= 64 ? 64 : 16), 0u, "block %zu of %zu bytes", i, size);
        for (size_t k = 0; k < size; k++)
            cr_assert_eq(at[k], 0);
        memset(at, (int)(i % 251), size);
        blocks[i].at = at;
        blocks[i].size = size;
    }
    size_t total = 0;
    for (size_t i = 0; i < BLOCKS; i++) {
        total += blocks[i].size;
        for (size_t k = 0; k < blocks[i].size; k++)
            cr_assert_eq(blocks[i].at[k], i % 251);
    }
    cr_expect_geq(arena_bytes(arena), total);
    cr_expect_lt(arena_bytes(arena), 2 * total);
    cr_expect_neq(arena_alloc(arena, 0), arena_alloc(arena, 0), "empty blocks have addresses of their own");
    arena_free(arena);
    arena_free(NULL);
}

Test(arena, sizes_that_overflow)
{
    struct arena *arena = arena_new();
    size_t before = arena_bytes(arena);
    cr_expect_null(arena_alloc(arena, SIZE_MAX));
    cr_expect_null(arena_alloc(arena, SIZE_MAX / 2 + 1));
    cr_expect_null(arena_array(arena, SIZE_MAX / 8 + 1, 8));
    cr_expect_null(arena_array(arena, (size_t)1 << 33, (size_t)1 << 33));
    cr_expect_null(arena_copy(arena, "", SIZE_MAX));
    cr_expect_eq(arena_bytes(arena), before);
    cr_expect_not_null(ARENA_ARRAY(arena, double, 0));
    arena_free(arena);
}

Test(arena, texts)
{
    struct arena *arena = arena_new();
    cr_expect_str_eq(arena_string(arena, "grüße"), "grüße");
    cr_expect_str_eq(arena_copy(arena, "abcdef", 3), "abc");
    cr_expect_str_eq(arena_copy(arena, NULL, 0), "");
    cr_expect_str_eq(arena_format(arena, "%d of '%s'", 3, "x"), "3 of 'x'");
    static char wide[5000];
    memset(wide, 'w', sizeof wide - 1);
    cr_expect_str_eq(arena_format(arena, "%s", wide), wide);
    arena_free(arena);
}

Test(strbuf, growth)
{
    struct strbuf buffer = STRBUF_INIT;
    cr_expect_str_eq(strbuf_text(&buffer), "");
    strbuf_add(&buffer, "", 0);
    cr_expect_str_eq(strbuf_text(&buffer), "");
    for (int i = 0; i < 10000; i++) {
        strbuf_addf(&buffer, "%04d", i);
        strbuf_addc(&buffer, ';');
    }
    cr_expect_eq(buffer.length, 50000u);
    cr_expect_eq(strlen(strbuf_text(&buffer)), 50000u);
    cr_expect_eq(strncmp(strbuf_text(&buffer) + 5 * 1234, "1234;1235;", 10), 0);
    strbuf_reset(&buffer);
    cr_expect_str_eq(strbuf_text(&buffer), "");
    strbuf_adds(&buffer, "again");
    strbuf_add(&buffer, "\0x", 2); /* bytes, not text */
    cr_expect_eq(buffer.length, 7u);
    strbuf_free(&buffer);
    cr_expect_str_eq(strbuf_text(&buffer), "");
}

Test(strbuf, a_failure_stays)
{
    struct strbuf buffer = STRBUF_INIT;
    strbuf_adds(&buffer, "kept");
    strbuf_add(&buffer, "x", SIZE_MAX / 2); /* refused before anything is read */
    cr_expect(buffer.failed);
    strbuf_adds(&buffer, "dropped");
    cr_expect_str_eq(strbuf_text(&buffer), "kept");
    strbuf_free(&buffer);
    cr_expect_not(buffer.failed);
}
