#include "core/minisign.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The files' binary parts as minisign.h of minisign 0.11 lays them out; all are byte arrays, so there is no padding. */
struct secret_blob {
    uint8_t algorithm[2], kdf[2], checksum_algorithm[2]; /* "Ed", "Sc" or two zeros, "B2" */
    uint8_t salt[32], opslimit[8], memlimit[8];
    struct sealed { /* encrypted as a whole */
        uint8_t id[8], secret[64], checksum[32];
    } sealed;
};

struct public_blob {
    uint8_t algorithm[2], id[8], key[32];
};

struct signature_blob {
    uint8_t algorithm[2], id[8], signature[64];
};

enum { DIGEST = 64, LINE = 1024 };

static const char PREFIX[] = "untrusted comment: ";
static const char UNTRUSTED[] = "untrusted comment: signature from minisign secret key\n";
static const char TRUSTED[] = "trusted comment: ";

void key_name(const uint8_t id[8], char name[KEY_NAME])
{
    uint64_t number = 0;
    for (int i = 7; i >= 0; i--)
        number = number << 8 | id[i];
    snprintf(name, KEY_NAME, "%016" PRIX64, number);
}

void signing_key_wipe(struct signing_key *key)
{
    sodium_memzero(key, sizeof *key);
}

static uint64_t little_endian(const uint8_t bytes[8])
{
    uint64_t number = 0;
    for (int i = 7; i >= 0; i--)
        number = number << 8 | bytes[i];
    return number;
}

enum { DIGITS = 256 }; /* the longest blob, a secret key, takes 212 */

/* One spelling alone: libsodium 1.0.18 takes any byte from 0x80 on for a '/', so what was read is written again and compared.
 */
