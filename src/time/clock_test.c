/* When something falls due.  Tests named peers_NN are the lines of what other systems get
 * wrong: receipt at midnight, pauses over holidays, extensions too late, and so on.  Those that
 * need a matter and a store stand in matter/matter_test.c; line 20 (reminders only in office hours)
 * is about outgoing mail, not about a clock. */
#include <time.h>

#include "time/clock_fixture.h"

/* --- the reference dates -------------------------------------------------------- */

static void the_reference_dates_hold(void **state)
{
	(void)state;
	static const struct {
		const char *from, *limit, *raw, *rolled;
	} cases[] = {
		{ "2026-02-10", "5wd", END_OF("2026-02-24"), NULL },
		{ "2026-02-12", "5wd", END_OF("2026-02-26"), NULL },
		{ "2026-02-13", "20wd", END_OF("2026-03-19"), NULL },
		{ "2026-02-14", "1wd", END_OF("2026-02-24"), NULL },
		{ "2026-09-18", "5wd", END_OF("2026-09-24"), NULL },
		{ "2026-09-30", "5wd", END_OF("2026-10-13"), NULL },
		{ "2026-01-01", "1wd", END_OF("2026-01-04"), NULL },
		{ "2026-04-30", "1wd", END_OF("2026-05-06"), NULL },
		{ "2025-09-26", "5wd", END_OF("2025-10-10"), NULL },
		{ "2025-01-23", "15wd", END_OF("2025-02-19"), NULL },
		{ "2026-08-02", "60cd", END_OF("2026-10-01"), END_OF("2026-10-08") },
		{ "2026-07-31", "60cd", END_OF("2026-09-29"), END_OF("2026-09-29") },
		{ "2026-02-01", "15cd", END_OF("2026-02-16"), END_OF("2026-02-24") },
		{ "2026-04-17", "15cd", END_OF("2026-05-02"), END_OF("2026-05-06") },
		{ "2025-12-18", "15cd", END_OF("2026-01-02"), END_OF("2026-01-04") },
		{ "2026-08-31", "6mo", END_OF("2027-02-28"), NULL },
	};
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		struct hy_clock_due d = due(rule(cases[i].limit), STORY({ START, cases[i].from }));
		assert_at(d.due_at, cases[i].raw);
		assert_true(d.original_due_at == d.due_at);
		assert_false(d.rolled);
		if (!cases[i].rolled)
			continue;
		d = due(rolled(cases[i].limit), STORY({ START, cases[i].from }));
		assert_at(d.due_at, cases[i].rolled);
		assert_int_equal(d.rolled, strcmp(cases[i].raw, cases[i].rolled) != 0);
	}
}

static void new_years_eve_never_ends_on_new_year(void **state)
{
	(void)state;
	struct hy_clock_due d = due(rule("1wd"), STORY({ START, "2026-12-31" }));
	assert_due(d, "2027-01-04");
	assert_true(d.provisional);
}

/* --- peers: the start ----------------------------------------------------------- */

static void peers_01_receipt_at_the_last_and_first_minute(void **state)
{
	(void)state;
	assert_due(due(rule("5wd"), STORY({ START, "2026-09-21 23:59:59.999" })), "2026-09-29");
	assert_due(due(rule("5wd"), STORY({ START, "2026-09-22 00:00" })), "2026-09-30");
	assert_at(due(rule("24h"), STORY({ START, "2026-09-21 23:59" })).due_at,
		  "2026-09-22 23:59");
}

static void peers_02_receipt_on_rest_days_and_a_make_up_saturday(void **state)
{
	(void)state;
	assert_due(due(rule("1wd"), STORY({ START, "2026-10-01 10:00" })), "2026-10-08");
	assert_due(due(rule("1wd"), STORY({ START, "2026-10-17 10:00" })), "2026-10-19");
	assert_due(due(rule("1wd"), STORY({ START, "2026-10-10 10:00" })), "2026-10-12");
	struct hy_clock_rule counter = rule("1wd");
	counter.start_on_workday = true; /* a counter takes it in on the next day worked */
	struct hy_clock_due d = due(counter, STORY({ START, "2026-10-01 10:00" }));
	assert_due(d, "2026-10-09");
	assert_at(d.start_at, "2026-10-08");
	assert_int_equal(line_on("2026-10-01", HY_TRACE_START)->why.source, HY_BY_NOTICE);
	line_on("2026-10-07", HY_TRACE_REST);
	line_on("2026-10-08", HY_TRACE_SHIFT);
}

