/* What proxies write in headers: addresses, X-Forwarded-For, Forwarded. */
#include "fuzz.h"
#include "http/hops.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	struct hy_err e = { 0 };
	struct hy_address at, same;
	struct hy_prefix p, trusted[1];
	hy_str s = bytes_of(data, size);

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
		const struct hy_hops none = { NULL, 0 };
		struct hy_address is = hy_hops_client(&hops, &at, s, i == 1);
		HOLDS(hy_address_read(hy_address_text(a, &is), &same));
		HOLDS(memcmp(&is, &same, sizeof(is)) == 0);
		is = hy_hops_client(&none, &at, s, i == 1); /* nobody is believed */
		HOLDS(memcmp(&is, &at, sizeof(is)) == 0);
		HOLDS(hy_address_read(HY_S("203.0.113.9"), &same));
		is = hy_hops_client(&hops, &same, s, i == 1); /* not a proxy of ours */
		HOLDS(memcmp(&is, &same, sizeof(is)) == 0);
		(void)hy_hops_secure(s, i == 1);
	}
	return 0;
}
