#ifndef HY_TIME_CLOCK_H
#define HY_TIME_CLOCK_H

/* clock -- when something falls due: a pure function of (events, rule, calendar).
 *
 * Knows nothing of matters, packs, the store or the machine's clock.  The result does
 * not depend on the order in which events are handed in, only on their (at, seq).
 *
 * Conventions (domain.md 2; 民法典 200-204, 行政许可法 45, 82):
 *  - the day of the event is day 0 and never counts; counting begins on the next day;
 *  - working days count the calendar's working days; calendar days all; months go to the
 *    corresponding day; hours run on the wall clock from the event; working hours run in
 *    office hours;
 *  - the due day counts in full: DUE_AT is the last millisecond that is in time (23:59:59.999
 *    of the due day, or the end of office hours minus 1 ms when the rule says so, or the
 *    exact instant for hours and for rules that keep the time of day), so
 *    "in time" is always: done_at <= due_at;
 *  - a pause stops the count from the day after the pause up to and including the day of
 *    resumption (the day of PAUSE is counted, the day of RESUME is not); for hours it
 *    stops to the millisecond;
 *  - an extension adds to the limit before rolling (in another unit of days: months are counted
 *    first, then calendar days, then working days; hours only extend the same hours); it counts
 * only when granted while the clock runs or is paused, not after the due instant, and at most
 * rule->extensions times;
 *  - the roll to the next working day happens once, at the very end, when the rule says so;
 *  - a limit that has run out cannot be paused any more;
 *  - a stated date stands as stated: pauses and rolling do not move it, extensions granted
 *    afterwards are added to it, a restart ends it;
 *  - the pledge is a clock of its own beside the law's: the same events count for it, but an
 *    extension or pause that comes after it was broken does not mend it, and limits changed
 *    and dates stated later do not concern it;
 *  - what is not applicable (a second pause, a resumption without a pause, an extension or
 *    pause too late, anything before the start) is ignored and reported in ignored[], never
 *    guessed. */

#include "time/calendar.h"

enum hy_unit { HY_WORKING_DAY, HY_CALENDAR_DAY, HY_MONTH, HY_CLOCK_HOUR, HY_WORKING_HOUR };

/* A length of time as the law writes it; n == 0 means none. */
struct hy_limit {
	enum hy_unit unit;
	int n; /* 0..3650 */
};
/* "5wd", "60cd", "6mo", "24h", "16wh".  The text form is also how it is printed. */
bool hy_limit_read(hy_str s, struct hy_limit *out) HY_MUST;
hy_str hy_limit_text(struct hy_arena *a, struct hy_limit l);

/* How a limit is counted.  Zero values are the common case. */
struct hy_clock_rule {
	hy_str id;		 /* "LIC_DECIDE" */
	hy_str clause;		 /* what the trace quotes for the limit */
	struct hy_limit limit;	 /* statutory */
	struct hy_limit pledged; /* side by side; n == 0: none */
	hy_str pledge_clause;
	bool roll;	/* a due day that is no working day moves to the next one (民法典 203) */
	bool keep_time; /* due at the same time of day as the start instead of the day's end */
	bool office_end; /* the due day ends when office hours end (民法典 203(2)) */
	int extensions;	 /* how many extensions may count; 0: none */
	/* Start shifting, for counters that close and foreign rules; applied in this order.  A
	 * later start never falls due earlier, unless a rule keeps the time of day (Sunday 16:00
	 * and Monday 09:00 may end on one day), moves hours to a cutoff_to later than 00:00, or
	 * has a cut-off without start_on_workday (Saturday morning, which stays, comes before
	 * Friday evening, which moves to Monday). */
	bool start_on_workday; /* a start on a day not worked moves to the next working day: at
				  the same time of day when keep_time, else at 00:00 */
	int cutoff; /* ms since 00:00; a start at or after it moves to the next working day; 0: none
		     */
	int cutoff_to; /* ... at this time of day (ms) */
};

enum hy_clock_event_kind {
	HY_CLOCK_START,
	HY_CLOCK_PAUSE,
	HY_CLOCK_RESUME,
	HY_CLOCK_EXTEND,  /* uses .limit */
	HY_CLOCK_RESTART, /* counting begins anew on this day; pauses and extensions so far lapse */
	HY_CLOCK_LIMIT,	  /* from now on .limit is the limit, counted from the same start */
	HY_CLOCK_DUE,	  /* a stated date: .due_at replaces what counting would give */
	HY_CLOCK_STOP,	  /* the duty is done; later events change nothing */
};
struct hy_clock_event {
	enum hy_clock_event_kind kind;
	hy_ms at;
	int64_t seq;	       /* orders events of the same instant */
	struct hy_limit limit; /* EXTEND, LIMIT */
	hy_ms due_at;	       /* DUE */
	hy_str ref;	       /* what the trace quotes: clause, ground, paper */
};

enum hy_clock_state { HY_CLOCK_IDLE, HY_CLOCK_RUNNING, HY_CLOCK_PAUSED, HY_CLOCK_STOPPED };