static bool decode(const char *text, size_t length, void *blob, size_t size)
{
    char again[DIGITS];
    size_t got = 0;
    if (sodium_base642bin(blob, size, text, length, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 || got != size)
        return false;
    sodium_bin2base64(again, sizeof again, blob, size, sodium_base64_VARIANT_ORIGINAL);
    const bool same = length == strlen(again) && memcmp(text, again, length) == 0;
    sodium_memzero(again, sizeof again);
    return same;
}

static void encode(struct strbuf *out, const void *blob, size_t size)
{
    char text[DIGITS];
    sodium_bin2base64(text, sizeof text, blob, size, sodium_base64_VARIANT_ORIGINAL);
    strbuf_adds(out, text);
    strbuf_addc(out, '\n');
    sodium_memzero(text, sizeof text);
}

/* The second line of a key file, which is all that counts. */
static int read_key(const char *path, const char *what, void *blob, size_t size, struct error *error)
{
    char text[2 * LINE + 1];
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_set(error, ERROR_INPUT, "cannot open the %s key '%s': %s", what, path, strerror(errno));
    setvbuf(file, NULL, _IONBF, 0); /* no copy of a secret in a buffer that is freed as it is */
    size_t length = fread(text, 1, sizeof text - 1, file);
    const int broken = ferror(file) ? errno : 0;
    fclose(file);
    text[length] = '\0';
    char *line = strchr(text, '\n');
    bool good = !broken && line && strncmp(text, PREFIX, sizeof PREFIX - 1) == 0;
    if (good) {
        line++;
        good = decode(line, strcspn(line, "\r\n"), blob, size);
    }
    sodium_memzero(text, sizeof text);
    if (broken)
        return error_set(error, ERROR_INPUT, "cannot read the %s key '%s': %s", what, path, strerror(broken));
    return good ? 0
                : error_set(error, ERROR_INPUT,
                            "'%s' is no %s key in minisign's format: give the file that 'assay keygen' or 'minisign -G' wrote",
                            path, what);
}

/* Key stretching by scrypt, as minisign does it; more than its own defaults (1 GiB) is not asked of anybody's machine. */
static int open_sealed(struct secret_blob *blob, const char *path, const char *password, struct error *error)
{
    uint8_t stream[sizeof blob->sealed], *sealed = (uint8_t *)&blob->sealed, checksum[32];
    const uint64_t opslimit = little_endian(blob->opslimit), memlimit = little_endian(blob->memlimit);
    crypto_generichash_state state;
    if (!password)
        return error_set(error, ERROR_INPUT,
                         "the secret key '%s' is encrypted: put its password into the environment variable "
                         "ASSAY_KEY_PASSWORD, or make a key without one ('assay keygen', 'minisign -GW')",
                         path);
    if (opslimit > crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE ||
        memlimit > crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE)
        return error_set(error, ERROR_INPUT, "the secret key '%s' asks for more work or memory than minisign's keys do", path);
    if (crypto_pwhash_scryptsalsa208sha256(stream, sizeof stream, password, strlen(password), blob->salt, opslimit,
                                           (size_t)memlimit) != 0)
        return error_set(error, ERROR_MEMORY, "not enough memory to open the encrypted key '%s' (it asks for %.0f MB)", path,
                         (double)memlimit / 1e6);
    for (size_t i = 0; i < sizeof stream; i++)
        sealed[i] ^= stream[i];
    sodium_memzero(stream, sizeof stream);
    crypto_generichash_init(&state, NULL, 0, sizeof checksum);
    crypto_generichash_update(&state, blob->algorithm, sizeof blob->algorithm);
    crypto_generichash_update(&state, blob->sealed.id, sizeof blob->sealed.id);
    crypto_generichash_update(&state, blob->sealed.secret, sizeof blob->sealed.secret);
    crypto_generichash_final(&state, checksum, sizeof checksum);
    sodium_memzero(&state, sizeof state);
    if (sodium_memcmp(checksum, blob->sealed.checksum, sizeof checksum) != 0)
        return error_set(error, ERROR_INPUT, "the password in ASSAY_KEY_PASSWORD does not open the secret key '%s'", path);
    return 0;
}

static int open_blob(struct secret_blob *blob, const char *path, const char *password, struct signing_key *key,
                     struct error *error)
{
    static const uint8_t plain[2] = {0};
    uint8_t public[32], secret[64];
    int status = 0;
    if (memcmp(blob->algorithm, "Ed", 2) != 0 || memcmp(blob->checksum_algorithm, "B2", 2) != 0 ||
        (memcmp(blob->kdf, plain, 2) != 0 && memcmp(blob->kdf, "Sc", 2) != 0))
        return error_set(error, ERROR_INPUT, "the secret key '%s' is of a kind that minisign 0.11 does not make", path);
    if (memcmp(blob->kdf, "Sc", 2) == 0)
        status = open_sealed(blob, path, password, error);
    if (status)
        return status;
    memcpy(key->id, blob->sealed.id, sizeof key->id);
    memcpy(key->secret, blob->sealed.secret, sizeof key->secret);
    /* Keys without a password carry no checksum, but the public half must follow from the secret one. */
    crypto_sign_seed_keypair(public, secret, key->secret);
    if (sodium_memcmp(secret, key->secret, sizeof secret) != 0)
        status = error_set(error, ERROR_INPUT, "the secret key '%s' is damaged", path);
    sodium_memzero(secret, sizeof secret);
    return status;
}

int signing_key_read(const char *path, const char *password, struct signing_key *key, struct error *error)
{
    struct secret_blob blob;
    int status = read_key(path, "secret", &blob, sizeof blob, error);
    if (!status)
        status = open_blob(&blob, path, password, key, error);
    sodium_memzero(&blob, sizeof blob);
    if (status)
        signing_key_wipe(key);
    return status;
}

int public_key_read(const char *path, struct public_key *key, struct error *error)
{
    struct public_blob blob;
    int status = read_key(path, "public", &blob, sizeof blob, error);
    if (!status && memcmp(blob.algorithm, "Ed", 2) != 0)
        status = error_set(error, ERROR_INPUT, "the public key '%s' is of a kind that minisign 0.11 does not make", path);
    if (status)
        return status;
    memcpy(key->id, blob.id, sizeof key->id);
    memcpy(key->key, blob.key, sizeof key->key);
    return 0;
}

int key_pair_make(struct strbuf *secret, struct strbuf *public, struct error *error)
{
    struct secret_blob blob = {.algorithm = "Ed", .checksum_algorithm = "B2"};
    struct public_blob open = {.algorithm = "Ed"};
    char name[KEY_NAME];
    if (sodium_init() < 0)
        return error_set(error, ERROR_INTERNAL, "libsodium cannot be used here");
    randombytes_buf(open.id, sizeof open.id);
    crypto_sign_keypair(open.key, blob.sealed.secret);
    memcpy(blob.sealed.id, open.id, sizeof open.id);
    key_name(open.id, name);
    strbuf_addf(secret, "%sminisign secret key %s\n", PREFIX, name);
    encode(secret, &blob, sizeof blob);
    strbuf_addf(public, "%sminisign public key %s\n", PREFIX, name);
    encode(public, &open, sizeof open);
    sodium_memzero(&blob, sizeof blob);
    return secret->failed || public->failed ? error_memory(error) : 0;
}

static void digest_of(const void *data, size_t length, uint8_t digest[DIGEST])
{
    crypto_generichash(digest, DIGEST, data, length, NULL, 0);
}

/* What the second signature is of: the first one, then the trusted comment. NULL: memory is short. */
static uint8_t *comment_message(const uint8_t signature[64], const char *comment, size_t length)
{
    uint8_t *message = malloc(64 + length);
    if (message) {
        memcpy(message, signature, 64);
        memcpy(message + 64, comment, length);
    }
    return message;
}

int signature_make(const struct signing_key *key, const void *data, size_t length, const char *comment, struct strbuf *out,
                   struct error *error)
{
    struct signature_blob blob = {.algorithm = "ED"};
    uint8_t digest[DIGEST], global[64], *message;
    digest_of(data, length, digest);
    memcpy(blob.id, key->id, sizeof blob.id);
    crypto_sign_detached(blob.signature, NULL, digest, sizeof digest, key->secret);
    message = comment_message(blob.signature, comment, strlen(comment));
    if (!message)
        return error_memory(error);
    crypto_sign_detached(global, NULL, message, 64 + strlen(comment), key->secret);
    free(message);
    strbuf_adds(out, UNTRUSTED);
    encode(out, &blob, sizeof blob);
    strbuf_addf(out, "%s%s\n", TRUSTED, comment);
    encode(out, global, sizeof global);
    return out->failed ? error_memory(error) : 0;
}

/* Takes a line off the text: its length without the line's end, or SIZE_MAX where there is none. */
static size_t take_line(const char **at, const char *end, const char **line)
{
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    if (!stop)
        return SIZE_MAX;
    *line = *at;
    *at = stop + 1;
    return (size_t)(stop - *line);
}

/* The four lines, each in its only spelling. */
static bool take_apart(const struct strbuf *text, struct signature_blob *blob, uint8_t global[64], const char **comment,
                       size_t *comment_length)
{
    const char *at = strbuf_text(text), *end = at + text->length, *line;
    size_t length = take_line(&at, end, &line);
    if (length != sizeof UNTRUSTED - 2 || memcmp(line, UNTRUSTED, length) != 0)
        return false;
    length = take_line(&at, end, &line);
    if (length == SIZE_MAX || !decode(line, length, blob, sizeof *blob))
        return false;
    length = take_line(&at, end, &line);
    if (length == SIZE_MAX || length < sizeof TRUSTED - 1 || memcmp(line, TRUSTED, sizeof TRUSTED - 1) != 0)
        return false;
    *comment = line + sizeof TRUSTED - 1;
    *comment_length = length - (sizeof TRUSTED - 1);
    length = take_line(&at, end, &line);
    return length != SIZE_MAX && decode(line, length, global, 64) && at == end;
}

const char *signature_fault(const struct public_key *key, const void *data, size_t length, const struct strbuf *text,
                            const char **comment, size_t *comment_length)
{
    struct signature_blob blob;
    uint8_t digest[DIGEST], global[64], *message;
    if (!take_apart(text, &blob, global, comment, comment_length))
        return "the signature file is not as minisign writes one";
    if (memcmp(blob.algorithm, "ED", 2) != 0)
        return "the signature is not of the prehashed kind (ED)";
    if (memcmp(blob.id, key->id, sizeof blob.id) != 0)
        return "the signature was made with another key";
    digest_of(data, length, digest);
    if (crypto_sign_verify_detached(blob.signature, digest, sizeof digest, key->key) != 0)
        return "the content is not what was signed";
    message = comment_message(blob.signature, *comment, *comment_length);
    if (!message)
        return "memory was too short to check it";
    const bool good = crypto_sign_verify_detached(global, message, 64 + *comment_length, key->key) == 0;
    free(message);
    return good ? NULL : "the trusted comment is not what was signed";
}
