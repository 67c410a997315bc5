/* The small modules of core: errors, hashing, UTF-8, suggestions, progress, lines of text. */
#include <criterion/criterion.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"
#include "core/hash.h"
#include "core/progress.h"
#include "core/suggest.h"
#include "core/utf8.h"
#include "core/wrap.h"

Test(error, messages)
{
    struct error error = {0};
    cr_expect_eq(error_set(&error, ERROR_INPUT, "row %d is ragged", 7), ERROR_INPUT);
    cr_expect_eq(error_context(&error, "'%s'", "a.csv"), ERROR_INPUT);
    cr_expect_str_eq(error.message, "'a.csv': row 7 is ragged");
    cr_expect_eq(error_set(&error, ERROR_INTERNAL, "was: %s", error.message), ERROR_INTERNAL);
    cr_expect_str_eq(error.message, "was: 'a.csv': row 7 is ragged");
    cr_expect_eq(error_memory(&error), ERROR_MEMORY);
    cr_expect_eq(error.code, ERROR_MEMORY);
    cr_expect_eq(error_set(NULL, ERROR_INPUT, "dropped"), ERROR_INPUT);
    cr_expect_eq(error_context(NULL, "dropped"), ERROR_INTERNAL);
    cr_expect_eq(error_memory(NULL), ERROR_MEMORY);
}

/* Long messages are cut, never written beyond the end. */
Test(error, long_messages)
{
    static char wide[3000];
    memset(wide, 'w', sizeof wide - 1);
    struct error error = {0};
    error_set(&error, ERROR_INPUT, "%s", wide);
    cr_expect_eq(strlen(error.message), sizeof error.message - 1);
    error_context(&error, "file");
    cr_expect_eq(strlen(error.message), sizeof error.message - 1);
    cr_expect_eq(strncmp(error.message, "file: www", 9), 0);
    for (size_t length = 990; length < 1003; length++) {
        error_set(&error, ERROR_INPUT, "tail");
        error_context(&error, "%.*s", (int)length, wide);
        cr_assert_leq(strlen(error.message), sizeof error.message - 1);
        cr_assert_eq(error.message[0], 'w');
    }
}

/* printf abc | sha256sum; the first two are also in FIPS 180-4's examples. */
Test(hash, sha256)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    };
    char hex[65];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hash_sha256(cases[i].text, strlen(cases[i].text), hex);
        cr_expect_str_eq(hex, cases[i].hex);
    }
}

/* Every bit of the input changes about half of the bits of the output, on average over inputs of all lengths. */
Test(hash, avalanche)
{
    double flips = 0, tries = 0;
    for (size_t length = 1; length <= 40; length++) {
        unsigned char bytes[40];
        for (size_t i = 0; i < length; i++)
            bytes[i] = (unsigned char)(i * 37 + length);
        uint64_t before = hash_bytes(bytes, length, 5);
        for (size_t bit = 0; bit < 8 * length; bit++) {
            bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
            uint64_t after = hash_bytes(bytes, length, 5);
            bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
            int changed = __builtin_popcountll(before ^ after);
            cr_assert(changed >= 12, "length %zu, bit %zu: %d bits change", length, bit, changed);
            flips += changed;
            tries++;
        }
    }
    cr_expect_float_eq(flips / tries, 32, 0.5);
    static const unsigned char zeros[32];
    for (size_t a = 0; a < 32; a++)
        for (size_t b = 0; b < a; b++)
            cr_expect_neq(hash_bytes(zeros, a, 0), hash_bytes(zeros, b, 0), "%zu and %zu zero bytes", a, b);
    cr_expect_neq(hash_bytes("a", 1, 0), hash_bytes("a", 1, 1));
    cr_expect_neq(hash_mix(1, 2), hash_mix(2, 1));
    cr_expect_neq(hash_mix(0, 0), hash_mix(0, 1));
}

