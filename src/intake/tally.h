#ifndef INTAKE_TALLY_H
#define INTAKE_TALLY_H

/* tally -- how often the engine and the source agree, over all and by group. */

#include "intake/apply.h"

enum { INTAKE_DIFFERENCES = 10 };

struct intake_agreement {
	int64_t compared, agree;
};
struct intake_difference {
	int64_t line;
	hy_str key, code, group;
	bool is_verdict;
	hy_ms source_due, engine_due;
	enum matter_verdict source_verdict, engine_verdict;
};
struct intake_group {
	hy_str value;
	struct intake_agreement due, verdict;
};
struct intake_tally { /* of one check */
	struct intake_agreement due, verdict;
	struct hy_map by_value;
	HY_VEC(struct intake_group *) groups; /* in order of appearance */
	HY_VEC(struct intake_difference) first;
};

/* Adds what row LINE claims and the engine says.  Keeps copies in A. */
void intake_tally_add(struct hy_arena *a, struct intake_tally *t, const struct intake_check *c,
		      const struct intake_plan *plan, size_t check,
		      const struct intake_applied *applied, int64_t line);

#endif
