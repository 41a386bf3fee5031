#ifndef HY_TIME_TRACE_H
#define HY_TIME_TRACE_H

/* trace -- why the count of a run ends when it ends, day by day; for clock.c alone. */

#include "time/clock_run.h"

/* Fills OUT from A.  END is the run's end and has no day when there is none; IGNORED is
 * what clock_run() said of each event. */
void clock_trace(const struct clock_run *r, const struct clock_order *order,
		 const char *const *ignored, const struct clock_end *end, struct hy_arena *a,
		 struct hy_trace *out);

#endif
