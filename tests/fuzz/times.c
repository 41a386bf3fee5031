/* Days, instants, limits, times of day, values of settings. */
#include "fuzz.h"
#include "pack/node.h"
#include "people/setting_part.h"
#include "time/clock.h"

static void setting(struct hy_arena *a, hy_str s)
{
	static const struct setting rows[] = {
		{ .name = "n", .type = SETTING_INT, .otherwise = "5", .least = 1, .most = 100 },
		{ .name = "b", .type = SETTING_BOOL, .otherwise = "true" },
		{ .name = "w", .type = SETTING_WORD, .otherwise = "a", .one_of = "a|b" },
		{ .name = "t", .type = SETTING_TEXT, .otherwise = "", .least = 0, .most = 20 },
		{ .name = "d",
		  .type = SETTING_DURATION,
		  .otherwise = "1h",
		  .least = 60,
		  .most = 86400 },
	};
	struct setting_value v, w;
	struct hy_err e = { 0 };

	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		if (!well(setting_value_read(&rows[i], s, &v, &e), &e))
			continue;
		hy_str text = setting_value_text(a, &rows[i], &v);
		HOLDS(well(setting_value_read(&rows[i], text, &w, &e), &e) && w.n == v.n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	hy_str s = bytes_of(data, size), again;
	struct hy_limit limit;
	hy_day day;
	hy_ms at, same;
	int n;

	if (hy_day_read(s, &day)) {
		again = hy_day_text(a, day);
		HOLDS(again.n == s.n && memcmp(again.p, s.p, s.n) == 0);
	}
	for (int i = 0; i < 2; i++)
		if (hy_instant_read(s, i ? &hy_zone_china : NULL, &at)) {
			again = hy_instant_text(a, &hy_zone_china, at);
			HOLDS(hy_instant_read(again, NULL, &same) && same == at);
		}
	if (hy_limit_read(s, &limit)) {
		again = hy_limit_text(a, limit);
		HOLDS(again.n == s.n && memcmp(again.p, s.p, s.n) == 0);
	}
	if (pack_time_read(s, &n))
		HOLDS(n >= 0 && n <= 86400000);
	if (pack_offset_read(s, &n))
		HOLDS(n > -86400 && n < 86400);
	setting(a, s);
	return 0;
}
