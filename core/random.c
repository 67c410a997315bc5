#include "core/random.h"

#include <math.h>
#include <string.h>

#include "core/hash.h"

/* Salmon et al. 2011, section 3.3 and table 2: the multipliers and the Weyl increments of the key. */
static const uint32_t PHILOX_M0 = 0xD2511F53u, PHILOX_M1 = 0xCD9E8D57u;
static const uint32_t PHILOX_W0 = 0x9E3779B9u, PHILOX_W1 = 0xBB67AE85u;

void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)PHILOX_M0 * c0, p1 = (uint64_t)PHILOX_M1 * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

void random_init(struct random *random, uint64_t seed, const char *stream, uint64_t replicate, uint64_t row)
{
    *random = (struct random){0};
    uint64_t key = hash_bytes(stream, strlen(stream), seed);
    /* The counter has 32 bits for the replicate: what is above them goes into the key. */
    if (replicate >> 32)
        key = hash_mix(key, replicate >> 32);
    random->key[0] = (uint32_t)key;
    random->key[1] = (uint32_t)(key >> 32);
    random->counter[1] = (uint32_t)replicate;
    random->counter[2] = (uint32_t)row;
    random->counter[3] = (uint32_t)(row >> 32);
    random->used = 4;
}

uint32_t random_u32(struct random *random)
{
    if (random->used == 4) {
        philox4x32(random->counter, random->key, random->block);
        random->used = 0;
        /* After 2^34 words the stream goes on under another key instead of repeating itself. */
        if (++random->counter[0] == 0)
            random->key[0]++;
    }
    return random->block[random->used++];
}

uint64_t random_u64(struct random *random)
{
    uint64_t low = random_u32(random);
    return (uint64_t)random_u32(random) << 32 | low;
}

double random_uniform(struct random *random)
{
    return (double)(random_u64(random) >> 11) * 0x1p-53;
}

/* Marsaglia and Bray 1964, the polar method: only sqrt and log, so that the numbers do not depend on a libm's sin and cos. */
double random_normal(struct random *random)
{
    if (random->has_spare) {
        random->has_spare = 0;
        return random->spare;
    }
    double u, v, s;
    do {
        u = 2 * random_uniform(random) - 1;
        v = 2 * random_uniform(random) - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    double scale = sqrt(-2 * log(s) / s);
    random->spare = v * scale;
    random->has_spare = 1;
    return u * scale;
}

/* Lemire 2019, "Fast random integer generation in an interval", algorithm 5. */
size_t random_below(struct random *random, size_t n)
{
    uint64_t bound = n;
    unsigned __int128 product = (unsigned __int128)random_u64(random) * bound;
    if ((uint64_t)product < bound) {
        uint64_t threshold = (0 - bound) % bound;
        while ((uint64_t)product < threshold)
            product = (unsigned __int128)random_u64(random) * bound;
    }
    return (size_t)(product >> 64);
}

void random_permutation(struct random *random, size_t n, uint32_t *out)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = random_below(random, i + 1);
        out[i] = out[j];
        out[j] = (uint32_t)i;
    }
}
