/* Hashing: a fast 64-bit hash for tables of values, SHA-256 (libsodium) of a text in memory. */
#ifndef ASSAY_CORE_HASH_H
#define ASSAY_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *data, size_t length, uint64_t seed);
uint64_t hash_mix(uint64_t a, uint64_t b); /* order matters */
void hash_sha256(const void *data, size_t length, char hex[65]);

#endif
