#ifndef APPRAISE_BUNDLE_PART_H
#define APPRAISE_BUNDLE_PART_H

/* bundle_part -- what the files that write and check a bundle share. */

#include "appraise/indices.h"
#include "appraise/round_part.h"
#include "appraise/survey.h"

/* The events of a bundle, by their place in the log. */
struct bundle_log {
	struct record_event *v;
	size_t n;
};

struct checking {
	struct hy_arena *a;
	json_t *bundle;
	struct bundle_log log;
	const struct record_event *frozen; /* the freezing */
	struct matter_rules rules;	   /* those of the bundle */
	const struct pack *pack;	   /* in force when it was frozen */
	const struct pack_scheme *scheme;
	struct round_inputs in; /* as they were frozen, with the cases */
	struct bundle_verdict v;
};

/* The freezing of VERSION of ROUND; NULL: it is not among the events. */
const struct record_event *bundle_freezing(const struct bundle_log *log, hy_str round,
					   int64_t version);
/* The rows of CASES (JSON) into IN, whose units are known. */
enum hy_code bundle_cases(struct hy_arena *a, const json_t *cases, struct round_inputs *in,
			  struct hy_err *e) HY_MUST;

/* bundle_facts.c: what each case is said to be follows from its events, under the institution of
 * the bundle. */
enum hy_code bundle_facts(struct checking *k, struct hy_err *e) HY_MUST;

enum hy_code bundle_differs(struct hy_err *e, const char *what);

#endif
