#ifndef DEMO_PLAN_H
#define DEMO_PLAN_H

/* plan -- which matter is filed when: the rhythm of two years.
 *
 * Mondays are busy, weekends quiet but for the hotline; winter brings heating, summer storms; the
 * weeks about the Spring Festival are empty for offices; some days bring a burst of one subject.
 * A part of the matters is led to a given state, so that each state of each kind is there to be
 * looked at. */

#include "demo/draw.h"
#include "demo/steps.h"

struct demo_task { /* one matter to be made */
	hy_ms at;
	const struct demo_steps *steps;
	const struct pack_kind *kind;
	int target;  /* a state to be reached and left alone; -1: as it goes */
	char season; /* subjects of this letter are likely: 'w' heating, 's' storms, ... 0: none */
	bool burst;  /* the same trouble as its neighbours: one may lead the others */
	uint64_t no; /* its stream of numbers */
};

/* N tasks in the order of filing; the arena is A. */
struct demo_task *demo_plan(struct hy_arena *a, const hy_hash *seed, const struct pack *p,
			    hy_day until, int64_t n);

#endif
