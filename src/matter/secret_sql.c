/* The secret with which a reporter follows a matter: sixteen digits, shown once. */
#include "base/hash.h"
#include "matter/city.h"

#include <sodium.h>

/* What is kept of a secret: sixteen digits can be tried out by whoever holds a plain hash of them,
 * so the hash (BLAKE2b) has a key that the database does not hold, and the code as its salt. */
static hy_str kept_of(const struct record *r, struct hy_arena *a, hy_str code, hy_str secret)
{
	unsigned char key[32], out[32];
	hy_str text = hy_printf(a, HY_FMT "\n" HY_FMT, HY_ARG(code), HY_ARG(secret));

	record_derive(r, HY_S("secret of a matter 1"), key);
	crypto_generichash(out, sizeof(out), (const unsigned char *)text.p, text.n, key,
			   sizeof(key));
	sodium_memzero(key, sizeof(key));
	sodium_memzero((char *)(uintptr_t)text.p, text.n);
	return hy_printf(a, "k1:" HY_FMT, HY_ARG(hy_hex(a, out, sizeof(out))));
}

/* By rejection, so that each digit is equally likely. */
hy_str matter_secret_make(const struct record *rec, struct hy_arena *a, hy_str code,
			  char secret[17])
{
	unsigned char random[24];

	for (int i = 0; i < 16;) {
		hy_random(random, sizeof(random));
		for (size_t k = 0; k < sizeof(random) && i < 16; k++)
			if (random[k] < 250)
				secret[i++] = (char)('0' + random[k] % 10);
	}
	secret[16] = '\0';
	return kept_of(rec, a, code, (hy_str){ secret, 16 });
}

enum hy_code matter_secret_ok(struct hy_db *db, hy_str code, hy_str secret, bool *ok_out,
			      struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_STMT s = hy_sql(db, "SELECT secret FROM matter WHERE code = $1");
	const struct record *r = record_of(hy_db_store(db));
	hy_hash h = hy_sha256(secret);
	bool row;

	if (!r)
		return hy_broke(e, HY_INTERNAL, "secrets are looked at without the log's key");
	hy_bind_text(s, 1, code);
	enum hy_code failed = hy_step(s, &row, e);
	if (failed)
		return failed;
	/* The same work whether the code exists or not, and of which age it is. */
	hy_str kept = row ? hy_col_dup(a, s, 0) : HY_S("");
	hy_str now = kept_of(r, a, code, secret), old = hy_hex(a, h.b, sizeof(h.b));
	hy_str want = kept.n == old.n ? old : now; /* until 2026-11 a plain SHA-256 was kept */
	hy_str none = { hy_arena_take(a, want.n), want.n };
	bool same = hy_same_secret(kept.n == want.n ? kept : none, want);
	*ok_out = same && kept.n == want.n;
	return HY_OK;
}
