/* Ed25519 signatures in the file formats of minisign 0.11 (Frank Denis, https://jedisct1.github.io/minisign/), by libsodium.
 *
 * A signature file has four lines: an untrusted comment, the signature of BLAKE2b-512 of the data (algorithm "ED": prehashed),
 * a trusted comment, and a signature over signature and trusted comment. Signing is deterministic: same key, data and comment,
 * same bytes. A checked signature file has exactly one spelling, so that no byte of it can change unseen. */
#ifndef ASSAY_CORE_MINISIGN_H
#define ASSAY_CORE_MINISIGN_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/strbuf.h"

struct signing_key {
    uint8_t id[8];
    uint8_t secret[64]; /* seed, then public key */
};

struct public_key {
    uint8_t id[8];
    uint8_t key[32];
};

enum { KEY_NAME = 17 }; /* an id as minisign writes it: 16 hexadecimal digits, and NUL */

/* password: of an encrypted key (scrypt); NULL: none was given, and an encrypted key is refused. ERROR_INPUT says what is wrong
 * with the file; its content is never part of the message. */
int signing_key_read(const char *path, const char *password, struct signing_key *key, struct error *error);
void signing_key_wipe(struct signing_key *key);
int public_key_read(const char *path, struct public_key *key, struct error *error);
void key_name(const uint8_t id[8], char name[KEY_NAME]);

/* The texts of a new pair's two files; the secret key is not encrypted. The caller wipes `secret`. */
int key_pair_make(struct strbuf *secret, struct strbuf *public, struct error *error);

/* Appends the signature file of the data. The comment is one line of text without control characters but the tab. */
int signature_make(const struct signing_key *key, const void *data, size_t length, const char *comment, struct strbuf *out,
                   struct error *error);

/* NULL: the signature file in `text` is the key's, of this data; *comment is then its trusted comment (*comment_length bytes of
 * `text`). Else what is wrong, in words. */
const char *signature_fault(const struct public_key *key, const void *data, size_t length, const struct strbuf *text,
                            const char **comment, size_t *comment_length);

#endif
