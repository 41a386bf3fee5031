#ifndef DEMO_STEPS_H
#define DEMO_STEPS_H

/* steps -- what usually happens next to a matter of the base pack's kinds, and when.
 *
 * From each state some moves follow with some weight after some time.  A kind without a table
 * here, or a row whose move the pack does not know, is left out: the pack decides what exists. */

#include "matter/matter.h"

enum step_when {
	STEP_OFFICE, /* LEAST..MOST minutes of office hours later */
	STEP_CLOCK,  /* LEAST..MOST minutes on the wall */
	STEP_SHARE   /* a share of what is left of the limit, after the unit's pace; LEAST..MOST
			office minutes where no limit runs */
};
struct demo_step {
	const char *state, *move; /* move NULL: nothing follows any more */
	int weight;
	enum step_when when;
	int least, most;
	const char *ground; /* words to choose from, by '|'; NULL: none */
	const char *cls;    /* only for this class; NULL: any */
};
struct demo_steps {
	const char *kind;
	int share;		   /* of all matters, per mille */
	const struct demo_step *v; /* ends with { 0 } */
};
extern const struct demo_steps demo_steps[];	     /* ends with { 0 } */
const struct demo_steps *demo_steps_of(hy_str kind); /* NULL: none */

/* Moves on the way from each state to TARGET: DIST_OUT[state] is how many are left, INT32_MAX
 * when the rows do not lead there.  A return beyond its number leads to the coordinating state. */
void demo_steps_way(const struct demo_steps *s, const struct pack_kind *k, int target,
		    int dist_out[64]);
/* What the way costs when ROW is taken: the distance after it plus one; INT32_MAX: no way. */
int demo_steps_cost(const struct demo_step *row, const struct pack_kind *k, const int dist[64]);

#endif