/* RFC 3629 and table 3-7 of the Unicode standard. */
Test(utf8, validity)
{
    static const struct {
        const char *text;
        size_t length, valid;
    } cases[] = {
        {"", 0, 0},
        {"plain ASCII, long enough for words", 34, 34},
        {"h\xC3\xA9", 3, 3},
        {"\xE2\x82\xAC\xF0\x9F\x98\x80", 7, 7},
        {"\xF4\x8F\xBF\xBF", 4, 4},
        {"\xF4\x90\x80\x80", 4, 0},  /* above U+10FFFF */
        {"\xED\xA0\x80", 3, 0},      /* surrogate */
        {"\xC0\x80", 2, 0},          /* overlong */
        {"\xE0\x9F\xBF", 3, 0},      /* overlong */
        {"\xF0\x8F\xBF\xBF", 4, 0},  /* overlong */
        {"ab\x80", 3, 2},            /* no first byte */
        {"12345678\xE2\x82", 10, 8}, /* cut off */
        {"1234567890123\xFFxyz", 17, 13},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(utf8_valid(cases[i].text, cases[i].length), cases[i].valid, "case %zu", i);
    for (uint32_t code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 257) {
        char bytes[4];
        size_t size = utf8_encode(code, bytes);
        bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        cr_assert_eq(utf8_length(bytes, size), surrogate ? 0 : size, "U+%04X", code);
        cr_assert_eq(utf8_decode(bytes, size), code);
    }
}

Test(utf8, what_is_left_of_cut_characters_goes)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"plain", "plain"},
        {"caf\xC3\xA9", "caf\xC3\xA9"},
        {"'caf\xC3': 1", "'caf': 1"},
        {"\xF0\x9F\x99", ""},
        {"a\xF0\x9F\x99\xC3\xA9", "a\xC3\xA9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[20];
        memcpy(text, cases[i][0], strlen(cases[i][0]) + 1);
        utf8_drop_broken(text);
        cr_expect_str_eq(text, cases[i][1], "case %zu", i);
    }
}

Test(suggest, distances)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {
        {"", "", 0},           {"", "abc", 3},   {"abc", "", 3},      {"kitten", "sitting", 3},
        {"train", "trian", 1}, {"ca", "abc", 3}, {"abcd", "badc", 2}, {"same", "same", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(suggest_distance(cases[i].a, cases[i].b), cases[i].distance, "'%s' '%s'", cases[i].a, cases[i].b);
    static char wide[200];
    memset(wide, 'x', sizeof wide - 1);
    cr_expect_eq(suggest_distance(wide, ""), 63u);
    struct suggestion suggestion = suggest_start("holdot");
    cr_expect_null(suggest_best(&suggestion));
    suggest_offer(&suggestion, "train");
    cr_expect_null(suggest_best(&suggestion));
    suggest_offer(&suggestion, "holdout");
    suggest_offer(&suggestion, "synthetic");
    cr_expect_str_eq(suggest_best(&suggestion), "holdout");
    suggestion = suggest_start("sx");
    suggest_offer(&suggestion, "age");
    cr_expect_null(suggest_best(&suggestion));
    suggest_offer(&suggestion, "sex");
    cr_expect_str_eq(suggest_best(&suggestion), "sex");
}

/* What three steps write to stderr while that is `descriptor`; to be read from `source`. */
static void run_progress(int descriptor, int source, char *text, size_t size)
{
    int saved = dup(STDERR_FILENO);
    dup2(descriptor, STDERR_FILENO);
    struct progress progress;
    progress_start(&progress, 2);
    progress_step(&progress, "first");
    progress_step(&progress, "second");
    progress_step(&progress, "one too many");
    progress_end(&progress);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(descriptor);
    size_t length = 0;
    for (ssize_t got; length < size - 1 && (got = read(source, text + length, size - 1 - length)) > 0;)
        length += (size_t)got; /* a pseudo-terminal hands over in pieces */
    text[length] = '\0';
    close(source);
}

Test(progress, a_bar_on_a_terminal_only)
{
    char text[4096];
    int master, slave, ends[2];
    cr_assert_eq(pipe(ends), 0);
    run_progress(ends[1], ends[0], text, sizeof text);
    cr_expect_str_eq(text, "");
    if (openpty(&master, &slave, NULL, NULL, NULL) != 0)
        cr_skip_test("no pseudo-terminal here");
    run_progress(slave, master, text, sizeof text);
    cr_expect_not_null(strstr(text, "[........................] 1/2 first"), "%s", text);
    cr_expect_not_null(strstr(text, "[############............] 2/2 second"), "%s", text);
    cr_expect_not_null(strstr(text, "2/2 one too many"), "%s", text);
    cr_expect_eq(strcmp(text + strlen(text) - 4, "\r\033[K"), 0, "the line is not cleared at the end");
}

/* Lines end before a word that would pass column 80, never between a number and its percent sign. */
Test(wrap, lines)
{
    static const struct {
        const char *text;
        size_t indent, column;
        const char *lines;
    } cases[] = {
        {"", 0, 0, "\n"},
        {"one  two", 2, 0, "  one two\n"},
        {"aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhh 95 % of it", 0, 0,
         "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhh\n95 % of it\n"},
        {"aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhh 95 % of it", 0, 0,
         "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhh 95 %\nof it\n"},
        {"b c", 4, 78, "b\n    c\n"},
        {"one\ntwo 5 %", 1, 0, " one\n two 5 %\n"},
    };

    for (size_t t = 0; t < sizeof cases / sizeof *cases; t++) {
        struct strbuf out = STRBUF_INIT;

        wrap_text(cases[t].text, cases[t].indent, cases[t].column, &out);
        cr_expect_str_eq(strbuf_text(&out), cases[t].lines, "case %zu: '%s'", t, strbuf_text(&out));
        strbuf_free(&out);
    }
}
