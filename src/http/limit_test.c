/* Token buckets: a minute's worth, filled steadily, in a table that does not grow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "http/limit.h"

enum { T0 = 1000000, MINUTE = 60000 };

static int granted(struct hy_limiter *l, const char *who, int tries, int per_minute, int64_t at)
{
	int n = 0;

	for (int i = 0; i < tries; i++)
		n += hy_limiter_take(l, HY_PACE_LOGIN, hy_str_of(who), per_minute, at) == 0;
	return n;
}

static void a_minute_s_worth_and_then_steadily(void **state)
{
	struct hy_limiter *l = hy_limiter_new();

	(void)state;
	assert_int_equal(granted(l, "a", 100, 20, T0), 20);
	assert_int_equal(granted(l, "b", 100, 20, T0), 20); /* somebody else */
	assert_int_equal(hy_limiter_take(l, HY_PACE_READ, HY_S("a"), 20, T0), 0);
	assert_int_equal(hy_limiter_take(l, HY_PACE_LOGIN, HY_S("a"), 20, T0), 3000);
	assert_int_equal(granted(l, "a", 9, 20, T0 + 2999), 0);
	assert_int_equal(granted(l, "a", 9, 20, T0 + 3000), 1);
	assert_int_equal(granted(l, "a", 9, 20, T0 + 12000), 3);
	assert_int_equal(granted(l, "a", 100, 20, T0 + 100 * MINUTE), 20); /* never more */
	/* A clock that goes back, a rate that changes. */
	assert_int_equal(granted(l, "a", 9, 20, T0), 0);
	assert_int_equal(granted(l, "c", 9, 1, T0), 1);
	assert_int_equal(hy_limiter_take(l, HY_PACE_LOGIN, HY_S("c"), 1, T0), MINUTE);
	assert_int_equal(hy_limiter_take(l, HY_PACE_LOGIN, HY_S("c"), 1000000, T0 + 1), 0);
	hy_limiter_free(&l);
	hy_limiter_free(&l);
}

/* Over any stretch of time no more than a minute's worth and what has come since. */
static void no_rhythm_gets_more(void **state)
{
	(void)state;
	for (int step = 1; step < 7000; step = step * 3 + 1) {
		struct hy_limiter *l = hy_limiter_new();
		int n = 0, span = 300000;
		for (int t = 0; t <= span; t += step)
			n += granted(l, "a", 3, 7, T0 + t);
		assert_true(n <= 7 + 7 * span / MINUTE);
		assert_true(n >= 7 * span / MINUTE || step > 4000);
		hy_limiter_free(&l);
	}
}

/* A hundred thousand others come: the table is as large as before, and most of those who come
 * often are still known. */
static void a_flood_does_not_grow_the_table(void **state)
{
	struct hy_limiter *l = hy_limiter_new();
	int fresh = 0, all = 0;
	char who[32];

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		snprintf(who, sizeof(who), "flood %d", i);
		fresh += granted(l, who, 1, 1, T0 + i / 1000);
	}
	assert_true(fresh > 990000); /* strangers are let in, each once */
	for (int i = 999000; i < 1000000; i++) {
		snprintf(who, sizeof(who), "flood %d", i);
		fresh -= granted(l, who, 1, 1, T0 + 1000);
	}
	assert_true(fresh > 989900);
	for (int i = 0; i < 1000; i++)
		all += hy_limiter_take_all(l, HY_PACE_LOGIN, 400, T0) == 0;
	assert_int_equal(all, 400); /* the one for all is never forgotten */
	hy_limiter_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_minute_s_worth_and_then_steadily),
		cmocka_unit_test(no_rhythm_gets_more),
		cmocka_unit_test(a_flood_does_not_grow_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
