#ifndef MATTER_LISTED_H
#define MATTER_LISTED_H

/* listed -- the matters that an event names in its field `matters`.
 *
 * Each must be there for whoever names it, once.  A filing that names them is kept as closely as
 * the closest of them, and away from whom they complain of: or a reminder would show what its
 * matters do not. */

#include "matter/matter_store.h"

/* Looks at the checked event EV (FILES: a filing) and completes it. */
enum hy_code listed_kept(struct hy_db *db, struct hy_arena *a, const struct access_scope *scope,
			 bool files, struct matter_event *ev, struct hy_err *e) HY_MUST;

#endif