struct hy_clock_due {
	enum hy_clock_state state; /* after all events */
	hy_ms start_at;		   /* the effective start (after shifting); HY_NO_TIME when idle */
	hy_day due_day;		   /* HY_NO_DAY: none (idle, paused, no limit) */
	hy_ms due_at;		   /* last instant in time; HY_NO_TIME: none */
	hy_ms original_due_at; /* from the first start and first limit alone: no pause, no extension
				*/
	hy_ms pledged_due_at;  /* as due_at under rule->pledged; HY_NO_TIME: none */
	bool provisional;      /* some day between start and due lacks a notice */
	bool rolled;	       /* the due day was moved to a working day */
	hy_ms stopped_at;      /* HY_NO_TIME while not stopped */
	hy_ms paused_at;       /* HY_NO_TIME while not paused */
	int extensions;	       /* how many counted */
	int paused_days;       /* days (WD or CD by unit) that pauses took out; 0 for hours */
	hy_ms paused_ms;       /* wall time spent paused, up to the last event */
};
/* While paused, due_at is HY_NO_TIME: nobody knows when the count goes on.  After STOP all
 * due values are what they were at the stop (a stop while paused: as if resumed at the stop). */

enum hy_trace_what {
	HY_TRACE_START,	   /* day 0 */
	HY_TRACE_SHIFT,	   /* the start moved to this day (cut-off, rest day) */
	HY_TRACE_COUNTED,  /* .count is its number */
	HY_TRACE_REST,	   /* not a working day: skipped in working days; why says by what */
	HY_TRACE_PAUSED,   /* skipped by a pause; .ref its ground */
	HY_TRACE_EXTENDED, /* .ref; .count what was added, in the extension's own unit */
	HY_TRACE_LIMIT,	   /* the limit changed; .count the new number */
	HY_TRACE_MONTHS,   /* the corresponding day */
	HY_TRACE_HOURS,	   /* counted hours on this day: .count in minutes */
	HY_TRACE_ROLLED,   /* the end fell on a day not worked and moved on over this day */
	HY_TRACE_STATED,   /* a stated date */
	HY_TRACE_DUE,	   /* the due day */
};
struct hy_trace_line {
	hy_day day;
	enum hy_trace_what what;
	int count;
	struct hy_day_why why; /* of the day */
	hy_str ref;	       /* clause, ground or paper behind the line */
};
struct hy_trace { /* lines by day ascending; in one day in the order things happened */
	struct hy_trace_line *v;
	size_t n;
	/* Events that did not apply, as indices into the array handed in, with a reason key:
	 * "before_start", "already_started", "already_paused", "not_paused", "too_late",
	 * "too_many", "after_stop", "bad_limit". */
	struct {
		size_t event;
		const char *why;
	} * ignored;
	size_t n_ignored;
};

/* Computes *OUT.  EVENTS may be in any order and is not changed.  TRACE may be NULL (then
 * nothing is allocated and 20 working days cost well under 1 microsecond); otherwise it is
 * filled from A for the statutory limit: for working and calendar days a line for every day from
 * day 0 to the due day (or, while paused, to the pause).  Fails with HY_NO_RULE when the due day
 * lies beyond the calendar's range. More than 256 events are refused with HY_TOO_LARGE. */
enum hy_code hy_clock_due(const struct hy_clock_event *events, size_t n,
			  const struct hy_clock_rule *rule, const struct hy_calendar *cal,
			  struct hy_clock_due *out, struct hy_arena *a, struct hy_trace *trace,
			  struct hy_err *e) HY_MUST;

/* The instant from which a light has COLOUR: see struct hy_step. */
enum hy_light {
	HY_LIGHT_NONE,
	HY_LIGHT_GREEN,
	HY_LIGHT_BLUE,
	HY_LIGHT_YELLOW,
	HY_LIGHT_ORANGE,
	HY_LIGHT_RED
};

/* One step of a ladder 灯: the light turns COLOUR at the earliest of the given conditions, but
 * not before the start; with none of them, at the start.  A condition whose instant lies
 * beyond the calendar never comes. */
struct hy_step {
	enum hy_light light;
	int percent; /* > 0: when that share of the limit is used up (days: at 00:00 after the day
			that completes floor(n * percent / 100) counted days) */
	struct hy_limit before; /* n > 0: so long before due; days: 00:00 of the day that is n
				   before the due day */
	bool due;		/* right after the due instant */
	struct hy_limit after;	/* n > 0: so long after the due instant; days: after the end of the
				   n-th day after the due day */
	bool pledged; /* measured on the pledged due instead of the statutory (skipped when there is
			 none) */
};

/* From which instant each colour holds, for the clock as it stands (not for paused or idle
 * ones: all HY_NO_TIME).  AT_OUT is indexed by enum hy_light; a colour without a step is
 * HY_NO_TIME.  The light at time t is the highest colour whose instant is <= t. */
enum hy_code hy_clock_lights(const struct hy_clock_event *events, size_t n,
			     const struct hy_clock_rule *rule, const struct hy_calendar *cal,
			     const struct hy_step *steps, size_t n_steps,
			     hy_ms at_out[HY_LIGHT_RED + 1], struct hy_err *e) HY_MUST;

#endif
