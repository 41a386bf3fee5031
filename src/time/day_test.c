/* Days, zones and their text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "time/day.h"

#define assert_str(s, lit) assert_true(hy_str_eq((s), HY_S(lit)))

static void day_numbers_agree_with_the_calendar(void **state)
{
	(void)state;
	assert_int_equal(hy_day_of(1970, 1, 1), 0);
	assert_int_equal(hy_day_of(2000, 3, 1), 11017);
	assert_int_equal(hy_day_of(1, 1, 1), -719162);
	assert_int_equal(hy_weekday(0), 4);
	assert_int_equal(hy_weekday(hy_day_of(2026, 10, 1)), 4);
	assert_int_equal(hy_weekday(hy_day_of(1, 1, 1)), 1);
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	hy_day d = hy_day_of(1, 1, 1);
	for (int y = 1; y <= 9999; y++)
		for (int m = 1; m <= 12; m++) {
			bool leap = y % 4 == 0 && (y % 100 || y % 400 == 0);
			int n = length[m - 1] + (m == 2 && leap);
			for (int i = 1; i <= n; i += n - 1, d += n - 1) {
				struct hy_date t = hy_date_of(d);
				if (hy_day_of(y, m, i) != d || t.year != y || t.month != m ||
				    t.day != i)
					fail_msg("%d-%d-%d is not %d", y, m, i, d);
				if (i == n)
					break;
			}
			d++;
		}
}

static void months_go_to_the_corresponding_day(void **state)
{
	(void)state;
	static const struct {
		int from[3], months, to[3];
	} cases[] = {
		{ { 2026, 8, 31 }, 6, { 2027, 2, 28 } },  { { 2027, 8, 31 }, 6, { 2028, 2, 29 } },
		{ { 2026, 1, 15 }, 1, { 2026, 2, 15 } },  { { 2026, 12, 31 }, 2, { 2027, 2, 28 } },
		{ { 2024, 2, 29 }, 12, { 2025, 2, 28 } }, { { 2026, 3, 31 }, -1, { 2026, 2, 28 } },
		{ { 2026, 1, 1 }, -1, { 2025, 12, 1 } },  { { 2026, 5, 5 }, 0, { 2026, 5, 5 } },
	};
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		const int *f = cases[i].from, *t = cases[i].to;
		assert_int_equal(hy_day_add_months(hy_day_of(f[0], f[1], f[2]), cases[i].months),
				 hy_day_of(t[0], t[1], t[2]));
	}
}

static void day_text_is_exact(void **state)
{
	hy_day d = 7;
	assert_true(hy_day_read(HY_S("2024-02-29"), &d));
	assert_str(hy_day_text(*state, d), "2024-02-29");
	const hy_str bad[] = { HY_S(""),
			       HY_S("2026-2-01"),
			       HY_S("2026-02-29"),
			       HY_S("2026-13-01"),
			       HY_S("2026-00-10"),
			       HY_S("2026-01-00"),
			       HY_S("0000-01-01"),
			       HY_S("2026-01-01 "),
			       HY_S("2026/01/01"),
			       HY_S("2026-01-01T"),
			       HY_S("２０２６-01-01"),
			       HY_S("20260101"),
			       HY_S("-026-01-01") };
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		d = 7;
		assert_false(hy_day_read(bad[i], &d));
		assert_int_equal(d, 7);
	}
}

static void instants_are_read_with_their_offset(void **state)
{
	(void)state;
	static const struct {
		hy_str s;
		hy_ms at;
	} good[] = {
		{ HY_S_INIT("1970-01-01T08:00:00+08:00"), 0 },
		{ HY_S_INIT("1970-01-01t00:00:00z"), 0 },
		{ HY_S_INIT("1969-12-31T19:30:00-04:30"), 0 },
		{ HY_S_INIT("2026-09-30T10:00:00+08:00"), 1790733600000 },
		{ HY_S_INIT("2026-09-30T10:00:00.5+08:00"), 1790733600500 },
		{ HY_S_INIT("2026-09-30T02:00:00.1239999Z"), 1790733600123 },
	};
	hy_ms at;
	for (size_t i = 0; i < HY_COUNT(good); i++) {
		assert_true(hy_instant_read(good[i].s, NULL, &at));
		assert_true(at == good[i].at);
		assert_true(hy_instant_read(good[i].s, &hy_zone_utc, &at));
		assert_true(at == good[i].at);
	}
	const hy_str bad[] = {
		HY_S(""),
		HY_S("2026-09-30"),
		HY_S("2026-09-30T10:00:00"),
		HY_S("2026-09-30 10:00:00Z"),
		HY_S("2026-09-30T10:00+08:00"),
		HY_S("2026-09-30T24:00:00Z"),
		HY_S("2026-09-30T10:60:00Z"),
		HY_S("2026-09-30T10:00:60Z"),
		HY_S("2026-09-30T10:00:00.Z"),
		HY_S("2026-09-30T10:00:00+0800"),
		HY_S("2026-09-30T10:00:00+24:00"),
		HY_S("2026-09-30T10:00:00Zx"),
		HY_S("2026-02-30T10:00:00Z"),
		HY_S("2026-09-30T10:00:00\0Z"),
		HY_S("2026-09-30T10:00:00 08:00"),
		HY_S("2026-09-30T1:00:00Z"),
	};
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		assert_false(hy_instant_read(bad[i], NULL, &at));
}

static void instants_without_offset_need_a_zone(void **state)
{
	(void)state;
	const struct {
		hy_str s;
		int ms;
	} good[] = { { HY_S("2026-09-30"), 0 },
		     { HY_S("2026-09-30 10:00"), 10 * HY_HOUR },
		     { HY_S("2026-09-30T10:00:01.25"), 10 * HY_HOUR + 1250 },
		     { HY_S("2026-09-30 23:59:59"), HY_DAY_MS - 1000 } };
	hy_ms at;
	for (size_t i = 0; i < HY_COUNT(good); i++) {
		assert_true(hy_instant_read(good[i].s, &hy_zone_china, &at));
		assert_true(at == hy_instant(&hy_zone_china, hy_day_of(2026, 9, 30), good[i].ms));
	}
	const hy_str bad[] = { HY_S("2026-09-30 "), HY_S("2026-09-30 10"),
			       HY_S("2026-09-30 10:00:"), HY_S("2026-09-30  10:00"),
			       HY_S("2026-09-30 10:00:00.") };
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		assert_false(hy_instant_read(bad[i], &hy_zone_china, &at));
}

static void instants_are_written_with_the_zones_offset(void **state)
{
	struct hy_arena *a = *state;
	assert_str(hy_instant_text(a, &hy_zone_china, 1790733600000), "2026-09-30T10:00:00+08:00");
	assert_str(hy_instant_text(a, &hy_zone_china, 1790733600007),
		   "2026-09-30T10:00:00.007+08:00");
	assert_str(hy_instant_text(a, &hy_zone_utc, -1), "1969-12-31T23:59:59.999+00:00");
	struct hy_zone west = { .offset = -(4 * 60 + 30) * 60 }, odd = { .offset = 8 * 3600 + 343 };
	assert_str(hy_instant_text(a, &west, 0), "1969-12-31T19:30:00-04:30");
	hy_str s = hy_instant_text(a, &odd, 12345678);
	hy_ms back;
	assert_true(hy_instant_read(s, NULL, &back));
	assert_true(back == 12345678);
	assert_int_equal(hy_instant_text(a, &hy_zone_utc, HY_NO_TIME).n, 0);
}

/* New York in 2011 and 2012. */
static const struct hy_zone_span summer[] = {
	{ 1300000000000 - 400000, 1320559200000,
	  -4 * 3600 }, /* 2011-03-13 07:06:40Z, on purpose odd */
	{ 1331449200000, 1352008800000, -4 * 3600 },
};
static const struct hy_zone new_york = { -5 * 3600, summer, 2 };