static void peers_03_end_on_a_holiday_and_on_its_eve(void **state)
{
	(void)state;
	struct hy_clock_due d = due(rolled("60cd"), STORY({ START, "2026-08-02" }));
	assert_due(d, "2026-10-08");
	assert_true(d.rolled);
	assert_int_equal(lines_of(HY_TRACE_ROLLED), 7);
	assert_int_equal(lines_of(HY_TRACE_COUNTED), 60);
	assert_due(due(rolled("60cd"), STORY({ START, "2026-08-01" })), "2026-09-30");
	assert_due(due(rule("5wd"), STORY({ START, "2026-09-22" })), "2026-09-30");
}

static void peers_04_closing_time_and_lunch(void **state)
{
	(void)state;
	struct hy_clock_rule r = rule("1wd");
	r.cutoff = 17 * H + H / 2;
	assert_due(due(r, STORY({ START, "2026-09-21 17:29:59.999" })), "2026-09-22");
	assert_due(due(r, STORY({ START, "2026-09-21 17:30" })), "2026-09-23");
	assert_due(due(r, STORY({ START, "2026-09-21 12:00" })), "2026-09-22");
	struct hy_clock_rule closes = rule("1wd");
	closes.office_end = true;
	struct hy_clock_due d = due(closes, STORY({ START, "2026-09-21 12:00" }));
	assert_at(d.due_at, "2026-09-22 17:29:59.999");
	assert_at(due(rule("2wh"), STORY({ START, "2026-09-21 12:00" })).due_at,
		  "2026-09-21 16:30");
	assert_at(due(rule("2wh"), STORY({ START, "2026-09-21 17:30" })).due_at,
		  "2026-09-22 10:30");
	assert_at(due(rule("2wh"), STORY({ START, "2026-09-21 10:00" })).due_at,
		  "2026-09-21 12:00");
}

static void peers_05_two_intervals_a_day(void **state)
{
	(void)state;
	assert_at(due(rule("4wh"), STORY({ START, "2026-09-21 11:00" })).due_at,
		  "2026-09-21 17:30");
	assert_at(due(rule("16wh"), STORY({ START, "2026-09-30 16:00" })).due_at,
		  "2026-10-10 10:00");
	assert_int_equal(lines_of(HY_TRACE_REST), 7);
	assert_int_equal(line_on("2026-09-30", HY_TRACE_HOURS)->count, 90);
	assert_int_equal(line_on("2026-10-10", HY_TRACE_HOURS)->count, 90);
}

/* --- peers: the calendar -------------------------------------------------------- */

static void peers_06_next_year_not_loaded_is_provisional(void **state)
{
	(void)state;
	struct hy_clock_due d = due(rule("5wd"), STORY({ START, "2026-12-28" }));
	assert_due(d, "2027-01-05"); /* 29, 30, 31, 4, 5: never short */
	assert_true(d.provisional);
	assert_false(due(rule("3wd"), STORY({ START, "2026-12-28" })).provisional);
	assert_true(due(rule("4wd"), STORY({ START, "2026-12-28" })).provisional);
}

static void peers_07_next_years_notice_changes_a_december_day(void **state)
{
	(void)state;
	const struct hy_calendar_day late[] = {
		{ fixture_day("2026-12-31"), false, HY_S("元旦"), HY_S("notice of 2027") },
		{ fixture_day("2026-12-27"), true, HY_S("元旦"), HY_S("notice of 2027") },
	};
	const int years[] = { 2025, 2026, 2027 };
	struct hy_calendar *next = fixture_china(late, 2, years, 3);
	const struct story s = STORY({ START, "2026-12-24" });
	assert_due(due(rule("5wd"), s), "2026-12-31");
	struct hy_clock_due d = due_on(next, rule("5wd"), s);
	assert_due(d, "2026-12-30"); /* 25, 27, 28, 29, 30 */
	assert_int_equal(line_on("2026-12-27", HY_TRACE_COUNTED)->count, 2);
	assert_false(hy_str_eq(hy_calendar_hash(next), hy_calendar_hash(c)));
	hy_calendar_free(&next);
}

static void peers_08_a_later_holiday_moves_the_open_matter(void **state)
{
	(void)state;
	const struct hy_calendar_day late[] = {
		{ fixture_day("2026-08-04"), false, HY_S("台风"), HY_S("special notice") },
	};
	struct hy_calendar *next = fixture_china(late, 1, fixture_years, 2);
	const struct story s = STORY({ START, "2026-08-03" });
	assert_due(due(rule("5wd"), s), "2026-08-10");
	assert_due(due_on(next, rule("5wd"), s), "2026-08-11");
	assert_true(hy_str_eq(line_on("2026-08-04", HY_TRACE_REST)->ref, HY_S("special notice")));
	/* whoever closed under the old calendar keeps its date: the caller asks the old one */
	assert_due(due_on(c, rule("5wd"), s), "2026-08-10");
	hy_calendar_free(&next);
}

