/* What is typed as a second factor: the secret and the instant come first, then the digits. */
#include "people/totp.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { HEAD = TOTP_SECRET + 4 };
	static const int64_t about[] = { -2, -1, 0, 1, 2 };
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	uint32_t seconds;

	if (size < HEAD)
		return 0;
	memcpy(&seconds, data + TOTP_SECRET, sizeof(seconds));
	const hy_ms now = (hy_ms)seconds * 1000 + 2 * TOTP_STEP_MS;
	const int64_t here = now / TOTP_STEP_MS;
	hy_str typed = bytes_of(data + HEAD, size - HEAD);
	int64_t step = totp_step(data, typed, now, 0);
	HOLDS(step == -1 || (step >= here - 1 && step <= here + 1));
	if (step >= 0) {
		HOLDS(typed.n == 6 && totp_step(data, typed, now, step) != step);
		hy_str code = hy_printf(a, "%06d", totp_code(data, step));
		HOLDS(hy_str_eq(code, typed));
	}
	for (size_t i = 0; i < sizeof(about) / sizeof(about[0]); i++) {
		hy_str code = hy_printf(a, "%06d", totp_code(data, here + about[i]));
		int64_t got = totp_step(data, code, now, 0);
		HOLDS(code.n == 6 && (got >= 0 || about[i] < -1 || about[i] > 1));
		/* Nothing before it, nothing behind. */
		hy_str more = hy_printf(a, HY_FMT "0", HY_ARG(code));
		HOLDS(totp_step(data, more, now, 0) == -1);
		HOLDS(totp_step(data, (hy_str){ code.p, 5 }, now, 0) == -1);
	}
	HOLDS(totp_base32(a, data).n == 32);
	return 0;
}
