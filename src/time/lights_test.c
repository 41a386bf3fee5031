/* From when a clock's light has which colour. */
#include "time/clock_fixture.h"

static void lights(struct hy_clock_rule r, struct story s, const struct hy_step *steps, size_t n,
		   hy_ms *at)
{
	struct hy_clock_event v[12];
	size_t k = events_of(&s, v);
	struct hy_err e = { 0 };

	assert_int_equal(hy_clock_lights(v, k, &r, c, steps, n, at, &e), HY_OK);
}

static void lights_follow_the_ladder(void **state)
{
	(void)state;
	const struct hy_step steps[] = {
		{ .light = HY_LIGHT_GREEN },
		{ .light = HY_LIGHT_BLUE, .percent = 50 },
		{ .light = HY_LIGHT_YELLOW, .before = { HY_WORKING_DAY, 1 } },
		{ .light = HY_LIGHT_YELLOW, .percent = 90 },
		{ .light = HY_LIGHT_ORANGE, .due = true },
		{ .light = HY_LIGHT_RED, .after = { HY_WORKING_DAY, 5 } },
	};
	hy_ms at[HY_LIGHT_RED + 1];
	lights(rule("5wd"), STORY({ START, "2026-09-30 09:00" }), steps, HY_COUNT(steps), at);
	assert_true(at[HY_LIGHT_NONE] == HY_NO_TIME);
	assert_at(at[HY_LIGHT_GREEN], "2026-09-30 09:00");
	assert_at(at[HY_LIGHT_BLUE], "2026-10-10");   /* two of five days are over after the 9th */
	assert_at(at[HY_LIGHT_YELLOW], "2026-10-12"); /* the working day before the 13th */
	assert_at(at[HY_LIGHT_ORANGE], "2026-10-14");
	assert_at(at[HY_LIGHT_RED], "2026-10-21");
	lights(rule("5wd"), STORY({ START, "2026-09-30" }, { PAUSE, "2026-10-08" }), steps,
	       HY_COUNT(steps), at);
	for (int i = 0; i <= HY_LIGHT_RED; i++)
		assert_true(at[i] == HY_NO_TIME);
	/* a pause moves the share along */
	lights(rule("5wd"),
	       STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-04" }, { RESUME, "2026-08-06" }),
	       steps, HY_COUNT(steps), at);
	assert_at(at[HY_LIGHT_BLUE], "2026-08-08");
}

static void lights_know_hours_months_and_pledges(void **state)
{
	(void)state;
	hy_ms at[HY_LIGHT_RED + 1];
	const struct hy_step hours[] = {
		{ .light = HY_LIGHT_BLUE, .percent = 75 },
		{ .light = HY_LIGHT_YELLOW, .before = { HY_CLOCK_HOUR, 2 } },
		{ .light = HY_LIGHT_RED, .after = { HY_CLOCK_HOUR, 1 } },
	};
	lights(rule("24h"), STORY({ START, "2026-08-03 09:00" }), hours, HY_COUNT(hours), at);
	assert_at(at[HY_LIGHT_BLUE], "2026-08-04 03:00");
	assert_at(at[HY_LIGHT_YELLOW], "2026-08-04 07:00");
	assert_at(at[HY_LIGHT_RED], "2026-08-04 10:00");
	const struct hy_step office[] = {
		{ .light = HY_LIGHT_YELLOW, .before = { HY_WORKING_HOUR, 4 } },
		{ .light = HY_LIGHT_ORANGE, .percent = 50 },
		{ .light = HY_LIGHT_RED, .after = { HY_WORKING_HOUR, 4 } },
	};
	lights(rule("13wh"), STORY({ START, "2026-08-03 08:30" }), office, HY_COUNT(office), at);
	assert_at(at[HY_LIGHT_YELLOW], "2026-08-04 11:00");
	assert_at(at[HY_LIGHT_ORANGE], "2026-08-03 17:30");
	assert_at(at[HY_LIGHT_RED], "2026-08-05 15:00");
	const struct hy_step months[] = {
		{ .light = HY_LIGHT_BLUE, .percent = 50 },
		{ .light = HY_LIGHT_YELLOW, .before = { HY_MONTH, 1 } },
		{ .light = HY_LIGHT_ORANGE,
		  .before = { HY_CALENDAR_DAY, 200 } }, /* not before the start */
		{ .light = HY_LIGHT_RED, .after = { HY_CALENDAR_DAY, 3 } },
	};
	lights(rule("2mo"), STORY({ START, "2026-07-31" }), months, HY_COUNT(months), at);
	assert_at(at[HY_LIGHT_BLUE], "2026-08-31"); /* 30 of 61 days are over after 30 August */
	assert_at(at[HY_LIGHT_YELLOW], "2026-08-30");
	assert_at(at[HY_LIGHT_ORANGE], "2026-07-31");
	assert_at(at[HY_LIGHT_RED], "2026-10-04");
	struct hy_clock_rule r = rule("20wd");
	const struct hy_step pledge[] = {
		{ .light = HY_LIGHT_YELLOW, .due = true, .pledged = true },
		{ .light = HY_LIGHT_RED, .due = true },
	};
	lights(r, STORY({ START, "2026-08-03" }), pledge, HY_COUNT(pledge), at);
	assert_true(at[HY_LIGHT_YELLOW] == HY_NO_TIME);
	r.pledged = limit("5wd");
	lights(r, STORY({ START, "2026-08-03" }), pledge, HY_COUNT(pledge), at);
	assert_at(at[HY_LIGHT_YELLOW], "2026-08-11");
	assert_at(at[HY_LIGHT_RED], "2026-09-01");
	const struct hy_step half[] = { { .light = HY_LIGHT_BLUE, .percent = 50 } };
	lights(rule("5wd"),
	       STORY({ START, "2026-08-01 10:00" }, { DUE, "2026-08-02", "2026-08-11 12:00" }),
	       half, 1, at);
	assert_at(at[HY_LIGHT_BLUE], "2026-08-07"); /* 5 of 10 days */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lights_follow_the_ladder),
		cmocka_unit_test(lights_know_hours_months_and_pledges),
	};
	return cmocka_run_group_tests_name("lights", tests, clock_up, clock_down);
}
