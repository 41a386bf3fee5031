#ifndef MATTER_EXPLAIN_H
#define MATTER_EXPLAIN_H

/* explain -- "why this date?": clocks and their traces as JSON and as plain lines.
 *
 * One place for the command line, the API and the page.  Pure. */

#include "base/json.h"
#include "matter/matter.h"

/* A matter's clock: what it is, what it says, and (TRACED) why, as a JSON object. */
enum hy_code explain_clock_json(struct hy_json *j, const struct matter_clock *c, hy_ms now,
				bool traced, struct hy_err *e) HY_MUST;

/* The members of a due date, and the trace when TRACE is not NULL, inside an open object. */
void explain_due_json(struct hy_json *j, const struct hy_calendar *cal,
		      const struct hy_clock_due *due, const struct hy_trace *trace);

/* An instant as RFC 3339 in the calendar's zone, or null; a day, or null. */
void explain_instant(struct hy_json *j, const char *key, const struct hy_calendar *cal, hy_ms at);
void explain_day(struct hy_json *j, const char *key, hy_day d);

/* The trace as lines for a terminal: day, weekday, what, why.  LANGUAGE as in pack_say(). */
void explain_trace_text(struct hy_buf *b, const struct hy_trace *trace, hy_str language);

/* Names for JSON and texts. */
extern const char *const explain_what_names[];	 /* by enum hy_trace_what: "start", "counted" ... */
extern const char *const explain_source_names[]; /* by enum hy_day_source: "week", "statute" ... */

#endif
