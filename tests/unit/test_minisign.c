/* Keys and signatures against files of minisign 0.11 (Debian 12):
 *
 *   minisign -GW -s plain.key -p plain.pub
 *   printf 'hello audit\n' >audit.json
 *   minisign -S -s plain.key -m audit.json -t "$(printf 'timestamp:1767225600\tfile:audit.json\thashed')"
 *
 * The encrypted key is the same key, sealed by an independent program (Python: hashlib.scrypt of 'correct horse' with salt 0 …
 * 31, n=2^14, r=8, p=1, XORed over id, key and hashlib.blake2b); minisign 0.11 opens it and writes the same signature with it.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "core/minisign.h"
#include "tests/unit/text_file.h"

#define PLAIN_KEY                                                                                                              \
    "untrusted comment: minisign encrypted secret key\n"                                                                       \
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAyPGNTOPZXEBEz11cQAjlBV8dLEVbkQByjD"               \
    "26nsNWM8hoOmp8C3EcRQowYGIy+hPVqKLmUuuHhAgf+UvdjpAnZYkm08DbD6+LAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
#define SEALED_KEY                                                                                                             \
    "untrusted comment: minisign encrypted secret key\n"                                                                       \
    "RWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AAAgAAAAAAAAAAAEAAAAAPUYLA99cX4tSnbv7X1qdupDs7PB3DhLe8A"               \
    "qeCtFXO6/3L9Orwg9QYbVL0n2rPoHLpuQpN23KBpZ0AmW2GGM0lck+EDOULfiRuJ1exhAjpLiKX/F8UD4+KYHCKldXSHsTEwuQmBixUUw=\n"
#define PUBLIC_KEY                                                                                                             \
    "untrusted comment: minisign public key 405CD9E34C8DF1C8\n"                                                                \
    "RWTI8Y1M49lcQAowYGIy+hPVqKLmUuuHhAgf+UvdjpAnZYkm08DbD6+L\n"
#define COMMENT "timestamp:1767225600\tfile:audit.json\thashed"
#define SIGNATURE                                                                                                              \
    "untrusted comment: signature from minisign secret key\n"                                                                  \
    "RUTI8Y1M49lcQECSdJi0wZ9yzffJ7I85lXShghCISO5MsTFDH0Kb9m38RNwvk6V325K47LnhLEAJNmuHhrHW3DjYp5ju3oejuwU=\n"                   \
    "trusted comment: " COMMENT "\n"                                                                                           \
    "tVEgPm2cFCVNscD7yQSaEj2Ylyrrl5A35vsO6erLvbAUWEoyXLj+fzzFk0X6TrLn1aorJnnXaRJkJi1zhxncBA==\n"

static const char MESSAGE[] = "hello audit\n";
enum { MESSAGE_LENGTH = sizeof MESSAGE - 1 };

static int read_secret(const char *text, const char *password, struct signing_key *key, struct error *error)
{
    struct text_file file = text_file_new(text);
    int status = signing_key_read(file.path, password, key, error);
    text_file_remove(file);
    return status;
}

static void read_public(const char *text, struct public_key *key)
{
    struct text_file file = text_file_new(text);
    struct error error = {0};
    cr_assert_eq(public_key_read(file.path, key, &error), 0, "%s", error.message);
    text_file_remove(file);
}

Test(minisign, signs_as_minisign_does)
{
    static const struct {
        const char *text, *password;
    } keys[] = {{PLAIN_KEY, NULL}, {PLAIN_KEY, "not needed"}, {SEALED_KEY, "correct horse"}};
    char name[KEY_NAME];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct signing_key key;
        struct error error = {0};
        struct strbuf signature = STRBUF_INIT;
        cr_assert_eq(read_secret(keys[i].text, keys[i].password, &key, &error), 0, "%s", error.message);
        key_name(key.id, name);
        cr_expect_str_eq(name, "405CD9E34C8DF1C8");
        cr_assert_eq(signature_make(&key, MESSAGE, MESSAGE_LENGTH, COMMENT, &signature, &error), 0);
        cr_expect_str_eq(strbuf_text(&signature), SIGNATURE);
        strbuf_free(&signature);
    }
}

Test(minisign, refuses_keys)
{
    static char wrong_kind[] = PLAIN_KEY, damaged[] = PLAIN_KEY, greedy[] = SEALED_KEY;
    const size_t start = strcspn(PLAIN_KEY, "\n") + 1;
    wrong_kind[start + 3] = 'X';
    damaged[start + 100] = damaged[start + 100] == 'A' ? 'B' : 'A';
    memcpy(greedy + strlen("untrusted comment: minisign encrypted secret key\n") + 60, "////",
           4); /* limits beyond all bounds */
    const struct {
        const char *text, *password, *words;
    } cases[] = {
        {SEALED_KEY, NULL, "ASSAY_KEY_PASSWORD"},
        {SEALED_KEY, "wrong horse", "does not open"},
        {greedy, "correct horse", "more work or memory"},
        {wrong_kind, NULL, "of a kind"},
        {damaged, NULL, "damaged"},
        {PUBLIC_KEY, NULL, "no secret key"},
        {"", NULL, "no secret key"},
        {"untrusted comment: x", NULL, "no secret key"},
        {"untrusted comment: x\n####\n", NULL, "no secret key"},
    };
    struct signing_key key;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        cr_expect_eq(read_secret(cases[i].text, cases[i].password, &key, &error), ERROR_INPUT, "case %zu", i);
        cr_expect(strstr(error.message, cases[i].words), "case %zu: %s", i, error.message);
        cr_expect(!strstr(error.message, "BEz11c"), "the message tells the key");
    }
    struct error error = {0};
    cr_expect_eq(signing_key_read("/nowhere/key", NULL, &key, &error), ERROR_INPUT);
    cr_expect_eq(public_key_read("/nowhere/key", &(struct public_key){{0}, {0}}, &error), ERROR_INPUT);
}

