#ifndef HY_TIME_CLOCK_RUN_H
#define HY_TIME_CLOCK_RUN_H

/* clock_run -- one pass over the events of a clock; shared by clock.c, lights.c and trace.c.
 *
 * The pass keeps what the events amount to (start, limit, pauses, extensions, a stated date);
 * clock_end() then says when that ends.  Nothing here allocates. */

#include "time/clock.h"

enum { CLOCK_EVENTS = 256, CLOCK_PAUSES = CLOCK_EVENTS / 2, CLOCK_UNITS = HY_WORKING_HOUR + 1 };

/* The events in the order in which they happened, as indices. */
struct clock_order {
	size_t n;
	unsigned short at[CLOCK_EVENTS];
};

struct clock_pause { /* ended; takes out the days (after, last] and the time [from, until) */
	hy_ms from, until;
	hy_day after, last;
	unsigned short event; /* the PAUSE, as an index into the events */
};

struct clock_run {
	const struct hy_clock_event *events;
	const struct hy_clock_rule *rule;
	const struct hy_calendar *cal;
	const struct hy_zone *zone;
	bool pledge; /* counts rule->pledged; limits changed and dates stated later are not its
			concern */

	enum hy_clock_state state;
	struct hy_limit limit, first_limit;
	hy_str limit_ref;	/* the clause or paper that sets the limit */
	int extra[CLOCK_UNITS]; /* what extensions add, by unit */
	int extensions;
	hy_ms stated, first_stated; /* HY_NO_TIME: none */
	hy_str stated_ref;
	int stated_extra[CLOCK_UNITS]; /* extensions granted after a date was stated */

	hy_ms first_start; /* of the first START, before shifting */
	size_t epoch; /* position in the order of the START or RESTART that counting begins with */
	hy_ms from;   /* its instant ... */
	hy_ms start_at; /* ... and that instant after shifting, with its day and time of day */
	hy_day day0;
	int start_ms;
	hy_ms paused_at, stopped_at;
	size_t pause_event;

	struct clock_pause *pauses; /* room for CLOCK_PAUSES; ascending */
	size_t n_pauses;
};

/* When the count of a run ends. */
struct clock_end {
	hy_day day; /* HY_NO_DAY: there is no limit */
	hy_ms at;
	hy_day counted;	  /* the day before rolling ... */
	hy_ms counted_at; /* ... and, for hours, the instant */
	bool rolled;
};

/* Fails with HY_BAD_FIELD when RULE makes no sense. */
enum hy_code clock_check(const struct hy_clock_rule *rule, struct hy_err *e) HY_MUST;
/* Sorts EVENTS by (at, seq).  Fails with HY_TOO_LARGE, and with HY_BAD_FIELD for an instant
 * that no calendar knows. */
enum hy_code clock_sort(const struct hy_clock_event *events, size_t n, struct clock_order *out,
			struct hy_err *e) HY_MUST;
/* R has events, rule, cal, pledge and pauses set and is zero otherwise; fills the rest.
 * IGNORED, unless NULL, receives for every position of the order NULL when the event
 * applied, else the reason key. */
void clock_run(struct clock_run *r, const struct clock_order *order, const char **ignored);
/* False when the end lies beyond the calendar. */
bool clock_end(const struct clock_run *r, struct clock_end *out) HY_MUST;
/* The end from the first start and the first limit alone. */
bool clock_original_end(const struct clock_run *r, struct clock_end *out) HY_MUST;
/* The same as an error. */
enum hy_code clock_beyond(const struct clock_run *r, struct hy_err *e) HY_MUST;

/* The day that completes N days (or, in working days, N days worked) after FROM that no pause
 * takes out; HY_NO_DAY beyond the calendar.  UNIT is HY_WORKING_DAY or HY_CALENDAR_DAY. */
hy_day clock_walk_days(const struct clock_run *r, hy_day from, enum hy_unit unit, int n);
/* The instant at which MS of time (or of working time) since the start have passed outside
 * pauses; HY_NO_TIME beyond the calendar.  UNIT is HY_CLOCK_HOUR or HY_WORKING_HOUR. */
hy_ms clock_walk_time(const struct clock_run *r, enum hy_unit unit, hy_ms ms);
/* Days of UNIT in (after, until]; every unit but working days counts all days. */
int clock_count_days(const struct clock_run *r, enum hy_unit unit, hy_day after, hy_day until);
/* Days of UNIT that pauses take out of (day0, until]. */
int clock_paused_days(const struct clock_run *r, enum hy_unit unit, hy_day until);

/* The parts of a limit in days, where extensions may have another unit: months first, since
 * how long a month is depends on where it begins, then calendar days, then working days.
 * Returns how many of STAGES are filled. */
int clock_stages(const struct clock_run *r, struct hy_limit stages[CLOCK_UNITS]);

static inline bool clock_in_hours(enum hy_unit unit)
{
	return unit == HY_CLOCK_HOUR || unit == HY_WORKING_HOUR;
}

#endif
