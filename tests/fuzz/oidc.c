/* What an OpenID provider answers: the first line is an ID token, then its keys; and all of it as
 * what it says of itself. */
#include "oidc/oidc.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	const struct oidc_expected x = { HY_S("https://id.example"), HY_S("huiyin"), HY_S("n-1"),
					 1700000000000 };
	hy_str all = bytes_of(data, size), rest = all, token, sub = HY_S("");
	struct oidc_metadata m;
	struct hy_err e = { 0 };
	bool unknown = false;

	if (well(oidc_metadata_read(a, all, x.issuer, &m, &e), &e)) {
		struct hy_err none = { 0 };
		HOLDS(oidc_address_check(m.token, "", &none) == HY_OK);
	}
	hy_err_clear(&e);
	if (!hy_str_cut(&rest, '\n', &token))
		return 0;
	if (well(oidc_token_check(a, token, rest, &x, &sub, &unknown, &e), &e)) {
		HOLDS(sub.n > 0 && sub.n <= OIDC_SUB_MOST && !memchr(sub.p, ' ', sub.n));
		HOLDS(!unknown);
	}
	return 0;
}