/* --- peers: pauses -------------------------------------------------------------- */

static void peers_09_a_pause_over_a_holiday(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(rule("5wd"), STORY({ START, "2026-09-28" }, { PAUSE, "2026-09-29 15:00" },
				       { RESUME, "2026-10-09 09:00" }));
	/* 29 counts; 30, 8, 9 are out; 10, 12, 13, 14 count */
	assert_due(d, "2026-10-14");
	assert_int_equal(d.paused_days, 3);
	assert_at(d.original_due_at, END_OF("2026-10-10"));
	assert_int_equal(lines_of(HY_TRACE_PAUSED), 3);
	assert_int_equal(lines_of(HY_TRACE_COUNTED), 5);
	assert_true(hy_str_eq(line_on("2026-10-08", HY_TRACE_PAUSED)->ref, HY_S("paper 1")));
	line_on("2026-10-05", HY_TRACE_REST);
	d = due(rule("10cd"), STORY({ START, "2026-09-28" }, { PAUSE, "2026-09-29 15:00" },
				    { RESUME, "2026-10-09 09:00" }));
	assert_due(d, "2026-10-18");
	assert_int_equal(d.paused_days, 10);
}

static void peers_09_a_pause_within_one_minute(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(rule("5wd"), STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-04 10:00:01" },
				       { RESUME, "2026-08-04 10:00:59" }));
	assert_due(d, "2026-08-10");
	assert_int_equal(d.paused_days, 0);
	assert_true(d.paused_ms == 58000);
	d = due(rule("24h"),
		STORY({ START, "2026-08-03 10:00" }, { PAUSE, "2026-08-03 11:00:00.001" },
		      { RESUME, "2026-08-03 11:00:00.003" }));
	assert_at(d.due_at, "2026-08-04 10:00:00.002");
}

static void peers_09_two_pauses(void **state)
{
	(void)state;
	const struct story s =
		STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-04" }, { RESUME, "2026-08-06" },
		      { PAUSE, "2026-08-06 18:00" }, { RESUME, "2026-08-07" });
	struct hy_clock_due d = due(rule("5wd"), s);
	assert_due(d, "2026-08-13"); /* 4 | 5 6 out | 7 out | 10 11 12 13 */
	assert_int_equal(d.paused_days, 3);
	assert_at(due(rule("48h"), s).due_at, "2026-08-07 06:00");
}

static void peers_09_a_pause_at_receipt(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(rule("2wd"), STORY({ START, "2026-08-03 09:00" }, { PAUSE, "2026-08-03 09:00" },
				       { RESUME, "2026-08-05" }));
	assert_due(d, "2026-08-07");
	d = due(rule("2wd"), STORY({ PAUSE, "2026-08-03 08:00" }, { START, "2026-08-03 09:00" },
				   { RESUME, "2026-08-05" }));
	assert_due(d, "2026-08-05");
	assert_ignored(0, "before_start");
	assert_ignored(2, "not_paused");
}

static void peers_09_an_open_pause_has_no_due_day(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(rule("5wd"), STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-05 10:00" },
				       { PAUSE, "2026-08-06 10:00" }));
	assert_int_equal(d.state, HY_CLOCK_PAUSED);
	assert_int_equal(d.due_day, HY_NO_DAY);
	assert_true(d.due_at == HY_NO_TIME);
	assert_at(d.original_due_at, END_OF("2026-08-10"));
	assert_at(d.paused_at, "2026-08-05 10:00");
	assert_true(d.paused_ms == HY_DAY_MS);
	assert_ignored(2, "already_paused");
	assert_int_equal(trace.v[trace.n - 1].what, HY_TRACE_PAUSED);
	assert_int_equal(trace.v[trace.n - 1].day, fixture_day("2026-08-05"));
	assert_int_equal(lines_of(HY_TRACE_COUNTED), 2);
}

/* A pause at the very instant at which the limit ends comes too late to move it. */
static void a_pause_at_the_last_instant_moves_nothing(void **state)
{
	(void)state;
	const struct story s = STORY({ START, "2026-08-03 10:00" }, { PAUSE, "2026-08-04 10:00" },
				     { RESUME, "2026-08-10 09:00" });
	assert_at(due(rule("24h"), s).due_at, "2026-08-04 10:00");
	assert_at(
		due(rule("5wh"), STORY({ START, "2026-08-03 10:00" }, { PAUSE, "2026-08-03 17:30" },
				       { RESUME, "2026-08-10 09:00" }))
			.due_at,
		"2026-08-03 17:30");
	assert_due(due(rule("1wd"), s), "2026-08-04");
	assert_int_equal(due(rule("1wd"), s).paused_days, 0);
}

