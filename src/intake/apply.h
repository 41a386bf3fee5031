#ifndef INTAKE_APPLY_H
#define INTAKE_APPLY_H

/* apply -- one plan into the city, inside one piece of work: all of it or nothing.
 *
 * What is there already under the row's key is compared: the same filing stays, moves that are
 * missing are made, anything else is a contradiction and refuses the row. */

#include "intake/plan.h"
#include "matter/matter_store.h"

enum intake_outcome { INTAKE_IMPORTED, INTAKE_COMPLETED, INTAKE_HERE };

struct intake_seen { /* what the engine says for one check */
	hy_ms due;   /* HY_NO_TIME: the clock has none */
	enum matter_verdict verdict;
};
struct intake_applied {
	enum intake_outcome outcome;
	int events; /* moves made, the filing among them */
	bool unit_made;
	char code[32];
	struct intake_seen seen[INTAKE_CHECKS_MOST];
};

enum hy_code intake_apply(struct city *c, struct hy_db *db, struct hy_arena *a,
			  const struct intake_map *m, const struct intake_plan *plan,
			  struct intake_applied *out, struct hy_err *e) HY_MUST;

#endif
