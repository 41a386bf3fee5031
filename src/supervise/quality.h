#ifndef SUPERVISE_QUALITY_H
#define SUPERVISE_QUALITY_H

/* quality 数据质量 -- can the figures be believed?  Looked at before anybody is ranked by them.
 *
 * Four measures, each a pure function of one matter's events: entered long after it happened, times
 * that cannot be true, pauses that begin shortly before the date, answers that come shortly before
 * it.  The first two are found in the matter itself.  The other two prove nothing alone: a unit is
 * called out when it has more of them than all others together would lead one to expect, by an
 * exact test adjusted for the number of units (stat/bunch.h).  Every number opens to its matters.
 */

#include "base/command.h"
#include "http/http.h"
#include "matter/matter_store.h"
#include "stat/bunch.h"

extern const struct city_room quality_room;
extern const struct hy_command quality_commands[];
extern const struct hy_route quality_routes[];

/* --- of one matter (quality.c; pure) ------------------------------------------------------------
 */
enum quality { QUALITY_LATE, QUALITY_UNTRUE, QUALITY_PAUSE, QUALITY_CLOSING, QUALITY__N };
struct quality_measure {
	const char *id; /* "entered_late"; never reused for another meaning */
	struct pack_text title, numerator, denominator;
	bool tested; /* proves something only when a unit has more than others */
};
extern const struct quality_measure quality_measures[QUALITY__N];
extern const struct pack_text quality_population;
/* HY_BAD_FIELD (about FIELD) with the near one. */
enum hy_code quality_of_id(hy_str id, const char *field, enum quality *out,
			   struct hy_err *e) HY_MUST;

struct quality_look {
	struct hy_arena *a;
	const struct matter *m;
	bool imported;	  /* its times are another system's: nobody here entered them late */
	hy_ms entered_ms; /* entered later than this after it happened */
};
struct quality_found {
	bool of, has;  /* in the denominator; in the numerator too */
	hy_ms at, due; /* of the event that shows it; the date it came shortly before: HY_NO_TIME */
};
void quality_find(const struct quality_look *l, struct quality_found out[QUALITY__N]);
/* By how much the latest entry of L came after what it tells of; the measure QUALITY_LATE is this
 * compared with ENTERED_MS. */
hy_ms quality_lateness(const struct quality_look *l);
/* "Shortly before": the last tenth of the time from START to DUE, and a day at least. */
hy_ms quality_window(hy_ms start, hy_ms due);

/* --- kept (quality_kept.c) ----------------------------------------------------------------------
 *
 * What was found in a matter is kept beside it, with the seq at which that was so: a report adds up
 * rows instead of folding a million matters, and folds only those that have moved since.  The room
 * looks at what happened once a second, as cards do. */
/* Bits of the column FOUND: in the denominator; in the numerator too. */
#define QUALITY_OF(q) (1 << (2 * (q)))
#define QUALITY_HAS(q) (2 << (2 * (q)))
enum hy_code quality_tick(struct city *c, int most, int *done_out, struct hy_err *e) HY_MUST;

/* --- of many (quality_sql.c) --------------------------------------------------------------------
 */
struct quality_query {
	hy_day from, to; /* filed in these days, both included; HY_NO_DAY: without that end */
	hy_ms now;
	const struct access_scope *scope;
	const struct actor *who; /* who reads the titles */
	int64_t most; /* HY_STORE_BUSY when more than this wait to be looked at; 0: any number */
};
struct quality_unit {
	hy_str unit, name; /* code; "": no unit has it */
	struct bunch of[QUALITY__N];
};
struct quality_report {
	struct quality_query query;
	struct quality_unit *v; /* by code */
	size_t n;
	struct quality_unit total;
};
enum hy_code quality_report(struct hy_arena *a, struct city *c, struct hy_db *db,
			    const struct quality_query *q, hy_str language,
			    struct quality_report *out, struct hy_err *e) HY_MUST;

struct quality_case {
	int64_t id;
	hy_str code, title, unit;
	hy_ms filed_at, at, due;
};
struct quality_cases {
	struct quality_case *v;
	size_t n;
	bool more; /* there are more after the last */
};
/* Those of measure Q, of UNIT (NULL: of all) and with a greater id than AFTER, at most MOST (0:
 * all).
 */
enum hy_code quality_open(struct hy_arena *a, struct city *c, struct hy_db *db,
			  const struct quality_query *q, enum quality measure, const hy_str *unit,
			  int64_t after, int64_t most, struct quality_cases *out,
			  struct hy_err *e) HY_MUST;

/* --- as JSON: one form for the command line and the API -----------------------------------------
 */
void quality_report_json(struct hy_json *j, const struct quality_report *r,
			 const struct hy_calendar *cal);
void quality_case_json(struct hy_json *j, const struct quality_case *k,
		       const struct hy_calendar *cal);

#endif
