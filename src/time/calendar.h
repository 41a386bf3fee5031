#ifndef HY_TIME_CALENDAR_H
#define HY_TIME_CALENDAR_H

/* calendar -- which days are worked, and why; working-day arithmetic by look-up.
 *
 * Compiled once from data (notices, statutory holidays, a regional overlay, office
 * hours), then immutable and safe for many threads.  Covers 1990-01-01..2099-12-31.
 * Precedence for one day: regional overlay > notice > statutory holiday > week.
 *
 * Invariant: for every day d and n >= 1, work_add(d, n) is the n-th working day after
 * d (d itself never counts), found through two prefix tables, never by a loop.
 * A day outside the years covered by loaded notices is provisional: the week and the
 * statutory holidays (全国年节及纪念日放假办法) decide until the notice arrives. */

#include "time/day.h"

struct hy_calendar; /* immutable */

enum { HY_CALENDAR_FIRST = 7305, HY_CALENDAR_LAST = 47481 }; /* 1990-01-01, 2099-12-31 */

/* Why a day is worked or not.  Views live as long as the calendar. */
struct hy_day_why {
	bool work;
	bool provisional; /* no notice covers this day yet */
	enum hy_day_source { HY_BY_WEEK, HY_BY_STATUTE, HY_BY_NOTICE, HY_BY_REGION } source;
	hy_str name; /* "国庆节"; for a make-up working day the holiday it belongs to; "" by week */
	hy_str ref; /* number or address of the notice, article of the statute; of a rest day by
		       week: where the week is laid down */
};

/* --- building ------------------------------------------------------------------ */

struct hy_calendar_day { /* one line of a notice, statute or overlay */
	hy_day day;
	bool work;
	hy_str name, ref;
};

/* Office hours: up to 4 intervals on one weekday, ms since 00:00, ascending. */
struct hy_office_span {
	int from, until; /* from <= t < until */
};
struct hy_office_day {
	struct hy_office_span span[4];
	int n;
};

struct hy_calendar_data {
	hy_str id; /* "cn", "cn-150000" */
	struct hy_zone zone;
	hy_str week_ref;  /* where the week is laid down; the reason of its rest days */
	unsigned weekend; /* bit w set: weekday w is no working day */
	/* Years (of days, not of notices) fully covered by loaded notices: ascending. */
	const int *years;
	size_t n_years;
	bool always_final; /* a calendar that needs no notices: nothing is provisional */
	const struct hy_calendar_day *statute, *notice, *region;
	size_t n_statute, n_notice, n_region;
	struct hy_office_day
		office[7]; /* by weekday; applies to days worked. A make-up day uses Friday's */
};

/* Compiles DATA (copied).  Fails with HY_BAD_FIELD when days repeat in one layer with
 * different meaning (worked and not worked; else the first name stands), lie outside the
 * range, or office spans overlap; HY_BAD_FIELD's detail names the day.
 * hy_calendar_free(NULL) is allowed. */
enum hy_code hy_calendar_new(const struct hy_calendar_data *data, struct hy_calendar **out,
			     struct hy_err *e) HY_MUST;
void hy_calendar_free(struct hy_calendar **c);

/* --- asking -------------------------------------------------------------------- */

hy_str hy_calendar_id(const struct hy_calendar *c);
const struct hy_zone *hy_calendar_zone(const struct hy_calendar *c);
/* SHA-256 over everything that can change an answer; 64 hex digits; the version. */
hy_str hy_calendar_hash(const struct hy_calendar *c);

bool hy_calendar_work(const struct hy_calendar *c, hy_day d); /* outside the range: false */
struct hy_day_why hy_calendar_why(const struct hy_calendar *c, hy_day d);
bool hy_calendar_provisional(const struct hy_calendar *c, hy_day d);
/* Does any day of FROM..UNTIL (both included) lack a notice?  O(1). */
bool hy_calendar_provisional_in(const struct hy_calendar *c, hy_day from, hy_day until);

/* The n-th working day after D, n >= 1; HY_NO_DAY beyond the range. */
hy_day hy_work_add(const struct hy_calendar *c, hy_day d, int n);
/* The n-th working day before D, n >= 1; HY_NO_DAY beyond the range. */
hy_day hy_work_back(const struct hy_calendar *c, hy_day d, int n);
/* Working days in (after, until]; negative never: 0 when until <= after. */
int hy_work_between(const struct hy_calendar *c, hy_day after, hy_day until);
/* D itself when it is worked, else the next working day; HY_NO_DAY beyond the range. */
hy_day hy_work_roll(const struct hy_calendar *c, hy_day d);

/* Working time in ms: within [from, until) of instants, and the instant at which MS of
 * working time have first passed since FROM (HY_NO_TIME beyond the range). By look-up per day. */
hy_ms hy_office_between(const struct hy_calendar *c, hy_ms from, hy_ms until);
hy_ms hy_office_add(const struct hy_calendar *c, hy_ms from, hy_ms ms);
/* The last instant from which MS of working time pass until UNTIL; HY_NO_TIME beyond the range. */
hy_ms hy_office_back(const struct hy_calendar *c, hy_ms until, hy_ms ms);
/* The end of office hours on D in ms since 00:00; HY_DAY_MS when D has none. */
int hy_office_close(const struct hy_calendar *c, hy_day d);

#endif
