#ifndef MATTER_API_H
#define MATTER_API_H

/* api -- the routes of this room; their ctx is a struct city *.
 *
 * api/openapi.yaml describes them and a test compares the two.  Permissions: matter.read,
 * matter.move, matter.file, unit.write, public. */

#include "http/http.h"
#include "matter/matter_store.h"

extern const struct hy_route matter_routes[];	   /* /api/v1/matters ... */
extern const struct hy_route lookup_routes[];	   /* /api/v1/lookup: a citizen's own matter */
extern const struct hy_route institution_routes[]; /* kinds, lists, rules, units */
extern const struct hy_route calendar_routes[];	   /* /api/v1/calendar ... */
extern const struct hy_route log_routes[];	   /* /log/ ... */

static inline struct city *api_city(struct hy_request *r)
{
	return hy_request_ctx(r);
}

#endif