static void a_limit_that_has_run_out_cannot_be_paused(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(rule("2wd"), STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-06" },
				       { RESUME, "2026-08-20" }));
	assert_int_equal(d.state, HY_CLOCK_RUNNING);
	assert_due(d, "2026-08-05");
	assert_ignored(1, "too_late");
	assert_ignored(2, "not_paused");
}

static void peers_10_pause_then_another_category(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(rule("20wd"), STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-04" },
					{ RESUME, "2026-08-06" }, { LIMIT, "2026-08-07", "5wd" }));
	assert_due(d, "2026-08-12"); /* 4 | 5 6 out | 7 10 11 12 */
	assert_at(d.original_due_at, END_OF("2026-08-31"));
	assert_int_equal(line_on("2026-08-07", HY_TRACE_LIMIT)->count, 5);
	assert_true(hy_str_eq(line_on("2026-08-12", HY_TRACE_DUE)->ref, HY_S("paper 3")));
	d = due(rule("20wd"), STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-04" },
				    { RESUME, "2026-08-06" }, { LIMIT, "2026-08-07", "10cd" }));
	assert_due(d, "2026-08-15");
}

static void peers_11_another_limit_while_paused(void **state)
{
	(void)state;
	const struct hy_clock_due before =
		due(rule("20wd"), STORY({ START, "2026-08-03" }, { LIMIT, "2026-08-04", "5wd" },
					{ PAUSE, "2026-08-05" }, { RESUME, "2026-08-07" }));
	const struct hy_clock_due within =
		due(rule("20wd"), STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-05" },
					{ LIMIT, "2026-08-06", "5wd" }, { RESUME, "2026-08-07" }));
	assert_due(before, "2026-08-12");
	assert_due(within, "2026-08-12");
	/* a limit that was used up before the pause ends where it ended */
	assert_due(
		due(rule("20wd"), STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-06" },
					{ LIMIT, "2026-08-10", "2wd" }, { RESUME, "2026-08-14" })),
		"2026-08-05");
}

/* --- peers: extensions ---------------------------------------------------------- */

static void peers_12_extension_before_and_after_the_limit(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(extensible("5wd"),
		    STORY({ START, "2026-08-03" }, { EXTEND, "2026-08-10 23:59:59.999", "5wd" }));
	assert_due(d, "2026-08-17");
	assert_at(d.original_due_at, END_OF("2026-08-10"));
	assert_int_equal(d.extensions, 1);
	assert_int_equal(line_on("2026-08-10", HY_TRACE_EXTENDED)->count, 5);
	d = due(extensible("5wd"),
		STORY({ START, "2026-08-03" }, { EXTEND, "2026-08-11 00:00", "5wd" }));
	assert_due(d, "2026-08-10");
	assert_ignored(1, "too_late");
	d = due(extensible("5wd"), STORY({ START, "2026-08-03" }, { EXTEND, "2026-08-04", "5wd" },
					 { EXTEND, "2026-08-05", "5wd" }));
	assert_due(d, "2026-08-17");
	assert_ignored(2, "too_many");
	due(rule("5wd"), STORY({ START, "2026-08-03" }, { EXTEND, "2026-08-04", "5wd" }));
	assert_ignored(1, "too_many");
	due(extensible("5wd"), STORY({ START, "2026-08-03" }, { EXTEND, "2026-08-04", "5h" }));
	assert_ignored(1, "bad_limit");
	due(extensible("5wd"), STORY({ START, "2026-08-03" }, { EXTEND, "2026-08-04", "0wd" }));
	assert_ignored(1, "bad_limit");
}

static void an_extension_is_rolled_once_at_the_end(void **state)
{
	(void)state;
	struct hy_clock_rule r = rolled("60cd");
	r.extensions = 1;
	/* 60 days end on 1 October and would roll to the 8th; 60 + 30 end on 31 October, a Saturday
	 */
	struct hy_clock_due d =
		due(r, STORY({ START, "2026-08-02" }, { EXTEND, "2026-09-20", "30cd" }));
	assert_due(d, "2026-11-02");
	assert_int_equal(lines_of(HY_TRACE_COUNTED), 90);
	assert_int_equal(lines_of(HY_TRACE_ROLLED), 2);
	/* on the rolled day itself there is still time to extend */
	d = due(r, STORY({ START, "2026-08-02" }, { EXTEND, "2026-10-08 12:00", "30cd" }));
	assert_due(d, "2026-11-02");
}

