/* Proofs of work: alone, as the end of a challenge of ours, and a good one with a byte changed. */
#include "http/pow.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { NOW = 1000, BITS = 1 };
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	struct hy_pow *pow = hy_pow_new();
	hy_str s = bytes_of(data, size);
	const hy_str purpose = HY_S("login");

	HOLDS(hy_pow_check(pow, purpose, s, BITS, NOW) == HY_POW_BAD);
	hy_str challenge = hy_pow_challenge(a, pow, purpose, BITS, NOW);
	(void)hy_pow_check(pow, purpose,
			   hy_printf(a, HY_FMT "." HY_FMT, HY_ARG(challenge), HY_ARG(s)), BITS,
			   NOW);
	hy_str good = hy_pow_solve(a, hy_pow_challenge(a, pow, purpose, BITS, NOW), 1 << 16);
	HOLDS(good.n > 0);
	if (size >= 2) {
		char *other = hy_arena_take(a, good.n);
		size_t at = data[0] % good.n;
		memcpy(other, good.p, good.n);
		other[at] = (char)data[1];
		hy_str changed = { other, good.n };
		/* Another number may prove it as well, and hex may be written large; nothing else
		 * of it may change. */
		if ((other[at] ^ good.p[at]) & ~0x20 && at < challenge.n)
			HOLDS(hy_pow_check(pow, purpose, changed, BITS, NOW) != HY_POW_GOOD);
	}
	HOLDS(hy_pow_check(pow, HY_S("lookup"), good, BITS, NOW) == HY_POW_BAD);
	HOLDS(hy_pow_check(pow, purpose, good, BITS + 1, NOW) == HY_POW_BAD);
	HOLDS(hy_pow_check(pow, purpose, good, BITS, NOW + HY_POW_SECONDS * 1000 + 1000) ==
	      HY_POW_EXPIRED);
	HOLDS(hy_pow_check(pow, purpose, good, BITS, NOW) == HY_POW_GOOD);
	HOLDS(hy_pow_check(pow, purpose, good, BITS, NOW) == HY_POW_USED);
	hy_pow_free(&pow);
	return 0;
}