static const char *fault_of(const char *data, size_t length, const char *signature, size_t signature_length)
{
    struct public_key key;
    struct strbuf text = STRBUF_INIT;
    const char *comment;
    size_t comment_length;
    read_public(PUBLIC_KEY, &key);
    strbuf_add(&text, signature, signature_length);
    const char *fault = signature_fault(&key, data, length, &text, &comment, &comment_length);
    if (!fault)
        cr_expect(comment_length == strlen(COMMENT) && memcmp(comment, COMMENT, comment_length) == 0);
    strbuf_free(&text);
    return fault;
}

/* Every bit of the data and of the signature file. */
Test(minisign, finds_every_change)
{
    char data[] = "hello audit\n", signature[] = SIGNATURE;
    const size_t length = strlen(SIGNATURE);
    cr_assert(!fault_of(MESSAGE, MESSAGE_LENGTH, SIGNATURE, length), "%s",
              fault_of(MESSAGE, MESSAGE_LENGTH, SIGNATURE, length));
    for (size_t bit = 0; bit < 8 * MESSAGE_LENGTH; bit++) {
        data[bit / 8] ^= (char)(1 << bit % 8);
        cr_expect(fault_of(data, MESSAGE_LENGTH, SIGNATURE, length), "bit %zu of the data", bit);
        data[bit / 8] ^= (char)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * length; bit++) {
        signature[bit / 8] ^= (char)(1 << bit % 8);
        cr_expect(fault_of(MESSAGE, MESSAGE_LENGTH, signature, length), "bit %zu of the signature", bit);
        signature[bit / 8] ^= (char)(1 << bit % 8);
    }
    for (size_t cut = 0; cut < length; cut++)
        cr_expect(fault_of(MESSAGE, MESSAGE_LENGTH, SIGNATURE, cut), "cut at %zu", cut);
    cr_expect(fault_of(MESSAGE, MESSAGE_LENGTH, SIGNATURE "\n", length + 1), "a line more");
    cr_expect(fault_of(MESSAGE, MESSAGE_LENGTH - 1, SIGNATURE, length), "a byte less");
}

/* libsodium 1.0.18 reads a byte from 0x80 on as '/'. */
Test(minisign, has_one_spelling)
{
    struct signing_key key;
    struct error error = {0};
    size_t tried = 0;
    cr_assert_eq(read_secret(PLAIN_KEY, NULL, &key, &error), 0, "%s", error.message);
    for (char comment[] = "a"; comment[0] <= 'h'; comment[0]++) {
        struct strbuf text = STRBUF_INIT;
        cr_assert_eq(signature_make(&key, MESSAGE, MESSAGE_LENGTH, comment, &text, &error), 0);
        for (char *slash = text.text; (slash = strchr(slash, '/')); tried++) {
            *slash = (char)0xAF;
            cr_expect(fault_of(MESSAGE, MESSAGE_LENGTH, text.text, text.length));
            *slash++ = '/';
        }
        strbuf_free(&text);
    }
    cr_expect_gt(tried, 3);
}

/* A pair of our own: what the secret key signs, the public one checks, and no other. */
Test(minisign, makes_pairs)
{
    struct strbuf secret = STRBUF_INIT, public = STRBUF_INIT, signature = STRBUF_INIT;
    struct signing_key key;
    struct public_key open, other;
    struct error error = {0};
    const char *comment;
    size_t length;
    cr_assert_eq(key_pair_make(&secret, &public, &error), 0, "%s", error.message);
    cr_assert_eq(read_secret(strbuf_text(&secret), NULL, &key, &error), 0, "%s", error.message);
    read_public(strbuf_text(&public), &open);
    cr_assert_eq(signature_make(&key, MESSAGE, MESSAGE_LENGTH, "", &signature, &error), 0);
    cr_expect(!signature_fault(&open, MESSAGE, MESSAGE_LENGTH, &signature, &comment, &length));
    cr_expect_eq(length, 0);
    read_public(PUBLIC_KEY, &other);
    cr_expect(signature_fault(&other, MESSAGE, MESSAGE_LENGTH, &signature, &comment, &length));
    memcpy(other.id, open.id, sizeof open.id); /* an id is a name, not a proof */
    cr_expect(signature_fault(&other, MESSAGE, MESSAGE_LENGTH, &signature, &comment, &length));
    strbuf_free(&secret);
    strbuf_free(&public);
    strbuf_free(&signature);
}
