#include "matter/citizen.h"

#include <pthread.h>

#include "base/monotonic.h"
#include "http/limit.h"

enum { TRIES_A_MINUTE = 20 };

static struct hy_limiter *tries;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void tries_begin(void)
{
	tries = hy_limiter_new();
}

/* People write "1234 5678-..." */
static hy_str without_gaps(struct hy_arena *a, hy_str s)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '-')
			hy_buf_byte(&b, s.p[i]);
	return hy_buf_str(&b);
}

/* Beside the limits by address: one code is not guessed at from everywhere at once either. */
static enum hy_code not_too_often(hy_str code, struct hy_err *e)
{
	pthread_once(&once, tries_begin);
	int64_t wait =
		hy_limiter_take(tries, HY_PACE_LOOKUP, code, TRIES_A_MINUTE, hy_monotonic_ms());
	return wait ? hy_fail(e, HY_TOO_MANY, "code", "was tried too often; wait %lld seconds",
			      (long long)(wait + 999) / 1000)
		    : HY_OK;
}

enum hy_code citizen_open(struct city *c, struct hy_db *db, struct hy_arena *a,
			  const struct citizen_key *key, struct matter **out, struct hy_err *e)
{
	hy_str code = hy_str_trim(key->code);
	bool ok = false;
	enum hy_code failed = not_too_often(code, e);

	if (!failed)
		failed = matter_secret_ok(db, code, without_gaps(a, key->secret), &ok, e);
	if (!failed && !ok)
		return hy_fail(e, HY_NOT_FOUND, "",
			       "this code and secret do not belong together; both stand on the "
			       "answer to your filing");
	return failed ? failed : matter_read(c, db, &access_all, a, code, out, e);
}
