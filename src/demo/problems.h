#ifndef DEMO_PROBLEMS_H
#define DEMO_PROBLEMS_H

/* problems -- the lines of the demo's problem lists: concrete, and now and then copied. */

#include "demo/scene.h"

#include <jansson.h>

#include "time/day.h"

/* Two to four lines, of things that happened before TODAY; NAME: who is responsible.  A new
 * reference. */
json_t *demo_problem_lines(struct hy_arena *a, struct draw *d, const struct scene *s, hy_day today,
			   hy_str name);

#endif
