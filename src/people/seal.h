#ifndef PEOPLE_SEAL_H
#define PEOPLE_SEAL_H

/* seal -- what nobody can open alone: the identity of a reporter, the original of evidence.
 *
 * Content is encrypted under a key of its own (XChaCha20-Poly1305).  The key is cut into two
 * halves, each of which says nothing about it (XOR with random bytes); one half is sealed
 * (libsodium's sealed box) to every custodian of group A, the other to every custodian of group B.
 * So the database and the secret key of any one custodian are not enough: it takes one of each
 * group.  The secret keys live in files that custodians keep (passphrase, Argon2id) and never come
 * to the server.
 *
 * Pure: no SQL, no files.  Keys and halves are wiped after use by whoever holds them. */

#include "base/arena.h"
#include "base/err.h"

enum { SEAL_KEY = 32, SEAL_BOX = SEAL_KEY + 48, SEAL_OVER = 24 + 16, SEAL_PADDED = 2048 };

struct seal_key { /* a content key or half of one, a public key, a secret key */
	unsigned char b[SEAL_KEY];
};

/* --- content ------------------------------------------------------------------------------- */
void seal_key_new(struct seal_key *out);
void seal_key_wipe(struct seal_key *k);
/* 24 bytes of nonce, then the ciphertext.  CONTEXT ("identity matter/TS-2026-000001") is
 * authenticated: a box cannot be moved to another matter. */
hy_str seal_close(struct hy_arena *a, const struct seal_key *k, hy_str context, hy_str plain);
/* HY_TAMPERED when it is not what was closed under K and CONTEXT. */
enum hy_code seal_open(struct hy_arena *a, const struct seal_key *k, hy_str context, hy_str box,
		       hy_str *plain_out, struct hy_err *e) HY_MUST;
/* The same with PLAIN padded to SEAL_PADDED bytes (it must be shorter), so that its length, and
 * whether there is anything in it, does not show. */
hy_str seal_close_padded(struct hy_arena *a, const struct seal_key *k, hy_str context,
			 hy_str plain);
enum hy_code seal_open_padded(struct hy_arena *a, const struct seal_key *k, hy_str context,
			      hy_str box, hy_str *plain_out, struct hy_err *e) HY_MUST;

/* --- halves --------------------------------------------------------------------------------- */
void seal_split(const struct seal_key *k, struct seal_key *a_out, struct seal_key *b_out);
void seal_join(const struct seal_key *a, const struct seal_key *b, struct seal_key *out);
/* SEAL_BOX bytes that only the holder of PUB's secret key can open. */
hy_str seal_to(struct hy_arena *a, const struct seal_key *pub, const struct seal_key *half);
enum hy_code seal_from(const struct seal_key *pub, const struct seal_key *secret, hy_str box,
		       struct seal_key *out, struct hy_err *e) HY_MUST;

/* --- a custodian's key file ------------------------------------------------------------------ */
/* JSON: {"huiyin_custodian_key":1,"public":hex,"salt","nonce","box": base64,"ops","mem"}. */
enum hy_code seal_file_new(struct hy_arena *a, hy_str passphrase, hy_str *file_out,
			   struct seal_key *pub_out, struct hy_err *e) HY_MUST;
/* HY_BAD_INPUT for another file, HY_FORBIDDEN for a wrong passphrase. */
enum hy_code seal_file_open(struct hy_arena *a, hy_str file, hy_str passphrase,
			    struct seal_key *pub_out, struct seal_key *secret_out,
			    struct hy_err *e) HY_MUST;

#endif
