/* Who a request says it is: the first line is a Cookie header, the rest Authorization. */
#include "http/credential.h"
#include "fuzz.h"

#include <string.h>

static bool within(hy_str part, hy_str whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (memchr(data, 0, size)) /* a header has none: libmicrohttpd gives C strings */
		return 0;

	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	hy_str rest = bytes_of(data, size), cookies = { "", 0 };

	(void)hy_str_cut(&rest, '\n', &cookies);
	hy_str found = hy_cookie_in(cookies, HY_S("session"));
	HOLDS(within(found, cookies) && found.n <= HY_COOKIE_MOST &&
	      !memchr(found.p, ';', found.n));
	/* What may be sent comes back, and beside a second one of its name it does not. */
	if (hy_cookie_ok(found) && found.n) {
		hy_str sent = hy_printf(a, "a=b; session=" HY_FMT, HY_ARG(found));
		HOLDS(hy_str_eq(hy_cookie_in(sent, HY_S("session")), found));
		sent = hy_printf(a, HY_FMT "; session=x", HY_ARG(cookies));
		HOLDS(hy_cookie_in(sent, HY_S("session")).n == 0);
	}
	hy_str token = hy_bearer_in(rest);
	HOLDS(within(token, rest) && hy_str_eq(token, hy_str_trim(token)));
	if (token.n)
		HOLDS(hy_str_eq(hy_bearer_in(hy_printf(a, "bearer " HY_FMT, HY_ARG(token))),
				token));
	return 0;
}
