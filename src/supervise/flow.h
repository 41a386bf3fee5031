#ifndef SUPERVISE_FLOW_H
#define SUPERVISE_FLOW_H

/* flow 流转 -- from which unit to which matters were handed on, and sent back.
 *
 * A pure function of one matter's events; counted over the matters filed in a period and not
 * annulled, so that all links together are the figures hand_offs and returns.  Every link opens to
 * its matters. */

#include "base/command.h"
#include "http/http.h"
#include "matter/matter_store.h"

extern const struct hy_command flow_commands[];
extern const struct hy_route flow_routes[];

/* --- of one matter (flow.c; pure) ------------------------------------------------------------ */
struct flow_step {
	hy_str from, to; /* codes; "": nobody, whose desk it went back to */
	hy_ms at;
	bool returned;
};
struct flow_steps {
	struct flow_step *v;
	size_t n;
};
void flow_find(struct hy_arena *a, const struct matter *m, struct flow_steps *out);

/* --- of many (flow_sql.c) -------------------------------------------------------------------- */
struct flow_query {
	hy_day from, to; /* filed in these days, both included; HY_NO_DAY: without that end */
	const struct access_scope *scope;
	const struct actor *who; /* who reads the titles */
	int64_t most;		 /* HY_TOO_LARGE with more matters handed on than this; 0: any */
};
struct flow_link {
	hy_str from, to;
	hy_str from_name, to_name;
	int64_t times, matters;
};
struct flow_report {
	struct flow_link *v; /* the most first */
	size_t n;
};
enum hy_code flow_report(struct hy_arena *a, struct city *c, struct hy_db *db,
			 const struct flow_query *q, hy_str language, struct flow_report *out,
			 struct hy_err *e) HY_MUST;

struct flow_case {
	int64_t id, times;
	hy_str code, title, unit, unit_name;
	hy_ms filed_at, at; /* at: when it went that way last */
};
struct flow_cases {
	struct flow_case *v;
	size_t n;
	bool more;
};
/* Those that went FROM -> TO, with a greater id than AFTER, at most MOST (0: all). */
enum hy_code flow_open(struct hy_arena *a, struct city *c, struct hy_db *db,
		       const struct flow_query *q, hy_str from, hy_str to, int64_t after,
		       int64_t most, struct flow_cases *out, struct hy_err *e) HY_MUST;

#endif
