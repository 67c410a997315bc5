/* Random streams: counter-based Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as
 * 1, 2, 3", SC11), keyed by (seed, stream name, replicate, row). The same key gives the same numbers on any thread. */
#ifndef ASSAY_CORE_RANDOM_H
#define ASSAY_CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
    uint32_t key[2];
    uint32_t counter[4]; /* [0] runs; [1] replicate, [2..3] row */
    uint32_t block[4];
    int used;     /* words of block already handed out */
    double spare; /* second normal deviate of a pair */
    int has_spare;
};

/* stream: the measure's id or another fixed name; replicate and row: 0 where there is none. */
void random_init(struct random *random, uint64_t seed, const char *stream, uint64_t replicate, uint64_t row);
uint32_t random_u32(struct random *random);
uint64_t random_u64(struct random *random);
double random_uniform(struct random *random);                            /* [0, 1), 53 bits */
double random_normal(struct random *random);                             /* N(0, 1) */
size_t random_below(struct random *random, size_t n);                    /* 0 … n−1 without bias, n ≥ 1 */
void random_permutation(struct random *random, size_t n, uint32_t *out); /* of 0 … n−1 */

/* The raw block function, for known-answer tests and for parallel use. */
void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

#endif
