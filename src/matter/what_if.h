#ifndef MATTER_WHAT_IF_H
#define MATTER_WHAT_IF_H

/* what_if -- "when would it fall due?": the calculator behind the command line and the API.
 *
 * Pure: a question in texts, an answer with its trace. */

#include "base/json.h"
#include "pack/pack.h"

struct what_if {
	const char *prefix;   /* before the names of fields in errors: "--" or "" */
	hy_str from;	      /* a time, or a day in the calendar's zone */
	hy_str rule;	      /* id; may be empty when there is a limit */
	hy_str limit;	      /* "5wd"; replaces the rule's own */
	const hy_str *pauses; /* "FROM/UNTIL"; without UNTIL it still lasts */
	size_t n_pauses;
	bool roll; /* besides what the rule says */
};
struct what_if_due {
	struct hy_clock_rule rule; /* as it was counted */
	struct hy_clock_due due;
	struct hy_trace trace;
};
/* HY_BAD_FIELD names the field; HY_NO_RULE when the rule says nothing on that day. */
enum hy_code what_if(struct hy_arena *a, const struct pack *pack, const struct what_if *q,
		     struct what_if_due *out, struct hy_err *e) HY_MUST;
void what_if_json(struct hy_json *j, const struct pack *pack, const struct what_if_due *w,
		  bool traced);

/* A year of the calendar: every day, whether it is worked, and by what notice. */
void what_if_year_json(struct hy_json *j, const struct hy_calendar *cal, int year);

#endif
