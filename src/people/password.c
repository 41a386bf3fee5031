/* Hashing. */
#include "people/password.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>

#include "base/hash.h"

_Static_assert((int)PASSWORD_HASH >= (int)crypto_pwhash_STRBYTES, "a hash does not fit");

enum hy_code password_hash(hy_str password, char out[PASSWORD_HASH], struct hy_err *e)
{
	if (sodium_init() < 0 ||
	    crypto_pwhash_str_alg(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
				  crypto_pwhash_MEMLIMIT_INTERACTIVE,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return hy_broke(e, HY_STORE_BUSY, "no memory to hash a password");
	return HY_OK;
}

enum hy_code password_hash_demo(hy_str password, hy_str seed, char out[PASSWORD_HASH],
				struct hy_err *e)
{
	const int plain = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
	hy_hash salt = hy_sha256_4(HY_S("huiyin demo salt\n"), seed, HY_S(""), HY_S(""));
	unsigned char key[32];
	char salt_text[32], key_text[64];

	if (sodium_init() < 0 ||
	    crypto_pwhash(key, sizeof(key), password.p, password.n, salt.b,
			  crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return hy_broke(e, HY_STORE_BUSY, "no memory to hash a password");
	sodium_bin2base64(salt_text, sizeof(salt_text), salt.b, crypto_pwhash_SALTBYTES, plain);
	sodium_bin2base64(key_text, sizeof(key_text), key, sizeof(key), plain);
	snprintf(out, PASSWORD_HASH, "$argon2id$v=19$m=%u,t=%u,p=1$%s$%s",
		 (unsigned)crypto_pwhash_MEMLIMIT_INTERACTIVE / 1024,
		 (unsigned)crypto_pwhash_OPSLIMIT_INTERACTIVE, salt_text, key_text);
	return HY_OK;
}

/* For logins that nobody has: the hash of random bytes, so that nothing matches. */
static char nobody[crypto_pwhash_STRBYTES];
static pthread_once_t nobody_once = PTHREAD_ONCE_INIT;

static void make_nobody(void)
{
	unsigned char random[32];

	if (sodium_init() < 0)
		return;
	randombytes_buf(random, sizeof(random));
	if (crypto_pwhash_str_alg(nobody, (const char *)random, sizeof(random),
				  crypto_pwhash_OPSLIMIT_INTERACTIVE,
				  crypto_pwhash_MEMLIMIT_INTERACTIVE,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		nobody[0] = '\0';
}

bool password_right(hy_str password, hy_str hash)
{
	char z[PASSWORD_HASH] = "";

	pthread_once(&nobody_once, make_nobody);
	if (hash.n >= sizeof(z))
		return false;
	memcpy(z, hash.n ? hash.p : nobody, hash.n ? hash.n : strlen(nobody));
	bool right = crypto_pwhash_str_verify(z, password.p ? password.p : "", password.n) == 0;
	return right && hash.n > 0;
}
