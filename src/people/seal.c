#include "people/seal.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/json.h"

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, SALT = crypto_pwhash_SALTBYTES };
enum { OPS = 3, MEMORY = 256 << 20, MEMORY_MOST = 1 << 30, OPS_MOST = 20 };

_Static_assert(SEAL_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the content key");
_Static_assert(SEAL_BOX == SEAL_KEY + crypto_box_SEALBYTES, "a sealed half");
_Static_assert(SEAL_OVER == NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES, "the overhead");

static unsigned char *bytes(struct hy_arena *a, size_t n)
{
	return hy_arena_take(a, n);
}

/* --- content --------------------------------------------------------------------------------- */

void seal_key_new(struct seal_key *out)
{
	hy_random(out->b, sizeof(out->b));
}

void seal_key_wipe(struct seal_key *k)
{
	sodium_memzero(k, sizeof(*k));
}

hy_str seal_close(struct hy_arena *a, const struct seal_key *k, hy_str context, hy_str plain)
{
	unsigned char *out = bytes(a, plain.n + SEAL_OVER);

	hy_random(out, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
		out + NONCE, NULL, (const unsigned char *)plain.p, plain.n,
		(const unsigned char *)context.p, context.n, NULL, out, k->b);
	return (hy_str){ (const char *)out, plain.n + SEAL_OVER };
}

enum hy_code seal_open(struct hy_arena *a, const struct seal_key *k, hy_str context, hy_str box,
		       hy_str *plain_out, struct hy_err *e)
{
	if (box.n < SEAL_OVER)
		return hy_fail(e, HY_TAMPERED, "", "what is sealed is cut short");
	const unsigned char *in = (const unsigned char *)box.p;
	unsigned char *out = bytes(a, box.n - SEAL_OVER + 1);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + NONCE, box.n - NONCE,
						       (const unsigned char *)context.p, context.n,
						       in, k->b) != 0)
		return hy_fail(e, HY_TAMPERED, "",
			       "the seal does not open: other keys, or it was changed");
	*plain_out = (hy_str){ (const char *)out, box.n - SEAL_OVER };
	return HY_OK;
}

hy_str seal_close_padded(struct hy_arena *a, const struct seal_key *k, hy_str context, hy_str plain)
{
	unsigned char padded[SEAL_PADDED] = { 0 };
	size_t n = plain.n < SEAL_PADDED ? plain.n : SEAL_PADDED - 1;

	if (n)
		memcpy(padded, plain.p, n);
	padded[n] = 0x80; /* ISO/IEC 7816-4 */
	hy_str box = seal_close(a, k, context, (hy_str){ (const char *)padded, sizeof(padded) });
	sodium_memzero(padded, sizeof(padded));
	return box;
}

enum hy_code seal_open_padded(struct hy_arena *a, const struct seal_key *k, hy_str context,
			      hy_str box, hy_str *plain_out, struct hy_err *e)
{
	hy_str padded = HY_S("");
	size_t n = 0;
	enum hy_code c = seal_open(a, k, context, box, &padded, e);

	if (c)
		return c;
	if (padded.n != SEAL_PADDED ||
	    sodium_unpad(&n, (const unsigned char *)padded.p, padded.n, SEAL_PADDED) != 0)
		return hy_fail(e, HY_TAMPERED, "", "what is sealed has another form");
	*plain_out = (hy_str){ padded.p, n };
	return HY_OK;
}

/* --- halves ----------------------------------------------------------------------------------- */

void seal_split(const struct seal_key *k, struct seal_key *a_out, struct seal_key *b_out)
{
	seal_key_new(a_out);
	seal_join(k, a_out, b_out);
}

void seal_join(const struct seal_key *a, const struct seal_key *b, struct seal_key *out)
{
	for (int i = 0; i < SEAL_KEY; i++)
		out->b[i] = a->b[i] ^ b->b[i];
}

hy_str seal_to(struct hy_arena *a, const struct seal_key *pub, const struct seal_key *half)
{
	unsigned char *out = bytes(a, SEAL_BOX);

	/* It fails for a key of low order alone, and custodian_key_read() takes none. */
	if (crypto_box_seal(out, half->b, SEAL_KEY, pub->b) != 0)
		abort();
	return (hy_str){ (const char *)out, SEAL_BOX };
}

enum hy_code seal_from(const struct seal_key *pub, const struct seal_key *secret, hy_str box,
		       struct seal_key *out, struct hy_err *e)
{
	struct seal_key half;

