#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

/* demo -- a city that never was, to try Huiyin on: units, officials, and matters of two years in
 * every kind and state, filed and moved through the same engine as real ones.
 *
 * Everything is a function of (seed, matters, until, name) and of the packs: the same four give the
 * same bytes, in the database and in the log.  So the city's clock stands at 17:00 of the day
 * UNTIL, and every event is recorded at the time at which it happened.  Its log key can be computed
 * by anybody who knows the seed: a demo proves nothing to a third person, and must not be used for
 * real matters. */

#include <stdio.h>

#include "base/command.h"
#include "matter/matter_store.h"

struct demo_options {
	const char *where;
	const char *store;	  /* postgresql:// address; NULL: the folder */
	const char *const *packs; /* folders, ends with NULL */
	hy_str name;		  /* of the city */
	uint64_t seed;
	int64_t matters; /* 1 .. DEMO_MOST */
	hy_day until;	 /* the last day; its 17:00 is the city's now */
	FILE *progress;	 /* NULL: none */
};

enum { DEMO_MOST = 2000000, DEMO_DAYS = 730 };

/* Makes the city; the folder must not hold one (HY_EXISTS).  When it fails half-way what is there
 * is no city to use: remove the folder and begin anew. */
enum hy_code demo_make(const struct demo_options *o, struct hy_err *e) HY_MUST;

/* The instant at which the demo's clock stands. */
hy_ms demo_now(hy_day until);

extern const struct hy_command demo_commands[];

#endif
