#include "http/pow.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"

enum { SETS = 8192, WAYS = 8, NONCE = 16, MAC = 16 };

struct used {
	unsigned char nonce[NONCE];
	int64_t expires; /* seconds; 0: free */
};
struct hy_pow {
	unsigned char key[crypto_auth_KEYBYTES];
	pthread_mutex_t lock;
	struct used used[SETS][WAYS];
};

struct hy_pow *hy_pow_new(void)
{
	struct hy_pow *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	hy_random(p->key, sizeof(p->key));
	pthread_mutex_init(&p->lock, NULL);
	return p;
}

void hy_pow_free(struct hy_pow **p)
{
	if (!*p)
		return;
	pthread_mutex_destroy(&(*p)->lock);
	sodium_memzero((*p)->key, sizeof((*p)->key));
	free(*p);
	*p = NULL;
}

/* Over what stands before the MAC, and the purpose with its length. */
static void mac_of(const struct hy_pow *p, hy_str purpose, hy_str head, unsigned char out[MAC])
{
	unsigned char whole[crypto_auth_BYTES];
	const unsigned char length[2] = { (unsigned char)(purpose.n >> 8),
					  (unsigned char)purpose.n };
	crypto_auth_hmacsha512256_state s;

	crypto_auth_hmacsha512256_init(&s, p->key, sizeof(p->key));
	crypto_auth_hmacsha512256_update(&s, length, sizeof(length));
	crypto_auth_hmacsha512256_update(&s, (const unsigned char *)purpose.p, purpose.n);
	crypto_auth_hmacsha512256_update(&s, (const unsigned char *)head.p, head.n);
	crypto_auth_hmacsha512256_final(&s, whole);
	memcpy(out, whole, MAC);
}

hy_str hy_pow_challenge(struct hy_arena *a, const struct hy_pow *p, hy_str purpose, int bits,
			int64_t now)
{
	unsigned char nonce[NONCE], mac[MAC];

	hy_random(nonce, sizeof(nonce));
	hy_str head =
		hy_printf(a, "1.%d.%lld." HY_FMT, bits, (long long)(now / 1000 + HY_POW_SECONDS),
			  HY_ARG(hy_hex(a, nonce, sizeof(nonce))));
	mac_of(p, purpose, head, mac);
	return hy_printf(a, HY_FMT "." HY_FMT, HY_ARG(head), HY_ARG(hy_hex(a, mac, sizeof(mac))));
}

static bool zero_bits(const hy_hash *h, int64_t bits)
{
	int64_t i = 0;

	for (; bits >= 8; bits -= 8)
		if (h->b[i++])
			return false;
	return bits == 0 || h->b[i] >> (8 - bits) == 0;
}

/* A challenge or a proof, taken apart. */
struct parts {
	hy_str head; /* before the MAC */
	int64_t bits, expires;
	unsigned char nonce[NONCE], mac[MAC];
};

static bool take_apart(hy_str text, struct parts *out)
{
	hy_str rest = text, version, bits, expires, nonce, mac, number;
	int64_t n;

	if (text.n > HY_POW_TEXT || !hy_str_cut(&rest, '.', &version) ||
	    !hy_str_eq(version, HY_S("1")) || !hy_str_cut(&rest, '.', &bits) ||
	    !hy_str_cut(&rest, '.', &expires) || !hy_str_cut(&rest, '.', &nonce))
		return false;
	out->head = (hy_str){ text.p, (size_t)(nonce.p + nonce.n - text.p) };
	return hy_str_cut(&rest, '.', &mac) && hy_str_cut(&rest, '.', &number) && !rest.n &&
	       hy_str_int(bits, &out->bits) && hy_str_int(expires, &out->expires) &&
	       hy_str_int(number, &n) && n >= 0 && out->bits >= HY_POW_BITS_LEAST &&
	       out->bits <= HY_POW_BITS_MOST && hy_unhex(nonce, out->nonce, NONCE) &&
	       hy_unhex(mac, out->mac, MAC);
}

/* Under the lock: remembers it; false when it is there already, or there is no room. */
static bool first_time(struct hy_pow *p, const struct parts *parts, int64_t second)
{
	size_t set = ((size_t)parts->nonce[0] << 8 | parts->nonce[1]) % SETS;
	struct used *room = NULL;

	for (size_t i = 0; i < WAYS; i++) {
		struct used *u = &p->used[set][i];
		if (u->expires < second)
			room = u;
		else if (memcmp(u->nonce, parts->nonce, NONCE) == 0)
			return false;
	}
	if (!room)
		return false;
	memcpy(room->nonce, parts->nonce, NONCE);
	room->expires = parts->expires;
	return true;
}

enum hy_pow_verdict hy_pow_check(struct hy_pow *p, hy_str purpose, hy_str proof, int least,
				 int64_t now)
{
	unsigned char mac[MAC];
	struct parts parts;

	if (!take_apart(proof, &parts) || parts.bits < least)
		return HY_POW_BAD;
	mac_of(p, purpose, parts.head, mac);
	if (sodium_memcmp(mac, parts.mac, MAC) != 0)
		return HY_POW_BAD;
	if (parts.expires < now / 1000)
		return HY_POW_EXPIRED;
	hy_hash h = hy_sha256(proof);
	if (!zero_bits(&h, parts.bits))
		return HY_POW_BAD;
	pthread_mutex_lock(&p->lock);
	bool first = first_time(p, &parts, now / 1000);
	pthread_mutex_unlock(&p->lock);
	return first ? HY_POW_GOOD : HY_POW_USED;
}

hy_str hy_pow_solve(struct hy_arena *a, hy_str challenge, int64_t most)
{
	char text[HY_POW_TEXT + 32];
	hy_str rest = challenge, part;
	int64_t bits = 0;

	if (challenge.n > HY_POW_TEXT || !hy_str_cut(&rest, '.', &part) ||
	    !hy_str_cut(&rest, '.', &part) || !hy_str_int(part, &bits) ||
	    bits < HY_POW_BITS_LEAST || bits > HY_POW_BITS_MOST)
		return HY_S("");
	for (int64_t i = 0; i < most; i++) {
		int n = snprintf(text, sizeof(text), HY_FMT ".%lld", HY_ARG(challenge),
				 (long long)i);
		hy_hash h = hy_sha256((hy_str){ text, (size_t)n });
		if (zero_bits(&h, bits))
			return hy_str_dup(a, (hy_str){ text, (size_t)n });
	}
	return HY_S("");
}