static void units_may_be_mixed(void **state)
{
	(void)state;
	struct hy_clock_due d = due(
		extensible("1mo"), STORY({ START, "2026-01-31" }, { EXTEND, "2026-02-02", "1mo" }));
	assert_due(d, "2026-03-31"); /* two months, not a month from 28 February */
	d = due(extensible("1mo"), STORY({ START, "2026-07-31" }, { EXTEND, "2026-08-02", "5wd" }));
	assert_due(d, "2026-09-07");
	assert_int_equal(line_on("2026-08-31", HY_TRACE_MONTHS)->count, 1);
	assert_int_equal(line_on("2026-09-07", HY_TRACE_COUNTED)->count, 5);
}

static void peers_13_extension_and_pause_in_both_orders(void **state)
{
	(void)state;
	const struct story first = STORY({ START, "2026-08-03" }, { EXTEND, "2026-08-04", "5wd" },
					 { PAUSE, "2026-08-05" }, { RESUME, "2026-08-07" });
	const struct story then = STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-05" },
					{ RESUME, "2026-08-07" }, { EXTEND, "2026-08-10", "5wd" });
	const struct story within =
		STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-05" },
		      { EXTEND, "2026-08-06", "5wd" }, { RESUME, "2026-08-07" });
	assert_due(due(extensible("5wd"), first), "2026-08-19");
	assert_due(due(extensible("5wd"), then), "2026-08-19");
	assert_due(due(extensible("5wd"), within), "2026-08-19");
}

/* --- restarting, stating, stopping ---------------------------------------------- */

static void peers_16_a_hand_off_restarts_the_holding_clock(void **state)
{
	(void)state;
	const struct story s = STORY({ START, "2026-08-03" }, { EXTEND, "2026-08-04", "1wd" },
				     { PAUSE, "2026-08-05" }, { RESTART, "2026-08-06 16:00" });
	struct hy_clock_due d = due(extensible("3wd"), s);
	assert_due(d, "2026-08-11");
	assert_int_equal(d.state, HY_CLOCK_RUNNING);
	assert_int_equal(d.extensions, 0);
	assert_int_equal(d.paused_days, 0);
	assert_at(d.start_at, "2026-08-06 16:00");
	assert_at(d.original_due_at, END_OF("2026-08-06"));
	assert_int_equal(trace.v[0].day, fixture_day("2026-08-06"));
	/* on the last day of the first holder the second still has the full time */
	assert_due(
		due(rule("3wd"), STORY({ START, "2026-08-03" }, { RESTART, "2026-08-06 23:59" })),
		"2026-08-11");
}

static void a_stated_date_replaces_counting(void **state)
{
	(void)state;
	struct hy_clock_rule r = extensible("5wd");
	r.roll = true;
	struct hy_clock_due d =
		due(r, STORY({ START, "2026-08-03" }, { DUE, "2026-08-04", "2026-08-15 12:00" },
			     { PAUSE, "2026-08-05" }, { RESUME, "2026-08-07" }));
	assert_at(d.due_at, "2026-08-15 12:00"); /* a Saturday; it was said, so it stays */
	assert_false(d.rolled || d.provisional);
	assert_int_equal(d.paused_days, 0);
	assert_at(d.original_due_at, END_OF("2026-08-10"));
	line_on("2026-08-15", HY_TRACE_STATED);
	line_on("2026-08-15", HY_TRACE_DUE);
	d = due(r, STORY({ START, "2026-08-03" }, { DUE, "2026-08-04", "2026-08-14 12:00" },
			 { EXTEND, "2026-08-05", "1cd" }));
	assert_at(d.due_at, "2026-08-17 12:00");
	assert_true(d.rolled);
	d = due(rule(NULL), STORY({ START, "2026-08-03" }, { DUE, "2026-08-04", "2026-08-20" },
				  { DUE, "2026-08-05", "2026-08-25" }));
	assert_at(d.due_at, "2026-08-25");
	assert_at(d.original_due_at, "2026-08-20");
	/* counting anew ends what was stated */
	assert_due(due(r, STORY({ START, "2026-08-03" }, { DUE, "2026-08-04", "2026-08-20" },
				{ RESTART, "2026-08-05" })),
		   "2026-08-12");
	/* a date stated for the past keeps the trace in order */
	due(r, STORY({ START, "2026-08-03" }, { DUE, "2026-08-04", "2026-08-01" }));
	assert_int_equal(trace.v[0].what, HY_TRACE_STATED);
	assert_int_equal(trace.v[trace.n - 1].what, HY_TRACE_START);
}

