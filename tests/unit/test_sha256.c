/* SHA-256 of a stream. Known answers: FIPS 180-4 examples (csrc.nist.gov); else libsodium is the oracle. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/hash.h"
#include "core/random.h"
#include "datasets/sha256.h"

Test(sha256, known_answers)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int fast = 0; fast < 2; fast++) {
            struct sha256 sha;
            char hex[65];
            sha256_start(&sha, fast);
            sha256_add(&sha, cases[i].text, strlen(cases[i].text));
            sha256_hex(&sha, hex);
            cr_expect_str_eq(hex, cases[i].hex);
        }
}

/* Every length to 300 bytes, and long ones, in pieces of random size. */
Test(sha256, pieces)
{
    enum { LONGEST = 20000 };
    static uint8_t data[LONGEST];
    struct random random;
    random_init(&random, 1, "test.sha256", 0, 0);
    for (size_t i = 0; i < LONGEST; i++)
        data[i] = (uint8_t)random_below(&random, 256);
    for (size_t run = 0; run < 600; run++) {
        size_t length = run <= 300 ? run : random_below(&random, LONGEST);
        struct sha256 sha;
        char hex[65], expected[65];
        sha256_start(&sha, true);
        for (size_t at = 0; at < length;) {
            size_t piece = random_below(&random, 200);
            piece = piece < length - at ? piece : length - at;
            sha256_add(&sha, data + at, piece);
            at += piece;
        }
        sha256_hex(&sha, hex);
        hash_sha256(data, length, expected);
        cr_assert_str_eq(hex, expected, "%zu bytes", length);
    }
}