static void summer_time_skips_and_repeats_an_hour(void **state)
{
	(void)state;
	hy_day spring = hy_day_of(2012, 3, 11), autumn = hy_day_of(2012, 11, 4);
	assert_true(hy_instant(&new_york, spring, HY_HOUR) == summer[1].from - HY_HOUR);
	assert_true(hy_instant(&new_york, spring, 2 * HY_HOUR) == summer[1].from);
	assert_true(hy_instant(&new_york, spring, 2 * HY_HOUR + HY_HOUR / 2) == summer[1].from);
	assert_true(hy_instant(&new_york, spring, 3 * HY_HOUR) == summer[1].from);
	assert_true(hy_instant(&new_york, spring, 4 * HY_HOUR) == summer[1].from + HY_HOUR);
	/* 01:30 comes twice: the first, still in summer time */
	assert_true(hy_instant(&new_york, autumn, HY_HOUR + HY_HOUR / 2) ==
		    summer[1].until - HY_HOUR / 2);
	assert_true(hy_instant(&new_york, autumn, 2 * HY_HOUR) == summer[1].until + HY_HOUR);
	int ms;
	assert_int_equal(hy_local(&new_york, summer[1].until, &ms), autumn);
	assert_int_equal(ms, HY_HOUR);
	assert_int_equal(hy_zone_offset(&new_york, summer[1].until - 1), -4 * 3600);
	assert_int_equal(hy_zone_offset(&new_york, summer[1].until), -5 * 3600);
}