static void after_the_stop_nothing_changes(void **state)
{
	(void)state;
	const struct hy_clock_due open = due(extensible("5wd"), STORY({ START, "2026-08-03" }));
	struct hy_clock_due d =
		due(extensible("5wd"), STORY({ START, "2026-08-03" }, { STOP, "2026-08-05 10:00" },
					     { EXTEND, "2026-08-06", "5wd" },
					     { RESTART, "2026-08-07" }, { START, "2026-08-08" }));
	assert_int_equal(d.state, HY_CLOCK_STOPPED);
	assert_true(d.due_at == open.due_at);
	assert_at(d.stopped_at, "2026-08-05 10:00");
	assert_int_equal(trace.n_ignored, 3);
	for (size_t i = 2; i < 5; i++)
		assert_ignored(i, "after_stop");
}

static void a_stop_while_paused_counts_as_resumed(void **state)
{
	(void)state;
	const struct hy_clock_due resumed =
		due(rule("5wd"), STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-04" },
				       { RESUME, "2026-08-06 10:00" }));
	struct hy_clock_due d =
		due(rule("5wd"), STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-04" },
				       { STOP, "2026-08-06 10:00" }));
	assert_true(d.due_at == resumed.due_at);
	assert_int_equal(d.paused_days, 2);
	assert_true(d.paused_at == HY_NO_TIME);
	assert_true(d.paused_ms == resumed.paused_ms);
}

static void without_a_start_there_is_nothing(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(rule("5wd"), STORY({ STOP, "2026-08-03" }, { RESTART, "2026-08-04" }));
	assert_int_equal(d.state, HY_CLOCK_IDLE);
	assert_true(d.due_at == HY_NO_TIME && d.start_at == HY_NO_TIME &&
		    d.original_due_at == HY_NO_TIME);
	assert_int_equal(trace.n, 0);
	assert_ignored(0, "before_start");
	d = due(rule("5wd"), STORY({ START, NULL }));
	assert_int_equal(d.state, HY_CLOCK_IDLE);
	d = due(rule("5wd"), STORY({ START, "2026-08-03" }, { START, "2026-08-10" }));
	assert_due(d, "2026-08-10");
	assert_ignored(1, "already_started");
	d = due(rule(NULL), STORY({ START, "2026-08-03" }));
	assert_int_equal(d.state, HY_CLOCK_RUNNING);
	assert_true(d.due_at == HY_NO_TIME && !d.provisional);
	assert_int_equal(trace.n, 1);
}

static void pledge_and_law_run_side_by_side(void **state)
{
	(void)state;
	struct hy_clock_rule r = extensible("20wd");
	r.pledged = limit("5wd");
	struct hy_clock_due d = due(r, STORY({ START, "2026-08-03" }));
	assert_due(d, "2026-08-31");
	assert_at(d.pledged_due_at, END_OF("2026-08-10"));
	/* an extension granted after the pledge was broken does not mend it */
	d = due(r, STORY({ START, "2026-08-03" }, { EXTEND, "2026-08-12", "10wd" }));
	assert_due(d, "2026-09-14");
	assert_at(d.pledged_due_at, END_OF("2026-08-10"));
	d = due(r, STORY({ START, "2026-08-03" }, { EXTEND, "2026-08-05", "10wd" }));
	assert_at(d.pledged_due_at, END_OF("2026-08-24"));
	/* what changes the law's limit leaves the pledge alone */
	d = due(r, STORY({ START, "2026-08-03" }, { LIMIT, "2026-08-05", "30wd" }));
	assert_at(d.pledged_due_at, END_OF("2026-08-10"));
	d = due(r, STORY({ START, "2026-08-03" }, { PAUSE, "2026-08-05" }));
	assert_true(d.pledged_due_at == HY_NO_TIME);
}

/* --- peers: escalation, units, zones -------------------------------------------- */

static void peers_19_an_edit_does_not_delay_the_clock(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(rule("5wd"), STORY({ START, "2026-08-03" }, { RESUME, "2026-08-05" },
				       { LIMIT, "2026-08-06", "5wd" }, { START, "2026-08-07" }));
	assert_due(d, "2026-08-10");
	assert_true(d.due_at == d.original_due_at);
}

static void peers_21_one_day_is_one_working_day(void **state)
{
	(void)state;
	assert_due(due(rule("1wd"), STORY({ START, "2026-08-03 16:59" })), "2026-08-04");
	assert_due(due(rule("1wd"), STORY({ START, "2026-08-03 08:31" })), "2026-08-04");
}

