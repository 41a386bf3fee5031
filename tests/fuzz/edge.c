/* What proxies and clients write in headers: addresses, hops, proofs of work. */
#include "fuzz.h"
#include "http/hops.h"
#include "http/pow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hy_pow *pow;
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	struct hy_err e = { 0 };
	struct hy_address at, same;
	struct hy_prefix p, trusted[1];
	hy_str s = bytes_of(data, size);

	if (!pow)
		pow = hy_pow_new();
	if (hy_address_read(s, &at)) {
		hy_str text = hy_address_text(a, &at);
		HOLDS(hy_address_read(text, &same) && memcmp(&at, &same, sizeof(at)) == 0);
		p = hy_address_prefix(&at);
		HOLDS(hy_prefix_holds(&p, &at));
	}
	if (well(hy_prefix_read(s, &p, &e), &e))
		HOLDS(p.bits >= 0 && p.bits <= 128 && hy_prefix_holds(&p, &p.at));
	HOLDS(well(hy_prefix_read(HY_S("10.0.0.0/8"), &trusted[0], &e), &e));
	HOLDS(hy_address_read(HY_S("10.0.0.1"), &at));
	const struct hy_hops hops = { trusted, 1 };
	for (int i = 0; i < 2; i++) {
		(void)hy_hops_client(&hops, &at, s, i == 1);
		(void)hy_hops_secure(s, i == 1);
	}
	HOLDS(hy_pow_check(pow, HY_S("login"), s, 8, 1000) != HY_POW_GOOD);
	return 0;
}
