#include "core/hash.h"

#include <sodium.h>
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

void hash_sha256(const void *data, size_t length, char hex[65])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, data, length);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
}
