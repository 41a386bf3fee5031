#ifndef INTAKE_PLAN_H
#define INTAKE_PLAN_H

/* plan -- what one row says should have happened: a pure function of map and row. */

#include "intake/source.h"
#include "intake/unit.h"
#include "matter/matter.h"

enum { INTAKE_CHECKS_MOST = 20, INTAKE_MOVES_MOST = 51 };

struct intake_claim { /* what the source says for one check */
	bool on;
	hy_ms due;		     /* HY_NO_TIME: nothing */
	enum matter_verdict verdict; /* MATTER_OPEN: nothing */
	hy_str group;
};

struct intake_plan {
	hy_str key; /* with the map's id: "letters:2549" */
	struct intake_unit_found unit;
	bool uses_unit;		   /* some move names the unit found */
	struct matter_move *moves; /* [0] is the filing */
	size_t n_moves;
	struct intake_claim claims[INTAKE_CHECKS_MOST];
};

/* Everything lives in A.  NOW: later times are refused.  Fails with HY_BAD_FIELD or
 * HY_BAD_INPUT, the column or field in the error's field; OUT->key is set when it could be read. */
enum hy_code intake_plan_make(struct hy_arena *a, const struct intake_map *m,
			      const struct intake_row *row, size_t n_header, hy_ms now,
			      struct intake_plan *out, struct hy_err *e) HY_MUST;

#endif
