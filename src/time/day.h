#ifndef HY_TIME_DAY_H
#define HY_TIME_DAY_H

/* day -- days, instants and zones; nobody here asks the machine what time it is.
 *
 * A day is the number of days since 1970-01-01 in the jurisdiction's own zone.  An
 * instant is UTC milliseconds since 1970-01-01T00:00Z.  A zone is data: a standard
 * offset and dated exceptions (summer time); the server's zone is never used.
 * At the edge instants are RFC 3339 with an offset. */

#include "base/arena.h"
#include "base/err.h"

typedef int32_t hy_day;
typedef int64_t hy_ms;

enum { HY_MINUTE = 60000, HY_HOUR = 3600000, HY_DAY_MS = 86400000 };
/* No day; no instant.  Both compare greater than every real one. */
#define HY_NO_DAY INT32_MAX
#define HY_NO_TIME INT64_MAX

struct hy_date {
	int year, month, day; /* 1-based month and day */
};

hy_day hy_day_of(int year, int month, int day); /* proleptic Gregorian; any year 1..9999 */
struct hy_date hy_date_of(hy_day d);
int hy_weekday(hy_day d); /* 0 Sunday .. 6 Saturday */
/* The corresponding day MONTHS later; the month's last day when there is none (民法典 202). */
hy_day hy_day_add_months(hy_day d, int months);
/* "2026-10-01" exactly. */
bool hy_day_read(hy_str s, hy_day *out) HY_MUST;
hy_str hy_day_text(struct hy_arena *a, hy_day d);

/* One stretch of time with another offset than the standard one. */
struct hy_zone_span {
	hy_ms from, until; /* UTC; from <= t < until */
	int offset;	   /* seconds east of UTC */
};
struct hy_zone {
	int offset;			  /* seconds east of UTC, standard */
	const struct hy_zone_span *spans; /* ascending, not overlapping */
	size_t n_spans;
};
extern const struct hy_zone hy_zone_utc, hy_zone_china; /* +08:00, no summer time */

int hy_zone_offset(const struct hy_zone *z, hy_ms at); /* seconds */
/* The local day of AT, and in MS_OUT (may be NULL) the local wall clock in ms since 00:00. */
hy_day hy_local(const struct hy_zone *z, hy_ms at, int *ms_out);
/* The instant at which the wall clock of Z shows day D and MS since 00:00.  In the hour
 * that a zone skips the result is the end of the gap; in the hour it repeats, the first: so
 * a later wall clock never gives an earlier instant.  MS may reach past the day's end. */
hy_ms hy_instant(const struct hy_zone *z, hy_day d, int ms);

/* RFC 3339 "2026-09-30T10:00:00+08:00"; fractions to the millisecond; the offset is
 * required unless LOCAL is given, which then also allows a blank for the T, missing
 * seconds, and a bare date (00:00).  False when S is anything else. */
bool hy_instant_read(hy_str s, const struct hy_zone *local, hy_ms *out) HY_MUST;
/* With the zone's offset; seconds always, milliseconds when not zero. */
hy_str hy_instant_text(struct hy_arena *a, const struct hy_zone *z, hy_ms at);

#endif
