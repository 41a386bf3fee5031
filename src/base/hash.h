#ifndef HY_BASE_HASH_H
#define HY_BASE_HASH_H

/* hash -- SHA-256 (OpenSSL), random bytes (libsodium), hex and base64.
 * No cryptography of our own: these are thin, bounded calls into the libraries. */

#include "base/arena.h"

enum { HY_SHA256 = 32 };

typedef struct hy_hash {
	unsigned char b[HY_SHA256];
} hy_hash;

/* SHA-256 of up to four parts one after another.  Uses one context per thread. */
hy_hash hy_sha256(hy_str part);
hy_hash hy_sha256_4(hy_str a, hy_str b, hy_str c, hy_str d);

static inline bool hy_hash_eq(const hy_hash *a, const hy_hash *b)
{
	return memcmp(a->b, b->b, HY_SHA256) == 0;
}

/* Cryptographically random bytes. */
void hy_random(void *out, size_t n);

/* Compares without telling by its time where they differ. */
bool hy_same_secret(hy_str a, hy_str b);

hy_str hy_hex(struct hy_arena *a, const void *p, size_t n); /* lower case */
/* Exactly N bytes from 2 N hex digits of either case; false when S is anything else. */
bool hy_unhex(hy_str s, void *out, size_t n) HY_MUST;

hy_str hy_base64(struct hy_arena *a, const void *p, size_t n); /* RFC 4648, padded */
/* Decodes canonical padded base64 of at most MOST bytes; the count, or -1. */
ptrdiff_t hy_unbase64(hy_str s, void *out, size_t most) HY_MUST;

#endif