	if (box.n != SEAL_BOX || crypto_box_seal_open(half.b, (const unsigned char *)box.p, box.n,
						      pub->b, secret->b) != 0)
		return hy_fail(e, HY_FORBIDDEN, "key", "this was not sealed to your key");
	*out = half;
	seal_key_wipe(&half);
	return HY_OK;
}

/* --- a key file ---------------------------------------------------------------------------------
 */

static enum hy_code stretch(hy_str passphrase, const unsigned char salt[SALT], int64_t ops,
			    int64_t memory, struct seal_key *out, struct hy_err *e)
{
	if (crypto_pwhash(out->b, sizeof(out->b), passphrase.p, passphrase.n, salt,
			  (unsigned long long)ops, (size_t)memory,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return hy_broke(e, HY_INTERNAL, "no memory for Argon2id (%lld MiB)",
				(long long)(memory >> 20));
	return HY_OK;
}

#define FILE_CONTEXT HY_S("huiyin custodian key 1")

enum hy_code seal_file_new(struct hy_arena *a, hy_str passphrase, hy_str *file_out,
			   struct seal_key *pub_out, struct hy_err *e)
{
	struct seal_key pub, secret, by;
	unsigned char salt[SALT];
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	if (hy_str_chars(passphrase) < 12)
		return hy_fail(e, HY_BAD_FIELD, "passphrase", "must have at least 12 characters");
	hy_random(salt, sizeof(salt));
	enum hy_code c = stretch(passphrase, salt, OPS, MEMORY, &by, e);
	if (c)
		return c;
	crypto_box_keypair(pub.b, secret.b);
	hy_str box = seal_close(a, &by, FILE_CONTEXT,
				(hy_str){ (const char *)secret.b, sizeof(secret.b) });
	seal_key_wipe(&by);
	seal_key_wipe(&secret);
	hy_json_obj(&j);
	hy_json_kstr(&j, "box", hy_base64(a, box.p, box.n));
	hy_json_kint(&j, "huiyin_custodian_key", 1);
	hy_json_kint(&j, "mem", MEMORY);
	hy_json_kint(&j, "ops", OPS);
	hy_json_kstr(&j, "public", hy_hex(a, pub.b, sizeof(pub.b)));
	hy_json_kstr(&j, "salt", hy_base64(a, salt, sizeof(salt)));
	hy_json_obj_end(&j);
	hy_buf_byte(&b, '\n');
	*file_out = hy_buf_str(&b);
	*pub_out = pub;
	return HY_OK;
}

enum hy_code seal_file_open(struct hy_arena *a, hy_str file, hy_str passphrase,
			    struct seal_key *pub_out, struct seal_key *secret_out, struct hy_err *e)
{
	json_t *v = NULL;
	struct seal_key by, pub, check;
	unsigned char salt[SALT], box[SEAL_KEY + SEAL_OVER];
	hy_str secret = HY_S("");
	enum hy_code c = hy_json_read(a, file, &v, e);

	if (c)
		return c;
	int64_t ops = hy_json_get_int(v, "ops", 0), memory = hy_json_get_int(v, "mem", 0);
	if (hy_json_get_int(v, "huiyin_custodian_key", 0) != 1 || ops < 1 || ops > OPS_MOST ||
	    memory < 8192 || memory > MEMORY_MOST ||
	    !hy_unhex(hy_json_get(v, "public"), pub.b, sizeof(pub.b)) ||
	    hy_unbase64(hy_json_get(v, "salt"), salt, sizeof(salt)) != SALT ||
	    hy_unbase64(hy_json_get(v, "box"), box, sizeof(box)) != (ptrdiff_t)sizeof(box))
		return hy_fail(e, HY_BAD_INPUT, "key", "this is no key file of a custodian");
	c = stretch(passphrase, salt, ops, memory, &by, e);
	if (c)
		return c;
	c = seal_open(a, &by, FILE_CONTEXT, (hy_str){ (const char *)box, sizeof(box) }, &secret, e);
	seal_key_wipe(&by);
	if (c) {
		hy_err_clear(e);
		return hy_fail(e, HY_FORBIDDEN, "passphrase",
			       "the passphrase is not that of this key");
	}
	memcpy(secret_out->b, secret.p, SEAL_KEY);
	sodium_memzero((char *)(uintptr_t)secret.p, secret.n);
	if (crypto_scalarmult_base(check.b, secret_out->b) != 0 ||
	    sodium_memcmp(check.b, pub.b, SEAL_KEY) != 0) {
		seal_key_wipe(secret_out);
		return hy_fail(e, HY_TAMPERED, "key", "the two halves of the key file differ");
	}
	*pub_out = pub;
	return HY_OK;
}
