#ifndef HY_TIME_CALENDAR_TABLES_H
#define HY_TIME_CALENDAR_TABLES_H

/* calendar_tables -- what a compiled calendar is made of; for calendar.c and office.c alone.
 *
 * Day I stands for the day HY_CALENDAR_FIRST + I.  `before` and `nth` are inverse to each
 * other: nth[before[i]] is the first working day at or after I. */

#include "time/calendar.h"

enum { CALENDAR_DAYS = HY_CALENDAR_LAST - HY_CALENDAR_FIRST + 1 };

struct calendar_entry { /* what a layer above the week says of one day */
	enum hy_day_source source;
	bool work;
	hy_str name, ref;
};

struct hy_calendar {
	struct hy_arena *arena; /* holds this struct and all below */
	hy_str id, hash;
	struct hy_zone zone;
	unsigned weekend;
	hy_str week_ref;
	bool always_final;
	const int *years;
	size_t n_years;
	struct hy_office_day office[7];
	struct calendar_entry *entries; /* [0]: nobody but the week speaks of the day */
	size_t n_entries;
	uint16_t entry[CALENDAR_DAYS];
	uint16_t before[CALENDAR_DAYS + 1];	 /* working days before day I */
	uint16_t nth[CALENDAR_DAYS];		 /* the working days one after another */
	uint16_t open_before[CALENDAR_DAYS + 1]; /* days without a notice before day I */
	hy_ms office_before[CALENDAR_DAYS + 1];	 /* working time before day I */
};

static inline bool calendar_has(hy_day d)
{
	return d >= HY_CALENDAR_FIRST && d <= HY_CALENDAR_LAST;
}

/* The office hours that hold on D, which is a day worked. */
static inline const struct hy_office_day *calendar_office(const struct hy_calendar *c, hy_day d)
{
	int w = hy_weekday(d);

	return &c->office[c->weekend >> w & 1 ? 5 : w];
}

#endif