static void peers_22_the_servers_zone_plays_no_part(void **state)
{
	(void)state;
	const char *const zones[] = { "UTC", "America/New_York", "Pacific/Kiritimati" };
	for (size_t i = 0; i < HY_COUNT(zones); i++) {
		setenv("TZ", zones[i], 1);
		tzset();
		assert_due(due(rule("5wd"), STORY({ START, "2026-08-03 23:30" })), "2026-08-10");
	}
	unsetenv("TZ");
	tzset();
}

/* --- keeping the time of day, hours, months ------------------------------------- */

static void the_time_of_day_can_be_kept(void **state)
{
	(void)state;
	struct hy_clock_rule r = rule("2wd");
	r.keep_time = true;
	assert_at(due(r, STORY({ START, "2026-08-07 16:20:30" })).due_at, "2026-08-11 16:20:30");
	r.start_on_workday = true;
	r.cutoff = 17 * H;
	r.cutoff_to = 8 * H + H / 2;
	/* opened at the weekend: as if on Monday at the same time */
	assert_at(due(r, STORY({ START, "2026-08-08 16:20" })).due_at, "2026-08-12 16:20");
	/* in the evening: as if on the next day at 08:30 */
	struct hy_clock_due d = due(r, STORY({ START, "2026-08-07 17:00" }));
	assert_at(d.start_at, "2026-08-10 08:30");
	assert_at(d.due_at, "2026-08-12 08:30");
	/* both: Sunday evening is Monday evening is Tuesday morning */
	assert_at(due(r, STORY({ START, "2026-08-09 18:00" })).due_at, "2026-08-13 08:30");
}

static void hours_run_to_the_millisecond(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(extensible("24h"),
		    STORY({ START, "2026-10-02 09:00:00.001" }, { PAUSE, "2026-10-02 10:00" },
			  { RESUME, "2026-10-03 10:00" }, { EXTEND, "2026-10-03 11:00", "1h" }));
	assert_at(d.due_at, "2026-10-04 10:00:00.001");
	assert_int_equal(d.due_day, fixture_day("2026-10-04"));
	assert_int_equal(d.paused_days, 0);
	assert_true(d.paused_ms == HY_DAY_MS);
	int minutes = 0;
	for (size_t i = 0; i < trace.n; i++)
		if (trace.v[i].what == HY_TRACE_HOURS)
			minutes += trace.v[i].count;
	assert_int_equal(minutes, 25 * 60);
	d = due(rolled("24h"), STORY({ START, "2026-08-07 15:00" }));
	assert_at(d.due_at, "2026-08-10 15:00");
	assert_true(d.rolled);
	/* a pause in the night takes no working hours out */
	assert_at(
		due(rule("8wh"), STORY({ START, "2026-08-03 14:30" }, { PAUSE, "2026-08-03 17:30" },
				       { RESUME, "2026-08-04 09:30" }))
			.due_at,
		"2026-08-04 17:00");
}

static void months_wait_for_pauses(void **state)
{
	(void)state;
	struct hy_clock_due d =
		due(rule("1mo"), STORY({ START, "2026-07-31" }, { PAUSE, "2026-08-10" },
				       { RESUME, "2026-08-13" }));
	assert_due(d, "2026-09-03");
	assert_int_equal(d.paused_days, 3);
	assert_int_equal(lines_of(HY_TRACE_PAUSED), 3);
	line_on("2026-08-31", HY_TRACE_MONTHS);
}

/* --- refusals ------------------------------------------------------------------- */

static enum hy_code code_of(struct hy_clock_rule r, const struct hy_clock_event *v, size_t n)
{
	struct hy_clock_due d = { .paused_days = 77 };
	struct hy_err e = { 0 };
	enum hy_code code = hy_clock_due(v, n, &r, c, &d, NULL, NULL, &e);

	assert_int_equal(code, e.code);
	if (code)
		assert_int_equal(d.paused_days, 77);
	return code;
}

static void beyond_the_calendar_there_is_no_rule(void **state)
{
	(void)state;
	struct hy_clock_event v = { .at = fixture_at("2099-12-20") };
	assert_int_equal(code_of(rule("8wd"), &v, 1), HY_OK);
	assert_int_equal(code_of(rule("30wd"), &v, 1), HY_NO_RULE);
	assert_int_equal(code_of(rule("12cd"), &v, 1), HY_NO_RULE);
	assert_int_equal(code_of(rule("1mo"), &v, 1), HY_NO_RULE);
	assert_int_equal(code_of(rule("3650h"), &v, 1), HY_NO_RULE);
	assert_int_equal(code_of(rule("3650wh"), &v, 1), HY_NO_RULE);
	v.at = fixture_at("1989-12-20");
	assert_int_equal(code_of(rule("60cd"), &v, 1), HY_NO_RULE);
	v.at = HY_NO_TIME - 1;
	assert_int_equal(code_of(rule("60cd"), &v, 1), HY_BAD_FIELD);
	struct hy_clock_rule bad = { .limit = { HY_WORKING_DAY, 3651 } };
	assert_int_equal(code_of(bad, &v, 1), HY_BAD_FIELD);
	bad.limit = (struct hy_limit){ (enum hy_unit)9, 1 };
	assert_int_equal(code_of(bad, &v, 1), HY_BAD_FIELD);
}

