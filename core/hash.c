#include "core/hash.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* The 64 × 64 → 128 bit multiply-and-fold of wyhash (Wang Yi 2019); the constants are its odd secrets. */
static const uint64_t SECRET0 = 0xa0761d6478bd642fu, SECRET1 = 0xe7037ed1a0b428dbu, SECRET2 = 0x8ebc6af09c88c6e3u;

static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load64(const unsigned char *from)
{
    uint64_t value;
    memcpy(&value, from, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

uint64_t hash_mix(uint64_t a, uint64_t b)
{
    return fold(fold(a ^ SECRET0, SECRET1) ^ b, SECRET2);
}

uint64_t hash_bytes(const void *data, size_t length, uint64_t seed)
{
    const unsigned char *bytes = data;
    uint64_t state = fold(seed ^ SECRET0, SECRET1);
    size_t left = length;
    for (; left >= 16; left -= 16, bytes += 16)
        state = fold(load64(bytes) ^ SECRET1, load64(bytes + 8) ^ state);
    unsigned char tail[16] = {0};
    if (left > 0)
        memcpy(tail, bytes, left);
    state = fold(load64(tail) ^ SECRET1, load64(tail + 8) ^ state);
    return fold(state ^ SECRET2, (uint64_t)length ^ SECRET1);
}

static void hex_write(const unsigned char digest[crypto_hash_sha256_BYTES], char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < crypto_hash_sha256_BYTES; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[64] = '\0';
}

void hash_sha256(const void *data, size_t length, char hex[65])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, data, length);
    hex_write(digest, hex);
}

int hash_sha256_file(const char *path, char hex[65], struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_set(error, ERROR_INPUT, "cannot open '%s': %s", path, strerror(errno));
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    unsigned char block[1 << 16], digest[crypto_hash_sha256_BYTES];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        crypto_hash_sha256_update(&state, block, got);
    int code = 0;
    if (ferror(file))
        code = error_set(error, ERROR_INPUT, "cannot read '%s': %s", path, strerror(errno));
    crypto_hash_sha256_final(&state, digest);
    hex_write(digest, hex);
    fclose(file);
    return code;
}