static void every_wall_clock_comes_back(void **state)
{
	(void)state;
	hy_ms last = INT64_MIN;
	for (hy_day d = hy_day_of(2011, 3, 10); d < hy_day_of(2012, 11, 8); d++)
		for (int ms = 0; ms < HY_DAY_MS; ms += 10 * HY_MINUTE) {
			hy_ms at = hy_instant(&new_york, d, ms);
			int back;
			hy_day day = hy_local(&new_york, at, &back);
			assert_true(at >= last);
			if (day != d || back != ms) /* only inside a gap, and then at its end */
				assert_true(at == summer[0].from || at == summer[1].from);
			last = at;
		}
	assert_true(hy_instant(&hy_zone_china, 5, HY_DAY_MS) == hy_instant(&hy_zone_china, 6, 0));
	assert_true(hy_instant(&hy_zone_china, HY_NO_DAY, 0) == HY_NO_TIME);
	assert_int_equal(hy_local(&hy_zone_china, HY_NO_TIME, NULL), HY_NO_DAY);
	assert_int_equal(hy_local(&hy_zone_china, INT64_MIN, NULL), INT32_MIN);
}

static int up(void **state)
{
	*state = hy_arena_new(0);
	return 0;
}

static int down(void **state)
{
	hy_arena_free((struct hy_arena **)state);
	return 0;
}

/* Digit by digit, beside printf, for years before 0 and after 9999 too. */
static void texts_are_those_of_printf(void **state)
{
	for (hy_day d = -1100000; d < 4000000; d += 1543) {
		struct hy_date t = hy_date_of(d);
		char want[64];
		struct hy_zone zone = { .offset = (d % 27 - 13) * 3600 + (d % 4) * 900 };
		hy_ms at = hy_instant(&zone, d, (int)((unsigned)d * 7919 % HY_DAY_MS));
		int ms, off = zone.offset / 60;

		snprintf(want, sizeof(want), "%04d-%02d-%02d", t.year, t.month, t.day);
		assert_true(hy_str_eq(hy_day_text(*state, d), hy_str_of(want)));
		assert_int_equal(hy_local(&zone, at, &ms), d);
		size_t n = strlen(want);
		n += (size_t)snprintf(want + n, sizeof(want) - n, "T%02d:%02d:%02d", ms / 3600000,
				      ms / 60000 % 60, ms / 1000 % 60);
		if (ms % 1000)
			n += (size_t)snprintf(want + n, sizeof(want) - n, ".%03d", ms % 1000);
		snprintf(want + n, sizeof(want) - n, "%c%02d:%02d", off < 0 ? '-' : '+',
			 abs(off) / 60, abs(off) % 60);
		assert_true(hy_str_eq(hy_instant_text(*state, &zone, at), hy_str_of(want)));
		hy_arena_empty(*state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(day_numbers_agree_with_the_calendar),
		cmocka_unit_test(months_go_to_the_corresponding_day),
		cmocka_unit_test(day_text_is_exact),
		cmocka_unit_test(texts_are_those_of_printf),
		cmocka_unit_test(instants_are_read_with_their_offset),
		cmocka_unit_test(instants_without_offset_need_a_zone),
		cmocka_unit_test(instants_are_written_with_the_zones_offset),
		cmocka_unit_test(summer_time_skips_and_repeats_an_hour),
		cmocka_unit_test(every_wall_clock_comes_back),
	};
	return cmocka_run_group_tests_name("day", tests, up, down);
}