static void too_many_events_are_refused(void **state)
{
	(void)state;
	static struct hy_clock_event v[257];
	for (size_t i = 0; i < HY_COUNT(v); i++)
		v[i] = (struct hy_clock_event){ .kind = i == 0	? START
							: i % 2 ? PAUSE
								: RESUME,
						.at = fixture_at("2026-08-03") + (hy_ms)i * HY_HOUR,
						.seq = (int64_t)i };
	assert_int_equal(code_of(rule("20wd"), v, 257), HY_TOO_LARGE);
	assert_int_equal(code_of(rule("20wd"), v, 256), HY_OK);
}

static void limits_have_a_text(void **state)
{
	(void)state;
	const char *const good[] = { "5wd", "60cd", "6mo", "24h", "16wh", "0wd", "3650cd" };
	for (size_t i = 0; i < HY_COUNT(good); i++)
		assert_true(hy_str_eq(hy_limit_text(arena, limit(good[i])), hy_str_of(good[i])));
	const char *const bad[] = { "",	      "5",    "wd",
				    "-1wd",   "5 wd", "5wdx",
				    "3651wd", "05wd", "99999999999999999999wd",
				    "5WD" };
	struct hy_limit l;
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		assert_false(hy_limit_read(hy_str_of(bad[i]), &l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reference_dates_hold),
		cmocka_unit_test(new_years_eve_never_ends_on_new_year),
		cmocka_unit_test(peers_01_receipt_at_the_last_and_first_minute),
		cmocka_unit_test(peers_02_receipt_on_rest_days_and_a_make_up_saturday),
		cmocka_unit_test(peers_03_end_on_a_holiday_and_on_its_eve),
		cmocka_unit_test(peers_04_closing_time_and_lunch),
		cmocka_unit_test(peers_05_two_intervals_a_day),
		cmocka_unit_test(peers_06_next_year_not_loaded_is_provisional),
		cmocka_unit_test(peers_07_next_years_notice_changes_a_december_day),
		cmocka_unit_test(peers_08_a_later_holiday_moves_the_open_matter),
		cmocka_unit_test(peers_09_a_pause_over_a_holiday),
		cmocka_unit_test(peers_09_a_pause_within_one_minute),
		cmocka_unit_test(peers_09_two_pauses),
		cmocka_unit_test(peers_09_a_pause_at_receipt),
		cmocka_unit_test(peers_09_an_open_pause_has_no_due_day),
		cmocka_unit_test(a_pause_at_the_last_instant_moves_nothing),
		cmocka_unit_test(a_limit_that_has_run_out_cannot_be_paused),
		cmocka_unit_test(peers_10_pause_then_another_category),
		cmocka_unit_test(peers_11_another_limit_while_paused),
		cmocka_unit_test(peers_12_extension_before_and_after_the_limit),
		cmocka_unit_test(an_extension_is_rolled_once_at_the_end),
		cmocka_unit_test(units_may_be_mixed),
		cmocka_unit_test(peers_13_extension_and_pause_in_both_orders),
		cmocka_unit_test(peers_16_a_hand_off_restarts_the_holding_clock),
		cmocka_unit_test(a_stated_date_replaces_counting),
		cmocka_unit_test(after_the_stop_nothing_changes),
		cmocka_unit_test(a_stop_while_paused_counts_as_resumed),
		cmocka_unit_test(without_a_start_there_is_nothing),
		cmocka_unit_test(pledge_and_law_run_side_by_side),
		cmocka_unit_test(peers_19_an_edit_does_not_delay_the_clock),
		cmocka_unit_test(peers_21_one_day_is_one_working_day),
		cmocka_unit_test(peers_22_the_servers_zone_plays_no_part),
		cmocka_unit_test(the_time_of_day_can_be_kept),
		cmocka_unit_test(hours_run_to_the_millisecond),
		cmocka_unit_test(months_wait_for_pauses),
		cmocka_unit_test(beyond_the_calendar_there_is_no_rule),
		cmocka_unit_test(too_many_events_are_refused),
		cmocka_unit_test(limits_have_a_text),
	};
	return cmocka_run_group_tests_name("clock", tests, clock_up, clock_down);
}
