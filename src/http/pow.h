#ifndef HY_HTTP_POW_H
#define HY_HTTP_POW_H

/* pow -- proof of work: whoever hammers a door pays for each further knock.
 *
 * A challenge is text that the server makes and forgets:
 *
 *	1.BITS.EXPIRES.NONCE.MAC	EXPIRES in Unix seconds, NONCE and MAC in hex
 *
 * A proof is the challenge, a dot and a decimal number such that the SHA-256 of the whole text
 * begins with BITS zero bits.  It holds for one purpose (what the MAC was made for), until it
 * expires, and once.  Checking costs one MAC and one SHA-256.
 *
 * What was used is remembered in a table of fixed size; when a part of it is full of proofs that
 * have not expired, further ones are refused rather than older ones forgotten.
 *
 * The server demands proofs by itself on routes of the limit classes LOGIN, LOOKUP and FILING
 * (limit.h); rooms need this header only for a door of their own. */

#include "base/arena.h"
#include "base/err.h"

enum { HY_POW_SECONDS = 180, HY_POW_BITS_LEAST = 1, HY_POW_BITS_MOST = 30, HY_POW_TEXT = 160 };

struct hy_pow;
/* With a key of its own, drawn at random: another server's challenges are not its own. */
struct hy_pow *hy_pow_new(void);
void hy_pow_free(struct hy_pow **p); /* NULL is allowed */

/* NOW in UTC ms. */
hy_str hy_pow_challenge(struct hy_arena *a, const struct hy_pow *p, hy_str purpose, int bits,
			int64_t now);

enum hy_pow_verdict {
	HY_POW_GOOD,
	HY_POW_BAD, /* malformed, not ours, another purpose, or not worked enough for */
	HY_POW_EXPIRED,
	HY_POW_USED /* or too many are in use */
};
/* From any thread.  HY_POW_GOOD uses it up.  LEAST: bits demanded now; an easier challenge from
 * before is HY_POW_BAD. */
enum hy_pow_verdict hy_pow_check(struct hy_pow *p, hy_str purpose, hy_str proof, int least,
				 int64_t now);

/* Works for it: for tests and for our own clients.  Empty when none is found in MOST tries. */
hy_str hy_pow_solve(struct hy_arena *a, hy_str challenge, int64_t most);

#endif
